r"""Undoes the backslash escapes of JSON, JavaScript, C, Python and shells: \u002d \x2d \55 \/ \n."""

from __future__ import annotations

import re
from binascii import a2b_qp, unhexlify

from antkey_scanner.decode import escapes
from antkey_scanner.decode.reading import Decoded

_SIMPLE = bytes.maketrans(b"abefnrtv", b"\a\b\x1b\f\n\r\t\v")

_PATTERN = re.compile(
    rb"""
      (?P<bytes> (?:\\x[0-9A-Fa-f]{2})+ | (?:\\u00[0-9A-Fa-f]{2})+ )
    | (?P<foreign> (?:\\u(?!00)[0-9A-Fa-f]{4})+ )
    | \\ [ux] \{ (?P<braced> [0-9A-Fa-f]{1,8} ) \}
    | \\U (?P<long> [0-9A-Fa-f]{8} )
    | \\ (?P<octal> [0-3]?[0-7]{1,2} )
    | (?P<continued> \\ \r{0,8} \n [ \t]{0,80} )
    | \\ (?P<simple> [\x20-\x7e] )
    """,
    re.VERBOSE,
)


def _replace(match: re.Match[bytes]) -> bytes:
    found = match.group()
    kind = match.lastgroup
    if kind == "simple":
        return found[1:].translate(_SIMPLE)
    if kind == "bytes":
        return unhexlify(found.replace(b"\\x" if found[1] in b"x" else b"\\u00", b""))
    if kind == "foreign":
        return escapes.UNKNOWN * (len(found) // 6)
    if kind == "octal":
        return _character(int(found[1:], 8))
    if kind == "continued" or kind is None:
        return b""
    return _character(int(match.group(kind), 16))


def _character(code: int) -> bytes:
    return bytes([code]) if code < 0x100 else escapes.UNKNOWN


_ESCAPES = escapes.Escapes("json", _PATTERN, _replace)

# Stand for `\\\\` and `=` while the other escapes are replaced.
_DOUBLE = b"\0"
_EQUALS = b"\1"
_UNUSUAL = re.compile(
    rb"""
    \\ (?: [0-7Uabefv\r\n]
        | u (?! 00[0-9A-Fa-f]{2} ) | u000[01]
        | x (?! [0-9A-Fa-f]{2} ) | x0[01]
        | \Z )
    """,
    re.VERBOSE,
)


def reading(text: bytes) -> Decoded | None:
    """`text` with one layer of backslash escapes undone. No NUL bytes in it, please."""
    if b"\\" not in text:
        return None
    rest = text.replace(b"\\\\", _DOUBLE)
    if _EQUALS in text or _UNUSUAL.search(rest) is not None:
        data = _in_other_script(rest)
        if data is None:
            return escapes.undo(_ESCAPES, text)
        return Decoded("json", data, escapes.offsets(_ESCAPES, text))
    # Most source code escapes no more than this, and no call for each escape is needed.
    rest = rest.replace(b"\\n", b"\n").replace(b"\\t", b"\t").replace(b"\\r", b"\r")
    if b"\\u" in rest or b"\\x" in rest:
        rest = rest.replace(b"=", _EQUALS).replace(b"\\u00", b"=").replace(b"\\x", b"=")
        rest = a2b_qp(rest.replace(b"\\", b"")).replace(_EQUALS, b"=").replace(_DOUBLE, b"\\")
    else:
        rest = rest.replace(b"\\", b"").replace(_DOUBLE, b"\\")
    return Decoded("json", rest, escapes.offsets(_ESCAPES, text))


def _in_other_script(rest: bytes) -> bytes | None:
    """A text that escapes characters of another script and little else, without its escapes, at once; None
    for any other. rest: `_DOUBLE` stands for its doubled backslashes."""
    usual = sum(map(rest.count, (b"\\u", b"\\x", b"\\n", b"\\r", b"\\t")))
    if rest.count(b"\\") != usual or b"\\u000" in rest or b"\\x00" in rest:
        return None
    try:
        characters = rest.decode("unicode_escape")
    except UnicodeDecodeError:
        return None
    return characters.encode("latin-1", "replace").replace(_DOUBLE, b"\\")
