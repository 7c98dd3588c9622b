"""The last line of defence: no string of a result that reaches a format holds a key.

The scanner keeps keys out of every value. Should one slip into a message or stand in a file's name, it
is masked here, in the one place that every format passes (`antkey_reports.registry`).
"""

from __future__ import annotations

import re
from typing import TypeVar, cast

from antkey_scanner.model import Confidence, Finding, Location, Outcome, Severity, Skip, Status

_T = TypeVar("_T")

_LEAVES = frozenset((int, float, bool, Status, Severity, Confidence, Outcome))

_OF_ONE_OWNER = (Finding, Location, Skip)
"""Types of which no two findings share a value, so that remembering one would be a waste of memory."""

_PREFIX = "sk-ant-"

# Contract: no output holds twelve or more consecutive characters of a key's random part. The family is
# possessive, or a short random part would be measured together with it.
_FAMILY = r"[a-z]{1,20}[0-9]{0,4}-"
_KEY = (
    rf"(sk-ant-(?:{_FAMILY}|(?!{_FAMILY})))"
    r"([A-Za-z0-9_-]{3})[A-Za-z0-9_-]{5,}([A-Za-z0-9_-]{4})"
)


def mask(text: str) -> str:
    """Shorten everything that is shaped like a key to its hint, as in `SecretRef.hint`."""
    if _PREFIX not in text:
        return text
    return re.sub(_KEY, r"\1\2…\3", text)


def masked(value: _T) -> _T:
    """Mask every string in a value made of tuples, and show lone surrogates as `\\udcNN`.

    It walks whatever fields there are, so that a new field cannot be forgotten.
    """
    return _Walk().over(value)


class _Walk:
    """One walk. A hundred thousand findings share a few rules: what was seen is not walked again."""

    def __init__(self) -> None:
        self._seen: dict[int, object] = {}

    def over(self, value: _T) -> _T:
        # Not isinstance: enumerations are strings as well, and stay what they are.
        if type(value) is str:
            return cast(_T, _plain(cast(str, value)))
        if not isinstance(value, tuple):
            return value
        if type(value) in _OF_ONE_OWNER:
            return cast(_T, self._tuple(value))
        seen = self._seen.get(id(value))
        if seen is None:
            seen = self._seen[id(value)] = self._tuple(value)
        return cast(_T, seen)

    def _tuple(self, value: tuple[object, ...]) -> tuple[object, ...]:
        parts: list[object] | None = None
        for at, part in enumerate(value):
            # Nearly every field is one of these, and a call for each takes seconds.
            if type(part) is str:
                if part.isascii() and _PREFIX not in part:
                    continue
            elif not part or type(part) in _LEAVES:
                continue
            new = self.over(part)
            if new is not part:
                parts = list(value) if parts is None else parts
                parts[at] = new
        if parts is None:
            return value
        # A named tuple is built from single arguments, a plain one from one iterable.
        make = getattr(type(value), "_make", tuple)
        return cast(tuple[object, ...], make(parts))


def _plain(text: str) -> str:
    plain = mask(text if text.isascii() else text.encode("utf-8", "backslashreplace").decode())
    # The same object when nothing changed, so that nothing around it is built anew.
    return text if plain == text else plain
