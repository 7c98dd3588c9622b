"""The file that the history is kept in: made, opened and told apart from what is no history of antkey.

The folder may be part of a repository that somebody else wrote to, so that the file is nobody's word: links
are not followed, and a database of any other form than this module's is refused before it is asked anything.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager

FOLDER = ".antkey"
FILE = "history.sqlite"

ENDINGS = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside it while it is open, or after a crash."""

IGNORE = f"""\
# Written by antkey: the history of runs is of this machine only.
/{FILE}*
"""
"""The .gitignore beside it. What else lies there, such as the policy's schema, belongs into git."""

APPLICATION = 0x616E746B
"""SQLite's `application_id`: `antk`."""
VERSION = 1
"""SQLite's `user_version`: of the tables below."""

MOST_BYTES = 64 << 20
"""A history is a thousandth of that; what is larger is none."""

_PATIENCE = 5.0
"""Seconds to wait for another run, which writes for milliseconds."""
_PAUSE = 0.02

_TABLES = {
    "scopes": "CREATE TABLE scopes (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
    "runs": (
        "CREATE TABLE runs (scope INTEGER NOT NULL, at TEXT NOT NULL, exit_code INTEGER NOT NULL,"
        " complete INTEGER NOT NULL, judge TEXT NOT NULL, critical INTEGER NOT NULL, high INTEGER NOT NULL,"
        " medium INTEGER NOT NULL, low INTEGER NOT NULL, info INTEGER NOT NULL, new INTEGER NOT NULL,"
        " fixed INTEGER NOT NULL, PRIMARY KEY (scope, at)) WITHOUT ROWID"
    ),
    "spans": (
        "CREATE TABLE spans (scope INTEGER NOT NULL, fingerprint TEXT NOT NULL, first TEXT NOT NULL,"
        " ended TEXT, how TEXT, rule TEXT NOT NULL, severity TEXT NOT NULL,"
        " PRIMARY KEY (scope, fingerprint, first)) WITHOUT ROWID"
    ),
}
_INDEX = "CREATE INDEX spans_ended ON spans (scope, ended)"


class HistoryError(Exception):
    """The history cannot be used. The text says what is wrong and what helps."""


@contextmanager
def opened(folder: str) -> Iterator[sqlite3.Connection]:
    """The history beside a policy, made where there is none, in one transaction of this run alone.

    Whatever goes wrong, in here or in the block, is a HistoryError, and the file is as it was.
    """
    path = os.path.join(folder, FOLDER, FILE)
    connection: sqlite3.Connection | None = None
    try:
        _make_room(os.path.dirname(path))
        _refuse_disguises(path)
        connection = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)
        _begin(connection)
        yield connection
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        raise HistoryError(_explained(error)) from None
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise HistoryError(
            f"cannot be used ({reason}); make its folder writable, or use --no-history"
        ) from None
    except (ValueError, TypeError, OverflowError):
        raise HistoryError("holds what antkey did not write; delete it to begin anew") from None
    finally:
        if connection is not None:
            _close(connection)


def _close(connection: sqlite3.Connection) -> None:
    try:
        connection.close()  # what was not committed is rolled back
    except sqlite3.Error:
        return


def _make_room(folder: str) -> None:
    """The folder, and in it a .gitignore that keeps the history out of git, and nothing else of it."""
    try:
        os.mkdir(folder)
    except FileExistsError:
        if not stat.S_ISDIR(os.lstat(folder).st_mode):
            raise HistoryError("lies in no folder of its own; take away what is there") from None
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    try:
        descriptor = os.open(os.path.join(folder, ".gitignore"), flags, 0o666)
    except FileExistsError:
        return
    with open(descriptor, "w", encoding="ascii", newline="\n") as file:
        file.write(IGNORE)


def _refuse_disguises(path: str) -> None:
    for ending in ("", *ENDINGS):
        try:
            found = os.lstat(path + ending)
        except FileNotFoundError:
            continue
        if not stat.S_ISREG(found.st_mode):
            raise HistoryError(f"is no file of its own ({FILE}{ending}); take it away")
        if found.st_size > MOST_BYTES:
            raise HistoryError("is larger than a history can be; delete it to begin anew")


def _begin(connection: sqlite3.Connection) -> None:
    """Start the transaction, with our own tables and nothing else in the file."""
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    connection.execute("PRAGMA mmap_size = 0")
    # Asked before anything is changed, be it only how the file keeps its log; and in one transaction, or
    # half of the answers could be from before another run made the tables.
    connection.execute("BEGIN")
    _is_ours(connection)
    connection.execute("COMMIT")
    _wait_for_log(connection)
    connection.execute("BEGIN IMMEDIATE")
    if not _is_ours(connection):
        for statement in (*_TABLES.values(), _INDEX):
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute(f"PRAGMA user_version = {VERSION}")


def _is_ours(connection: sqlite3.Connection) -> bool:
    """Whether our tables are there; False for a file that is empty. Raises HistoryError for any other."""
    objects = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE sql NOT NULL"))
    version = _number(connection, "user_version")
    application = _number(connection, "application_id")
    if not objects and version == application == 0:
        return False
    if application != APPLICATION:
        raise HistoryError("is no history of antkey; take it away")
    if version > VERSION:
        raise HistoryError("was written by a newer antkey; use that one, or --no-history")
    if version != VERSION or objects != {**_TABLES, "spans_ended": _INDEX}:
        raise HistoryError("has tables that antkey did not make; delete it to begin anew")
    return True


def _wait_for_log(connection: sqlite3.Connection) -> None:
    """Have changes go to a log of their own. SQLite does not wait by itself where two runs ask at once."""
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if _code(error) not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise
            if time.monotonic() > end:
                raise
            time.sleep(_PAUSE)
        else:
            return


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    (value,) = connection.execute(f"PRAGMA {pragma}").fetchone()
    return int(value)


def _code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _explained(error: sqlite3.Error) -> str:
    code = _code(error)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return "is held by another run; this run is not in it"
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return "cannot be written; make its folder writable, or use --no-history"
    if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        return "cannot be written (no room, or a broken disk)"
    if code == sqlite3.SQLITE_NOTADB:
        return "is no database; take it away"
    return "is damaged; delete it to begin anew"
