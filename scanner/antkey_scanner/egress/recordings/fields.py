"""Finds values in records by dotted names: `request.headers.x-api-key`, `messages.0.role`. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Record = Mapping[str, Any]
"""An object of a recording, as JSON reads it."""

Getter = Callable[[Record], Any]
"""Given a record, the value of one name; None where there is none."""


def getter(name: str) -> Getter:
    """What finds one dotted name. A field's own name may hold dots; the letters' case counts only where
    both spellings are there."""
    if "." not in name:
        return lambda record: record.get(name)
    parts = tuple(name.split("."))
    return lambda record: _straight(record, parts) if parts[0] in record else _found(record, parts)


def value_at(record: Record, name: str) -> Any:
    """The value of a dotted name, None where there is none."""
    return _found(record, tuple(name.split(".")))


def text_of(value: Any) -> str | None:
    """A text or a number as a text; of several, as headers may have, the first."""
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 1 << 64 else None
    return None


def _straight(record: Record, parts: tuple[str, ...]) -> Any:
    """The usual case: objects inside objects."""
    value: Any = record
    for part in parts:
        if type(value) is not dict:
            return _found(record, parts)
        value = value.get(part)
        if value is None:
            return _found(record, parts)
    return value


def _found(value: Any, parts: tuple[str, ...]) -> Any:
    if not parts:
        return value
    if isinstance(value, list):
        position = parts[0]
        if not (position.isascii() and position.isdigit() and len(position) < 9):
            return None
        return _found(value[int(position)], parts[1:]) if int(position) < len(value) else None
    if not isinstance(value, Mapping):
        return None
    for length in range(1, len(parts) + 1):
        inner = _field(value, ".".join(parts[:length]))
        if inner is not None:
            found = _found(inner, parts[length:])
            if found is not None:
                return found
    return None


def _field(record: Record, name: str) -> Any:
    found = record.get(name)
    if found is not None:
        return found
    small = name.lower()
    return next((value for key, value in record.items() if key.lower() == small), None)
