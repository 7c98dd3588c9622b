"""Undoes quoted-printable (RFC 2045, 6.7), soft line breaks included."""

from __future__ import annotations

import re
from binascii import unhexlify

from antkey_scanner.decode import escapes
from antkey_scanner.decode.reading import Decoded


def _replace(match: re.Match[bytes]) -> bytes:
    found = match.group()
    if found[1] in b" \t\r\n":
        return b""
    return unhexlify(found.replace(b"=", b""))


_QUOTED_PRINTABLE = escapes.Escapes(
    "quoted-printable",
    re.compile(rb"(?:=[0-9A-Fa-f]{2})+|(?<!=)=[ \t]{0,80}(?:\r{0,2}\n|\r)"),
    _replace,
)
# Base64's padding and NAME=value are no quoted-printable: an escape of ASCII or a soft break is.
_WORTHWHILE = re.compile(rb"=(?:[0-7][0-9A-Fa-f]|(?<!==)[ \t]{0,80}[\r\n])")


def reading(region: bytes) -> Decoded | None:
    """`region` with one layer of quoted-printable undone."""
    if _WORTHWHILE.search(region) is None:
        return None
    return escapes.undo(_QUOTED_PRINTABLE, region)
