"""Databases made by SQLite itself, live, freed and broken ones."""

from __future__ import annotations

import gzip
import sqlite3
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from antkey_scanner.containers.budget import Limits

Opener = Callable[..., Any]
Maker = Callable[..., str]
Builder = Callable[..., bytes]

PAGE = 4096
FILLER = "some text that fills the row. "


@pytest.fixture
def database(tmp_path: Path) -> Builder:
    """Makes a database from statements and returns the file's bytes."""
    numbers = iter(range(1000))

    def make(*steps: str | tuple[str, tuple[Any, ...]], page: int = PAGE) -> bytes:
        path = tmp_path / f"{next(numbers)}.db"
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute(f"PRAGMA page_size={page}")
            connection.execute("PRAGMA secure_delete=off")
            connection.execute("PRAGMA synchronous=off")
            connection.execute("PRAGMA journal_mode=off")
            for step in steps:
                connection.execute(*((step,) if isinstance(step, str) else step))
        return path.read_bytes()

    return make


def cut_by_a_page(key: str, data: bytes) -> bool:
    """Whether the key is nowhere in one piece."""
    return key.encode() not in data


@pytest.mark.parametrize("page", [512, 1024, 4096, 65536])
def test_key_over_an_overflow_chain_is_found_in_its_row(
    database: Builder, opened: Opener, make_key: Maker, page: int
) -> None:
    # A value is cut at fixed distances from its end: the key lies all over two pages before it.
    keys = {make_key(): shift for shift in range(0, 2 * page, page // 40)}
    rows: list[Any] = [
        (
            "INSERT INTO notes VALUES (?, ?)",
            (shift, "v" * (7 * page // 4) + key + "w" * (page + shift)),
        )
        for key, shift in keys.items()
    ]
    data = database("CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT)", *rows, page=page)
    found = opened(data, name="sqlite")
    places = [found.holding(key) for key in keys]
    assert any(cut_by_a_page(key, data) for key in keys)
    assert [len(paths) for paths in places] == [1] * len(keys)
    assert all(path.startswith("notes/") for (path,) in places)
    assert found.skips == []


def one_that_is_cut(
    database: Builder, steps: Callable[[str], list[Any]], make_key: Maker
) -> tuple[str, bytes]:
    """A database in which the key is cut by the edge of a page."""
    for shift in range(0, PAGE, 45):
        key = make_key()
        data = database(*steps("v" * (PAGE + shift) + key + "w" * (2 * PAGE + 101 * shift % PAGE)))
        if cut_by_a_page(key, data):
            return key, data
    raise AssertionError("no page cuts the key")


def insert(value: str, rowid: int = 7) -> list[Any]:
    return [
        "CREATE TABLE notes (body TEXT)",
        ("INSERT INTO notes (rowid, body) VALUES (?, ?)", (rowid, value)),
    ]


def test_member_is_named_by_table_and_rowid(
    database: Builder, opened: Opener, make_key: Maker
) -> None:
    key, data = one_that_is_cut(database, lambda value: insert(value, -42), make_key)
    assert opened(data).holding(key) == ["notes/-42"]


def test_deleted_row_is_found_on_the_pages_it_left(
    database: Builder, opened: Opener, make_key: Maker
) -> None:
    def steps(value: str) -> list[Any]:
        keep = ("INSERT INTO notes (rowid, body) VALUES (1, ?)", (FILLER,))
        return [*insert(value), keep, "DELETE FROM notes WHERE rowid = 7"]

    key, data = one_that_is_cut(database, steps, make_key)
    (path,) = opened(data).holding(key)
    assert path.startswith("page-")


def test_start_of_a_deleted_row_is_joined_to_its_chain(
    database: Builder, opened: Opener, make_key: Maker
) -> None:
    # The key lies over the edge between the table's page and the chain. The chain's first page
    # must not become the trunk of the free list: one that was freed before is.
    seen = 0
    for length in range(400, 4500, 50):
        key = make_key()
        old = ("INSERT INTO notes (rowid, body) VALUES (1, ?)", ("o" * 2 * PAGE,))
        new = ("INSERT INTO notes (rowid, body) VALUES (9, 'x')", ())
        row = insert("v" * 400 + key + "w" * (2 * PAGE + length))
        deletions = ["DELETE FROM notes WHERE rowid = 1", "DELETE FROM notes WHERE rowid = 7"]
        data = database(*row, old, new, *deletions)
        if cut_by_a_page(key, data) and data.find(key[:20].encode()) < 2 * PAGE:
            assert [path[:5] for path in opened(data).holding(key)] == ["page-"]
            seen += 1
    assert seen


def test_dropped_table_is_found_on_its_freed_pages(
    database: Builder, opened: Opener, make_key: Maker
) -> None:
    def steps(value: str) -> list[Any]:
        many = [("INSERT INTO notes (body) VALUES (?)", (FILLER * 40,)) for _ in range(50)]
        return [*insert(value, 3), *many, "CREATE TABLE other (x)", "DROP TABLE notes"]

    key, data = one_that_is_cut(database, steps, make_key)
    (path,) = opened(data).holding(key)
    assert path.startswith("page-")


@pytest.mark.parametrize("encoding", ["UTF-16le", "UTF-16be"])
def test_utf16_database_is_read(
    database: Builder, opened: Opener, make_key: Maker, encoding: str
) -> None:
    key = make_key()
    data = database(f"PRAGMA encoding='{encoding}'", *insert("v" * 3000 + key + FILLER * 99))
    assert opened(data).holding(key.encode(encoding.replace("UTF-16", "utf-16-"))) == ["notes/7"]


def test_table_without_rowid_is_read(database: Builder, opened: Opener, make_key: Maker) -> None:
    def steps(value: str) -> list[Any]:
        create = "CREATE TABLE pairs (name TEXT PRIMARY KEY, body TEXT) WITHOUT ROWID"
        return [create, ("INSERT INTO pairs VALUES ('a', ?)", (value,))]

    key, data = one_that_is_cut(database, steps, make_key)
    assert opened(data).holding(key) == ["pairs/page-2"]


def test_autovacuum_database_is_read(database: Builder, opened: Opener, make_key: Maker) -> None:
    def steps(value: str) -> list[Any]:
        return ["PRAGMA auto_vacuum=FULL", *insert(value)]

    key, data = one_that_is_cut(database, steps, make_key)
    found = opened(data)
    assert found.holding(key) == ["notes/7"]
    assert found.skips == []


def test_long_statement_in_the_schema_is_read(
    database: Builder, opened: Opener, make_key: Maker
) -> None:
    def steps(value: str) -> list[Any]:
        return [f"CREATE TABLE settings (x TEXT DEFAULT '{value}')"]

    key, data = one_that_is_cut(database, steps, make_key)
    assert opened(data).holding(key) == ["sqlite_schema/1"]


@pytest.mark.parametrize("size", [100, 9_000, 3_000_000])
@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_packed_value_is_a_member_of_its_own(
    database: Builder, opened: Opener, size: int, pack: Callable[[bytes], bytes]
) -> None:
    packed = pack(bytes(n * n % 251 for n in range(size)))
    create = "CREATE TABLE cache (name TEXT, body BLOB)"
    data = database(create, ("INSERT INTO cache VALUES ('a', ?)", (packed,)))
    assert opened(data).members["cache/1/2"] == packed


def test_value_larger_than_memory_should_hold_is_a_member_by_column(
    database: Builder, opened: Opener, make_key: Maker
) -> None:
    key = make_key()
    value = "v" * 1_500_000 + key + "w" * 1_500_000
    create = "CREATE TABLE files (name TEXT, a TEXT, b TEXT)"
    data = database(create, ("INSERT INTO files VALUES ('n', ?, ?)", (FILLER * 100, value)))
    found = opened(data)
    assert found.holding(key) == ["files/1/3"]
    assert found.members["files/1/3"] == value.encode()


def test_rows_share_members_so_that_there_are_few(
    database: Builder, opened: Opener, make_key: Maker
) -> None:
    key = make_key()
    create = "CREATE TABLE notes (body TEXT)"
    rows = [("INSERT INTO notes VALUES (?)", ("v" * 6000,)) for _ in range(200)]
    last = ("INSERT INTO notes VALUES (?)", ("v" * 6000 + key,))
    found = opened(database(create, *rows, last))
    assert len(found.members) < 10
    assert found.holding(key) == [list(found.members)[-1]]


def test_stream_that_drips_is_read(database: Builder, opened: Opener, make_key: Maker) -> None:
    key, data = one_that_is_cut(database, insert, make_key)
    assert opened(data, dripping=True).holding(key) == ["notes/7"]


def test_value_over_pages_of_the_write_ahead_log_is_found(
    tmp_path: Path, opened: Opener, make_key: Maker
) -> None:
    with closing(sqlite3.connect(tmp_path / "live.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE notes (body TEXT)")
        keys = [make_key() for _ in range(40)]
        for number, key in enumerate(keys):
            value = "v" * (PAGE + 100 * number) + key + "w" * (PAGE + 313 * number)
            connection.execute("INSERT INTO notes VALUES (?)", (value,))
        data = (tmp_path / "live.db-wal").read_bytes()
    found = opened(data, name="sqlite")
    assert any(cut_by_a_page(key, data) for key in keys)
    assert [key for key in keys if not found.holding(key)] == []
    assert found.skips == []


def test_damaged_write_ahead_log_is_a_skip(opened: Opener) -> None:
    head = b"7\x7f\x06\x82" + (3007000).to_bytes(4)
    assert opened(head + bytes(50)).reasons == {"": "damaged header"}
    assert opened(head).reasons == {"": "truncated"}


def test_truncated_database_is_a_skip(database: Builder, opened: Opener) -> None:
    data = database(*insert("v" * 50_000))
    assert "damaged or truncated" in opened(data[:-PAGE]).reasons[""]
    assert "damaged or truncated" in opened(data[:-1]).reasons[""]
    assert opened(data[:50]).reasons[""] == "truncated"


def test_chain_that_runs_in_a_ring_ends(database: Builder, opened: Opener) -> None:
    data = bytearray(database(*insert("v" * 50_000)))
    for start in range(2 * PAGE, len(data), PAGE):
        data[start : start + 4] = (3).to_bytes(4)
    assert "damaged or truncated" in opened(bytes(data)).reasons[""]


def test_tree_that_contains_itself_ends(database: Builder, opened: Opener) -> None:
    rows = [("INSERT INTO notes VALUES (?)", (FILLER * 30,)) for _ in range(300)]
    data = bytearray(database("CREATE TABLE notes (body TEXT)", *rows))
    assert data[PAGE] == 5  # the root is an interior page
    data[PAGE + 8 : PAGE + 12] = (2).to_bytes(4)
    assert "damaged or truncated" in opened(bytes(data)).reasons[""]


def test_lying_payload_size_is_a_skip(database: Builder, opened: Opener) -> None:
    data = database(*insert("v" * 9000)).replace(b"\xc6\x2b\x07", b"\xff\xff\x07", 1)
    found = opened(data)
    assert sum(map(len, found.members.values())) < 20_000


def test_database_that_needs_too_much_memory_is_a_skip(database: Builder, opened: Opener) -> None:
    data = database(*insert("v" * 50_000))
    assert "larger than" in opened(data, Limits(spool=PAGE), dripping=True).reasons[""]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(data=st.data())
def test_no_damage_raises(data: st.DataObject, opened: Opener, broken: bytes) -> None:
    damaged = bytearray(broken)
    for _ in range(data.draw(st.integers(1, 8))):
        # Half of the damage goes where structure is: into the first bytes of a page.
        page = 512 * data.draw(st.integers(0, len(damaged) // 512 - 1))
        at = page + data.draw(st.integers(0, 20) | st.integers(0, 511))
        damaged[max(at, 16)] = data.draw(
            st.sampled_from((0, 1, 2, 5, 10, 13, 127, 255)) | st.integers(0, 255)
        )
    opened(bytes(damaged[: data.draw(st.integers(16, len(damaged)))]), name="sqlite")


@pytest.fixture
def broken(database: Builder) -> bytes:
    """A small database with every kind of page."""
    rows = [("INSERT INTO notes VALUES (?)", (FILLER * n,)) for n in range(60)]
    return database(
        "CREATE TABLE notes (body TEXT)",
        "CREATE INDEX by_body ON notes (body)",
        *rows,
        ("INSERT INTO notes VALUES (?)", (gzip.compress(b"x" * 99),)),
        "DELETE FROM notes WHERE rowid % 3 = 0",
        page=512,
    )
