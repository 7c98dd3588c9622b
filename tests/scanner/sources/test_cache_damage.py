"""Nothing that is done to the cache can hide an object, or end a scan."""

from __future__ import annotations

import os
import sqlite3
import sys
from pathlib import Path

import pytest
from tests.scanner.sources.caches import IDS, OTHER, STATE, STORE, change, filled, folder, opened

from antkey_scanner.git.idlists import split
from antkey_scanner.sources import cache

__all__ = ["folder"]


@pytest.mark.parametrize(
    ("statement", "values"),
    [
        ("UPDATE chunks SET ids = ?", [IDS[:-20] + b"x" * 20]),
        ("UPDATE chunks SET ids = ?", [IDS[:-1]]),
        ("UPDATE chunks SET ids = ?", ["text"]),
        ("UPDATE chunks SET ids = ?", [7]),
        ("UPDATE chunks SET digest = ?", [b""]),
        ("UPDATE chunks SET ids = substr(ids, 21)", []),
    ],
)
def test_ids_that_are_not_as_they_were_written_are_not_known(
    folder: Path, statement: str, values: list[object]
) -> None:
    change(filled(folder), statement, *values)
    damaged = opened(folder)
    assert damaged.ids(STORE, 20) == b""
    assert [trouble.damaged for trouble in damaged.troubles] == [True]
    assert opened(folder).ids(STORE, 20) == b""
    opened(folder).keep(STORE, 20, STATE, IDS)
    healed = opened(folder)
    assert healed.ids(STORE, 20) == IDS
    assert healed.troubles == []


@pytest.mark.parametrize("column", ["missing", "trail"])
def test_a_file_with_the_tables_of_before_is_made_anew(folder: Path, column: str) -> None:
    path = filled(folder)
    with sqlite3.connect(path) as db:
        db.execute(f"ALTER TABLE stores DROP COLUMN {column}")
    db.close()
    older = opened(folder)
    assert older.state(STORE) is None
    assert [trouble.damaged for trouble in older.troubles] == [True]
    opened(folder).keep(STORE, 20, STATE, IDS)
    healed = opened(folder)
    assert healed.state(STORE) == STATE
    assert healed.ids(STORE, 20) == IDS
    assert healed.troubles == []


def test_ids_of_another_store_do_not_count(folder: Path) -> None:
    path = filled(folder)
    opened(folder).keep(OTHER, 20, STATE, b"x" * 20)
    change(path, "UPDATE chunks SET store = (SELECT number FROM stores WHERE store = ?)", OTHER)
    assert opened(folder).ids(OTHER, 20) == b"x" * 20


def test_ids_of_another_size_do_not_count(folder: Path) -> None:
    filled(folder)
    assert len(opened(folder).ids(STORE, 32)) % 32 == 0


@pytest.mark.parametrize(
    ("statement", "value"),
    [
        ("UPDATE stores SET packs = ?", b"\0"),
        ("UPDATE stores SET dirty = ?", b""),
        ("UPDATE stores SET loose = ?", b""),
        ("UPDATE stores SET missing = ?", b""),
        ("UPDATE stores SET trail = ?", b"noise"),
        ("UPDATE stores SET clean = ?", 9),
        ("UPDATE stores SET digest = ?", b""),
        ("UPDATE stores SET dirty = ?", 5),
        ("UPDATE stores SET clean = ?", "many"),
    ],
)
def test_a_state_that_is_not_as_it_was_written_is_none(
    folder: Path, statement: str, value: object
) -> None:
    change(filled(folder), statement, value)
    assert opened(folder).state(STORE) is None
    opened(folder).keep(STORE, 20, STATE, b"")
    assert opened(folder).state(STORE) == STATE


@pytest.mark.parametrize("what", ["noise", "zeros", "cut", "empty", "torn"])
def test_a_file_that_is_no_database_any_more_is_made_anew(folder: Path, what: str) -> None:
    path = filled(folder)
    data = path.read_bytes()
    path.write_bytes(
        {
            "noise": os.urandom(len(data)),
            "zeros": bytes(len(data)),
            "cut": data[: len(data) // 2],
            "empty": b"",
            "torn": data[:4096] + os.urandom(len(data) - 4096),
        }[what]
    )
    damaged = opened(folder)
    assert damaged.ids(STORE, 20) in {b"", IDS}
    assert damaged.state(STORE) in {None, STATE}
    damaged.keep(STORE, 20, STATE, IDS)
    damaged.keep(STORE, 20, STATE, IDS)
    again = opened(folder)
    assert again.ids(STORE, 20) == IDS
    assert again.state(STORE) == STATE
    assert again.troubles == []


def test_damage_anywhere_never_makes_an_id_known(folder: Path) -> None:
    path = filled(folder)
    data = path.read_bytes()
    known = set(split(IDS, 20))
    for at in range(0, len(data), 61):
        path.write_bytes(data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :])
        damaged = opened(folder)
        ids = damaged.ids(STORE, 20)
        assert set(split(ids, 20)) <= known
        assert damaged.state(STORE) in {None, STATE}
        damaged.keep(STORE, 20, STATE, IDS)
        path.unlink(missing_ok=True)


