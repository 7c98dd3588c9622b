"""The last line of defence: no string of a result that reaches a format holds a key.

The scanner keeps keys out of every value. Should one slip into a message or stand in a file's name, it
is masked here, in the one place that every format passes (`antkey_reports.registry`). A key without its
prefix, as in the name of a folder that somebody made for it, is told by what its random part is like.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import accumulate
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

_RANDOM = 95
"""So many characters follow the prefix of a key."""

# One character class and no alternative: linear, whatever the text.
_LONG_RUN = rf"[A-Za-z0-9_-]{{{_RANDOM},}}"

_OF_A_RUN = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
_ALIKE = bytes.maketrans(_OF_A_RUN, b"x" * len(_OF_A_RUN))
_RUN = b"x" * _RANDOM

# Where a random part may end: where the run does, or where the next word of a name begins.
_END = r"AA(?=[_-]|$)"

_FEWEST_OF_A_CASE = 8
"""So many random base64url characters have fewer capitals, or fewer small letters, in none of 10^9 cases.
Hexadecimal digits, and names that are written in one case, never have that many of both."""


def mask(text: str) -> str:
    """Shorten everything that is shaped like a key to its hint, as in `SecretRef.hint`; a key's random part
    that stands alone to its first three and its last four characters."""
    if _PREFIX in text:
        text = re.sub(_KEY, r"\1\2…\3", text)
    if len(text) < _RANDOM or not _has_long_run(text):
        return text
    return re.sub(_LONG_RUN, _without_random_parts, text)


def _has_long_run(text: str) -> bool:
    """What `_LONG_RUN` would find. That begins anew at each character of a run: of a JSON report it takes
    twenty times as long."""
    return _RUN in text.encode("utf-8", "surrogatepass").translate(_ALIKE)


def _without_random_parts(found: re.Match[str]) -> str:
    """From the right: what stands before a random part may be anything, what follows one seldom is."""
    run = found[0]
    capitals, small = _counted(run, str.isupper), _counted(run, str.islower)
    shown: list[str] = []
    stop = len(run)
    for candidate in reversed([each.end() for each in re.finditer(_END, run)]):
        end = candidate
        while _RANDOM <= end <= stop and run[end - 2 : end] == "AA":
            start = end - _RANDOM
            if min(of[end] - of[start] for of in (capitals, small)) < _FEWEST_OF_A_CASE:
                break
            shown += run[end:stop], f"{run[start : start + 3]}…{run[end - 4 : end]}"
            stop = end = start
    return "".join((run[:stop], *reversed(shown)))


def _counted(run: str, is_counted: Callable[[str], bool]) -> list[int]:
    """How many characters before each place are: a window then costs nothing, however many there are."""
    return [*accumulate(map(is_counted, run), initial=0)]


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
                if len(part) < _RANDOM and part.isascii() and _PREFIX not in part:
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
