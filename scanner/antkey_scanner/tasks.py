"""The pieces of work that one run is cut into. Plain tuples of built-in types: they cross processes.

Folders are named by their path; files by folder and name, so that a worker opens them relative to
the folder and no link on the way is followed.
"""

from __future__ import annotations

import os

from antkey_scanner.lines import Span
from antkey_scanner.model import Skip
from antkey_scanner.named import NamedTuple
from antkey_scanner.tally import Row

LARGE = 1 << 20
"""A file beyond this many bytes is a task of its own."""

RANGE = 32 << 20
"""A file beyond twice this many bytes that is no container is searched in ranges of this size."""


Ids = bytes
"""Object ids, one after the other."""

Packed = bytes
"""Values of a module that packs and unpacks them itself."""


class Files(NamedTuple):
    """Files of some folders: (folder, path shown before its files' names, names)."""

    folders: tuple[tuple[str, str, tuple[str, ...]], ...]


class Large(NamedTuple):
    """One large file as a whole."""

    folder: str
    shown: str
    name: str
    size: int


class Range(NamedTuple):
    """A part of a large file: all keys that start in [start, stop), with positions counted from there."""

    folder: str
    shown: str
    name: str
    start: int
    stop: int
    size: int


class Objects(NamedTuple):
    """Single git objects, by their ids. folders: where they are; hash_size: bytes of an id."""

    folders: tuple[str, ...]
    hash_size: int
    oids: tuple[bytes, ...]


class Piece(NamedTuple):
    """A piece of all git objects of a repository. number: of the `antkey_scanner.git.walk.Walk` it is
    planned by, among those of the scan."""

    number: int
    folders: tuple[str, ...]
    hash_size: int
    piece: tuple[str, str, int, int]


Task = Files | Large | Range | Objects | Piece


class Outcome(NamedTuple):
    """What a task brought. large: files to be searched by tasks of their own, and whether each may be
    cut into ranges; span: of the whole of a `Range`, from where the positions in it are counted.

    Of git objects: objects: skips by the object's id in hex, their paths as in `Row.blob`; problems: id
    (or nothing), file and reason; clean: those that hold nothing; objects_read: how many a `Piece` gave;
    missing: ids that others, `lacking`, name and that are of no object here; links: which of them leads
    to which (see `antkey_scanner.git.bulklinks`).
    """

    rows: tuple[Row, ...] = ()
    skips: tuple[Skip, ...] = ()
    large: tuple[tuple[Large, bool], ...] = ()
    span: Span = Span()
    files: int = 0
    blobs: int = 0
    bytes: int = 0
    objects: tuple[tuple[str, Skip], ...] = ()
    problems: tuple[tuple[str, str, str], ...] = ()
    clean: Ids = b""
    commits: int = 0
    objects_read: int = 0
    missing: Ids = b""
    lacking: Ids = b""
    links: Packed = b""


def smaller(task: Task) -> list[Task]:
    """The same work in as many tasks as it has inputs; none when it is one input already."""
    singles: list[Task] = []
    match task:
        case Files(folders):
            singles = [
                Files(((folder, shown, (name,)),))
                for folder, shown, names in folders
                for name in names
            ]
        case Objects(folders, hash_size, oids):
            singles = [Objects(folders, hash_size, (oid,)) for oid in oids]
        case _:
            pass
    return singles if len(singles) > 1 else []


def file_of(task: Large | Range) -> str:
    """The path of the file that a task is about."""
    return os.path.join(task.folder, task.name)


def weight(task: Task) -> int:
    """Bytes that a task is about, as far as that is known."""
    return task.size if isinstance(task, Large | Range) else 0
