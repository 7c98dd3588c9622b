"""Tells what is staged: the files of the index that are not the same in HEAD.

Part of the pre-commit hook: imports nothing that costs and reads as little as it can. While git
runs a commit's hooks the index knows its own tree, so that two trees are compared where they
differ and no entry is read.
"""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from antkey_scanner import system
from antkey_scanner.git import cachetree, commits, index, refs, smallfile, trees
from antkey_scanner.git.index import BrokenIndex
from antkey_scanner.git.objects import ObjectError
from antkey_scanner.git.trees import File
from antkey_scanner.model import Skip

if TYPE_CHECKING:
    from antkey_scanner.git.cachetree import CacheTree
    from antkey_scanner.git.index import Entry
    from antkey_scanner.git.repository import Repository
    from antkey_scanner.git.store import ObjectStore


def staged_files(
    repository: Repository, store: ObjectStore, index_file: str, names: Sequence[bytes] = ()
) -> Iterator[File | Skip]:
    """What is staged in an index file, and what it holds of `names` even when that is unchanged.

    names: paths in the repository, of files or folders. No index and no HEAD are no error: nothing
    is staged, or everything. Submodules and files that are only planned have no content.
    """
    try:
        data = smallfile.read_if_there(index_file, index.LIMIT)
        if data is None:
            missing = list(names)
        else:
            found = list(staged(data, store, head_tree(repository, store), repository))
            yield from found
            have = {file.path for file in found}
            missing = [name for name in names if name not in have]
            if missing:
                rows = _whole(data, repository).entries
                more, missing = _named(rows, missing)
                yield from more
    except (BrokenIndex, OSError) as error:
        reason = smallfile.reason(error) if isinstance(error, OSError) else str(error)
        yield Skip(f"{system.show(repository.shown)}.git/{os.path.basename(index_file)}", reason)
        return
    for name in missing:
        yield Skip(system.show(repository.shown + os.fsdecode(name)), "is not in the index")


def head_tree(repository: Repository, store: ObjectStore) -> bytes | None:
    """The tree of HEAD; None before the first commit, and when it cannot be told."""
    try:
        head = refs.lookup(repository, b"HEAD")
        return None if head is None else commits.read(store, head).tree
    except (refs.BrokenRef, ObjectError):
        return None


def staged(
    data: bytes,
    store: ObjectStore,
    head: bytes | None,
    repository: Repository,
) -> Iterator[File]:
    """The files of an index, given by its bytes, that differ from a tree: changed, new, in conflict.

    head: a tree; None: all files. What of it cannot be read counts as empty, so that more is given,
    never less. Raises BrokenIndex.
    """
    entries = index.count(data)
    root = cachetree.find_root(data, entries, repository.hash_size)
    if root is not None and root.entries == entries:
        try:
            yield from list(_between(store, head, root.oid))
        except ObjectError:  # the cache may be ahead of the store
            pass
        else:
            return
    yield from _compared(_whole(data, repository), store, head)


def _whole(data: bytes, repository: Repository) -> index.Index:
    parsed = index.parse(data, repository.hash_size)
    if not parsed.link:
        return parsed
    from antkey_scanner.git import splitindex

    return splitindex.joined(parsed, repository.git_dir, repository.hash_size)


def _named(rows: list[Entry], names: Sequence[bytes]) -> tuple[list[File], list[bytes]]:
    """The files of these paths, or below them; and the paths that are not there."""
    files: list[File] = []
    missing = []
    for name in names:
        found = _at(rows, name)
        if found:
            files += _files(found)
        else:
            missing.append(name)
    return files, missing


def _at(rows: list[Entry], name: bytes) -> list[Entry]:
    """The entries of one path, in all stages, or all below a folder."""
    for first, last in ((name, name + b"\0"), (name + b"/", name + b"0")):  # "0" follows "/"
        found = rows[bisect_left(rows, (first,)) : bisect_left(rows, (last,))]
        if found:
            return found
    return []


def _files(rows: Sequence[Entry]) -> Iterator[File]:
    for row in rows:
        path, oid, mode, _ = row
        if mode not in {index.GITLINK, index.SPARSE_FOLDER} and not index.is_planned(row):
            yield File(path, oid, mode)


def _between(
    store: ObjectStore, old: bytes | None, new: bytes, path: bytes = b""
) -> Iterator[File]:
    return trees.Trees(store).introduced(new, [] if old is None else [old], path)


def _compared(parsed: index.Index, store: ObjectStore, head_tree: bytes | None) -> Iterator[File]:
    rows = parsed.entries
    head = _Head(store, parsed.trees)
    head.look(head_tree)
    for path, count in sorted(head.same, reverse=True):
        start = bisect_left(rows, (path,))
        end = start + count
        if 0 < count <= len(rows) - start and rows[end - 1][0].startswith(path):
            del rows[start:end]
    for row in rows:
        path, oid, mode, _ = row
        if (head.files.get(path) == oid and not index.stage(row)) or index.is_planned(row):
            continue
        if mode == index.SPARSE_FOLDER:
            yield from _between(store, head.folders.get(path), oid, path)
        elif mode != index.GITLINK:
            yield File(path, oid, mode)


class _Head:
    """What HEAD has: `same`, the folders that the index has too, with the number of its entries
    there; beyond them, `files` and `folders` by their paths."""

    def __init__(self, store: ObjectStore, known: CacheTree) -> None:
        self._store = store
        self._known = known
        self.same: list[tuple[bytes, int]] = []
        self.files: dict[bytes, bytes] = {}
        self.folders: dict[bytes, bytes] = {}

    def look(self, tree: bytes | None) -> None:
        pending = [] if tree is None else [(b"", tree)]
        while pending:
            path, oid = pending.pop()
            node = self._known.get(path)
            if node is not None and node.oid == oid:
                self.same.append((path, node.entries))
                continue
            self.folders[path] = oid
            try:
                lines = trees.read(self._store, oid)
            except ObjectError:
                continue
            for mode, name, inner in lines:
                if mode in trees.FOLDERS:
                    pending.append((b"%s%s/" % (path, name), inner))
                else:
                    self.files[path + name] = inner
