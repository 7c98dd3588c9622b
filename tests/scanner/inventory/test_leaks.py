"""Keys that were found are recognised in the inventory, surely by hash and probably by hint."""

from __future__ import annotations

import pytest

from antkey_rules.load import load_builtin
from antkey_scanner.inventory.leaks import leaks_of, recognised
from antkey_scanner.inventory.records import Inventory, KeyRecord, Place
from antkey_scanner.inventory.rule import Case
from antkey_scanner.inventory.times import DAY
from antkey_scanner.model import Finding, Location, SecretRef
from antkey_scanner.policy.keys import KeysPolicy

RULES = {rule.rule.id: rule.rule for rule in load_builtin()}
HINT = "sk-ant-api03-abc…deAA"
SECRET = SecretRef("api03", HINT, "a" * 64)
KEY = KeyRecord(Place("keys.toml", 3), name="prod-api-2026-05-01", created_at=0)


def found(
    path: str = "app.log", seen: str | None = None, rule: str = "anthropic-api-key"
) -> Finding:
    return Finding(RULES[rule], Location(path, 1, 1, first_seen=seen), "", "a" * 64, SECRET)


def case_of(*keys: KeyRecord) -> Case:
    return Case(Inventory(keys), KeysPolicy(), 100 * DAY)


@pytest.mark.parametrize(
    ("known", "how"), [({"fingerprint": "a" * 64}, "exact"), ({"hint": HINT}, "probable")]
)
def test_a_finding_says_which_key_it_shows(known: dict[str, str], how: str) -> None:
    (finding,) = recognised([found()], case_of(KEY._replace(**known)))
    assert finding.key is not None
    assert (finding.key.name, finding.key.match) == ("prod-api-2026-05-01", how)
    assert finding.key.age_days == 100


def test_a_fingerprint_that_differs_is_stronger_than_a_hint_that_fits() -> None:
    key = KEY._replace(fingerprint="b" * 64, hint=HINT)
    (finding,) = recognised([found()], case_of(key))
    assert finding.key is None


def test_what_is_left_of_a_masked_key_is_no_leak() -> None:
    key = KEY._replace(hint=HINT)
    assert leaks_of([found(rule="partial-key-exposed")], Inventory((key,))) == ()


def test_places_of_one_key_are_one_leak_with_the_first_commit() -> None:
    key = KEY._replace(fingerprint="a" * 64)
    places = [
        found("b.log", "1970-01-09T00:00:00Z"),
        found("a.log"),
        found("c.log", "1970-01-02T00:00:00Z"),
    ]
    (leak,) = leaks_of(places, Inventory((key,)))
    assert (leak.places, leak.path, leak.first_seen) == (3, "c.log", DAY)


def test_a_key_that_is_listed_twice_leaks_twice() -> None:
    key = KEY._replace(fingerprint="a" * 64)
    leaks = leaks_of([found()], Inventory((key, key._replace(name="dev-api-2026-05-01"))))
    assert [leak.record.name for leak in leaks] == [key.name, "dev-api-2026-05-01"]


@pytest.mark.parametrize("text", ["yesterday", "2026-01-01T00:00:00", ""])
def test_a_saved_result_with_a_broken_date_is_a_leak_of_unknown_age(text: str) -> None:
    (leak,) = leaks_of([found(seen=text)], Inventory((KEY._replace(hint=HINT),)))
    assert leak.first_seen is None
