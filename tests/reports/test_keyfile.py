"""Keys as JSON and CSV: the inventory's own fields, which can be read again, and nothing that runs."""

from __future__ import annotations

import csv
import io
import json
import secrets
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antkey_reports.keyfile import COLUMNS, csv_text, json_text
from antkey_scanner.inventory.files import read_sheet
from antkey_scanner.inventory.formulas import marked, plain
from antkey_scanner.inventory.records import Encryption, KeyRecord, Place, Spend
from antkey_scanner.inventory.times import DAY, Micros

NOW = 20_000 * DAY
ADDED = ("age_from", "age_days", "due_at")
KEY = KeyRecord(Place("keys.toml", 1), name="prod-api")
FULL = KEY._replace(
    id="7",
    role="platform",
    provider="anthropic",
    environment="prod",
    service="api",
    tenant="acme",
    status="inactive",
    created_at=NOW - 3 * DAY - 1,
    rotated_at=NOW - 2 * DAY,
    expires_at=NOW + DAY + 123_456,
    last_used_at=NOW - 5,
    revoked_at=NOW,
    replaces="older",
    created_by="alice@example.com",
    principal="user_1",
    set_by_role="super_admin",
    hint="sk-ant-api03-R2D…igAA",
    fingerprint="ab" * 32,
    version="4",
    validation_status="valid",
    encryption=Encryption("AES-256-GCM", "00" * 12, "scrypt"),
    spend_limit=Spend(10.0, 20.5, (50.0, 75.0)),
    unknown=("workspace",),
)


def due(key: KeyRecord) -> Micros | None:
    return None if key.created_at is None else key.created_at + 90 * DAY


def rows(*keys: KeyRecord) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(csv_text(keys, due, NOW))))


def objects(*keys: KeyRecord) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads(json_text(keys, due, NOW))["keys"]
    return listed


def test_json_holds_what_is_known_and_nothing_else() -> None:
    assert objects(KEY) == [{"name": "prod-api", "role": "tenant", "status": "active"}]


def test_json_has_the_contract_s_fields() -> None:
    (found,) = objects(FULL)
    assert found["created_at"] == "2024-09-30T23:59:59.999999Z"
    assert found["fingerprint"] == "sha256:" + "ab" * 32
    assert found["encryption"] == {
        "algorithm": "AES-256-GCM",
        "nonce": "00" * 12,
        "kdf": "scrypt",
    }
    assert found["spend_limit"] == {
        "daily_usd": 10,
        "monthly_usd": 20.5,
        "alerts_percent": [50, 75],
    }


def test_age_and_due_date_are_added() -> None:
    (found,) = objects(KEY._replace(created_at=NOW - 3 * DAY - 1, age_from="git"))
    assert [found[name] for name in ADDED] == ["git", 3, "2024-12-29T23:59:59.999999Z"]
    assert COLUMNS[-3:] == ADDED


def test_csv_has_all_columns_whatever_is_known() -> None:
    assert tuple(rows(KEY)[0]) == tuple(rows(FULL)[0]) == COLUMNS


def test_csv_writes_lists_with_semicolons_and_whole_numbers_as_such() -> None:
    (found,) = rows(FULL)
    assert found["spend_limit.alerts_percent"] == "50;75"
    assert (found["spend_limit.daily_usd"], found["spend_limit.monthly_usd"]) == ("10", "20.5")


def test_nobody_is_not_the_same_as_unknown() -> None:
    assert [one["principal"] for one in rows(KEY._replace(principal=""), KEY)] == ["none", ""]


@pytest.mark.parametrize("render", [json_text, csv_text])
def test_no_keys_are_a_list_of_none(render: Any) -> None:
    assert render((), due, NOW) in ('{"keys": []}\n', ",".join(COLUMNS) + "\n")


def without_added(text: str, form: str) -> bytes:
    """What is left when the three fields that an inventory has not are taken away."""
    if form == ".json":
        kept = [
            {name: value for name, value in one.items() if name not in ADDED}
            for one in json.loads(text)["keys"]
        ]
        return json.dumps({"keys": kept}).encode()
    written = io.StringIO()
    writer = csv.DictWriter(written, COLUMNS[:-3], extrasaction="ignore")
    writer.writeheader()
    writer.writerows(csv.DictReader(io.StringIO(text)))
    return written.getvalue().encode()


