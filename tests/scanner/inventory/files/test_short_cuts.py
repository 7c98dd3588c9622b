"""Many keys at once are read as one by one: the same records, and of what is wrong the same messages."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.scanner.inventory.files.comparing import quickly, slowly

from antkey_scanner.errors import PolicyError
from antkey_scanner.inventory.columns import COLUMNS, unknown_column
from antkey_scanner.inventory.files import read_sheet
from antkey_scanner.inventory.formats import AT_ONCE
from antkey_scanner.inventory.formats.csv import CsvReader
from antkey_scanner.inventory.formats.json import JsonReader
from antkey_scanner.inventory.records import KeyRecord

_HEX = "0123456789abcdef" * 4

_TEXTS = st.sampled_from(
    [
        "a",
        "prod",
        "é…",
        "two words",
        "",
        " ",
        "a\nb",
        "x" * 95,
        "sk-ant-…",
        "apikey_1",
        "=1+1",
        "'=1",
    ]
)
_TIMES = st.sampled_from(
    [
        *("2026-04-25T10:00:00Z", "2026-04-25T10:00:00.5Z", "2026-04-25t10:00:00+02:00"),
        *("2016-12-31T23:59:60Z", "9999-12-31T23:59:59Z", "2026-04-25T24:00:00Z"),
        *("2026-02-30T10:00:00Z", "2026-04-25", "2026-04-25T10:00:00", "0001-01-01T00:00:00Z"),
    ]
)
_FINGERPRINTS = st.sampled_from(
    [
        _HEX,
        f"sha256:{_HEX}",
        f"sha256:{_HEX.upper()}",
        _HEX[:-1],
        f"{_HEX[:63]}\n",
        f"{_HEX}\n{_HEX}",
    ]
)
_HINTS = st.sampled_from(
    [
        "sk-ant-api03-R2D...igAA",
        "sk-ant-api03-R2D…igAA",
        "R2D…igAA",
        "R2D" * 5,
        "\n",
    ]
)
_OTHERS = st.one_of(
    *(st.none(), st.booleans(), st.integers(-1, 200), st.just([]), st.just({}), _TEXTS, _TIMES)
)


def _or_not(values: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.one_of(values, values, values, values, _OTHERS)


_KEYS = st.fixed_dictionaries(
    {},
    optional={
        "name": st.text("abc", max_size=4),
        "id": _or_not(st.sampled_from(["1", "2", "apikey_1", "apikey_2"])),
        "role": _or_not(st.sampled_from(["tenant", "platform", "Tenant"])),
        "environment": _or_not(_TEXTS),
        "status": _or_not(st.sampled_from(["active", "inactive"])),
        "created_at": _or_not(_TIMES),
        "due_at": _or_not(_TIMES),
        "age_days": _or_not(st.integers(-5, 5)),
        "principal": st.sampled_from([None, "none", "u1", ""]),
        "fingerprint": _or_not(_FINGERPRINTS),
        "hint": _or_not(_HINTS),
        "version": _or_not(st.integers(0, 3)),
        "encryption": _or_not(st.just({"algorithm": "AES-256-GCM", "nonce": "00"})),
        "spend_limit": _or_not(st.just({"daily_usd": 5, "alerts_percent": [50, 75.5]})),
        "unknown": _or_not(st.sampled_from([["hint"], ["hint", "role"], []])),
    },
)
_SOUND = _KEYS.map(lambda key: {**key, "environment": "prod"})


def _csv_of(rows: list[dict[str, str]]) -> str:
    columns = list(dict.fromkeys(name for row in rows for name in row)) or ["name", "id"]
    written = io.StringIO()
    writer = csv.DictWriter(written, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue()


def _cells(key: dict[str, object]) -> dict[str, str]:
    cells: dict[str, str] = {}
    for field, value in key.items():
        if isinstance(value, dict):
            cells |= {f"{field}.{inner}": _cell(one) for inner, one in value.items()}
        else:
            cells[field] = _cell(value)
    return cells


def _cell(value: object) -> str:
    if isinstance(value, list):
        return ";".join(map(str, value))
    return "" if value is None else str(value)


@settings(max_examples=300)
@given(st.lists(_KEYS, max_size=4), st.sampled_from([None, 0, 2]), st.booleans())
def test_json_is_read_the_same(
    keys: list[dict[str, object]], indent: int | None, is_snapshot: bool
) -> None:
    document: dict[str, object] = {"keys": keys}
    if is_snapshot:
        document["source"] = {"kind": "anthropic"}
    text = json.dumps(document, indent=indent)
    assert quickly(text, ".json") == slowly(JsonReader(text))


@settings(max_examples=200)
@given(st.lists(_SOUND, max_size=4))
def test_csv_is_read_the_same(keys: list[dict[str, object]]) -> None:
    text = _csv_of([_cells(key) for key in keys])
    assert quickly(text, ".csv") == slowly(CsvReader(text, COLUMNS, unknown_column))


_A, _B = '{"name": "a", "hint": "…"}', '{"name": "b"}'


@pytest.mark.parametrize(
    "text",
    [
        f'{{"keys": [{_A},{_B}]}}',
        f'{{"keys": [\n{_A}\n,\n{_B}\n]\n}}',
        f'{{"keys": [{_A},  {_B} , {{"name": "c"}}]}}',
        f'{{"members": [], "keys": [\n  {_A},\n\n  {_B}\n], "source": {{"kind": "anthropic"}}}}',
        '{"keys": [], "members": []}',
        '{"keys": [{}]}',
        f'{{"keys": [{_A}, {{}}]}}',
        f'{{"keys": [{_A}, null]}}',
        f'{{"keys": [{_A}, {_A}]}}',
        f'{{"keys": [{_A}, {_B}',
        f'{{"keys": [{_A}, {_B},]}}',
        f'{{"keys": [{_A} {_B}]}}',
        f'{{"keys": [{_A}, {{"name": "b", "name": "c"}}]}}',
        f'{{"keys": [{_A}, {{"name": NaN}}]}}',
        f'{{"keys": [{_A}, {{"name": tru}}]}}',
        f'{{"keys": [{_A}, {{"id": {"[" * 200_000}]}}]}}',
        f'{{"keys": [{_A}, {{"naem": "b"}}]}}',
        f'{{"keys": [{_A}], "keys": [{_B}]}}',
        f'{{"keys": [{_A}]}} x',
        f'{{"keys": {_A}}}',
    ],
)
def test_json_of_any_form_is_read_the_same(text: str) -> None:
    assert quickly(text, ".json") == slowly(JsonReader(text))


@pytest.mark.parametrize(
    "text",
    [
        "name\na\nb\n",
        "name\na\nb",
        "name,tenant\r\na,t\r\nb,t\r\n",
        "name,tenant\n\na,\n\n\nb,t\n\n",
        "name,tenant\na,t\n,\n",
        "name,tenant\na,t,\n",
        "name,tenant\na\n",
        'name,tenant\na,"two\nlines"\nb,\n',
        'name,tenant\na,"t\n',
        "name,tenant\na,'=t\nb,'\n",
        "name,spend_limit.daily_usd,encryption.nonce\na,5,\nb,,00\nc,x,\n",
        "name,spend_limit.daily_usd,spend_limit.alerts_percent\na,5,50;75\nb,,50;x\n",
        "name,unknown,id\na,hint;role,apikey_1\nb,,x\n",
        "name\n",
        "name\na\na\n",
        "naem\na\n",
    ],
)
def test_csv_of_any_form_is_read_the_same(text: str) -> None:
    assert quickly(text, ".csv") == slowly(CsvReader(text, COLUMNS, unknown_column))


def test_every_key_of_many_is_read_with_its_line() -> None:
    count = 2 * AT_ONCE + 1
    lines = ",\n".join(json.dumps({"name": f"key-{number}"}) for number in range(count))
    keys = read_sheet(f'{{"keys": [\n{lines}\n]}}'.encode(), "keys", ".json").keys
    assert [(key.name, key.place.line) for key in keys] == [
        (f"key-{number}", number + 2) for number in range(count)
    ]


def test_every_row_of_many_is_read_with_its_line() -> None:
    count = 2 * AT_ONCE + 1
    text = "name\n" + "".join(f"key-{number}\n\n" for number in range(count))
    keys = read_sheet(text.encode(), "keys", ".csv").keys
    assert [(key.name, key.place.line) for key in keys] == [
        (f"key-{number}", 2 * number + 2) for number in range(count)
    ]


def test_a_mistake_behind_many_sound_keys_is_told_with_its_line() -> None:
    lines = [json.dumps({"name": f"key-{number}"}) for number in range(AT_ONCE)]
    text = '{"keys": [\n' + ",\n".join([*lines, '{"naem": "x"}']) + "\n]}"
    with pytest.raises(PolicyError) as caught:
        read_sheet(text.encode(), "keys.json", ".json")
    assert caught.value.args[0].startswith(f"keys.json:{AT_ONCE + 2}: unknown field naem")


def test_what_is_taken_for_a_status_is_told_from_what_is_given() -> None:
    text = '{"keys": [{"name": "a"}, {"name": "b", "status": "active"}, {"name": "c", "status": null}]}'
    keys = read_sheet(text.encode(), "keys", ".json").keys
    assert [key.status_given for key in keys] == [False, True, True]
    assert all(type(key) is KeyRecord for key in keys)