def test_a_database_of_something_else_is_left_alone(folder: Path) -> None:
    folder.mkdir(parents=True)
    path = Path(opened(folder).path)
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE stores (bookmark TEXT)")
        db.execute("INSERT INTO stores VALUES ('precious')")
    db.close()
    foreign = opened(folder)
    assert foreign.ids(STORE, 20) == b""
    foreign.keep(STORE, 20, STATE, IDS)
    assert [trouble.damaged for trouble in foreign.troubles] == [False]
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT * FROM stores").fetchall() == [("precious",)]
    db.close()


def test_a_folder_in_its_place_is_told_and_left_alone(folder: Path) -> None:
    Path(opened(folder).path).mkdir(parents=True)
    blocked = opened(folder)
    assert blocked.ids(STORE, 20) == b""
    assert blocked.state(STORE) is None
    blocked.keep(STORE, 20, STATE, IDS)
    assert len(blocked.troubles) == 1
    assert "goes on without" in blocked.troubles[0].text


def test_a_file_in_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    blocked = opened(tmp_path / "file")
    blocked.keep(STORE, 20, STATE, IDS)
    assert len(blocked.troubles) == 1
    below = opened(tmp_path / "file" / "antkey")
    below.keep(STORE, 20, STATE, IDS)
    assert len(below.troubles) == 1


@pytest.mark.skipif(os.name != "posix", reason="links and pipes are of POSIX")
@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_only_a_file_is_opened(folder: Path, tmp_path: Path, kind: str) -> None:
    path = filled(folder)
    path.rename(tmp_path / "elsewhere")
    if kind == "link":
        path.symlink_to(tmp_path / "elsewhere")
    else:
        os.mkfifo(path)
    refused = opened(folder)
    assert refused.ids(STORE, 20) == b""
    assert len(refused.troubles) == 1


@pytest.mark.skipif(os.name != "posix", reason="modes are of POSIX")
def test_what_others_may_write_to_is_not_believed(folder: Path) -> None:
    path = filled(folder)
    path.chmod(0o666)
    assert opened(folder).ids(STORE, 20) == b""
    path.chmod(0o600)
    folder.chmod(0o777)
    assert opened(folder).ids(STORE, 20) == b""
    folder.chmod(0o700)
    assert opened(folder).ids(STORE, 20) == IDS


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
)
def test_a_folder_that_cannot_be_written_to_is_told(folder: Path) -> None:
    folder.mkdir(parents=True)
    folder.chmod(0o500)
    refused = opened(folder)
    refused.keep(STORE, 20, STATE, IDS)
    assert len(refused.troubles) == 1


def test_one_that_is_locked_is_waited_for_and_then_left(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "_WAIT", 0.05)
    holder = sqlite3.connect(filled(folder), isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    locked = opened(folder)
    assert locked.ids(STORE, 20) == b""
    locked.keep(STORE, 20, STATE, b"x" * 20)
    assert [trouble.damaged for trouble in locked.troubles] == [False]
    holder.execute("ROLLBACK")
    holder.close()
    assert opened(folder).ids(STORE, 20) == IDS


def test_a_full_disk_is_told_and_keeps_what_was_there(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = filled(folder)
    connect = sqlite3.connect

    def small(*arguments: object, **options: object) -> sqlite3.Connection:
        db = connect(*arguments, **options)  # type: ignore[call-overload]
        db.execute(f"PRAGMA max_page_count = {path.stat().st_size // 4096}")
        return db  # type: ignore[no-any-return]

    monkeypatch.setattr(sqlite3, "connect", small)
    full = opened(folder)
    full.keep(STORE, 20, STATE, os.urandom(20 * 10_000))
    assert [trouble.damaged for trouble in full.troubles] == [False]
    monkeypatch.undo()
    assert opened(folder).ids(STORE, 20) == IDS


def test_python_without_sqlite_does_without(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(folder)
    monkeypatch.setitem(sys.modules, "sqlite3", None)
    without = opened(folder)
    assert without.ids(STORE, 20) == b""
    without.keep(STORE, 20, STATE, IDS)
    assert len(without.troubles) == 1
