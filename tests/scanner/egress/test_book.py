"""The book of keys: which key a credential is, and since when a tenant was on its own."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.traffic import ACME, GLOBEX, NOON, PLATFORM, carried, hint, life, sha

from antkey_scanner.egress.book import Book, KeyLife, Standing, book_of
from antkey_scanner.inventory.files import read_sheet
from antkey_scanner.inventory.records import Inventory, KeyRecord, Mode, Place
from antkey_scanner.inventory.times import SECOND, micros

SPANS = st.lists(
    st.tuples(
        st.none() | st.integers(0, 20),
        st.none() | st.integers(0, 20),
    ),
    max_size=6,
)


def inventory(text: str) -> Inventory:
    sheet = read_sheet(text.encode(), "keys.toml", ".toml")
    return Inventory(sheet.keys, sheet.members, sheet.tenants)


def test_a_hash_finds_its_key_whatever_the_hint_says() -> None:
    book = Book((ACME, GLOBEX))
    assert book.find(carried("acme-1", hint="sk-ant-other…")) == (ACME,)
    assert book.known(sha("acme-1")) == ACME
    assert book.known(sha("nobody's")) is None


def test_a_hint_finds_each_key_that_it_fits() -> None:
    other = life("acme-b", "acme", hint=hint("acme-1"))
    book = Book((ACME, other, GLOBEX))
    assert book.find(carried("acme-1", sha256=None)) == (ACME, other)
    assert book.find(carried("globex-1", sha256=None)) == (GLOBEX,)


def test_three_dots_are_an_ellipsis() -> None:
    dots = hint("acme-1").replace("…", "...")
    assert Book((ACME,)).find(carried("acme-1", hint=dots, sha256=None)) == (ACME,)
    assert Book((ACME._replace(hint=dots),)).find(carried("acme-1", sha256=None))


def test_a_hint_does_not_find_a_key_whose_hash_is_another() -> None:
    assert Book((ACME,)).find(carried("x", hint=hint("acme-1"))) == ()
    unhashed = ACME._replace(sha256=None)
    assert Book((unhashed,)).find(carried("x", hint=hint("acme-1"))) == (unhashed,)


def test_nothing_recorded_of_a_key_finds_none() -> None:
    book = Book((ACME, life("bare", "acme", sha256=None, hint=None)))
    assert book.find(carried("?", hint="", sha256=None)) == ()


def test_a_key_that_is_added_again_is_what_is_known_of_it_now() -> None:
    book = Book((ACME, PLATFORM))
    book.add(ACME._replace(end=NOON))
    assert book.known(sha("acme-1")) == ACME._replace(end=NOON)
    assert book.find(carried("acme-1", sha256=None)) == (ACME._replace(end=NOON),)
    assert book.standing("acme", NOON) == Standing(has_key=False, since=NOON)


def test_a_key_may_change_hands() -> None:
    book = Book((ACME,))
    book.add(ACME._replace(tenant="globex"))
    assert not book.standing("acme", NOON).has_key
    assert book.standing("globex", NOON).has_key


def test_a_tenant_is_known_by_its_keys_its_modes_or_its_name() -> None:
    book = Book((ACME,), {"globex": (Mode("managed", 0),)}, ["initech"])
    assert all(map(book.knows, ("acme", "globex", "initech")))
    assert not book.knows("Acme")


def test_the_platform_s_key_is_none_of_a_tenant_s_own() -> None:
    book = Book((life("p", "acme", role="platform"), life("a", "acme", role="admin")))
    assert not book.standing("acme", NOON).has_key


@given(spans=SPANS, time=st.integers(-2, 22))
def test_a_tenant_has_a_key_while_one_of_its_keys_is_valid(
    spans: list[tuple[int | None, int | None]], time: int
) -> None:
    lives = [life(f"k{n}", "acme", start=start, end=end) for n, (start, end) in enumerate(spans)]
    standing = Book(lives).standing("acme", time)
    assert standing.has_key is any(one.is_valid(time) for one in lives)


@given(spans=SPANS, time=st.integers(-2, 22))
def test_it_is_so_since_the_first_moment_without_a_change(
    spans: list[tuple[int | None, int | None]], time: int
) -> None:
    lives = [life(f"k{n}", "acme", start=start, end=end) for n, (start, end) in enumerate(spans)]
    book = Book(lives)
    standing = book.standing("acme", time)
    if standing.since is None:
        assert book.standing("acme", -(10**9)).has_key is standing.has_key
        assert all(
            book.standing("acme", earlier).has_key is standing.has_key
            for earlier in range(-2, time)
        )
    else:
        assert standing.since <= time
        assert book.standing("acme", standing.since - 1).has_key is not standing.has_key
        for between in range(standing.since, time + 1):
            assert book.standing("acme", between) == standing


def test_modes_go_before_keys_and_begin_with_the_first_of_them() -> None:
    modes = (Mode("managed", 20), Mode("byo", 10), Mode("byo", 15), Mode("byo", 30))
    book = Book((ACME._replace(start=0, end=12),), {"acme": modes})
    told = [book.standing("acme", time) for time in (-1, 5, 10, 14, 15, 20, 29, 30, 99)]
    assert told == [
        Standing(has_key=False, since=None),
        Standing(has_key=True, since=0),
        *[Standing(has_key=True, since=10)] * 3,
        *[Standing(has_key=False, since=20)] * 2,
        *[Standing(has_key=True, since=30)] * 2,
    ]


def test_of_two_modes_of_one_moment_the_later_line_holds() -> None:
    book = Book((), {"acme": (Mode("byo", 10), Mode("managed", 10))})
    assert not book.standing("acme", 10).has_key


def test_an_inventory_s_keys_are_in_force_as_it_records_them() -> None:
    book = book_of(
        inventory(
            f"""
            [[keys]]
            name = "acme-1"
            tenant = "acme"
            fingerprint = "sha256:{sha("acme-1")}"
            hint = "{hint("acme-1")}"
            environment = "prod"
            created_at = 2026-01-01T00:00:00+01:00
            revoked_at = 2026-11-20T12:00:00Z
            expires_at = 2026-11-20T11:00:00Z
            [[keys]]
            name = "acme-2"
            tenant = "acme"
            created_at = 2026-11-01T00:00:00Z
            replaces = "acme-1"
            [[keys]]
            name = "p"
            role = "platform"
            [[tenants]]
            name = "initech"
            [[tenants]]
            name = "globex"
            history = [{{mode = "byo", from = 2026-01-01T00:00:00Z}}]
            """
        )
    )
    assert book.known(sha("acme-1")) == KeyLife(
        source="acme-1",
        role="tenant",
        tenant="acme",
        sha256=sha("acme-1"),
        hint=hint("acme-1"),
        start=micros(datetime(2025, 12, 31, 23, tzinfo=UTC)),
        end=NOON - 3600 * SECOND,
        replaced_at=micros(datetime(2026, 11, 1, tzinfo=UTC)),
        successor="acme-2",
        environment="prod",
    )
    assert book.knows("initech")
    assert book.standing("globex", NOON).has_key
    assert book.has_ended_keys


@pytest.mark.parametrize("older", ["acme-1", "apikey_1"])
def test_the_first_key_that_replaces_another_is_its_successor(older: str) -> None:
    keys = inventory(
        f"""
        keys = [
          {{name = "acme-3", created_at = 2026-11-03T00:00:00Z, replaces = "{older}"}},
          {{name = "acme-2", created_at = 2026-11-02T00:00:00Z, replaces = "{older}"}},
          {{name = "acme-1", id = "apikey_1", tenant = "acme", fingerprint = "sha256:{sha("acme-1")}"}},
        ]
        """
    )
    known = book_of(keys).known(sha("acme-1"))
    assert known is not None
    assert known.successor == "acme-2"
    assert known.replaced_at == micros(datetime(2026, 11, 2, tzinfo=UTC))


def test_keys_of_one_name_are_told_apart_by_their_place() -> None:
    keys = [
        KeyRecord(Place(f"{name}.toml", 1), name="main", tenant=name, fingerprint=sha(name))
        for name in ("acme", "globex")
    ]
    book = book_of(Inventory(tuple(keys)))
    known = [book.known(sha(name)) for name in ("acme", "globex")]
    sources = [one.source for one in known if one is not None]
    assert sources == ["main (acme.toml:1)", "main (globex.toml:1)"]


@pytest.mark.parametrize(
    ("lives", "modes", "ended"),
    [
        ((ACME,), {}, False),
        ((ACME._replace(end=1),), {}, True),
        ((ACME._replace(replaced_at=1),), {}, True),
        ((), {"acme": (Mode("byo", 1),)}, False),
        ((), {"acme": (Mode("byo", 1), Mode("managed", 2))}, True),
    ],
)
def test_whether_any_key_has_ended(
    lives: tuple[KeyLife, ...], modes: dict[str, tuple[Mode, ...]], ended: bool
) -> None:
    assert Book(lives, modes).has_ended_keys is ended


def test_many_keys_of_a_tenant_cost_no_more_for_each_request() -> None:
    lives = [life(f"k{n}", "acme", start=n * 10, end=n * 10 + 5) for n in range(20_000)]
    book = Book(lives)
    assert sum(book.standing("acme", time).has_key for time in range(200_000)) == 100_000
