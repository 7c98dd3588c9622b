"""What is written of an inventory is read again as it was."""

from __future__ import annotations

import csv
import io
import json
import tomllib
from collections.abc import Callable

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from antkey_scanner.inventory import files
from antkey_scanner.inventory.records import (
    Encryption,
    KeyRecord,
    Member,
    Mode,
    Place,
    Sheet,
    Spend,
    Tenant,
)
from antkey_scanner.inventory.write import FORMATS, head_of, text_of

NOWHERE = Place("x")
HEAD = head_of(
    1, {"kind": "anthropic", "organization": "org", "base_url": None}, 1_795_176_000_000_000
)

FULL = KeyRecord(
    place=NOWHERE,
    id="apikey_01",
    name="prod-api-2026-04-25",
    role="platform",
    provider="anthropic",
    environment="prod",
    service="api",
    tenant="acme",
    status="inactive",
    created_at=1_777_104_000_000_001,
    rotated_at=1_777_104_000_000_000,
    expires_at=1_808_640_000_000_000,
    last_used_at=-1,
    revoked_at=1_808_640_000_000_000,
    replaces="prod-api-2026-01-01",
    created_by="user_01",
    principal="",
    set_by_role="owner",
    hint="sk-ant-api03-R2D…igAA",
    fingerprint="ab" * 32,
    version="7",
    validation_status="valid",
    encryption=Encryption("AES-256-GCM", "00" * 12, "scrypt"),
    spend_limit=Spend(10.0, 250.5, (50.0, 80.0)),
    unknown=("expires_at", "last_used_at"),
    workspace="Production",
)
SHEET = Sheet(
    (FULL, KeyRecord(NOWHERE, name="bare")),
    (
        Member("user_01", "a@example.com", "A", "active", "user", "admin"),
        Member("svac_01", None, "B", "inactive", "service_account"),
    ),
    (
        Tenant(
            "acme", "active", "byo", ("prod", "dev"), (Mode("managed", 0), Mode("byo", 60_000_000))
        ),
        Tenant("gone", "deleted"),
    ),
)

FORMS = sorted(set(FORMATS.values()))


def again(text: str, form: str) -> Sheet:
    """The sheet in a text, with no places and origins, which a text does not say."""
    sheet = files.read_sheet(text.encode(), "x", f".{form}")
    keys = [key._replace(place=NOWHERE, origin="file") for key in sheet.keys]
    return sheet._replace(keys=tuple(keys))


@pytest.mark.parametrize("form", ["json", "toml", "yaml"])
@pytest.mark.parametrize("head", [None, HEAD])
def test_everything_is_read_again(form: str, head: dict[str, object] | None) -> None:
    assert again(text_of(SHEET, form, head), form) == SHEET


def test_csv_holds_the_keys(tmp_path: object) -> None:
    assert again(text_of(SHEET, "csv"), "csv") == Sheet(SHEET.keys)


@pytest.mark.parametrize("form", FORMS)
def test_snapshot_is_known_as_one(form: str) -> None:
    key = KeyRecord(NOWHERE, id="apikey_01", name="a", unknown=("encryption",))
    text = text_of(Sheet((key,), ()), form, HEAD)
    (read,) = files.read_sheet(text.encode(), "x", f".{form}").keys
    assert read.origin == "anthropic"


@pytest.mark.parametrize("form", ["json", "toml", "yaml"])
def test_empty_list_is_not_an_absent_one(form: str) -> None:
    assert again(text_of(Sheet((), (), None), form, HEAD), form) == Sheet((), (), None)
    assert again(text_of(Sheet((), None, ()), form), form) == Sheet((), None, ())


@pytest.mark.parametrize("form", FORMS)
def test_same_sheet_gives_the_same_text(form: str) -> None:
    assert text_of(SHEET, form, HEAD) == text_of(SHEET, form, HEAD)


def test_json_has_a_key_in_each_line() -> None:
    lines = text_of(SHEET, "json", HEAD).splitlines()
    assert sum('"name": "bare"' in line for line in lines) == 1
    assert len(lines) == 2 + 2 + 3 * 2 + 2 + 2 + 2


def test_head_says_what_is_not_empty() -> None:
    source = json.loads(text_of(Sheet(), "json", HEAD))["source"]
    assert source == {
        "kind": "anthropic",
        "organization": "org",
        "fetched_at": "2026-11-20T12:00:00Z",
    }


def test_times_are_times_in_toml() -> None:
    assert tomllib.loads(text_of(SHEET, "toml"))["keys"][0]["created_at"].tzinfo is not None


TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=30
).filter(lambda text: not text.isspace())


@pytest.mark.parametrize("form", ["json", "toml", "yaml"])
@given(name=TEXTS, other=TEXTS)
@example(name='a"b\\c\x1b[31m\x7f\x85\u2028\r\n', other="no")
@example(name="#", other=": - [")
@example(name="\ufeff", other="\ufffe\U0001f600\ufdd0")
@example(name="2026-11-20T12:00:00Z", other="0x1f")
@example(name="---", other="...")
@example(name="=cmd|' /C calc'!A0", other="null")
def test_any_text_survives(form: str, name: str, other: str) -> None:
    sheet = Sheet((KeyRecord(NOWHERE, name=name, service=other, tenant=other),))
    assert again(text_of(sheet, form), form) == sheet


@given(name=TEXTS.filter(lambda text: text == text.strip()))
@example(name='a"b;c,d\r\ne\nf')
@example(name="a\rb")
@example(name="=cmd|' /C calc'!A0")
@example(name="'=x")
@example(name="@x")
def test_any_text_survives_csv(name: str) -> None:
    sheet = Sheet((KeyRecord(NOWHERE, name=name, service="api"),))
    assert again(text_of(sheet, "csv"), "csv") == sheet


@pytest.mark.parametrize("name", ["=1+1", "@SUM(A1)", "-2", "+3", "\t=1", " =1"])
def test_no_cell_is_a_formula(name: str) -> None:
    text = text_of(Sheet((KeyRecord(NOWHERE, name=name),)), "csv")
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert row["name"] == f"'{name}"


@given(name=TEXTS)
def test_yaml_is_read_alike_by_others(name: str) -> None:
    text = text_of(Sheet((KeyRecord(NOWHERE, name=name),)), "yaml")
    assert yaml.safe_load(text)["keys"][0]["name"] == name


def test_no_keys_make_a_csv_with_a_header() -> None:
    assert text_of(Sheet(), "csv") == "id,name\n"


def test_thousands_of_keys_are_written(make_key: Callable[..., str]) -> None:
    keys = tuple(FULL._replace(id=f"apikey_{number}", name=f"k{number}") for number in range(5000))
    assert len(json.loads(text_of(Sheet(keys), "json"))["keys"]) == 5000
