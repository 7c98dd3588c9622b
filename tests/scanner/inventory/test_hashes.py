"""Hashes of keys in texts: the same as those of findings, and never a text of a key."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable

import pytest

from antkey_rules.load import load_builtin
from antkey_scanner.inventory.hashes import hash_of, hashes_in, keys_in
from antkey_scanner.inventory.records import KeyRecord, Place
from antkey_scanner.secret import secret_ref


@pytest.mark.parametrize("family", ["api03", "admin01", "usr", "oat01", "ort01", "sid01", "new99"])
def test_hash_and_hint_are_those_of_the_finding(family: str, make_key: Callable[..., str]) -> None:
    key = make_key(family).encode()
    refs = {
        secret_ref(rule, found)
        for rule in load_builtin()
        if rule.rule.id.startswith("anthropic-") and rule.anchor == b"sk-ant-"
        for found in re.finditer(rule.pattern, b"KEY=" + key + b"\n", re.VERBOSE)
    }
    (found,) = keys_in(b"KEY=" + key + b"\n")
    assert {(ref.sha256, ref.hint) for ref in refs} == {(found.fingerprint, found.hint)}
    assert found.fingerprint == hashlib.sha256(key).hexdigest()


def test_keys_without_a_gap_are_told_apart(make_key: Callable[..., str]) -> None:
    assert len(keys_in((make_key() + make_key()).encode())) == 2
    key = make_key().encode()
    assert len(keys_in(key + b" " + key)) == 1


@pytest.mark.parametrize(
    "text", ["", "sk-ant-", "sk-ant-api03-" + "x" * 95, "sk-ant-api03-R2D...igAA"]
)
def test_placeholders_and_hints_are_no_keys(text: str) -> None:
    assert keys_in(text.encode()) == []


def test_all_hashes_in_a_text_are_found(make_key: Callable[..., str]) -> None:
    key = make_key()
    encoded = base64.b64encode(key.encode() + b"\n").decode()
    text = f"sha256:{'AB' * 32}, sk-ant-api03-R2D...igAA and sk-ant-api03-R2E…igAA, {encoded}"
    assert hashes_in(text.encode()) == {
        "ab" * 32,
        "sk-ant-api03-R2D…igAA",
        "sk-ant-api03-R2E…igAA",
        hashlib.sha256(key.encode()).hexdigest(),
    }


@pytest.mark.parametrize("text", ["a" * 63, "a" * 65, "g" * 64, "c2stYW50L" + "!" * 30])
def test_what_is_no_hash_is_none(text: str) -> None:
    assert hashes_in(text.encode()) == frozenset()


def test_a_fingerprint_goes_before_a_hint() -> None:
    record = KeyRecord(Place("k", 1), fingerprint="AB" * 32, hint="sk-ant-api03-R2D...igAA")
    assert hash_of(record) == "ab" * 32
    assert hash_of(record._replace(fingerprint=None)) == "sk-ant-api03-R2D…igAA"
    assert hash_of(record._replace(fingerprint=None, hint=None)) is None
