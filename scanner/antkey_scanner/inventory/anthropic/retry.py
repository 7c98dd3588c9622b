"""When to ask again, and how long to wait before it. Pure functions; time and chance come as arguments."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import NamedTuple

ATTEMPTS = 5
"""Requests for one page, the first included."""

MOST_SECONDS = 60.0
"""For everything; also the longest wait that a server may ask for."""

_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 8.0

_SECONDS = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")


class Patience(NamedTuple):
    """How long, and by which clocks. wall: seconds since 1970; chance: from 0 to 1; silence: seconds
    without a byte after which a server counts as gone."""

    seconds: float = MOST_SECONDS
    silence: float = 20.0
    attempts: int = ATTEMPTS
    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random


def is_passing(status: int) -> bool:
    """Whether an answer with this status may be another one soon."""
    return status in (408, 429) or status >= 500


def pause(attempt: int, chance: float) -> float:
    """Seconds before attempt `attempt` + 1 (the first is 1): doubled each time, and never the same, or
    all who were turned away together would come back together."""
    return float(min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** (attempt - 1)) * (0.5 + chance / 2))


def retry_after(headers: Mapping[str, str], wall: float) -> float | None:
    """The seconds that a server asks to wait (RFC 9110, 10.2.3); None when it does not say."""
    text = headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(text):
        return float(text)
    moment = _date(text)
    if moment is None:
        return None
    # Against the server's own clock where it tells it: ours may be wrong.
    base = _date(headers.get("date", ""))
    return max(0.0, moment - (wall if base is None else base))


def _date(text: str) -> float | None:
    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (TypeError, ValueError, OverflowError, IndexError):
        return None
