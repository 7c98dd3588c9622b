"""The history's file: made with care, shared by runs, and refused when it is anything else."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest
from tests.hooks.history.conftest import Check

from antkey_hooks.history import store
from antkey_hooks.history.record import record
from antkey_hooks.history.store import FILE, FOLDER, HistoryError, opened


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The path of the history beside a policy in `tmp_path`."""
    return tmp_path / FOLDER / FILE


def made(tmp_path: Path) -> None:
    with opened(str(tmp_path)):
        pass


def refused(tmp_path: Path) -> str:
    with pytest.raises(HistoryError) as caught, opened(str(tmp_path)):
        pass
    return str(caught.value)


def test_it_is_made_with_a_gitignore_that_hides_it_and_nothing_else(
    tmp_path: Path, file: Path
) -> None:
    made(tmp_path)
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
    for command in (["init", "-q"], ["add", "-A"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True, env=environment)
    listed = subprocess.run(
        ["git", "ls-files"], cwd=tmp_path, check=True, env=environment, capture_output=True
    )
    assert listed.stdout == b".antkey/.gitignore\n"
    assert file.is_file()


def test_a_gitignore_that_is_there_stays(tmp_path: Path, file: Path) -> None:
    file.parent.mkdir()
    (file.parent / ".gitignore").write_text("mine\n")
    made(tmp_path)
    assert (file.parent / ".gitignore").read_text() == "mine\n"


def test_it_keeps_a_log_of_its_own_and_leaves_none_behind(tmp_path: Path, file: Path) -> None:
    made(tmp_path)
    connection = sqlite3.connect(file)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()
    assert {path.name for path in file.parent.iterdir()} == {".gitignore", FILE}


def test_runs_at_once_are_all_kept(tmp_path: Path, file: Path, check: Check) -> None:
    def write(number: int) -> None:
        record(check(number, "a"), str(tmp_path), f"scope {number}")

    threads = [threading.Thread(target=write, args=(number,)) for number in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    connection = sqlite3.connect(file)
    assert connection.execute("SELECT count(*) FROM runs").fetchone() == (8,)
    connection.close()


def test_processes_at_once_are_all_kept(tmp_path: Path, file: Path) -> None:
    code = (
        "import sys\nfrom antkey_hooks.history.store import opened\n"
        "for n in range(10):\n    with opened(sys.argv[1]) as store:\n"
        "        store.execute('INSERT INTO scopes (name) VALUES (?)', (f'{sys.argv[2]}/{n}',))\n"
    )
    runs = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path), str(number)])
        for number in range(4)
    ]
    assert [run.wait() for run in runs] == [0, 0, 0, 0]
    connection = sqlite3.connect(file)
    assert connection.execute("SELECT count(*) FROM scopes").fetchone() == (40,)
    connection.close()


def test_a_run_that_fails_leaves_nothing(tmp_path: Path, file: Path) -> None:
    made(tmp_path)

    def fail() -> None:
        with opened(str(tmp_path)) as connection:
            connection.execute("INSERT INTO scopes (name) VALUES ('half')")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with opened(str(tmp_path)) as connection:
        assert connection.execute("SELECT count(*) FROM scopes").fetchone() == (0,)


def test_a_run_that_is_killed_leaves_nothing(tmp_path: Path, file: Path) -> None:
    code = (
        "import os, sys\nfrom antkey_hooks.history.store import opened\n"
        "with opened(sys.argv[1]) as store:\n"
        "    store.execute(\"INSERT INTO scopes (name) VALUES ('half')\")\n    os._exit(9)\n"
    )
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False).returncode == 9
    with opened(str(tmp_path)) as connection:
        assert connection.execute("SELECT count(*) FROM scopes").fetchone() == (0,)


def test_one_that_another_run_holds_is_told(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_PATIENCE", 0.05)
    made(tmp_path)
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    assert "held by another run" in refused(tmp_path)
    holder.close()
    made(tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"not a database at all" * 100, "is no database"),
        (b"SQLite format 3\0" + b"\xff" * 4096, "is (no database|damaged)"),
    ],
)
def test_what_is_no_database_is_told(
    tmp_path: Path, file: Path, content: bytes, message: str
) -> None:
    file.parent.mkdir()
    file.write_bytes(content)
    with pytest.raises(HistoryError, match=message), opened(str(tmp_path)):
        pass
    assert file.read_bytes() == content


def test_every_damaged_byte_is_survived(tmp_path: Path, file: Path, check: Check) -> None:
    record(check(1, "a", "b"), str(tmp_path), "a")
    whole = file.read_bytes()
    for at in range(0, len(whole), 397):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        with suppress(HistoryError):
            record(check(2, "b"), str(tmp_path), "a")
        for ending in ("-wal", "-shm"):
            file.with_name(FILE + ending).unlink(missing_ok=True)


