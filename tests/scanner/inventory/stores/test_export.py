"""What all stores share: times, places, tags, what is no export."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antkey_scanner.inventory import stores
from antkey_scanner.inventory.records import Place
from antkey_scanner.inventory.stores.attributes import attributes
from antkey_scanner.inventory.stores.export import Export, when
from antkey_scanner.inventory.times import rfc3339


@given(st.integers(0, 253_402_300_799_999_999))
def test_written_times_are_read_again(time):
    assert when(rfc3339(time)) == time


@given(st.integers(0, 4_000_000_000), st.integers(0, 999_999))
def test_seconds_with_a_fraction_are_exact(seconds, fraction):
    assert when(float(f"{seconds}.{fraction:06}")) == seconds * 1_000_000 + fraction


def test_the_zero_time_of_go_is_none():
    assert when("0001-01-01T00:00:00Z") is None


@pytest.mark.parametrize(
    "value",
    [
        True,
        -1,
        1e20,
        math.inf,
        math.nan,
        1_780_000_000_000,
        "",
        "now",
        "20260101",
        "2026-01-01",
        [],
        {},
    ],
)
def test_what_is_no_time_is_refused(value):
    with pytest.raises(ValueError, match=r"is no time|no UTC offset"):
        when(value)


@pytest.mark.parametrize("document", [None, [], {}, 5, "text", [[]], {"keys": []}, [{"name": "a"}]])
def test_other_documents_are_no_exports(document):
    assert stores.read(document, "x.json", lambda _: 1) is None


def test_a_place_without_a_line_is_that_of_what_is_around_it():
    export = Export("x.json", {(): 1, ("a",): 4}.get)
    assert export.place(("a", 0, "b")) == Place("x.json", 4)
    assert export.place(("c",)) == Place("x.json", 1)


def test_tags_count_by_name_only():
    assert attributes({"Env": "prod", "team": "x", "role": "backend", "customer": " acme "}) == {
        "environment": "prod",
        "tenant": "acme",
    }
    assert attributes({"Role": "Platform"}) == {"role": "platform"}
    assert attributes({"a.io/env": "test", "env": "prod"}, {"env": "dev"}) == {
        "environment": "prod"
    }
    assert attributes({"environment": "prod", "env": "test"}) == {"environment": "prod"}
    assert attributes({"env": None, "service": "", "tenant": 5}) == {}
