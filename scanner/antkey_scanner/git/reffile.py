"""Reads one file that holds a ref, and tells which names refs may have."""

from __future__ import annotations

import os

from antkey_scanner.git import smallfile
from antkey_scanner.named import NamedTuple

MALFORMED = "is no ref"

_SYMBOLIC = b"ref:"

_FORBIDDEN = frozenset(b"~^:?*[\\\x7f" + bytes(range(0x21)))
"""Bytes that no name of a ref may have."""


class BrokenRef(Exception):
    """A ref that leads nowhere because it is malformed; the text says why."""


class Symbolic(NamedTuple):
    """A ref that leads to another name."""

    name: bytes


def unhex(digits: bytes) -> bytes:
    """The id that so many hex digits are. Raises ValueError, also for blanks among them."""
    if not digits.isalnum():
        raise ValueError
    return bytes.fromhex(digits.decode())


def is_safe(name: bytes) -> bool:
    """Whether a name is one that git takes for a ref's, so that it stays in the folder of refs."""
    if not name.startswith(b"refs/") and not name.replace(b"_", b"A").isupper():
        return False
    return not (
        not _FORBIDDEN.isdisjoint(name)
        or any(pair in name for pair in (b"..", b"@{", b"//"))
        or (b"/" in name and not name.startswith(b"refs/"))
        or name.endswith((b"/", b"."))
        or any(part.startswith(b".") or part.endswith(b".lock") for part in name.split(b"/"))
    )


def read_file(path: str, hash_size: int) -> bytes | Symbolic | None:
    """What a loose ref says; None when there is none, or a folder. Raises BrokenRef."""
    try:
        data = smallfile.read_if_there(path, 1 << 16)
    except IsADirectoryError:
        return None
    except OSError as error:
        if os.path.isdir(path) and not os.path.islink(path):
            return None
        if os.path.islink(path):  # how symbolic refs were once
            return _symbolic(os.fsencode(os.readlink(path)))
        raise BrokenRef(smallfile.reason(error)) from None
    if data is None:
        return None
    if data.startswith(_SYMBOLIC):
        return _symbolic(data[len(_SYMBOLIC) :].strip())
    return _id(data, hash_size)


def _symbolic(name: bytes) -> Symbolic:
    if not is_safe(name):
        raise BrokenRef("is a symbolic ref to what is no ref")
    return Symbolic(name)


def _id(data: bytes, hash_size: int) -> bytes:
    digits = data[: 2 * hash_size]
    rest = data[2 * hash_size :]
    if len(digits) < 2 * hash_size or (rest and not rest[:1].isspace()):
        raise BrokenRef(MALFORMED)
    try:
        oid = unhex(digits)
    except ValueError:
        raise BrokenRef(MALFORMED) from None
    if not any(oid):
        raise BrokenRef("is all zeros")
    return oid


def ids_of_lines(path: str, hash_size: int) -> list[bytes]:
    """The ids that the lines of FETCH_HEAD or MERGE_HEAD start with. Raises BrokenRef."""
    try:
        data = smallfile.read_if_there(path) or b""
    except OSError as error:
        raise BrokenRef(smallfile.reason(error)) from None
    return [_id(line, hash_size) for line in data.split(b"\n") if line]
