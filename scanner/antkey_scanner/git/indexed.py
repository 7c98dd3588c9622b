"""Lists what the indexes of all worktrees of a repository hold, also of resolved conflicts."""

from __future__ import annotations

import os
from collections.abc import Iterator

from antkey_scanner.git import index, refs, smallfile
from antkey_scanner.git.repository import Repository
from antkey_scanner.model import Skip


def indexed(repository: Repository) -> Iterator[tuple[bytes, bytes] | Skip]:
    """Path and id of each file, in all stages; an index that cannot be read as a skip."""
    for git_dir in repository.git_dirs:
        path = os.path.join(git_dir, "index")
        try:
            data = smallfile.read_if_there(path, index.LIMIT)
            if data is None:
                continue
            parsed = index.parse(data, repository.hash_size)
            if parsed.link:
                from antkey_scanner.git import splitindex

                parsed = splitindex.joined(parsed, git_dir, repository.hash_size)
        except (OSError, index.BrokenIndex) as error:
            reason = smallfile.reason(error) if isinstance(error, OSError) else str(error)
            yield Skip(refs.shown(repository, path), reason)
            continue
        if not index.is_sound(data, repository.hash_size):
            yield Skip(refs.shown(repository, path), "does not fit its checksum")
        for row in parsed.entries:
            if row[2] != index.GITLINK and not index.is_planned(row):
                yield row[0], row[1]
        yield from parsed.resolved
