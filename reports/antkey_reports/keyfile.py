"""Keys of an inventory as JSON and CSV: with the inventory's own field names, so that it is one again.

Added are `age_days`, `due_at` and `age_from`, which an inventory need not have. What a source does not say
is absent. JSON gives every text back as it was; CSV shows characters that cannot be seen as `\\x1b`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from operator import attrgetter

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

_TIMES = ("created_at", "rotated_at", "expires_at", "last_used_at", "revoked_at")
_OTHERS = ("fingerprint", "unknown", "age_from", "age_days", "due_at")
_TEXTS = tuple(
    name for name in COLUMNS if "." not in name and name not in _TIMES and name not in _OTHERS
)
_times, _TIME_COLUMNS = attrgetter(*_TIMES), tuple(map(COLUMNS.index, _TIMES))
_texts, _TEXT_COLUMNS = attrgetter(*_TEXTS), tuple(map(COLUMNS.index, _TEXTS))
_PRINCIPAL, _FINGERPRINT = COLUMNS.index("principal"), COLUMNS.index("fingerprint")
_ENCRYPTION = COLUMNS.index("encryption.algorithm")
_SPEND = COLUMNS.index("spend_limit.daily_usd")

_HARMLESS = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:;@/… -]*")
_SPECIAL = frozenset(',"\r\n')


def json_text(keys: Iterable[KeyRecord], due: Due, now: Micros) -> str:
    """`{"keys": […]}`, a key to a line."""
    lines = (json_document(mask(json.dumps(_fields(key, due, now)))) for key in keys)
    body = ",\n  ".join(lines)
    return f'{{"keys": [\n  {body}\n]}}\n' if body else '{"keys": []}\n'


def csv_text(keys: Iterable[KeyRecord], due: Due, now: Micros) -> str:
    """A header row, and a row for each key. Lists are written `50;75;90`."""
    rows = [",".join(COLUMNS)]
    rows += [",".join(_cells(key, due, now)) for key in keys]
    return "\n".join(rows) + "\n"


def _cells(key: KeyRecord, due: Due, now: Micros) -> list[str]:
    """A key's row. Not by way of `key_fields`, which takes longer: half a second for 100,000 keys."""
    cells = [""] * len(COLUMNS)
    for at, text in zip(_TEXT_COLUMNS, _texts(key), strict=True):
        if text is not None:
            cells[at] = text if _is_harmless(text) else _inert(text)
    for at, time in zip(_TIME_COLUMNS, _times(key), strict=True):
        if time is not None:
            cells[at] = rfc3339(time)
    if key.principal == "":
        cells[_PRINCIPAL] = "none"
    if key.fingerprint is not None:
        cells[_FINGERPRINT] = f"sha256:{key.fingerprint}"
    if key.encryption is not None:
        cells[_ENCRYPTION : _ENCRYPTION + 3] = map(_cell, key.encryption)
    if key.spend_limit is not None:
        cells[_SPEND : _SPEND + 3] = map(_cell, key.spend_limit)
    cells[-4] = _cell(key.unknown)
    if key.created_at is not None:
        cells[-3:-1] = _cell(key.age_from), str((now - key.created_at) // DAY)
    last = due(key)
    if last is not None:
        cells[-1] = rfc3339(last)
    return cells


def _fields(key: KeyRecord, due: Due, now: Micros) -> Fields:
    first = {"name": key.name, "role": key.role} if key.name is not None else {"role": key.role}
    fields: Fields = first | key_fields(key)
    if key.created_at is not None:
        fields["age_from"] = key.age_from
        fields["age_days"] = (now - key.created_at) // DAY
    at = due(key)
    if at is not None:
        fields["due_at"] = rfc3339(at)
    return fields


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value if _is_harmless(value) else _inert(value)
    if isinstance(value, tuple):
        return ";".join(map(_cell, value))
    # `80` and not `80.0`, as people write it.
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _is_harmless(text: str) -> bool:
    """Nearly every text is; a key may be of these characters too."""
    return _HARMLESS.fullmatch(text) is not None and mask(text) == text


def _inert(text: str) -> str:
    """A cell that no spreadsheet runs, no terminal obeys and no CI log takes for a command."""
    cell = marked(visible(mask(text)))
    if "##" in cell:
        cell = cell.replace("##", "#\\x23")
    if not _SPECIAL.isdisjoint(cell) or cell.startswith((":", " ")):
        return '"' + cell.replace('"', '""') + '"'
    return cell
