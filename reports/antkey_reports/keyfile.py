"""Keys of an inventory as JSON and CSV: with the inventory's own field names, so that it is one again.

Added are `age_days`, `due_at` and `age_from`, which an inventory need not have. What a source does not say
is absent. JSON gives every text back as it was; CSV shows characters that cannot be seen as `\\x1b`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable

from antkey_reports.escape import json_document, visible
from antkey_reports.mask import mask
from antkey_scanner.inventory.formulas import marked
from antkey_scanner.inventory.records import KeyRecord
from antkey_scanner.inventory.times import DAY, Micros, rfc3339
from antkey_scanner.inventory.write import Fields, key_fields

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

_AT = {column: at for at, column in enumerate(COLUMNS)}

_HARMLESS = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:;@/ -]*")
_SPECIAL = frozenset(',"\r\n')


def json_text(keys: Iterable[KeyRecord], due: Due, now: Micros) -> str:
    """`{"keys": […]}`, a key to a line."""
    lines = (json_document(mask(json.dumps(_fields(key, due, now)))) for key in keys)
    body = ",\n  ".join(lines)
    return f'{{"keys": [\n  {body}\n]}}\n' if body else '{"keys": []}\n'


def csv_text(keys: Iterable[KeyRecord], due: Due, now: Micros) -> str:
    """A header row, and a row for each key. Lists are written `50;75;90`."""
    rows = [",".join(COLUMNS)]
    for key in keys:
        cells = [""] * len(COLUMNS)
        for column, value in _flat(_fields(key, due, now)).items():
            cells[_AT[column]] = _cell(value)
        rows.append(",".join(cells))
    return "\n".join(rows) + "\n"


def _fields(key: KeyRecord, due: Due, now: Micros) -> Fields:
    fields = {"name": key.name, **key_fields(key)} if key.name is not None else key_fields(key)
    if key.created_at is not None:
        fields["age_from"] = key.age_from
        fields["age_days"] = (now - key.created_at) // DAY
    at = due(key)
    if at is not None:
        fields["due_at"] = rfc3339(at)
    return fields


def _flat(fields: Fields) -> Fields:
    """The fields with tables taken apart: `encryption.nonce`."""
    for table in ("encryption", "spend_limit"):
        if table in fields:
            fields |= {f"{table}.{name}": value for name, value in fields.pop(table).items()}
    return fields


def _cell(value: object) -> str:
    if isinstance(value, str):
        return value if _is_harmless(value) else _text_cell(value)
    if isinstance(value, list):
        return _text_cell(";".join(map(_cell, value)))
    # `80` and not `80.0`, as people write it.
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _is_harmless(text: str) -> bool:
    """Nearly every text is; a key may be of these characters too."""
    return _HARMLESS.fullmatch(text) is not None and "sk-ant-" not in text


def _text_cell(text: str) -> str:
    """A cell that no spreadsheet runs, no terminal obeys and no CI log takes for a command."""
    cell = marked(visible(mask(text)))
    if "##" in cell:
        cell = cell.replace("##", "#\\x23")
    if not _SPECIAL.isdisjoint(cell) or cell.startswith((":", " ")):
        return '"' + cell.replace('"', '""') + '"'
    return cell
