"""What is written is read again as it was, in every format that can hold it."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from antkey_scanner.errors import PolicyError
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
from antkey_scanner.inventory.write import text_of

SOMEWHERE = Place("somewhere", 1)

texts = (
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=30)
    .map(str.strip)
    .filter(lambda text: bool(text) and "sk-ant-" not in text)
) | st.sampled_from(
    ["no", "null", "~", "1", "0x1F", "1e3", "2026-04-25", "true", "- a", "a: b", "#"]
)
times = st.integers(-62_135_596_800_000_000, 253_402_300_799_999_999)
money = st.floats(0, 1e12).map(lambda amount: round(amount, 6)) | st.integers(0, 10**9).map(float)


def maybe(strategy: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.none() | strategy


encryptions = st.builds(Encryption, maybe(texts), maybe(texts), maybe(texts)).filter(any)
spends = st.builds(
    Spend,
    maybe(money),
    maybe(money),
    maybe(st.lists(st.integers(1, 1000).map(float), min_size=1, max_size=4).map(tuple)),
).filter(lambda spend: any(value is not None for value in spend))
keys = st.builds(
    KeyRecord,
    place=st.just(SOMEWHERE),
    origin=st.just("file"),
    age_from=st.just("created_at"),
    listed_status=st.none(),
    also=st.just(()),
    status_given=st.just(True),
    id=maybe(texts.map("id {}".format)),
    name=maybe(texts),
    role=st.sampled_from(["tenant", "platform", "admin"]),
    status=st.sampled_from(["active", "inactive", "archived", "expired"]),
    hint=maybe(st.just("sk-ant-api03-R2D…igAA")),
    fingerprint=maybe(st.integers(0, 2**256 - 1).map("{:064x}".format)),
    principal=maybe(st.just("") | texts.filter(lambda text: text != "none")),
    encryption=maybe(encryptions),
    spend_limit=maybe(spends),
    unknown=st.sampled_from([(), ("last_used_at",), ("created_by", "principal")]),
    **{
        field: maybe(texts)
        for field in (
            *("provider", "environment", "service", "tenant", "workspace", "replaces"),
            *("created_by", "set_by_role", "version", "validation_status"),
        )
    },
    **{
        field: maybe(times)
        for field in ("created_at", "rotated_at", "expires_at", "last_used_at", "revoked_at")
    },
)
members = st.builds(
    Member,
    id=texts,
    email=maybe(texts),
    name=maybe(texts),
    status=texts,
    kind=st.sampled_from(["user", "service_account"]),
    role=maybe(texts),
)
tenants = st.builds(
    Tenant,
    name=texts,
    status=st.sampled_from(["active", "deleted"]),
    mode=st.sampled_from([None, "byo", "managed"]),
    environments=maybe(st.lists(texts, max_size=3).map(tuple)),
    history=st.lists(st.builds(Mode, st.sampled_from(["byo", "managed"]), times), max_size=3).map(
        tuple
    ),
)
sheets = st.builds(
    Sheet,
    keys=st.lists(
        keys,
        max_size=4,
        unique_by=(lambda key: key.name or object(), lambda key: key.id or object()),
    ).map(tuple),
    notes=st.just(()),
    members=maybe(st.lists(members, max_size=3, unique_by=lambda one: one.id).map(tuple)),
    tenants=maybe(st.lists(tenants, max_size=3, unique_by=lambda one: one.name).map(tuple)),
)


def placeless(sheet: Sheet) -> Sheet:
    return sheet._replace(keys=tuple(key._replace(place=SOMEWHERE) for key in sheet.keys))


@pytest.mark.parametrize("form", ["toml", "yaml", "json"])
@given(sheet=sheets)
@example(sheet=Sheet(members=(), tenants=()))
def test_what_is_written_is_read_again(form: str, sheet: Sheet) -> None:
    text = text_of(sheet, form, {"schema": 1})
    assert placeless(files.read_sheet(text.encode(), "keys", form)) == sheet


@given(sheet=sheets.filter(lambda sheet: bool(sheet.keys)))
def test_keys_that_are_written_as_csv_are_read_again(sheet: Sheet) -> None:
    text = text_of(sheet._replace(members=None, tenants=None), "csv")
    assert placeless(files.read_sheet(text.encode(), "keys", "csv")).keys == sheet.keys


@given(st.binary(max_size=300), st.sampled_from(["toml", "yaml", "json", "csv", None]))
def test_no_bytes_break_the_reader(data: bytes, form: str | None) -> None:
    try:
        files.read_sheet(data, "keys", form)
    except PolicyError as error:
        refused = error
    else:
        return
    assert all(message.startswith("keys:") for message in refused.args)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["keys", "name", "status", "members", "source", "created_at", "x"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_no_document_breaks_the_reader(document: object) -> None:
    for form in ("json", "yaml"):
        told: tuple[str, ...] = ()
        try:
            sheet = files.read_sheet(json.dumps(document).encode(), "keys", form)
        except PolicyError as error:
            told = error.args
        else:
            assert all(isinstance(key, KeyRecord) for key in sheet.keys)
        assert all(message.startswith("keys:") for message in told)
