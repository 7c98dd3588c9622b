"""Records with named fields: what is remembered of one never changes what another one says."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antkey_scanner.egress.recordings import mapped as mapped_module
from antkey_scanner.egress.recordings.mapped import Mapped
from antkey_scanner.policy.egress import EgressPolicy, egress_policy

FIELDS = {"time": "ts", "key_sha256": "key", "tenant": "who", "host": "host", "status": "status"}
VALUES = (
    st.none()
    | st.booleans()
    | st.integers(0, 3)
    | st.sampled_from(
        [
            "acme",
            "globex",
            "1",
            "api.anthropic.com",
            "ab" * 32,
            "",
            1.0,
            2.5,
            ["acme"],
            {"a": "acme"},
        ]
    )
)
RECORDS = st.dictionaries(
    st.sampled_from(["ts", "key", "who", "HOST", "host", "status", "x"]), VALUES
)


@pytest.fixture(scope="module")
def policy() -> EgressPolicy:
    return egress_policy({"egress": {"fields": FIELDS}})


@given(records=st.lists(RECORDS, max_size=12))
def test_each_record_says_what_it_says_alone(
    policy: EgressPolicy, records: list[dict[str, Any]]
) -> None:
    together = Mapped(policy)

    for line, record in enumerate(records):
        assert together.request(record, "log", line) == Mapped(policy).request(record, "log", line)


def test_equal_numbers_and_truths_are_told_apart(policy: EgressPolicy) -> None:
    mapped = Mapped(policy)
    said = [mapped.request({"ts": "x", "who": who, "key": "k"}, "log", 1) for who in (1, True, 1)]

    assert [one.tenant for one in said] == ["1", None, "1"]


def test_a_key_in_the_place_of_its_hash_is_never_kept(policy: EgressPolicy) -> None:
    key = "sk-ant-api03-" + "".join(chr(65 + i % 26) for i in range(93)) + "AA"
    mapped = Mapped(policy)

    for _ in range(3):
        request = mapped.request({"ts": "x", "who": "acme", "key": key}, "log", 1)
        assert request.credentials

    assert key not in repr(vars(mapped))


@pytest.mark.parametrize("other", ["host", "tenant"])
def test_the_field_of_the_time_may_say_something_else_too(other: str) -> None:
    policy = egress_policy({"egress": {"fields": {**FIELDS, other: "ts"}}})
    times = ("2026-11-20T12:00:00Z", "2026-11-20T13:00:00Z")
    mapped = Mapped(policy)
    records = [{"ts": time, "key": "k", "status": 200} for time in times]

    first, second = (getattr(mapped.request(one, "log", 1), other) for one in records)

    assert first != second


def test_what_is_kept_is_bounded_whatever_the_fields_are(
    policy: EgressPolicy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mapped_module, "_MOST_KNOWN", 100)
    monkeypatch.setattr(mapped_module, "_MOST_TEXT", 5_000)
    mapped = Mapped(policy)
    for at in range(1000):
        model = "m" * (at % 3_000)
        for more in ({}, {f"field {at % 30}": 1}, {"headers": {"x-tenant": "acme"}}):
            record = {"ts": "x", "who": f"tenant-{at}", "key": "k", "model": model, **more}
            assert mapped.request(record, "log", 1).model == (model[:2_000])
    kept = [shape for tails in (*mapped._flat_tails.values(), mapped._tails) for shape in tails]
    assert len(kept) <= 100
    assert sum(len(text) for shape in kept for text in shape if type(text) is str) < 10_000
