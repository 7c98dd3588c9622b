"""Reads the times of a result."""

from __future__ import annotations

from datetime import datetime


def moment(text: str | None) -> datetime | None:
    """A time of a result; None for what is none, which a file that was edited may hold."""
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None
