"""Profiles name controls that there are, and set values that a policy could set."""

from __future__ import annotations

import pytest

from antkey_rules.catalogue import CATALOGUE
from antkey_rules.known import load_known
from antkey_rules.profile import load_profile
from antkey_scanner.errors import RuleError
from antkey_scanner.policy import PROFILES
from antkey_scanner.policy.kinds import problems
from antkey_scanner.policy.schema import POLICY

IDS = {known.control.id for known in load_known()}


@pytest.mark.parametrize("name", PROFILES)
def test_it_names_controls_that_there_are_once(name: str) -> None:
    profile = load_profile(name)
    named = (*profile.required, *profile.optional)
    assert set(named) <= IDS
    assert len(named) == len(set(named))
    assert profile.title
    assert profile.about.strip().endswith(".")


@pytest.mark.parametrize("name", PROFILES)
def test_its_values_are_those_of_a_policy(name: str) -> None:
    assert list(problems(dict(CATALOGUE.values(name)), POLICY, ())) == []


@pytest.mark.parametrize("name", PROFILES)
def test_every_profile_keeps_keys_well(name: str) -> None:
    assert set(load_profile("key-hygiene").required) <= set(load_profile(name).required)


@pytest.mark.parametrize(
    ("name", "fallback"),
    [
        ("strict-byok", "never"),
        ("optional-byok", "when-no-tenant-key"),
        ("managed-or-byo", "when-no-tenant-key"),
    ],
)
def test_the_fallback_is_the_profile_s(name: str, fallback: str) -> None:
    assert CATALOGUE.values(name)["egress"]["fallback"] == fallback


def test_strict_byok_wants_proof_of_faults_and_of_missing_keys() -> None:
    required = load_profile("strict-byok").required
    assert {"no-fallback-on-errors", "no-requests-without-a-key"} <= set(required)


def test_a_profile_that_is_none_is_our_own_fault() -> None:
    with pytest.raises(RuleError):
        load_profile("lenient")
