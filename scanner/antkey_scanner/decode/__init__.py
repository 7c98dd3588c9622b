"""Undoes one layer of encoding; the search calls it again on what comes out.

`decodings(region)` looks at one region of bytes, a run of characters without spaces or several runs
that belong together, and yields each plausible reading of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import Protocol

from antkey_scanner.decode import base64, hexadecimal
from antkey_scanner.decode.native import classes, find, translate
from antkey_scanner.decode.reading import Decoded, through
from antkey_scanner.decode.wrap import Unwrapped, unwrap
from antkey_scanner.tokens import RUN, TOKEN_BYTES

__all__ = ["Decoded", "decodings"]

_ALPHANUMERIC = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_BASE64 = b"+/-_"
_PADDED = _BASE64 + b"="
# Quoted-printable. Padding, and most of `NAME=value`, only looks like it.
_EQUALS_ESCAPE = re.compile(rb"=(?:[0-7][0-9A-Fa-f]|(?<!==)[ \t]{0,80}[\r\n])")
_ESCAPES = b"=%\\&"
_EQUALS, _PERCENT, _BACKSLASH, _AMPERSAND = _ESCAPES
_SPACE_AND_QUOTES = b" \t\r\n\"'`"

_TOKENS = classes(TOKEN_BYTES)
_LONG_TOKEN = b"\1" * RUN

_NOTHING: Iterator[Decoded] = iter(())


def decodings(region: bytes) -> Iterator[Decoded]:
    """Each reading of `region` that may hold a key, or a container or text that does.

    Never loses an encoded key, and never raises for what is no encoding. Most regions are hashes,
    identifiers and paths: those take about a microsecond, which is why this is no generator.
    """
    if region.isalnum():
        return _token(region)
    rest = region.translate(None, _ALPHANUMERIC)
    if len(rest) == len(region):
        return _NOTHING  # a ruler: no encoding does without letters and digits
    if not rest.strip(_BASE64):
        return _token(region)
    if not rest.strip(_PADDED) and _EQUALS_ESCAPE.search(region) is None:
        return _token(region)
    punctuation = set(rest)
    if not rest.isascii() or 0 in punctuation:
        return _binary(region)
    if punctuation.isdisjoint(_SPACE_AND_QUOTES):
        return _unjoined(region, punctuation)
    return _joined(region, punctuation)


def _token(text: bytes) -> Iterator[Decoded]:
    """A text without escapes and joints."""
    if hexadecimal.has_run(text):
        if hexadecimal.promising(text):
            return _both(text)
        if hexadecimal.is_pure(text):
            return _NOTHING
    return base64.readings(text) if base64.promising(text) else _NOTHING


def _both(text: bytes) -> Iterator[Decoded]:
    yield from hexadecimal.readings(text)
    if not hexadecimal.is_pure(text) and base64.promising(text):
        yield from base64.readings(text)


def _unjoined(text: bytes, punctuation: set[int]) -> Iterator[Decoded]:
    """A text without joints."""
    readings = [codec.reading(text) for codec in _codecs(text, punctuation)]
    found = [
        reading for reading in (*readings, _printable(text, punctuation)) if reading is not None
    ]
    return chain(found, _token(text)) if found else _token(text)


def _joined(region: bytes, punctuation: set[int]) -> Iterator[Decoded]:
    """Pieces that belong together."""
    unwrapped = unwrap(region, punctuation)
    text = unwrapped[0]
    token = _token(text)
    cut = find(text, b"sk-ant-") >= 0
    if token is _NOTHING and not cut and punctuation.isdisjoint(_ESCAPES):
        return _NOTHING
    return _readings(region, punctuation, unwrapped, token, cut=cut)


def _readings(
    region: bytes,
    punctuation: set[int],
    unwrapped: Unwrapped,
    token: Iterator[Decoded],
    *,
    cut: bool,
) -> Iterator[Decoded]:
    text, position, gaps = unwrapped
    if cut:
        from antkey_scanner.decode.concatenation import joined

        key = joined(region, text, position, gaps)
        if key is not None:
            yield key
    for decoded in token:
        yield through(decoded, position)
    for codec in _codecs(region, punctuation):
        whole, flat = _escaped(codec, region, text)
        if whole is not None:
            yield whole
        if flat is not None:
            yield through(flat, position)
    printable = _printable(region, punctuation)
    if printable is not None:
        yield printable


def _escaped(codec: _Codec, region: bytes, text: bytes) -> tuple[Decoded | None, Decoded | None]:
    """Readings with the joints, which what is inside the escapes may need, and without them, for a
    joint may cut an escape in two, or what is in it to pieces too short to see. Mostly one will do."""
    whole, flat = codec.reading(region), codec.reading(text)
    if whole is None or flat is None or flat.data != _flattened(whole.data):
        return whole, flat
    if find(translate(whole.data, _TOKENS), _LONG_TOKEN) >= 0:
        return whole, None
    return None, flat


def _flattened(text: bytes) -> bytes:
    return unwrap(text, set(text.translate(None, _ALPHANUMERIC)))[0]


class _Codec(Protocol):
    """A module that undoes escapes."""

    def reading(self, text: bytes, /) -> Decoded | None: ...


def _codecs(text: bytes, punctuation: set[int]) -> list[_Codec]:
    """The escapes that there may be in `text`."""
    codecs: list[_Codec] = []
    if _PERCENT in punctuation:
        from antkey_scanner.decode import percent

        codecs.append(percent)
    if _BACKSLASH in punctuation:
        from antkey_scanner.decode import javascript

        codecs.append(javascript)
    if _AMPERSAND in punctuation and (b"&#" in text or b";" in text):
        from antkey_scanner.decode import html

        codecs.append(html)
    return codecs


def _printable(text: bytes, punctuation: set[int]) -> Decoded | None:
    if _EQUALS not in punctuation or _EQUALS_ESCAPE.search(text) is None:
        return None
    from antkey_scanner.decode import quoted_printable

    return quoted_printable.reading(text)


def _binary(region: bytes) -> Iterator[Decoded]:
    """What came out of an outer encoding as a whole: compressed data, text in wide characters."""
    from antkey_scanner.decode import inflate
    from antkey_scanner.decode.wide import narrow

    yield from inflate.readings(region)
    for start, _, decoded in narrow(region):
        yield through(decoded, start.__add__)
