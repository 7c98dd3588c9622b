"""Reads commits and annotated tags as far as their links and dates are needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from antkey_scanner.git.objects import COMMIT, NAMES, TAG, CorruptObject
from antkey_scanner.named import NamedTuple

if TYPE_CHECKING:
    from antkey_scanner.git.store import ObjectStore

_LATEST = 253402300799
"""The last second of the year 9999."""


class Commit(NamedTuple):
    """A commit's links. date: the committer's, in seconds since 1970, 0 when it is malformed."""

    tree: bytes
    parents: tuple[bytes, ...]
    date: int


def parse(data: bytes, hash_size: int) -> Commit:
    """The links in a commit's content. Raises CorruptObject when it names no tree."""
    first = 5 + 2 * hash_size  # where the line `tree` ends
    step = 8 + 2 * hash_size  # a line `parent`, with its newline
    if data[:5] != b"tree " or data[first : first + 1] != b"\n":
        raise CorruptObject("is a malformed commit")
    at = first + 1
    parents = []
    try:
        tree = bytes.fromhex(data[5:first].decode())
        while data[at : at + 7] == b"parent ":
            parents.append(bytes.fromhex(data[at + 7 : at + step - 1].decode()))
            at += step
    except ValueError:
        raise CorruptObject("is a malformed commit") from None
    return Commit(tree, tuple(parents), _seconds(data, b"\ncommitter ", at - 1) or 0)


def read(store: ObjectStore, oid: bytes) -> Commit:
    """The links of a commit. Raises ObjectError."""
    found = store.get(oid)
    if found.kind != COMMIT:
        raise CorruptObject("is no commit")
    return parse(found.data, len(oid))


def date(data: bytes, field: bytes = b"\nauthor ") -> str | None:
    """When a commit was written, or a tag by `b"\\ntagger "`: RFC 3339 in UTC; None when it is not
    said."""
    seconds = _seconds(data, field, 0)
    if seconds is None or not 0 <= seconds <= _LATEST:
        return None
    from datetime import UTC, datetime

    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _seconds(data: bytes, field: bytes, start: int) -> int | None:
    """The time in a line such as `author NAME <MAIL> 1700000000 +0100` before the message."""
    at = data.find(field, start)
    if at < 0 or data.find(b"\n\n", start, at + 1) >= 0:
        return None
    line = data[at + 1 : data.find(b"\n", at + 1)]
    words = line[line.rfind(b">") + 1 :].split(None, 1)
    if not words or len(words[0]) > 18:
        return None
    try:
        return int(words[0])
    except ValueError:
        return None


def target(data: bytes) -> tuple[bytes, int]:
    """What an annotated tag is of: id and kind. Raises CorruptObject."""
    lines = data.split(b"\n", 2)
    if len(lines) == 3 and lines[0].startswith(b"object ") and lines[1].startswith(b"type "):
        for kind, name in NAMES.items():
            if name == lines[1][5:]:
                try:
                    return bytes.fromhex(lines[0][7:].decode()), kind
                except ValueError:
                    break
    raise CorruptObject("is a malformed tag")


def peel(store: ObjectStore, oid: bytes) -> tuple[bytes, int, list[bytes]]:
    """What stands behind an object's annotated tags: its id and kind, and the tags on the way.

    Raises ObjectError.
    """
    tags: list[bytes] = []
    while True:
        found = store.get(oid)
        if found.kind != TAG:
            return oid, found.kind, tags
        if oid in tags:
            raise CorruptObject("is a tag of itself")
        tags.append(oid)
        oid, _ = target(found.data)
