"""What every part of `antkey_scanner.git` says of objects: their kinds, their ids, their errors.

An object id is `bytes`, 20 of them in SHA-1 repositories and 32 in SHA-256 ones.
"""

from __future__ import annotations

from typing import NamedTuple

COMMIT, TREE, BLOB, TAG = 1, 2, 3, 4
"""The kinds, numbered as in pack files."""

NAMES = {COMMIT: b"commit", TREE: b"tree", BLOB: b"blob", TAG: b"tag"}


class Object(NamedTuple):
    """One object. oid: its id; kind: COMMIT, TREE, BLOB or TAG; data: its content without header."""

    oid: bytes
    kind: int
    data: bytes


class ObjectError(Exception):
    """An object that cannot be had; the text says why, for a `Skip`."""


class MissingObject(ObjectError):
    """No object of this id is in the store."""


class CorruptObject(ObjectError):
    """An object is there and cannot be read to its end."""
