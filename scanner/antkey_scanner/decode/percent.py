"""Undoes percent-encoding (RFC 3986), and the `%u002D` of JavaScript's old `escape`."""

from __future__ import annotations

import re
from binascii import a2b_qp, unhexlify

from antkey_scanner.decode import escapes
from antkey_scanner.decode.reading import Decoded


def _replace(match: re.Match[bytes]) -> bytes:
    found = match.group()
    if found[1] in b"uU":
        code = int(found[2:], 16)
        return bytes([code]) if code < 0x100 else escapes.UNKNOWN
    return unhexlify(found.replace(b"%", b""))


_ESCAPES = escapes.Escapes(
    "percent",
    re.compile(rb"(?:%[0-9A-Fa-f]{2})+|%[uU][0-9A-Fa-f]{4}"),
    _replace,
)
# Stands for `=` while `%` is decoded as if it were quoted-printable's.
_MARK = b"\1"
_TO_QUOTED_PRINTABLE = bytes.maketrans(b"%=", b"=" + _MARK)
_FROM_QUOTED_PRINTABLE = bytes.maketrans(_MARK, b"=")
_UNUSUAL = re.compile(rb"%(?:01|(?![0-9A-Fa-f]{2}))")


def reading(text: bytes) -> Decoded | None:
    """`text` with one layer of percent-encoding undone."""
    if b"%" not in text:
        return None
    if _UNUSUAL.search(text) is not None or _MARK in text:
        return escapes.undo(_ESCAPES, text)
    data = a2b_qp(text.translate(_TO_QUOTED_PRINTABLE)).translate(_FROM_QUOTED_PRINTABLE)
    return Decoded("percent", data, escapes.offsets(_ESCAPES, text))
