"""Reads refs: loose and packed ones, HEADs, what merges and fetches leave, and reflogs.

Names are bytes. Whatever is no ref although it stands in the place of one is a skip.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from antkey_scanner import system
from antkey_scanner.git import smallfile
from antkey_scanner.git.reffile import (
    MALFORMED,
    BrokenRef,
    Symbolic,
    ids_of_lines,
    is_safe,
    read_file,
    unhex,
)
from antkey_scanner.git.repository import Repository
from antkey_scanner.model import Skip
from antkey_scanner.named import NamedTuple

if TYPE_CHECKING:
    from antkey_scanner.git.reftable import Row

__all__ = ["BrokenRef", "Ref", "is_safe", "lookup", "packed", "reflogs", "refs", "symbolic_target"]

_STEPS = 5
"""So many symbolic refs git follows, one after the other."""

_OWN = (b"refs/bisect/", b"refs/worktree/", b"refs/rewritten/")
"""Refs that each worktree has for itself, as all that are not below `refs/`."""

_ALWAYS_FILES = (b"FETCH_HEAD", b"MERGE_HEAD")
"""Written as files even where refs are kept in tables."""

_REFLOG_LIMIT = 1 << 30


class Ref(NamedTuple):
    """A name for an object. peeled: of an annotated tag in packed-refs, what it is of."""

    name: bytes
    oid: bytes
    peeled: bytes | None = None


def lookup(repository: Repository, name: bytes) -> bytes | None:
    """The object that a full name such as `HEAD` or `refs/heads/main` leads to, over symbolic refs.

    None when there is none: an unknown name, or HEAD before the first commit. Raises BrokenRef.
    """
    for _ in range(_STEPS + 1):
        found = _read_one(repository, name)
        if not isinstance(found, Symbolic):
            return found
        name = found.name
    raise BrokenRef("is a symbolic ref that leads to too many others")


def symbolic_target(repository: Repository, name: bytes) -> bytes | None:
    """The name that a symbolic ref leads to at once; None when it is no symbolic ref."""
    try:
        found = _read_one(repository, name)
    except BrokenRef:
        return None
    return found.name if isinstance(found, Symbolic) else None


def refs(repository: Repository) -> Iterator[Ref | Skip]:
    """All refs, also those of other worktrees as `worktrees/NAME/HEAD`; symbolic ones resolved."""
    seen: set[bytes] = set()
    for git_dir in repository.git_dirs:
        yield from _pseudo(repository, git_dir)
        listed = _in_tables if repository.reftable else _loose
        for found in listed(repository, git_dir):
            if isinstance(found, Ref):
                seen.add(found.name)
            yield found
    for found in packed(repository):
        if isinstance(found, Skip) or found.name not in seen:
            yield found


def packed(repository: Repository) -> Iterator[Ref | Skip]:
    """The refs in packed-refs, also those that a loose one overrides."""
    path = os.path.join(repository.common_dir, "packed-refs")
    try:
        data = smallfile.mapped(path)
    except FileNotFoundError:
        return
    except OSError as error:
        yield Skip(shown(repository, path), smallfile.reason(error))
        return
    digits = 2 * repository.hash_size
    line = re.compile(
        rb"([0-9a-f]{%d})\ ([^\n]+)\n?(?:\^([0-9a-f]{%d})\n?)? | \#[^\n]*\n? | ([^\n]*)\n?"
        % (digits, digits),
        re.VERBOSE,
    )
    unhex = bytes.fromhex
    malformed = 0
    for oid, name, peeled, rest in (found.groups() for found in line.finditer(data)):
        if name is not None:
            yield Ref(name, unhex(oid.decode()), unhex(peeled.decode()) if peeled else None)
        elif rest:
            malformed += 1
    if malformed:
        lines = "1 line is" if malformed == 1 else f"{malformed} lines are"
        yield Skip(shown(repository, path), f"{lines} malformed")


def reflogs(repository: Repository) -> Iterator[tuple[bytes, list[bytes]] | Skip]:
    """The name of each ref with a log, and the ids in it from the oldest on, each new one once.

    What a ref stood at before the log began is its first id.
    """
    pair = re.compile(
        rb"^([0-9a-f]{%d})\ ([0-9a-f]{%d})\ " % ((2 * repository.hash_size,) * 2), re.MULTILINE
    )
    for git_dir in repository.git_dirs:
        prefix = _prefix(repository, git_dir)
        if repository.reftable:
            from antkey_scanner.git import reftable

            for log in reftable.logs(repository, git_dir):
                yield log if isinstance(log, Skip) else (prefix + log[0], log[1])
        for path, name in _walk(repository, os.path.join(git_dir, "logs"), b""):
            if isinstance(path, Skip):
                yield path
                continue
            try:
                data = smallfile.read(path, _REFLOG_LIMIT)
            except OSError as error:
                yield Skip(shown(repository, path), smallfile.reason(error))
                continue
            ids = [unhexed for both in pair.findall(data) for unhexed in map(unhex, both)]
            yield prefix + name, [oid for oid in dict.fromkeys(ids) if any(oid)]


def _read_one(repository: Repository, name: bytes) -> bytes | Symbolic | None:
    if not is_safe(name):
        raise BrokenRef(MALFORMED)
    own = not name.startswith(b"refs/") or name.startswith(_OWN)
    folder = repository.git_dir if own else repository.common_dir
    if repository.reftable and not name.endswith(_ALWAYS_FILES):
        for row in _tabled(repository, folder):
            if not isinstance(row, Skip) and row.name == name:
                return Symbolic(row.target) if row.target else row.oid
        return None
    found = read_file(os.path.join(folder, os.fsdecode(name)), repository.hash_size)
    return _read_packed(repository, name) if found is None else found


def _read_packed(repository: Repository, name: bytes) -> bytes | None:
    try:
        data = smallfile.mapped(os.path.join(repository.common_dir, "packed-refs"))
    except OSError:
        return None
    digits = 2 * repository.hash_size
    at = data.find(b" %s\n" % name)
    while at >= 0:
        start = at - digits
        if start == 0 or (start > 0 and data[start - 1] == 10):
            try:
                return unhex(data[start:at])
            except ValueError:
                raise BrokenRef(MALFORMED) from None
        at = data.find(b" %s\n" % name, at + 1)
    return None


def _pseudo(repository: Repository, git_dir: str) -> Iterator[Ref | Skip]:
    """HEAD, FETCH_HEAD, MERGE_HEAD, ORIG_HEAD and the like: files named in upper case."""
    prefix = _prefix(repository, git_dir)
    if git_dir == repository.common_dir != repository.git_dir:
        prefix = b"main-worktree/"
    own = repository._replace(git_dir=git_dir)
    try:
        names = sorted(name for name in os.listdir(git_dir) if name.endswith("_HEAD"))
    except OSError as error:
        yield Skip(shown(repository, git_dir), smallfile.reason(error))
        return
    for text in ("HEAD", *names):
        path = os.path.join(git_dir, text)
        name = os.fsencode(text)
        try:
            if text in {"FETCH_HEAD", "MERGE_HEAD"}:  # one line for each branch
                for oid in ids_of_lines(path, repository.hash_size):
                    yield Ref(prefix + name, oid)
            elif is_safe(name) and not (repository.reftable and text == "HEAD"):
                found = lookup(own, name)
                if found is not None:
                    yield Ref(prefix + name, found)
        except BrokenRef as error:
            yield Skip(shown(repository, path), str(error))


def _tabled(repository: Repository, git_dir: str) -> Iterator[Row | Skip]:
    from antkey_scanner.git import reftable

    return reftable.rows(repository, git_dir)


def _in_tables(repository: Repository, git_dir: str) -> Iterator[Ref | Skip]:
    prefix = _prefix(repository, git_dir)
    rows = list(_tabled(repository, git_dir))
    known = {row.name: row for row in rows if not isinstance(row, Skip)}
    for row in rows:
        if isinstance(row, Skip):
            yield row
            continue
        last: Row | None = row
        for _ in range(_STEPS):
            last = known.get(last.target) if last is not None and last.target else last
        if last is not None and last.oid:
            yield Ref(prefix + row.name, last.oid, last.peeled)


def _loose(repository: Repository, git_dir: str) -> Iterator[Ref | Skip]:
    prefix = _prefix(repository, git_dir)
    own = repository._replace(git_dir=git_dir)
    for path, name in _walk(repository, os.path.join(git_dir, "refs"), b"refs/"):
        if isinstance(path, Skip):
            yield path
            continue
        try:
            found = read_file(path, repository.hash_size)
            if isinstance(found, Symbolic):
                found = lookup(own, found.name)
        except BrokenRef as error:
            yield Skip(shown(repository, path), str(error))
            continue
        if found is None:
            yield Skip(shown(repository, path), "a symbolic ref to none that exists", counts=False)
        else:
            yield Ref(prefix + name, found)


def _walk(repository: Repository, folder: str, name: bytes) -> Iterator[tuple[str | Skip, bytes]]:
    """The files below a folder, with their names below it; a folder that cannot be read as a skip."""
    pending = [(folder, name)]
    while pending:
        folder, name = pending.pop()
        try:
            with system.Folder.open(folder) as opened:
                entries = opened.listing()
                kinds = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
        except FileNotFoundError:
            continue
        except OSError as error:
            yield Skip(shown(repository, folder), smallfile.reason(error)), name
            continue
        for text, is_folder in sorted(kinds, reverse=True):
            inner = name + os.fsencode(text)
            if is_folder:
                pending.append((os.path.join(folder, text), inner + b"/"))
            elif not text.endswith(".lock"):
                yield os.path.join(folder, text), inner


def _prefix(repository: Repository, git_dir: str) -> bytes:
    if git_dir in {repository.git_dir, repository.common_dir}:
        return b""
    return b"worktrees/%s/" % os.fsencode(os.path.basename(git_dir))


def shown(repository: Repository, path: str) -> str:
    """A file of the git folder as it is printed: below the repository's own path."""
    folder = repository.common_dir
    name = os.path.relpath(path, folder)
    inner = f".git{os.sep}" if os.path.basename(folder) == ".git" else ""
    return system.show(f"{repository.shown}{inner}{name}")
