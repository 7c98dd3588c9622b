"""Records that show a hint or a hash of a key, told apart by what the inventory has of each."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.hooks.cli.conftest import Antkey
from tests.hooks.cli.replays import Case, MakeKey


@pytest.fixture
def case(tmp_path: Path, antkey: Antkey, make_key: MakeKey) -> Case:
    return Case(tmp_path, antkey, make_key)


@pytest.mark.parametrize("dots", ["...", "…"])
def test_hints_are_told_apart_by_the_inventory_s(case: Case, dots: str) -> None:
    case.inventory(by="hint")

    def line(name: str) -> str:
        hint = case.reference(name, "hint").replace("...", dots)
        return case.line(sha256="absent", hint=hint)

    assert case.replay(line("acme")) == (0, set())
    assert case.replay(line("platform")) == (1, {"egress-platform-key"})
    assert case.replay(line("stranger")) == (1, {"egress-unknown-key"})


def test_a_hint_may_show_less_or_more_than_the_inventory_s(case: Case) -> None:
    case.inventory(by="hint")
    key = case.keys["globex"]

    def line(hint: str) -> str:
        return case.line(None, "globex", header="x-api-key", hint=hint, sha256="absent")

    assert case.replay(line(f"...{key[-6:]}")) == (0, set())
    assert case.replay(line(f"{key[:18]}…{key[-4:]}")) == (0, set())
    assert case.replay(line(f"sk-ant-...{key[-4:]}")) == (0, set())
    assert case.replay(line("...AA")) == (4, set())
    assert case.replay(line("...zzz9")) == (1, {"egress-unknown-key"})


def test_a_hint_that_fits_two_keys_is_undecided(case: Case) -> None:
    key = case.keys["acme"]
    case.keys["globex"] = key[:17] + case.keys["globex"][17:-4] + key[-4:]
    case.inventory(by="hint")
    hinted = case.line(sha256="absent", hint=case.reference("acme", "hint"))
    assert case.replay(hinted) == (4, set())


def test_a_hash_cannot_be_compared_with_hints(case: Case) -> None:
    case.inventory(by="hint")
    assert case.replay(case.line("stranger")) == (4, set())


def test_a_key_that_the_inventory_gives_to_two_tenants_is_undecided(case: Case) -> None:
    case.keys["globex"] = case.keys["acme"]
    case.inventory()
    assert case.replay(case.line()) == (4, set())
    case.policy("optional-byok")
    for tenant in ("acme", "globex"):
        assert case.replay(case.line("platform", tenant)) == (1, {"egress-platform-key"})
