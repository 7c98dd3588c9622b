"""Keys of an inventory as JSON and CSV: with the inventory's own field names, so that it is one again.

Added are `age_days`, `due_at` and `age_from`, which an inventory need not have. What a source does not say
is absent. JSON gives every text back as it was; CSV shows characters that cannot be seen as `\\x1b`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from json.encoder import encode_basestring_ascii as quoted
from typing import Any

from antkey_reports.escape import json_document, visible
from antkey_reports.mask import mask
from antkey_scanner.inventory.formulas import marked
from antkey_scanner.inventory.records import KeyRecord
from antkey_scanner.inventory.times import DAY, Micros, rfc3339
from antkey_scanner.inventory.write import table_fields

Due = Callable[[KeyRecord], Micros | None]
"""When a key is past its age, None where nothing tells or nothing is due."""

COLUMNS = (
    *("name", "id", "role", "provider", "environment", "service", "tenant", "workspace", "status"),
    *("created_at", "rotated_at", "expires_at", "last_used_at", "revoked_at", "replaces"),
    *("created_by", "principal", "set_by_role", "hint", "fingerprint", "version"),
    "validation_status",
    *("encryption.algorithm", "encryption.nonce", "encryption.kdf"),
    *("spend_limit.daily_usd", "spend_limit.monthly_usd", "spend_limit.alerts_percent"),
    *("unknown", "age_from", "age_days", "due_at"),
)
"""Of the CSV: always all of them, in this order."""

_IN_JSON = (
    *("name", "role", "id", "provider", "environment", "service", "tenant", "workspace", "status"),
    *("created_at", "rotated_at", "expires_at", "last_used_at", "revoked_at", "replaces"),
    *("created_by", "principal", "set_by_role", "hint", "fingerprint", "version"),
    *("validation_status", "encryption", "spend_limit", "unknown"),
    *("age_from", "age_days", "due_at"),
)
_TIMES = ("created_at", "rotated_at", "expires_at", "last_used_at", "revoked_at", "due_at")

_AT_ONCE = 1_000
"""So many keys are written at once, field by field: a third of the time of one key after the other."""

_HARMLESS = re.compile(r"[\nA-Za-z0-9_.:;@/… -]*")
_BEGINS_OTHERWISE = re.compile(r"\n(?![A-Za-z0-9])")
_SPECIAL = frozenset(',"\r\n')

_Values = Mapping[str, Sequence[Any]]
"""By field, what some keys have there; None for what is absent."""


def json_text(keys: Iterable[KeyRecord], due: Due, now: Micros) -> str:
    """`{"keys": […]}`, a key to a line."""
    return "".join(json_pieces(keys, due, now))


def json_pieces(keys: Iterable[KeyRecord], due: Due, now: Micros) -> Iterator[str]:
    """The text of `json_text` in pieces: that of many keys is large."""
    between = '{"keys": [\n  {'
    for values in _all(keys, due, now):
        yield between + json_document(mask("},\n  {".join(_objects(values))))
        between = "},\n  {"
    yield "}\n]}\n" if between.startswith("}") else '{"keys": []}\n'


def csv_text(keys: Iterable[KeyRecord], due: Due, now: Micros) -> str:
    """A header row, and a row for each key. Lists are written `50;75;90`."""
    return "".join(csv_pieces(keys, due, now))


def csv_pieces(keys: Iterable[KeyRecord], due: Due, now: Micros) -> Iterator[str]:
    """The text of `csv_text` in pieces."""
    yield ",".join(COLUMNS) + "\n"
    for values in _all(keys, due, now):
        columns = [_cells(name, values) for name in COLUMNS]
        yield "\n".join(map(",".join, zip(*columns, strict=True))) + "\n"


def _all(keys: Iterable[KeyRecord], due: Due, now: Micros) -> Iterator[_Values]:
    """What all keys have in each field, and what follows from that."""
    left = iter(keys)
    while some := tuple(islice(left, _AT_ONCE)):
        values: dict[str, Sequence[Any]] = dict(
            zip(KeyRecord._fields, zip(*some, strict=True), strict=True)
        )
        created = values["created_at"]
        values["age_from"] = [
            None if at is None else told
            for at, told in zip(created, values["age_from"], strict=True)
        ]
        values["age_days"] = [None if at is None else (now - at) // DAY for at in created]
        values["due_at"] = list(map(due, some))
        values["principal"] = ["none" if one == "" else one for one in values["principal"]]
        values["fingerprint"] = [one and f"sha256:{one}" for one in values["fingerprint"]]
        yield values


def _objects(values: _Values) -> Iterator[str]:
    """The keys as JSON objects, without their brackets."""
    columns = [
        _named(field, values[field])
        for field in _IN_JSON
        if values[field].count(None) < len(values[field])
    ]
    return (", ".join(filter(None, fields)) for fields in zip(*columns, strict=True))


def _named(field: str, values: Sequence[Any]) -> list[str]:
    """The field with its value, and nothing where that is absent."""
    name = f'"{field}": '
    if field in _TIMES:
        return ["" if value is None else f'{name}"{rfc3339(value)}"' for value in values]
    if field == "unknown":
        return [name + json.dumps(value) if value else "" for value in values]
    if field == "age_days":
        return ["" if value is None else f"{name}{value}" for value in values]
    if field in ("encryption", "spend_limit"):
        tables = [value and table_fields(value) for value in values]
        return [name + json.dumps(table) if table else "" for table in tables]
    return ["" if value is None else name + quoted(value) for value in values]


def _cells(name: str, values: _Values) -> list[str]:
    """A column."""
    field, _, inner = name.partition(".")
    column = values[field]
    if column.count(None) == len(column):
        return [""] * len(column)
    if field in _TIMES:
        return ["" if value is None else rfc3339(value) for value in column]
    if inner:
        return [_cell(getattr(value, inner)) if value else "" for value in column]
    if field in ("unknown", "age_days"):
        return list(map(_cell, column))
    texts = ["" if value is None else value for value in column]
    return texts if _are_harmless(texts) else list(map(_cell, texts))


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value if _are_harmless([value]) else _inert(value)
    if isinstance(value, tuple):
        return ";".join(map(_cell, value))
    # `80` and not `80.0`, as people write it.
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _are_harmless(texts: Sequence[str]) -> bool:
    """Nearly all texts are; a key may be of these characters too."""
    given = list(filter(None, texts))
    together = "".join(f"\n{text}" for text in given)
    return (
        together.count("\n") == len(given)
        and _HARMLESS.fullmatch(together) is not None
        and _BEGINS_OTHERWISE.search(together) is None
        and mask(together) == together
    )


def _inert(text: str) -> str:
    """A cell that no spreadsheet runs, no terminal obeys and no CI log takes for a command."""
    cell = marked(visible(mask(text)))
    if "##" in cell:
        cell = cell.replace("##", "#\\x23")
    if not _SPECIAL.isdisjoint(cell) or cell.startswith((":", " ")):
        return '"' + cell.replace('"', '""') + '"'
    return cell
