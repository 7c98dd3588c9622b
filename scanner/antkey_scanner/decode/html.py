"""Undoes HTML's character references: decimal, hexadecimal and named."""

from __future__ import annotations

import re

from antkey_scanner.decode import escapes
from antkey_scanner.decode.reading import Decoded

# All names of ASCII characters (a test compares with `html.entities`, which takes 3 ms to load).
NAMED = {
    name: character.encode()
    for character, names in {
        "\t": b"Tab",
        "\n": b"NewLine",
        "!": b"excl",
        '"': b"quot QUOT",
        "#": b"num",
        "$": b"dollar",
        "%": b"percnt",
        "&": b"amp AMP",
        "'": b"apos",
        "(": b"lpar",
        ")": b"rpar",
        "*": b"ast midast",
        "+": b"plus",
        ",": b"comma",
        ".": b"period",
        "/": b"sol",
        ":": b"colon",
        ";": b"semi",
        "<": b"lt LT",
        "=": b"equals",
        ">": b"gt GT",
        "?": b"quest",
        "@": b"commat",
        "[": b"lbrack lsqb",
        "\\": b"bsol",
        "]": b"rbrack rsqb",
        "^": b"Hat",
        "_": b"lowbar UnderBar",
        "`": b"grave DiacriticalGrave",
        "{": b"lbrace lcub",
        "|": b"verbar vert VerticalLine",
        "}": b"rbrace rcub",
    }.items()
    for name in names.split()
}

_HTML = re.compile(
    rb"&(?:#[xX]0{0,8}(?P<hexadecimal>[0-9A-Fa-f]{1,6});?"
    rb"|#0{0,8}(?P<decimal>[0-9]{1,7});?"
    rb"|(?P<named>[A-Za-z]{2,24});"  # names of ASCII characters have no digits
    rb"|(?P<legacy>amp|lt|gt|quot|AMP|LT|GT|QUOT)(?![A-Za-z0-9;]))"
)


def _replace(match: re.Match[bytes]) -> bytes:
    hexadecimal, decimal, named, legacy = match.groups()
    if hexadecimal is not None:
        return _character(int(hexadecimal, 16))
    if decimal is not None:
        return _character(int(decimal))
    return NAMED.get(named or legacy, match.group())


def _character(code: int) -> bytes:
    return bytes([code]) if code < 0x100 else escapes.UNKNOWN


_ESCAPES = escapes.Escapes("html", _HTML, _replace)
_UNUSUAL = re.compile(rb"&(?!(?:amp|lt|gt|quot|nbsp);)[#A-Za-z]")


def reading(text: bytes) -> Decoded | None:
    """`text` with one layer of character references undone."""
    if _UNUSUAL.search(text) is not None:
        return escapes.undo(_ESCAPES, text)
    # Most pages have no others, and no call for each reference is needed.
    data = text.replace(b"&lt;", b"<").replace(b"&gt;", b">").replace(b"&quot;", b'"')
    data = data.replace(b"&amp;", b"&")
    return Decoded("html", data, escapes.offsets(_ESCAPES, text)) if data != text else None
