"""Records of one key from several sources become one, and those of two keys stay two."""

from __future__ import annotations

import pytest

from antkey_scanner.inventory.join import joined
from antkey_scanner.inventory.records import KeyRecord, Place

OURS = KeyRecord(Place("keys.toml", 3), name="prod-api-2026-05-01", tenant="acme")
THEIRS = KeyRecord(Place("antkey-keys.json", 9), origin="anthropic", id="apikey_1")
STORED = KeyRecord(Place("aws.json", 5), origin="store", id="arn:aws:1")
HINT = "sk-ant-api03-abc…deAA"
OTHER_HINT = "sk-ant-api03-xyz…uvAA"


@pytest.mark.parametrize(
    "same",
    [
        {"fingerprint": "a" * 64},
        {"hint": HINT},
        {"name": "prod-api-2026-05-01"},
        {"id": "apikey_1"},
    ],
)
def test_what_identifies_a_key_joins_its_records(same: dict[str, str]) -> None:
    keys = joined([OURS._replace(**same), THEIRS._replace(**same)])
    assert len(keys) == 1
    assert keys[0].tenant == "acme"
    assert keys[0].also == (THEIRS.place,)


def test_records_of_one_source_stay_apart() -> None:
    twice = [OURS._replace(hint=HINT), OURS._replace(hint=HINT, name="dev-api-2026-05-01")]
    assert joined([*twice, STORED]) == (*twice, STORED)


def test_a_hint_that_fits_two_keys_joins_neither() -> None:
    ours = [OURS._replace(hint=HINT), OURS._replace(hint=HINT, name="other")]
    assert len(joined([*ours, THEIRS._replace(hint=HINT)])) == 3


def test_a_new_key_of_an_old_name_is_another_key() -> None:
    ours = OURS._replace(hint=HINT)
    theirs = THEIRS._replace(name=OURS.name, hint=OTHER_HINT)
    assert joined([ours, theirs]) == (ours, theirs)


def test_a_store_has_ids_of_its_own() -> None:
    ours = OURS._replace(id="apikey_1")
    assert len(joined([ours, STORED._replace(name=OURS.name)])) == 1


def test_the_age_is_what_anthropic_says() -> None:
    ours = OURS._replace(created_at=20, hint=HINT)
    (key,) = joined([ours, THEIRS._replace(created_at=10, hint=HINT)])
    assert (key.created_at, key.age_from) == (10, "created_at at Anthropic")


def test_the_age_in_people_s_own_file_goes_before_a_store_s() -> None:
    ours = OURS._replace(created_at=20)
    (key,) = joined([ours, STORED._replace(name=OURS.name, created_at=10, age_from="CreatedDate")])
    assert (key.created_at, key.age_from) == (20, "created_at")


def test_a_store_gives_an_age_that_people_s_own_file_lacks() -> None:
    (key,) = joined([OURS, STORED._replace(name=OURS.name, created_at=10, age_from="CreatedDate")])
    assert (key.created_at, key.age_from) == (10, "CreatedDate")


@pytest.mark.parametrize("other", [THEIRS, STORED])
def test_a_status_that_another_source_denies_is_kept_beside_it(other: KeyRecord) -> None:
    (key,) = joined([OURS, other._replace(name=OURS.name, status="inactive")])
    assert (key.status, key.listed_status) == ("inactive", "active")


def test_a_key_that_anthropic_still_takes_is_active_whatever_people_wrote() -> None:
    ours = OURS._replace(status="archived")
    (key,) = joined([ours, THEIRS._replace(name=OURS.name)])
    assert (key.status, key.listed_status) == ("active", "archived")


def test_a_store_that_keeps_a_dead_key_does_not_revive_it() -> None:
    ours = OURS._replace(status="archived")
    (key,) = joined([ours, STORED._replace(name=OURS.name)])
    assert key.status == "archived"


def test_three_sources_make_one_record() -> None:
    ours = OURS._replace(hint=HINT)
    theirs = THEIRS._replace(hint=HINT, created_by="user_1")
    stored = STORED._replace(name=OURS.name, rotated_at=7)
    (key,) = joined([stored, theirs, ours])
    assert (key.tenant, key.created_by, key.rotated_at) == ("acme", "user_1", 7)
    assert key.also == (theirs.place, stored.place)


def test_ten_thousand_keys_keep_their_order() -> None:
    ours = [OURS._replace(name=f"k{number}") for number in range(10_000)]
    theirs = [THEIRS._replace(id=f"apikey_{n}", name=f"k{n}") for n in reversed(range(10_000))]
    assert [key.name for key in joined([*theirs, *ours])] == [key.name for key in ours]


def test_a_store_s_two_exports_of_one_secret_are_one_key_with_the_version_s_age() -> None:
    secret = STORED._replace(created_at=10, age_from="CreatedDate", name="api", tenant="acme")
    version = KeyRecord(
        Place("versions.json", 3),
        origin="store",
        id=STORED.id,
        created_at=20,
        age_from="CreatedDate of AWSCURRENT",
    )
    for order in ((secret, version), (version, secret)):
        (key,) = joined(order)
        assert (key.created_at, key.age_from) == (20, "CreatedDate of AWSCURRENT")
        assert (key.name, key.tenant) == ("api", "acme")


def test_a_change_never_makes_a_secret_of_a_store_younger() -> None:
    change = "LastChangedDate (a change, which may be no rotation)"
    changed = STORED._replace(created_at=30, age_from=change, place=Place("b.json", 1))
    (key,) = joined([changed, STORED._replace(created_at=10, age_from="CreatedDate")])
    assert key.created_at == 10


def test_what_one_export_lists_twice_stays_two() -> None:
    assert len(joined([STORED, STORED._replace(name="other")])) == 2
