"""What every part of `antkey_scanner.git` says of objects: their kinds, their ids, their errors.

An object id is `bytes`, 20 of them in SHA-1 repositories and 32 in SHA-256 ones.
"""

from __future__ import annotations

from antkey_scanner.named import NamedTuple

COMMIT, TREE, BLOB, TAG = 1, 2, 3, 4
"""The kinds, numbered as in pack files."""

NAMES = {COMMIT: b"commit", TREE: b"tree", BLOB: b"blob", TAG: b"tag"}

LIMIT = 100 << 20
"""An object beyond this many bytes is not held in memory. Hosts such as GitHub take no larger file."""


class Object(NamedTuple):
    """One object. oid: its id; kind: COMMIT, TREE, BLOB or TAG; data: its content without header.

    base, delta: the id of what it was rebuilt from just now, and how; empty if it was not.
    """

    oid: bytes
    kind: int
    data: bytes
    base: bytes = b""
    delta: bytes = b""


class Problem(NamedTuple):
    """Something in an object store that was not read to its end.

    path: the file, as it was opened; reason: for a `Skip`; oid: the object, empty where it is not
    about one object.
    """

    path: str
    reason: str
    oid: bytes = b""


class ObjectError(Exception):
    """An object that cannot be had; the text says why, for a `Skip`."""


class MissingObject(ObjectError):
    """No object of this id is in the store."""


class CorruptObject(ObjectError):
    """An object is there and cannot be read to its end."""


class LargeObject(ObjectError):
    """An object is there and larger than the memory limit."""
