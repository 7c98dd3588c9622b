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


_ESCAPES = escapes.Escapes(
    "quoted-printable",
    re.compile(rb"(?:=[0-9A-Fa-f]{2})+|(?<!=)=[ \t]{0,80}(?:\r{0,8}\n|\r)"),
    _replace,
)


def reading(text: bytes) -> Decoded | None:
    """`text` with one layer of quoted-printable undone."""
    return escapes.undo(_ESCAPES, text)