@pytest.mark.parametrize(("form", "render"), [(".json", json_text), (".csv", csv_text)])
def test_what_is_listed_is_an_inventory_again(form: str, render: Any) -> None:
    keys = [
        FULL,
        *(
            KEY._replace(name=name)
            for name in ("=1+1", "'-quoted", " =x", "a,b", 'q"r', "x;y", "@me", "钥匙", "::error::")
        ),
        KEY._replace(name="bound to nobody", principal=""),
    ]
    sheet = read_sheet(without_added(render(keys, due, NOW), form), f"list{form}", form)
    place = Place("elsewhere")
    assert [key._replace(place=place) for key in sheet.keys] == [
        key._replace(place=place) for key in keys
    ]


@pytest.mark.parametrize("name", ["=cmd()", "+1", "-1", "@SUM(1)", " =1", "'=1", "\uff1d1"])
def test_no_cell_is_a_formula(name: str) -> None:
    (found,) = rows(KEY._replace(name=name))
    assert found["name"].startswith("'")


def test_no_cell_does_anything_to_a_terminal_or_a_ci_log() -> None:
    text = csv_text([KEY._replace(name="::error::\x1b[31m\u202e ##[group]\nx")], due, NOW)
    assert text.isprintable() is False
    assert text.replace("\n", "").isprintable()
    assert "##" not in text
    assert not any(line.startswith("::") for line in text.splitlines())


def test_json_does_nothing_to_a_terminal_or_a_ci_log_and_loses_nothing() -> None:
    name = "::error::\x1b[31m\u202e\x9b ##[group]\nx"
    text = json_text([KEY._replace(name=name)], due, NOW)
    assert text.isascii()
    assert text.replace("\n", "").isprintable()
    assert "##" not in text
    assert objects(KEY._replace(name=name))[0]["name"] == name


@pytest.mark.parametrize("render", [json_text, csv_text])
def test_a_name_that_is_a_key_is_masked(render: Any) -> None:
    random_part = secrets.token_urlsafe(80)[:93] + "AA"
    text = render([KEY._replace(name=f"sk-ant-api03-{random_part}")], due, NOW)
    assert not any(random_part[at : at + 12] in text for at in range(len(random_part) - 11))


@given(st.text(alphabet="'=+-@ \t\uff1dab", max_size=8))
def test_a_mark_that_is_put_on_is_taken_off_again(text: str) -> None:
    assert plain(marked(text)) == text


@given(st.text(max_size=10))
def test_marked_text_is_no_formula(text: str) -> None:
    assert not marked(text).lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


NAMES = st.one_of(
    st.none(),
    st.sampled_from(["prod", "=1", "a\nb", "", "##", "::x", "é…", "x" * 95, "a,b", " x", 'q"']),
)
KEYS = st.builds(
    KEY._replace,
    name=NAMES,
    tenant=NAMES,
    principal=NAMES,
    created_at=st.one_of(st.none(), st.integers(-DAY, NOW + DAY)),
    fingerprint=st.sampled_from([None, "ab" * 32]),
    encryption=st.sampled_from([None, Encryption(), Encryption(nonce="00")]),
    unknown=st.sampled_from([(), ("hint",)]),
)


@given(st.lists(KEYS, min_size=1, max_size=4))
def test_a_key_among_others_is_written_as_it_is_alone(keys: list[KeyRecord]) -> None:
    assert objects(*keys) == [one for key in keys for one in objects(key)]
    assert rows(*keys) == [one for key in keys for one in rows(key)]
    heading = csv_text((), due, NOW)
    alone = "".join(csv_text([key], due, NOW).removeprefix(heading) for key in keys)
    assert csv_text(keys, due, NOW) == heading + alone


def test_every_key_of_many_is_written() -> None:
    names = [f"key-{number}" for number in range(2_001)]
    keys = [KEY._replace(name=name) for name in names]
    assert [one["name"] for one in objects(*keys)] == names
    assert [one["name"] for one in rows(*keys)] == names
