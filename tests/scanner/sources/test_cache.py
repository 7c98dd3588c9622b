"""The file of ids that hold nothing: what it keeps, and that nothing done to it can hide an object."""

from __future__ import annotations

import os
import sqlite3
import threading
from pathlib import Path

import pytest
from tests.scanner.sources.caches import (
    IDS,
    NOW,
    OTHER,
    RULES,
    STATE,
    STORE,
    filled,
    folder,
    opened,
)

from antkey_scanner.git.idlists import merged
from antkey_scanner.sources import cache
from antkey_scanner.sources.cache import State

__all__ = ["folder"]


def test_what_is_kept_comes_back(folder: Path) -> None:
    filled(folder)
    again = opened(folder)
    assert again.ids(STORE, 20) == IDS
    assert again.state(STORE) == STATE
    assert again.troubles == []


def test_before_the_first_scan_nothing_is_known_and_nothing_is_made(folder: Path) -> None:
    empty = opened(folder)
    assert empty.ids(STORE, 20) == b""
    assert empty.state(STORE) is None
    empty.forget(STORE)
    assert empty.troubles == []
    assert not folder.exists()


def test_stores_and_rules_are_kept_apart(folder: Path) -> None:
    filled(folder)
    assert opened(folder).ids(OTHER, 20) == b""
    assert opened(folder).state(OTHER) is None
    assert opened(folder, rules=OTHER).ids(STORE, 20) == b""
    assert opened(folder, rules=OTHER).state(STORE) is None


def test_ids_are_added_to_those_that_are_there(folder: Path) -> None:
    expected = set()
    for number in range(30):
        new = merged([bytes([number]) * 20, bytes([number + 1]) * 20], 20)
        expected |= {new[:20], new[20:]}
        opened(folder).keep(STORE, 20, STATE, new)
    assert opened(folder).ids(STORE, 20) == b"".join(sorted(expected))


def test_what_two_scans_found_at_once_is_kept_of_both(folder: Path) -> None:
    one, other = opened(folder), opened(folder)
    assert one.ids(STORE, 20) == other.ids(STORE, 20) == b""
    one.keep(STORE, 20, STATE, IDS[:80])
    other.keep(STORE, 20, STATE, IDS[60:])
    assert opened(folder).ids(STORE, 20) == IDS


def test_scans_that_begin_and_end_at_once_lose_nothing(folder: Path) -> None:
    start = threading.Barrier(8)
    scans = [opened(folder) for _ in range(8)]

    def one(number: int) -> None:
        start.wait()
        for at in range(10):
            scans[number].keep(STORE, 20, STATE, bytes([number, at]) * 10)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [scan.troubles for scan in scans] == [[]] * 8
    assert len(opened(folder).ids(STORE, 20)) == 80 * 20


def test_forgotten_is_what_was_kept_by_any_rules(folder: Path) -> None:
    filled(folder)
    opened(folder, rules=OTHER).keep(STORE, 20, STATE, IDS)
    opened(folder).keep(OTHER, 20, STATE, IDS)
    opened(folder).forget(STORE)
    for rules in (RULES, OTHER):
        assert opened(folder, rules).ids(STORE, 20) == b""
        assert opened(folder, rules).state(STORE) is None
    assert opened(folder).ids(OTHER, 20) == IDS


def test_what_was_not_used_for_long_goes_when_there_is_no_room(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "_ROOM", 3 * len(IDS))
    stores = [bytes([at]) * 32 for at in range(5)]
    for at, store in enumerate(stores):
        opened(folder, now=NOW + at).keep(store, 20, State(), IDS)
    assert [bool(opened(folder).ids(store, 20)) for store in stores] == [False] * 2 + [True] * 3


def test_use_is_noted_once_a_day(folder: Path) -> None:
    path = filled(folder)
    opened(folder, now=NOW + 3600).keep(STORE, 20, STATE, b"")
    opened(folder, now=NOW + 90_000).keep(STORE, 20, STATE, b"")
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT used FROM stores").fetchall() == [(NOW + 90_000,)]
    db.close()


def test_old_sets_of_rules_go(folder: Path) -> None:
    keys = [bytes([at]) * 32 for at in range(6)]
    for at, key in enumerate(keys):
        opened(folder, key, NOW + at).keep(STORE, 20, STATE, IDS)
    assert [bool(opened(folder, key).ids(STORE, 20)) for key in keys] == [False] * 2 + [True] * 4


@pytest.mark.skipif(os.name != "posix", reason="modes are of POSIX")
def test_nobody_else_may_read_it(folder: Path) -> None:
    path = filled(folder)
    assert path.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
