"""The only place that asks what time it is.

`--now` sets the time that ages are judged by, and with them all that people read: deadlines count from it.
Without it SOURCE_DATE_EPOCH (reproducible-builds.org) fixes what reports print and judges nothing: it is
set to a commit's time in many builds, and would let an expired waiver hold.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

from antkey_scanner.errors import PolicyError

_MOST_SECONDS = 250_246_627_199
"""9899-12-31T23:59:59Z: days that are counted from it still have dates."""


class Clock:
    """The times of one run. `judged`: seconds since 1970, against which ages and waivers are judged."""

    def __init__(self, now: float | None, environment: Mapping[str, str]) -> None:
        started = time.time()
        fixed = _source_date(environment)
        self._printed = fixed if now is None else now
        self._started = started
        self._ticks = time.perf_counter()
        self.judged = started if now is None else now

    def started_at(self) -> str:
        """RFC 3339 in UTC."""
        return _rfc3339(self._started if self._printed is None else self._printed)

    def finished_at(self) -> str:
        """RFC 3339 in UTC; never before the start, whatever happens to the system's clock."""
        if self._printed is not None:
            return _rfc3339(self._printed)
        return _rfc3339(self._started + time.perf_counter() - self._ticks)

    def seconds(self) -> float:
        """Wall time so far; 0.0 when the printed time is fixed."""
        return 0.0 if self._printed is not None else time.perf_counter() - self._ticks


def _source_date(environment: Mapping[str, str]) -> float | None:
    text = environment.get("SOURCE_DATE_EPOCH")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 13 and int(text) <= _MOST_SECONDS):
        raise PolicyError("SOURCE_DATE_EPOCH: is no whole number of seconds since 1970; unset it")
    return float(text)


def _rfc3339(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
