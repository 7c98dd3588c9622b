"""The checks of single values: a text, a time, a fingerprint, a hint.

A check takes a value as a format gives it and returns what the record holds, or raises `Wrong`.
"""

from __future__ import annotations

import contextlib
import datetime
import re

from antkey_scanner.inventory.otherkeys import holds_random_part
from antkey_scanner.inventory.times import Micros
from antkey_scanner.inventory.wrong import RAW_KEY, Wrong, type_of
from antkey_scanner.policy.rawkey import holds_raw_key, holds_wrapped_key, without_raw_keys

_LONGEST_TEXT = 4096
SHORTEST_RANDOM_PART = 95
_FEWEST_SECRET_CHARACTERS = 12
"""From this many characters of a key's random part on, a hint is no hint."""

_MORE_THAN_A_HINT = (
    f"shows {_FEWEST_SECRET_CHARACTERS} or more characters of a key; write only what the Console shows,"
    " such as sk-ant-api03-R2D…igAA"
)


_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ](?!24)[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?"
    r"([Zz]|[+-][0-9]{2}:[0-5][0-9])?"
)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
USUAL_HINT = re.compile(
    r"(sk-ant-[a-z]{1,12}[0-9]{0,4}-[A-Za-z0-9_-]{1,4})(…|\.\.\.)([A-Za-z0-9_-]{1,4})"
)
USUAL_FINGERPRINT = re.compile(r"(?:sha256:)?[0-9a-f]{64}")
_KEY_PREFIX = re.compile(r"sk-(?:[a-z]{1,12}-)?(?:[a-z]{1,12}[0-9]{0,4}-)?")
_NO_SECRET = re.compile(r"[^A-Za-z0-9_-]|([A-Za-z0-9_-])\1{3,}")
"""What is in no key, and what masks one: `xxxxxxxx`."""

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_FIRST = -62_135_596_800_000_000
_LAST = 253_402_300_799_999_999


def text(value: object) -> str:
    """A string that is not blank and shows no more of a key than Anthropic's Console does."""
    if (
        type(value) is str
        and value.isprintable()
        and 0 < len(value) < SHORTEST_RANDOM_PART
        and not value.isspace()
        and "sk-ant-" not in value
    ):
        return value
    return _unusual_text(value)


def _unusual_text(value: object) -> str:
    if not isinstance(value, str):
        raise Wrong(f"is {type_of(value)}; write it as a string, in quotes")
    if not value.strip():
        raise Wrong("is empty; write something or take the field out")
    if len(value) > _LONGEST_TEXT:
        raise Wrong(f"is longer than {_LONGEST_TEXT:,} characters; shorten it")
    if "\0" in value:
        raise Wrong("holds a NUL character; take it out")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise Wrong("holds half a character (a lone surrogate); write it whole")
    if holds_raw_key(value) or holds_wrapped_key(value) or holds_random_part(value):
        raise Wrong(RAW_KEY)
    if without_raw_keys(value) != value:
        raise Wrong(_MORE_THAN_A_HINT)
    return value


def version(value: object) -> str:
    """A version, which may be a number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 1 << 64 else text("")
    return text(value)


def time(value: object) -> Micros:
    """A moment: RFC 3339, or TOML's own. What is beyond microseconds is cut off."""
    if type(value) is str:
        return _since_epoch(_usual_moment(value) or _moment(value))
    if isinstance(value, datetime.datetime):
        if value.tzinfo is None:
            raise Wrong("has no UTC offset; add Z or +00:00")
        return _since_epoch(value)
    if isinstance(value, datetime.date):
        raise Wrong("has no time and no UTC offset; write it like 2026-11-20T12:00:00Z")
    raise Wrong(f"is {type_of(value)}; write a time like 2026-11-20T12:00:00Z")


def usual_time(written: str) -> Micros | None:
    """`time` of what is written as nearly all moments are; None for any other."""
    moment = _usual_moment(written)
    return None if moment is None else _since_epoch(moment)


def _usual_moment(written: str) -> datetime.datetime | None:
    """A moment like 2026-11-20T12:00:00Z, as nearly all are written."""
    if len(written) != 20 or written[4::3] != "--T::Z" or written[11:13] == "24":
        return None
    try:
        return datetime.datetime.fromisoformat(written)
    except ValueError:
        return None


def _moment(written: str) -> datetime.datetime:
    found = _TIME.fullmatch(written)
    if found is None:
        raise _no_time(written)
    offset = found[1]
    if offset is None:
        raise Wrong("has no UTC offset; add Z or +00:00")
    try:
        return datetime.datetime.fromisoformat(written if offset == "Z" else written.upper())
    except ValueError:
        return _unusual_moment(written.upper(), offset.upper())


def _since_epoch(moment: datetime.datetime) -> Micros:
    passed = moment - _EPOCH
    micros = (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds
    if not _FIRST <= micros <= _LAST:
        raise Wrong("is out of range; in UTC it is not in the years 0001 to 9999")
    return micros


def _no_time(written: str) -> Wrong:
    if _DAY.fullmatch(written):
        return Wrong("has no time and no UTC offset; write it like 2026-11-20T12:00:00Z")
    text(written)
    return Wrong("is no RFC 3339 time; write it like 2026-11-20T12:00:00Z")


def _unusual_moment(written: str, offset: str) -> datetime.datetime:
    """A time that `datetime` has no value for: a leap second, or one that never was."""
    try:
        datetime.date.fromisoformat(written[:10])
    except ValueError:
        raise Wrong("is on a day that does not exist; mend the date") from None
    if written[17:19] == "60":
        with contextlib.suppress(ValueError, OverflowError):
            before = datetime.datetime.fromisoformat(f"{written[:17]}59{offset}")
            after = before + datetime.timedelta(seconds=1)
            # Leap seconds end a day in UTC; clocks since 1970 show them as the start of the next.
            if (after - _EPOCH).seconds == 0:
                return after
    raise Wrong("is at a time of day that does not exist; mend the time or the offset")


def fingerprint(value: object) -> str:
    """SHA-256 of the key, 64 lower-case hex digits."""
    if type(value) is str and USUAL_FINGERPRINT.fullmatch(value) is not None:
        return value[-64:]
    digits = text(value).lower().removeprefix("sha256:")
    try:
        if len(digits) == 64 and len(bytes.fromhex(digits)) == 32:
            return digits
    except ValueError:
        pass
    raise Wrong("is no SHA-256; write sha256: and 64 hex digits")


def hint(value: object) -> str:
    """What the Console shows of a key, with `…`."""
    if type(value) is str and (usual := USUAL_HINT.fullmatch(value)) is not None:
        return value if usual[2] == "…" else f"{usual[1]}…{usual[3]}"
    shown = text(value).replace("...", "…")
    if len(_NO_SECRET.sub("", _KEY_PREFIX.sub("", shown, count=1))) >= _FEWEST_SECRET_CHARACTERS:
        raise Wrong(_MORE_THAN_A_HINT)
    return shown


def principal(value: object) -> str:
    """Whom a key is bound to: `none`, or null, for nobody."""
    written = "none" if value is None else text(value)
    return "" if written == "none" else written
