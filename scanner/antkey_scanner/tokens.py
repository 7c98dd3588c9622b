"""Finds tokens, the long runs of characters that may be encoded text, and sorts out what is none."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from antkey_scanner.buffers import translate

if TYPE_CHECKING:
    from antkey_scanner.windows import Buffer

__all__ = [
    "RUN",
    "RUN_OF_ONES",
    "TOKEN_BYTES",
    "TOKEN_CLASS",
    "Tokens",
    "is_name",
    "token_mask",
]

RUN = 48
"""Shortest run of token bytes that is looked at: an encoded key of 36 bytes or more is longer."""

TOKEN_BYTES = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=_%\\&#;-"
TOKEN_CLASS = rb"[A-Za-z0-9+/=_%\\&#;-]"

_IS_TOKEN = bytes(1 if byte in TOKEN_BYTES else 0 for byte in range(256))
RUN_OF_ONES = b"\1" * RUN

MARKS = b"0123456789%\\&#;"
"""Nearly every encoding of a key has one of these. What has none may still be base64 of escapes, which
is rich in capitals and small letters alike; else it is a name, a path or a ruler."""

_CAPITALS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SMALL = b"abcdefghijklmnopqrstuvwxyz"
_FEWEST_OF_A_CASE = 0.2

# A path with a digit in it. Of base64 of whatever kind two characters in five are capitals.
_FEWEST_BESIDE_DIGITS = 1 / 16
_ESCAPING = b"%\\&#;="
_IS_HEX = bytes(1 if byte in b"0123456789abcdefABCDEF" else 0 for byte in range(256))
_HEX_RUN = b"\1" * 16

_APART = 2700
"""Where tokens are farther apart than so many bytes, those in doubt are looked at one by one."""

_MANY, _DENSE = 24, 4
"""So many tokens in the first part of a block, one in so many: numpy finds them all sooner."""

LONG = 64 << 10
"""In a block of so many bytes numpy finds the few tokens sooner as well."""

_WORTH_IMPORT = 50_000
"""After so many tokens numpy is imported."""

_PIECE = 256 << 10

_NAMES, _SHORT = 1 << 15, 256
"""So many names, none longer than that, are known again: the versions of a file share theirs."""


def token_mask(buffer: Buffer) -> bytes:
    """One byte per byte of the buffer: 1 where it is a token byte, else 0."""
    mask: bytes = translate(buffer, _IS_TOKEN)
    return mask


def is_name(token: bytes) -> bool:
    """Whether a token is a name, a path or a ruler and no encoding of a key."""
    size = len(token)
    if size > _SHORT and _is_rich(token[: size // 4], size):
        return False
    capitals = size - len(token.translate(None, _CAPITALS))
    if len(token.translate(None, MARKS)) < size:  # nearly all that are worth a look
        return (
            capitals < _FEWEST_BESIDE_DIGITS * size
            and len(token.translate(None, _ESCAPING)) == size
            and token.translate(_IS_HEX).find(_HEX_RUN) < 0
        )
    fewest = _FEWEST_OF_A_CASE * size
    return capitals < fewest or size - len(token.translate(None, _SMALL)) < fewest


def _is_rich(beginning: bytes, size: int) -> bool:
    """Whether a part of a long token tells that it is no name: there is a mark, and there are capitals
    enough for the whole."""
    capitals = len(beginning) - len(beginning.translate(None, _CAPITALS))
    return (
        capitals >= _FEWEST_BESIDE_DIGITS * size
        and beginning[:_SHORT].translate(None, MARKS) != beginning[:_SHORT]
    )


def _stop(mask: bytes, at: int) -> int:
    stop = mask.find(b"\0", at)
    return len(mask) if stop < 0 else stop


def _run_end(view: memoryview, at: int) -> int:
    while at < len(view):
        mask = token_mask(view[at : at + _PIECE])
        stop = mask.find(b"\0")
        if stop >= 0:
            return at + stop
        at += len(mask)
    return at


class Tokens:
    """Finds the tokens of one buffer after the other. digests: whether checksums and ids that nobody need
    look at are left out (see `antkey_scanner.digests`)."""

    def __init__(self, *, digests: bool) -> None:
        self._digests = digests
        self._counted = 0
        self._names: set[bytes] = set()

    def between(self, buffer: Buffer, start: int, end: int) -> list[tuple[int, int]]:
        """The tokens that begin in [start, end), as (start, end) offsets.

        A run that began before `start` belongs to the block before, except at the buffer's first byte.
        """
        view = memoryview(buffer)
        mask = token_mask(view[start : end + RUN])
        if end - start >= LONG and self._has_numpy():
            goes_on = start > 0 and view[start - 1] in TOKEN_BYTES
            return self._many_tokens(_stop(mask, 0) if goes_on else 0, view, mask, start, end)
        at = mask.find(RUN_OF_ONES)
        if at == 0 and start > 0 and view[start - 1] in TOKEN_BYTES:
            at = mask.find(RUN_OF_ONES, _stop(mask, 0))
        return [] if at < 0 else self.behind(at, view, mask, start, end)

    def behind(
        self, at: int, view: memoryview, mask: bytes, start: int, end: int
    ) -> list[tuple[int, int]]:
        """All maximal runs from the first one on but names, and digests that nobody need look at. at:
        where it lies in the mask, which begins at `start`."""
        from antkey_scanner.digests import hiding, is_lone

        found: list[tuple[int, int]] = []
        lone: list[tuple[int, int]] = []
        first, edge, last = at, end - start, len(mask)
        names, digests, seen = self._names, self._digests, 0
        while 0 <= at < edge:
            if seen == _MANY and _DENSE * (at - first) < edge - first and self._has_numpy():
                return self._many_tokens(first, view, mask, start, end)
            seen += 1
            stop = mask.find(b"\0", at + RUN)
            if stop < 0:
                stop = last
                if start + stop < len(view):
                    stop = _run_end(view, start + stop) - start
            if digests and is_lone(view, start + at, start + stop):
                lone.append((start + at, start + stop))
            else:
                token = bytes(view[start + at : start + stop])
                if token not in names and not self._is_name(token):
                    found.append((start + at, start + stop))
            at = mask.find(RUN_OF_ONES, stop)
        self._counted += len(found) + len(lone)
        if lone and (telling := hiding(view, lone)):
            found += [token for token in telling if not is_name(bytes(view[slice(*token)]))]
            found.sort()
        return found

    def _is_name(self, token: bytes) -> bool:
        """Names are kept in mind; what may be more than that is not."""
        if not is_name(token):
            return False
        if len(token) <= _SHORT:
            if len(self._names) >= _NAMES:
                self._names.clear()
            self._names.add(token)
        return True

    def _has_numpy(self) -> bool:
        if "numpy" in sys.modules:
            return True
        if self._counted < _WORTH_IMPORT:
            return False
        from antkey_scanner import arrays

        if not arrays.load():
            self._counted = -(1 << 60)
            return False
        return True

    def _many_tokens(
        self, at: int, view: memoryview, mask: bytes, start: int, end: int
    ) -> list[tuple[int, int]]:
        """The same, by numpy."""
        from antkey_scanner import bulktokens

        starts, ends = bulktokens.runs(mask, at, RUN)
        names = self._names
        are_many = len(starts) >= _MANY and _APART * len(starts) >= len(mask)
        if self._digests and are_many:
            others = ~bulktokens.are_lone_digests(view[start : start + len(mask)], starts, ends)
            starts, ends = starts[others], ends[others]
        found = []
        for first, last in bulktokens.pairs(starts, ends):
            if first >= end - start:
                break
            stop = start + last
            if last == len(mask) and stop < len(view):
                stop = _run_end(view, stop)
            token = bytes(view[start + first : stop])
            if token not in names and not self._is_name(token):
                found.append((start + first, stop))
        if found and self._digests and not are_many:
            from antkey_scanner.digests import without_lone_digests

            return without_lone_digests(view, found)
        return found
