"""How old the active keys are, as a histogram. Not escaped."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import NamedTuple

from antkey_reports.moments import moment
from antkey_reports.rotation import State, judged_at, standing
from antkey_reports.wording import plural
from antkey_scanner.model import KeyRef, Result

_EDGES = (0, 30, 60, 90, 120, 180, 365)


class Bucket(NamedTuple):
    """The keys of one range of ages. fine, late: how many are within their rotation age and past it, None
    of keys whose age is not known; fine_width, late_width: of the bars, in percent of the longest."""

    label: str
    total: int
    fine: int | None
    late: int | None
    fine_width: str
    late_width: str


class Ages(NamedTuple):
    """limit: the rotation age that most keys have, in days; unnamed: how many keys the result counts and
    does not name; described: the picture in words."""

    buckets: tuple[Bucket, ...]
    limit: int | None
    unnamed: int
    described: str


def ages(result: Result) -> Ages | None:
    """The histogram of the active keys that the result names; None when no age is known."""
    active = [key for key in result.keys if key.status == "active"]
    now = judged_at(result)
    if now is None or all(key.age_days is None for key in active):
        return None
    late = Counter(_bucket(key) for key in active if standing(key, now).state is State.OVERDUE)
    every = Counter(map(_bucket, active))
    longest = max(every.values())
    names = _names()
    last = max(number for number in every if number < len(_EDGES))
    numbers = [*range(last + 1), *([len(names) - 1] if every[len(names) - 1] else [])]
    buckets = tuple(
        _drawn(names[number], every[number], late[number], longest, known=number < len(_EDGES))
        for number in numbers
    )
    told = ", ".join(f"{bucket.label}: {bucket.total:,}" for bucket in buckets if bucket.total)
    return Ages(
        buckets=buckets,
        limit=_limit(active),
        unnamed=max(result.stats.keys - len(result.keys), 0),
        described=f"{plural(len(active), 'active key')} by age. {told}.",
    )


def _names() -> list[str]:
    return [
        *(f"{low} to {high - 1} days" for low, high in pairwise(_EDGES)),
        f"{_EDGES[-1]} days and more",
        "not known",
    ]


def _bucket(key: KeyRef) -> int:
    if key.age_days is None:
        return len(_EDGES)
    return max(sum(key.age_days >= edge for edge in _EDGES) - 1, 0)


def _drawn(label: str, total: int, late: int, longest: int, *, known: bool) -> Bucket:
    return Bucket(
        label=label,
        total=total,
        fine=total - late if known else None,
        late=late if known else None,
        fine_width=_percent(total - late, longest),
        late_width=_percent(late, longest),
    )


def _percent(count: int, longest: int) -> str:
    return f"{100 * count / longest:.2f}%"


def _limit(keys: list[KeyRef]) -> int | None:
    """The rotation age of most keys."""
    spans = Counter(
        (due - created).days
        for key in keys
        if (due := moment(key.due_at)) and (created := moment(key.created_at))
    )
    return spans.most_common(1)[0][0] if spans else None
