"""What rules about several keys look up: groups of one key, and what replaces what."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from antkey_scanner.inventory.index import alike, in_several, replacements
from antkey_scanner.inventory.records import KeyRecord, Origin, Place, Status

HERE = Place("keys.toml", 1)


def key(
    name: str,
    replaces: str | None = None,
    created: int | None = None,
    *,
    origin: Origin = "file",
    identity: str | None = None,
) -> KeyRecord:
    return KeyRecord(HERE, origin, identity, name, replaces=replaces, created_at=created)


def pairs(*keys: KeyRecord) -> list[tuple[str | None, str | None]]:
    return [(pair.newer.name, pair.older.name) for pair in replacements(keys).pairs]


def unclear(*keys: KeyRecord) -> list[tuple[str | None, str]]:
    return [(record.name, problem) for record, problem in replacements(keys).unclear]


def test_a_key_is_named_by_its_name_or_its_id() -> None:
    old = key("old", identity="apikey_1")
    assert pairs(old, key("a", "old")) == [("a", "old")]
    assert pairs(old, key("a", "apikey_1")) == [("a", "old")]


def test_people_s_own_record_goes_before_others_of_its_name() -> None:
    other, own = key("old", created=1, origin="store"), key("old", created=2)
    found = replacements([other, own, key("new", "old")])
    assert found.pairs[0].older is own


def test_the_first_that_replaced_a_key_counts() -> None:
    keys = [key("old", created=0), key("c", "old", 30), key("a", "old", 10), key("b", "old", 20)]
    assert pairs(*keys) == [("a", "old")]
    assert pairs(key("old"), key("x", "old"), key("y", "old", 5)) == [("y", "old")]


def test_a_chain_is_one_pair_after_the_other() -> None:
    assert pairs(key("a", created=1), key("b", "a", 2), key("c", "b", 3)) == [
        *(("b", "a"), ("c", "b")),
    ]


def test_a_key_that_is_not_there_is_unclear() -> None:
    assert unclear(key("a", "lost")) == [("a", "is not in the inventory")]


def test_circles_are_unclear_and_what_leads_into_them_is_not() -> None:
    keys = [key("a", "b"), key("b", "c"), key("c", "a"), key("d", "a"), key("e", "e")]
    told = "replaces it in turn, in a circle"
    assert unclear(*keys) == [("a", told), ("b", told), ("c", told), ("e", told)]
    assert pairs(*keys) == [("d", "a")]


def test_a_key_cannot_replace_a_newer_one() -> None:
    keys = [key("old", created=10), key("new", "old", 9)]
    assert unclear(*keys) == [("new", "was created after it")]
    assert pairs(*keys) == []
    assert pairs(key("old", created=10), key("new", "old", 10)) == [("new", "old")]


@given(st.lists(st.one_of(st.none(), st.integers(0, 12)), max_size=12))
def test_each_key_that_replaces_is_clear_or_unclear(targets: list[int | None]) -> None:
    keys = [key(str(n), None if to is None else str(to)) for n, to in enumerate(targets)]
    found = replacements(keys)
    strange = {record.name for record, _ in found.unclear}
    clear = {record.replaces for record in keys if record.replaces and record.name not in strange}
    assert {pair.older.name for pair in found.pairs} == clear
    for start in keys:  # who is on a circle comes back to where they started
        at, steps = start, 0
        while at.replaces and int(at.replaces) < len(keys) and steps < len(keys):
            at, steps = keys[int(at.replaces)], steps + 1
            if at is start:
                break
        assert (at is start and steps > 0) == (
            (start.name, "replaces it in turn, in a circle") in unclear(*keys)
        )


def test_what_is_alike_comes_in_groups_by_the_first() -> None:
    keys = [key(name) for name in ("b", "a", "c", "a", "b")]
    assert [[k.name for k in group] for group in alike(keys, lambda k: k.name)] == [
        *(["b", "b"], ["a", "a"]),
    ]
    assert alike(keys, lambda _: None) == []
    assert alike([], lambda k: k.name) == []


def test_one_key_in_several_places_is_told_while_one_record_is_active() -> None:
    def in_(
        environment: str | None, print_: str | None = "f", status: Status = "active"
    ) -> KeyRecord:
        return KeyRecord(HERE, environment=environment, fingerprint=print_, status=status)

    def found(*keys: KeyRecord) -> list[int]:
        return [len(group) for group in in_several(keys, lambda k: k.environment)]

    assert found(in_("prod"), in_("dev")) == [2]
    assert found(in_("prod"), in_("Prod")) == []
    assert found(in_("prod"), in_(None)) == []
    assert found(in_("prod"), in_("dev", "g")) == []
    assert found(in_("prod", None), in_("dev", None)) == []
    assert found(in_("prod"), in_("dev", status="inactive")) == [2]
    assert found(in_("prod", status="archived"), in_("dev", status="inactive")) == []
    assert found(in_(None), in_("prod", status="archived"), in_("dev", status="expired")) == [2]
