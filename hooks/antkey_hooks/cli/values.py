"""Turns the texts of options into values. A ValueError says `problem; cure` and quotes nothing."""

from __future__ import annotations

from antkey_scanner.model import Severity

_MOST_JOBS = 1024
_MOST_DEPTH = 100
_MOST_DAYS = 36_500
_MOST_DESCRIPTOR = 1 << 20
_MOST_SECONDS = _MOST_DAYS * 86_400
_END = 250_246_627_200
"""9900-01-01T00:00:00Z: what lies as many days later as a policy may name still has a date."""
_HEX = set("0123456789abcdef")

_UNITS = {"": 1, "k": 1000, "m": 1000**2, "g": 1000**3, "t": 1000**4}
_BINARY_UNITS = {"ki": 1 << 10, "mi": 1 << 20, "gi": 1 << 30, "ti": 1 << 40}


def any_text(text: str) -> str:
    """A text that says something."""
    if not text.strip():
        raise ValueError("is empty; give it a value")
    return text


def format_name(text: str) -> str:
    """The name of a format that can be rendered."""
    from antkey_reports.registry import names

    known = names()
    if text not in known:
        raise ValueError(f"no such format; {suggestion(text, known)}")
    return text


def table_format(text: str) -> str:
    """How a list of keys is printed."""
    return _one_of(text, ("text", "csv", "json"))


def calendar_format(text: str) -> str:
    """How a calendar is printed."""
    return _one_of(text, ("text", "ics", "json"))


def verdict_format(text: str) -> str:
    """How verdicts on URLs are printed."""
    return _one_of(text, ("text", "json"))


def _one_of(text: str, known: tuple[str, ...]) -> str:
    if text not in known:
        raise ValueError(f"no such format here; {suggestion(text, known)}")
    return text


def report_file(text: str) -> tuple[str, str]:
    """`NAME=FILE` as a format and a path."""
    name, equals, file = text.partition("=")
    if not equals or not name or not file:
        raise ValueError("is not NAME=FILE; write a format and a file, such as html=report.html")
    if file == "-":
        raise ValueError("standard output is what --format is for; name a file")
    return format_name(name), file


def level(text: str) -> Severity:
    """The lowest severity that fails a run."""
    levels = [severity for severity in reversed(Severity) if severity is not Severity.INFO]
    for severity in levels:
        if severity.value == text:
            return severity
    raise ValueError(f"no such severity; {suggestion(text, tuple(s.value for s in levels))}")


def profile(text: str) -> str:
    """The name of a profile."""
    from antkey_scanner.policy import PROFILES

    if text not in PROFILES:
        raise ValueError(f"no such profile; {suggestion(text, PROFILES)}")
    return text


def ci_service(text: str) -> str:
    """A CI service that a job can be written for."""
    known = ("github", "gitlab", "none")
    if text not in known:
        raise ValueError(f"no such service; {suggestion(text, known)}")
    return text


def jobs(text: str) -> int:
    """How many workers."""
    return _whole(text, 1, _MOST_JOBS)


def depth(text: str) -> int:
    """How many containers inside each other; 0 opens none."""
    return _whole(text, 0, _MOST_DEPTH)


def days(text: str) -> int:
    """A number of days."""
    return _whole(text, 1, _MOST_DAYS)


def descriptor(text: str) -> int:
    """The number of an open file."""
    return _whole(text, 0, _MOST_DESCRIPTOR)


def size(text: str) -> int:
    """A number of bytes: `500`, `500k`, `10MB` (decimal), `1GiB` (binary)."""
    digits = text.rstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ ")
    unit = text[len(digits) :].strip().lower().removesuffix("b")
    factor = _UNITS.get(unit) or _BINARY_UNITS.get(unit)
    if factor is None or not _is_number(digits):
        raise ValueError(
            "is no size; write a whole number of bytes, or one with a unit: 10MB, 1GiB"
        )
    return int(digits) * factor


def moment(text: str) -> float:
    """An RFC 3339 time as seconds since 1970."""
    from datetime import datetime

    shape = "is no RFC 3339 time; write it like 2026-11-20T12:00:00Z"
    if not text.isascii() or len(text) < len("2026-11-20T12:00:00") or text[10] not in "Tt ":
        raise ValueError(shape)
    try:
        parsed = datetime.fromisoformat(text.upper())
    except ValueError:
        raise ValueError(shape) from None
    if parsed.tzinfo is None:
        raise ValueError("has no UTC offset; add Z or one like +01:00")
    seconds = parsed.timestamp()
    if seconds < 0:
        raise ValueError("lies before 1970; no key is that old")
    if seconds >= _END:
        raise ValueError("lies after the year 9899; no key gets that old")
    return seconds


def commit(text: str) -> str:
    """The whole id of a commit."""
    if len(text) not in {40, 64} or set(text.lower()) - _HEX:
        raise ValueError("is no whole commit id; write all of its 40 or 64 hex digits")
    return text.lower()


def sha256(text: str) -> str:
    """A SHA-256 in hex."""
    if len(text) != 64 or set(text.lower()) - _HEX:
        raise ValueError("is no SHA-256; write its 64 hex digits")
    return text.lower()


def duration(text: str) -> int:
    """A time in seconds: `90m`, `12h`, `7d`."""
    seconds = {"s": 1, "m": 60, "h": 3600, "d": 86_400}.get(text[-1:])
    if seconds is None or not _is_number(text[:-1]) or int(text[:-1]) * seconds > _MOST_SECONDS:
        raise ValueError("is no time; write a whole number and s, m, h or d, such as 12h")
    return int(text[:-1]) * seconds


def suggestion(word: str, known: tuple[str, ...]) -> str:
    """`did you mean X?`, or all that are known."""
    from difflib import get_close_matches

    near = get_close_matches(word.lower(), known, 1)
    return f"did you mean {near[0]}?" if near else f"use one of: {', '.join(known)}"


def _whole(text: str, least: int, most: int) -> int:
    if not _is_number(text) or not least <= int(text) <= most:
        raise ValueError(f"is out of range; use a whole number from {least} to {most}")
    return int(text)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18
