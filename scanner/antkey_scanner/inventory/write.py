"""Writes a `Sheet` as TOML, YAML, JSON or CSV, in the fields that `inventory.files` reads.

The same sheet gives the same text, with one record in each line where the format allows it, so that a
file that is committed shows what has changed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any

from antkey_scanner.inventory.formulas import marked
from antkey_scanner.inventory.records import KeyRecord, Member, Sheet, Tenant
from antkey_scanner.inventory.times import Micros, rfc3339

FORMATS = {".json": "json", ".toml": "toml", ".yaml": "yaml", ".yml": "yaml", ".csv": "csv"}
"""By a file's ending."""

Fields = dict[str, Any]
"""A record as it is written: texts, numbers, lists and tables of them; what is absent is left out."""

_KEY_FIELDS = (
    *("id", "name", "role", "provider", "environment", "service", "tenant", "workspace", "status"),
    *("created_at", "rotated_at", "expires_at", "last_used_at", "revoked_at", "replaces"),
    *("created_by", "principal", "set_by_role", "hint", "fingerprint", "version"),
    *("validation_status", "encryption", "spend_limit", "unknown"),
)
_TIMES = ("created_at", "rotated_at", "expires_at", "last_used_at", "revoked_at")
_TABLES = ("encryption", "spend_limit")
_values = attrgetter(*_KEY_FIELDS)
_USUAL_ROLE = "tenant"


class Time(str):
    """A time as RFC 3339 writes it, which TOML has a type for."""

    __slots__ = ()


def text_of(sheet: Sheet, form: str, head: Mapping[str, Any] | None = None) -> str:
    """A sheet as text. form: one of `FORMATS`; head: what stands before its lists. CSV holds keys only."""
    if form == "csv":
        return _csv([key_fields(key) for key in sheet.keys])
    lists: dict[str, list[Fields]] = {"keys": [key_fields(key) for key in sheet.keys]}
    if sheet.members is not None:
        lists["members"] = [member_fields(member) for member in sheet.members]
    if sheet.tenants is not None:
        lists["tenants"] = [tenant_fields(tenant) for tenant in sheet.tenants]
    return _WRITERS[form](dict(head or {}), lists)


def key_fields(key: KeyRecord) -> Fields:
    """A key's fields that say something, in the order in which they are always written."""
    # All of them at once, and then those that are written in another way: half the time of one by one.
    values = zip(_KEY_FIELDS, _values(key), strict=True)
    fields = {field: value for field, value in values if value is not None}
    for field in _TIMES:
        if field in fields:
            fields[field] = Time(rfc3339(fields[field]))
    for field in _TABLES:
        if field in fields:
            fields[field] = table_fields(fields[field])
            if not fields[field]:
                del fields[field]
    if key.role == _USUAL_ROLE:
        del fields["role"]
    if key.principal == "":
        fields["principal"] = "none"
    if key.fingerprint is not None:
        fields["fingerprint"] = f"sha256:{key.fingerprint}"
    if key.unknown:
        fields["unknown"] = list(key.unknown)
    else:
        del fields["unknown"]
    return fields


def member_fields(member: Member) -> Fields:
    """A member's fields; what kind it is only for one that is no person."""
    found = table_fields(member)
    if member.kind == "user":
        del found["kind"]
    return found


def tenant_fields(tenant: Tenant) -> Fields:
    """A tenant's fields."""
    found = table_fields(tenant._replace(history=()))
    del found["history"]
    if tenant.history:
        found["history"] = [
            {"mode": one.mode, "from": Time(rfc3339(one.start))} for one in tenant.history
        ]
    return found


def table_fields(value: Any) -> Fields:
    """A named tuple's fields that are not None."""
    return {
        field: list(one) if isinstance(one, tuple) else one
        for field, one in value._asdict().items()
        if one is not None
    }


def head_of(schema: int, source: Mapping[str, str | None], fetched_at: Micros) -> Fields:
    """What a snapshot says of itself."""
    told = {field: value for field, value in source.items() if value}
    return {"schema": schema, "source": {**told, "fetched_at": Time(rfc3339(fetched_at))}}


