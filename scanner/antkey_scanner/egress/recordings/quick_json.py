"""Reads lines of JSON at three times the speed of `json`, where msgspec is there: the same values, or none.

What msgspec takes and `json` refuses is nothing but nesting at the edge of what Python's stack holds; what it
refuses (half a surrogate pair, NaN, numbers beyond a double) `json` may take.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

_scan: Callable[[str, int], tuple[Any, int]] = json.JSONDecoder().scan_once  # type: ignore[attr-defined]  # typeshed leaves it out
_BLANKS = " \t\r"
_SHORT = 1_600
_MOST_NESTED = 400
"""So many brackets fit into the stack wherever they are read, and are in any shorter line."""

Decode = Callable[[bytes], Any]


def by_json(raw: bytes) -> Any:
    """The value of a line, as the standard library reads it; None where it is none, or blanks stand before
    it."""
    try:
        text = raw.decode()
        value, end = _scan(text, 0)
    except (ValueError, StopIteration, RecursionError):
        return None
    return value if end == len(text) or not text[end:].strip(_BLANKS) else None


def decoder() -> Decode:
    """What does the same as `by_json`, quickly; a line with blanks before it may have its value, too."""
    try:
        from msgspec import DecodeError
        from msgspec.json import Decoder
    except ImportError:
        return by_json
    quick: Decode = Decoder().decode

    def decode(raw: bytes) -> Any:
        if len(raw) > _SHORT and raw.count(b"[") + raw.count(b"{") > _MOST_NESTED:
            return by_json(raw)
        try:
            return quick(raw)
        except (DecodeError, ValueError, RecursionError):
            return by_json(raw)

    return decode
