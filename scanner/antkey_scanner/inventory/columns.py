"""Which columns a CSV inventory may have, and how their cells are read."""

from __future__ import annotations

from antkey_scanner.inventory.fields import Table, unknown_field
from antkey_scanner.inventory.formats.csv import Convert, listed, number
from antkey_scanner.inventory.problems import sentence
from antkey_scanner.inventory.shapes import KEY

_CONVERTS: dict[str, Convert] = {
    "spend_limit.daily_usd": number,
    "spend_limit.monthly_usd": number,
    "spend_limit.alerts_percent": listed(number),
    "unknown": listed(str),
    "age_days": number,
}


def _names() -> list[str]:
    names = []
    for field, slot in KEY.fields.items():
        inner = slot.check.fields if isinstance(slot.check, Table) else None
        names += [field] if inner is None else [f"{field}.{below}" for below in inner]
    return names


COLUMNS: dict[str, Convert | None] = {name: _CONVERTS.get(name) for name in _names()}


def unknown_column(name: str) -> str:
    """What is wrong with a name in the header that is no column's."""
    return (
        sentence((name,), unknown_field(name, COLUMNS)) if name else "has a column without a name"
    )
