"""The pieces of work that one run is cut into. Plain tuples of built-in types: they cross processes.

Folders are named by their path; files by folder and name, so that a worker opens them relative to
the folder and no link on the way is followed.
"""

from __future__ import annotations

from typing import NamedTuple

from antkey_scanner.lines import Span
from antkey_scanner.model import Skip
from antkey_scanner.tally import Row

LARGE = 1 << 20
"""A file beyond this many bytes is a task of its own."""

RANGE = 32 << 20
"""A file beyond twice this many bytes that is no container is searched in ranges of this size."""


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


Task = Files | Large | Range


class Outcome(NamedTuple):
    """What a task brought. large: files to be searched by tasks of their own, and whether each may be
    cut into ranges; span: of the whole of a `Range`, from where the positions in it are counted."""

    rows: tuple[Row, ...] = ()
    skips: tuple[Skip, ...] = ()
    large: tuple[tuple[Large, bool], ...] = ()
    span: Span = Span()
    files: int = 0
    blobs: int = 0
    bytes: int = 0