def _json(head: Fields, lists: Mapping[str, Sequence[Fields]]) -> str:
    parts = [f"  {_in_json(name)}: {_in_json(value)}" for name, value in head.items()]
    for name, records in lists.items():
        lines = ",\n".join(f"    {_in_json(record)}" for record in records)
        parts.append(f"  {_in_json(name)}: [\n{lines}\n  ]" if lines else f"  {_in_json(name)}: []")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _in_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _toml(head: Fields, lists: Mapping[str, Sequence[Fields]]) -> str:
    plain = {name: value for name, value in head.items() if not isinstance(value, dict)}
    # An empty list is no table, so it has to stand before the first one.
    plain |= {name: [] for name, records in lists.items() if not records}
    blocks = ["".join(_pairs(plain))]
    blocks += [
        f"[{name}]\n" + "".join(_pairs(value))
        for name, value in head.items()
        if isinstance(value, dict)
    ]
    blocks += [
        f"[[{name}]]\n" + "".join(_pairs(record))
        for name, records in lists.items()
        for record in records
    ]
    return "\n".join(block for block in blocks if block)


def _pairs(fields: Fields) -> Iterator[str]:
    return (f"{name} = {_in_toml(value)}\n" for name, value in fields.items())


def _in_toml(value: Any) -> str:
    if isinstance(value, Time):
        return str(value)
    if isinstance(value, str):
        return _in_json(value)  # JSON's strings are TOML's too, all that it escapes included
    if isinstance(value, list):
        return f"[{', '.join(map(_in_toml, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} = {_in_toml(one)}" for name, one in value.items()) + "}"
    return repr(value)


def _yaml(head: Fields, lists: Mapping[str, Sequence[Fields]]) -> str:
    """YAML in which each value is written as in JSON, which YAML holds: no word turns into a number, a
    truth or a time."""
    lines = [f"{name}: {_in_yaml(value)}\n" for name, value in head.items()]
    for name, records in lists.items():
        lines.append(f"{name}:\n" if records else f"{name}: []\n")
        for record in records:
            pairs = [f"{field}: {_in_yaml(value)}" for field, value in record.items()]
            lines.append("  - " + "\n    ".join(pairs) + "\n")
    return "".join(lines)


def _in_yaml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_in_yaml(one)}" for name, one in value.items()) + "}"
    text = json.dumps(value, ensure_ascii=False)
    if text.isprintable():
        return text
    # Not all that JSON lets stand unescaped may stand so in YAML: C1 controls, U+2028, U+FFFE, …
    return "".join(one if one.isprintable() else _escaped(one) for one in text)


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _csv(records: Sequence[Fields]) -> str:
    import csv
    import io

    rows = [_flat(record) for record in records]
    used = {column for row in rows for column in row}
    columns = sorted(used or {"id", "name"}, key=_column_order)
    written = io.StringIO()
    # The writer does not see that a lone carriage return ends a line as well.
    odd = any("\r" in cell for row in rows for cell in row.values())
    writer = csv.DictWriter(
        written,
        columns,
        restval="",
        lineterminator="\n",
        quoting=csv.QUOTE_ALL if odd else csv.QUOTE_MINIMAL,
    )
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue()


def _flat(record: Fields) -> dict[str, str]:
    cells: dict[str, str] = {}
    for field, value in record.items():
        if isinstance(value, dict):
            cells |= {f"{field}.{name}": _cell(one) for name, one in value.items()}
        else:
            cells[field] = _cell(value)
    return cells


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return ";".join(map(str, value))
    return marked(value) if isinstance(value, str) else f"{value}"


def _column_order(column: str) -> tuple[int, str]:
    return _KEY_FIELDS.index(column.partition(".")[0]), column


_WRITERS: dict[str, Callable[[Fields, Mapping[str, Sequence[Fields]]], str]] = {
    "json": _json,
    "toml": _toml,
    "yaml": _yaml,
}