def test_a_file_that_was_cut_is_told(tmp_path: Path, file: Path, check: Check) -> None:
    record(check(1, *map(str, range(200))), str(tmp_path), "a")
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with pytest.raises(HistoryError):
        record(check(2, "b"), str(tmp_path), "a")


@pytest.mark.parametrize(
    "script",
    [
        "CREATE TABLE people (name TEXT)",
        "PRAGMA user_version = 1",
        "PRAGMA application_id = 7",
        "CREATE VIEW runs AS SELECT 1 AS at",
    ],
)
def test_somebody_else_s_database_is_left_alone(tmp_path: Path, file: Path, script: str) -> None:
    file.parent.mkdir()
    connection = sqlite3.connect(file)
    connection.executescript(script)
    connection.close()
    before = file.read_bytes()
    assert "is no history of antkey" in refused(tmp_path)
    assert file.read_bytes() == before
    connection = sqlite3.connect(file)
    assert connection.execute(
        "SELECT count(*) FROM sqlite_master WHERE name = 'spans'"
    ).fetchone() == (0,)
    connection.close()


@pytest.mark.parametrize(
    "script",
    [
        "CREATE TRIGGER t AFTER INSERT ON runs BEGIN DELETE FROM spans; END",
        "CREATE VIEW more AS SELECT * FROM runs",
        "DROP TABLE spans",
        "ALTER TABLE runs ADD COLUMN path TEXT",
    ],
)
def test_tables_that_antkey_did_not_make_are_refused(
    tmp_path: Path, file: Path, script: str
) -> None:
    made(tmp_path)
    connection = sqlite3.connect(file)
    connection.executescript(script)
    connection.close()
    assert "tables that antkey did not make" in refused(tmp_path)


def test_a_newer_history_is_left_to_the_newer_antkey(tmp_path: Path, file: Path) -> None:
    made(tmp_path)
    connection = sqlite3.connect(file)
    connection.execute(f"PRAGMA user_version = {store.VERSION + 1}")
    connection.close()
    assert "written by a newer antkey" in refused(tmp_path)


@pytest.mark.parametrize(
    "update",
    [
        "UPDATE runs SET at = '<script>' || at",
        "UPDATE runs SET at = x'ff' WHERE at LIKE '%-01T%'",
        "UPDATE runs SET new = 'many'",
        "UPDATE runs SET critical = -1",
        "UPDATE spans SET first = '1999, long ago'",
        "UPDATE spans SET ended = '2026-11-02', how = 'fixed'",
    ],
)
def test_values_that_antkey_did_not_write_are_refused(
    tmp_path: Path, file: Path, check: Check, update: str
) -> None:
    record(check(1, "a"), str(tmp_path), "a")
    record(check(2, "a"), str(tmp_path), "a")
    connection = sqlite3.connect(file)
    connection.executescript(update)
    connection.close()
    with pytest.raises(HistoryError, match="holds what antkey did not write"):
        record(check(3, "a"), str(tmp_path), "a")


@pytest.mark.parametrize("ending", ["", "-wal", "-shm", "-journal"])
def test_links_are_not_followed(tmp_path: Path, file: Path, ending: str) -> None:
    file.parent.mkdir()
    elsewhere = tmp_path / "elsewhere"
    os.symlink(elsewhere, file.with_name(FILE + ending))
    assert "is no file of its own" in refused(tmp_path)
    assert not elsewhere.exists()


def test_a_folder_that_is_a_link_is_not_followed(tmp_path: Path, file: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    os.symlink("elsewhere", file.parent)
    assert "no folder of its own" in refused(tmp_path)
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no FIFOs here")
def test_a_fifo_is_not_waited_for(tmp_path: Path, file: Path) -> None:
    file.parent.mkdir()
    os.mkfifo(file)
    assert "is no file of its own" in refused(tmp_path)


def test_a_file_in_the_folder_s_place_is_told(tmp_path: Path, file: Path) -> None:
    file.parent.write_text("")
    assert "no folder of its own" in refused(tmp_path)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_what_cannot_be_written_is_told(tmp_path: Path, file: Path) -> None:
    made(tmp_path)
    file.chmod(0o444)
    file.parent.chmod(0o555)
    try:
        assert "cannot be written" in refused(tmp_path)
    finally:
        file.parent.chmod(0o755)


def test_a_huge_file_is_not_opened(tmp_path: Path, file: Path) -> None:
    file.parent.mkdir()
    with file.open("wb") as hole:
        hole.truncate(store.MOST_BYTES + 1)
    assert "larger than a history can be" in refused(tmp_path)


def test_a_policy_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    assert refused(tmp_path / "gone")
