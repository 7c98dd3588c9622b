"""Checks many keys of a file at once, field by field: a third of the time of one key after the other.

It can only say that all is well. Where anything is not, whoever knows lines looks again, one by one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import repeat
from typing import cast

from antkey_scanner.inventory.fields import Check
from antkey_scanner.inventory.formats import ABSENT, Moments, Rows
from antkey_scanner.inventory.records import KeyRecord, Origin, Place
from antkey_scanner.inventory.shapes import APIKEY, ID, KEY, ORIGIN, PLACE, STATUS_GIVEN, UNKNOWN
from antkey_scanner.inventory.times import Micros
from antkey_scanner.inventory.values import (
    SHORTEST_RANDOM_PART,
    USUAL_FINGERPRINT,
    USUAL_HINT,
    fingerprint,
    hint,
    text,
    time,
    usual_time,
)

_FINGERPRINTS = re.compile(rf"(?:{USUAL_FINGERPRINT.pattern}\n)*")
_LENGTHS = {64, len("sha256:") + 64}
_HINTS = re.compile(rf"(?:{USUAL_HINT.pattern}\n)*")

Checks = Callable[[Sequence[object]], Iterable[object]]
"""Does to many values what a `Check` does to one. Raises Wrong or TypeError."""


class Checker:
    """Checks the keys of one document. shown: the path of its file."""

    def __init__(self, shown: str) -> None:
        self._shown = shown
        self._checks: dict[Check, Checks] = {
            text: _texts,
            time: _Times(),
            fingerprint: _fingerprints,
            hint: _hints,
        }

    def records(self, rows: Rows, origin: Origin) -> Iterable[KeyRecord]:
        """The keys of some rows. origin: where nothing says another. Raises Wrong, KeyError or TypeError
        if anything is wrong with one of them."""
        values: list[Iterable[object]] = [repeat(value) for value in KEY.blank]
        for field, column in rows.columns.items():
            at, check = KEY.checks[field]
            values[at] = self._checked(column, check, KEY.blank[at], field in KEY.null)
        values[PLACE] = map(tuple.__new__, repeat(Place), zip(repeat(self._shown), rows.lines))
        values[ORIGIN] = repeat(origin)
        if "unknown" in rows.columns:
            values[ORIGIN] = _origins(values[UNKNOWN], values[ID], origin)
        status = rows.columns.get("status")
        values[STATUS_GIVEN] = (
            repeat(False) if status is None else [value is not ABSENT for value in status]
        )
        return map(tuple.__new__, repeat(KeyRecord), zip(*values, strict=False))

    def _checked(
        self, column: Sequence[object], check: Check, blank: object, may_be_null: bool
    ) -> Iterable[object]:
        """A field of all keys. blank: its value where it is not given."""
        if isinstance(column, Moments) and check is not time:
            raise TypeError
        given = column if _are_texts(column) else _given(column, may_be_null)
        checks = self._checks.get(check)
        checked = checks(given) if checks is not None else list(map(check, given))
        if len(given) == len(column):
            return checked
        each = iter(checked)
        return [
            blank if value is ABSENT or (value is None and not may_be_null) else next(each)
            for value in column
        ]


class _Times:
    """Checks times. Days, minutes of a day and seconds of a minute are few, and remembered."""

    def __init__(self) -> None:
        self._days = _Part("{}00:00:00Z")
        self._minutes = _Part("1970-01-01T{}00Z")
        self._seconds = _Part("1970-01-01T00:00:{}")

    def __call__(self, values: Sequence[object]) -> Iterable[object]:
        days, minutes, seconds = self._days, self._minutes, self._seconds
        try:
            return [
                days[written[:11]] + minutes[written[11:17]] + seconds[written[17:]]
                for written in cast(list[str], values)
            ]
        except (Unusual, TypeError):
            return list(map(time, values))


class Unusual(Exception):
    """A time that is not written as nearly all are."""


class _Part(dict[str, Micros]):
    """What parts of times are in microseconds. whole: makes a time of one."""

    def __init__(self, whole: str) -> None:
        super().__init__()
        self._whole = whole

    def __missing__(self, part: str) -> Micros:
        micros = usual_time(self._whole.format(part))
        if micros is None:
            raise Unusual
        self[part] = micros
        return micros


def _are_texts(column: Sequence[object]) -> bool:
    try:
        "".join(cast(Sequence[str], column))
    except TypeError:
        return False
    return True


def _given(column: Sequence[object], may_be_null: bool) -> list[object]:
    return [value for value in column if value is not ABSENT and (value is not None or may_be_null)]


def _texts(values: Sequence[object]) -> Iterable[object]:
    texts = cast(Sequence[str], values)
    together = "".join(texts)
    if (
        together.isprintable()
        and "sk-ant-" not in together
        and min(map(len, texts), default=1) > 0
        and max(map(len, texts), default=1) < SHORTEST_RANDOM_PART
        and not any(map(str.isspace, texts))
    ):
        return texts
    return list(map(text, values))


def _fingerprints(values: Sequence[object]) -> Iterable[object]:
    texts = cast(Sequence[str], values)
    together = "\n".join([*texts, ""])
    if set(map(len, texts)) <= _LENGTHS and _FINGERPRINTS.fullmatch(together) is not None:
        return [written[-64:] for written in texts]
    return list(map(fingerprint, values))


def _hints(values: Sequence[object]) -> Iterable[object]:
    texts = cast(Sequence[str], values)
    together = "\n".join([*texts, ""])
    if together.count("\n") == len(texts) and _HINTS.fullmatch(together) is not None:
        return together.replace("...", "…").split("\n")[:-1]
    return list(map(hint, values))


def _origins(unknown: Iterable[object], ids: Iterable[object], origin: Origin) -> list[Origin]:
    """What a snapshot's CSV, which has no table that says so, tells of each key."""
    return [
        "anthropic" if left_out and str(identity).startswith(APIKEY) else origin
        for left_out, identity in zip(unknown, ids, strict=False)
    ]
