"""What a plain scalar of YAML says: a text, or a number, a truth, nothing.

As YAML 1.2's core schema has it, but no octal or hexadecimal numbers. Times stay texts.
"""

from __future__ import annotations

import re

_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_TRUTH = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,30})")
_DECIMAL = re.compile(
    r"[-+]?(?:[0-9]{1,30}\.[0-9]{0,30}|\.[0-9]{1,30}|[0-9]{1,30}(?=e))(?:e[-+]?[0-9]{1,2})?|[-+]?\.(?:inf|nan)",
    re.IGNORECASE,
)
_SPECIAL = frozenset("-+.0123456789tTfFnN~")
"""What a plain text begins with that may be no text."""


def resolved(text: str) -> object:
    """A plain scalar's value."""
    return text if text and text[0] not in _SPECIAL else _special(text)


def _special(text: str) -> object:
    if text in _NULL:
        return None
    if text in _TRUTH:
        return _TRUTH[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return (
        float(text.replace(".inf", "inf").replace(".nan", "nan"))
        if _DECIMAL.fullmatch(text)
        else text
    )
