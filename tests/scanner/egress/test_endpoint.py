"""Paths without what changes from call to call."""

from __future__ import annotations

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antkey_scanner.egress.endpoint import endpoint


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/v1/messages", "/v1/messages"),
        ("/v1/messages/count_tokens", "/v1/messages/count_tokens"),
        ("/v1/models/claude-opus-5", "/v1/models/claude-opus-5"),
        ("/v1/messages/batches/msgbatch_01HkcTjaV5uDC8jWR4ZsDV8d", "/v1/messages/batches/*"),
        (
            "/v1/messages/batches/msgbatch_01HkcTjaV5uDC8jWR4ZsDV8d/results",
            "/v1/messages/batches/*/results",
        ),
        ("/v1/files/file_011CNha8iCJcU1wXNR6q4V8w/content", "/v1/files/*/content"),
        ("/tenants/42/chats/8f14e45f-ceea-467f-a8a2-0d7b5b1a2c3d", "/tenants/*/chats/*"),
        ("/a/0123456789abcdef0123", "/a/*"),
        ("/a/1/2/3", "/a/*/*/*"),
        ("/1x", "/1x"),
        ("", ""),
    ],
)
def test_ids_are_left_out_and_names_stay(path: str, told: str) -> None:
    assert endpoint(path) == told


def test_a_key_is_its_hint() -> None:
    key = "sk-ant-api03-" + secrets.token_urlsafe(69) + "AA"
    told = endpoint(f"/proxy/{key}/x")
    assert told.startswith("/proxy/sk-ant-api03-")
    assert key[13:25] not in told


@given(path=st.text(max_size=400))
def test_any_path_is_told_in_one_form(path: str) -> None:
    told = endpoint(path)
    assert len(told) <= 200
    assert endpoint(told) == told or "%" in told


def test_a_hostile_path_costs_no_more_than_its_length() -> None:
    assert len(endpoint("/a_" * 200_000)) == 200
    assert len(endpoint("/" + "0" * 200_000 + "g")) == 200
