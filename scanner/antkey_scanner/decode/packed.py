"""Where compressed data and archives begin in encoded text, so that the search can unpack them.

A container is only recognised at its first byte, so a decoder has to cut it out exactly.
"""

from __future__ import annotations

from collections.abc import Callable

from antkey_scanner.containers import HEAD_BYTES, detect
from antkey_scanner.decode.magic import GZIP, ZLIB

SHORT_MAGICS = (GZIP, b"(\xb5/\xfd")
"""The starts of what a key fits into within a few dozen bytes: gzip and zstd."""

MAGICS = (
    *SHORT_MAGICS,
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"PK\x07\x08",
    b"\xfd7zXZ\0",
    b"BZh",
    b"]\0\0",
    b"\xed\xab\xee\xdb",
    b"!<arch>\n",
    b"07070",
)
"""How containers start that a decoder looks for at any place; zlib has two bytes and is apart."""

_TRIALS = 64
_TRIAL_BYTES = 32


def trials(size: int) -> int:
    """How many starts are tried in encoded text of `size` bytes: bounds what hostile text costs."""
    return _TRIALS + size // _TRIAL_BYTES


def cut(decode: Callable[[int], bytes], size: int) -> tuple[bytes, int] | None:
    """The container at the start of encoded text, None if there is none.

    decode: decodes so many characters of the text; size: how many there are. Beside the bytes comes
    how many of them certainly belong to it. Only streams say where they end; anything else is taken
    to reach as far as the text does.
    """
    magic = decode(min(size, 8))
    if magic[:3] == GZIP or magic[:2] in ZLIB:
        from antkey_scanner.decode.inflate import stream

        return stream(decode, size)
    head = decode(min(size, 2 * HEAD_BYTES))[:HEAD_BYTES]
    if detect(head) is None:
        return None
    data = decode(size)
    return data, len(data)
