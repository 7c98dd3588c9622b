"""Keeps, between scans, which git objects hold nothing: an SQLite file in the user's cache folder.

It holds ids and hashes, no path of a repository and nothing that was found. Whatever is wrong with the
file, a scan goes on without it: `troubles` says what. What is read from it is compared with a hash, so
that damage never hides an object. Connections are short and never open while workers are forked.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sqlite3 import Connection

_NAME = "objects-1.sqlite"
"""The number is that of the tables' form."""

_ROOM = 500_000_000
"""Bytes that all may take; beyond, what was used least recently goes."""

_RULE_SETS = 4
"""So many sets of rules are kept apart for one repository."""

_CHUNKS = 8
"""So many lists of ids are kept for one repository, before they are made one."""

_DAY = 86_400
_WAIT = 5.0
_DAMAGED = {11, 26}
"""SQLite's codes for a malformed file and for one that is no database."""

_TABLES = """
PRAGMA auto_vacuum = FULL;
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS stores (
    number INTEGER PRIMARY KEY, store BLOB NOT NULL, rules BLOB NOT NULL, used INTEGER NOT NULL,
    packs BLOB NOT NULL, dirty BLOB NOT NULL, loose BLOB NOT NULL, clean INTEGER NOT NULL,
    digest BLOB NOT NULL, UNIQUE (store, rules));
CREATE TABLE IF NOT EXISTS chunks (
    number INTEGER PRIMARY KEY, store INTEGER NOT NULL, ids BLOB NOT NULL, digest BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS chunks_of ON chunks (store);
COMMIT;
"""


class State(NamedTuple):
    """What a scan left of a store.

    packs: see `antkey_scanner.git.packstate`; dirty: ids of all objects that have to be searched again;
    loose: ids of all loose objects; all sorted, one after the other; clean: how many objects hold
    nothing, negative when not all could be read.
    """

    packs: bytes = b""
    dirty: bytes = b""
    loose: bytes = b""
    clean: int = -1

    def parts(self) -> tuple[bytes, ...]:
        """All of it, as bytes."""
        return self.packs, self.dirty, self.loose, b"%d" % self.clean


class _Row(NamedTuple):
    number: int
    used: int
    state: State
    digest: bytes


class Trouble(NamedTuple):
    """Why the cache is of no use. damaged: so that everything has to be read once more."""

    text: str
    damaged: bool


class Cache:
    """The ids of the objects that a set of rules finds nothing in.

    folder: of the file, made when it is not there; rules: hash over all that decides what is found;
    now: seconds since 1970. A store goes by a hash, too. No method raises anything.
    """

    def __init__(self, folder: str, rules: bytes, now: int) -> None:
        self.path = os.path.join(folder, _NAME)
        self.troubles: list[Trouble] = []
        self._folder = folder
        self._rules = rules
        self._now = now
        self._off = False

    def state(self, store: bytes) -> State | None:
        """What was left of a store, if anything."""
        state: State | None = None
        with self._open() as db:
            row = None if db is None else self._row(db, store)
            if row is not None:
                if row.digest == self._digest(store, *row.state.parts()):
                    state = row.state
                else:
                    self._damage()
        return state

    def ids(self, store: bytes, size: int) -> bytes:
        """All ids of a store's objects that hold nothing, sorted and one after the other."""
        kept: list[bytes] = []
        with self._open() as db:
            row = None if db is None else self._row(db, store)
            if db is not None and row is not None:
                kept = [ids for _, ids in self._chunks(db, row.number, store, size)]
        return merged(kept, size)

    def keep(self, store: bytes, size: int, state: State, new: bytes) -> None:
        """Add ids that hold nothing, sorted; and what is left of the store now."""
        with self._open(make=True) as db:
            if db is None:
                return
            db.execute("BEGIN IMMEDIATE")
            row = self._row(db, store)
            if row and not new and row.state == state and self._now - row.used < _DAY:
                db.execute("ROLLBACK")
                return
            db.execute(
                "INSERT INTO stores (store, rules, used, packs, dirty, loose, clean, digest)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (store, rules) DO UPDATE SET"
                " used = excluded.used, packs = excluded.packs, dirty = excluded.dirty,"
                " loose = excluded.loose, clean = excluded.clean, digest = excluded.digest",
                (store, self._rules, self._now, *state, self._digest(store, *state.parts())),
            )
            row = self._row(db, store)
            if new and row is not None:
                self._add(db, row.number, store, size, new)
            self._shrink(db, store)
            db.execute("COMMIT")

    def forget(self, store: bytes) -> None:
        """Forget all about a store, whatever the rules."""
        with self._open() as db:
            if db is not None:
                db.execute("BEGIN IMMEDIATE")
                _drop(db, "store = ?", (store,))
                db.execute("COMMIT")

    def _row(self, db: Connection, store: bytes) -> _Row | None:
        row = db.execute(
            "SELECT number, used, packs, dirty, loose, clean, digest FROM stores"
            " WHERE store = ? AND rules = ?",
            (store, self._rules),
        ).fetchone()
        if row is None or [*map(type, row)] != [int, int, bytes, bytes, bytes, int, bytes]:
            return None
        number, used, packs, dirty, loose, clean, digest = row
        return _Row(number, used, State(packs, dirty, loose, clean), digest)

    def _chunks(
        self, db: Connection, number: int, store: bytes, size: int
    ) -> Iterator[tuple[int, bytes]]:
        """The lists of ids that are as they were written; others are taken out."""
        bad = []
        for chunk, ids, digest in db.execute(
            "SELECT number, ids, digest FROM chunks WHERE store = ?", (number,)
        ):
            right = isinstance(ids, bytes) and not len(ids) % size
            if right and digest == self._digest(store, ids):
                yield chunk, ids
            else:
                bad.append((chunk,))
        if bad:
            self._damage()
            db.executemany("DELETE FROM chunks WHERE number = ?", bad)

    def _add(self, db: Connection, number: int, store: bytes, size: int, new: bytes) -> None:
        (count,) = db.execute("SELECT count(*) FROM chunks WHERE store = ?", (number,)).fetchone()
        if count >= _CHUNKS:
            kept = [ids for _, ids in self._chunks(db, number, store, size)]
            new = merged([*kept, new], size)
            db.execute("DELETE FROM chunks WHERE store = ?", (number,))
        db.execute(
            "INSERT INTO chunks (store, ids, digest) VALUES (?, ?, ?)",
            (number, new, self._digest(store, new)),
        )

    def _shrink(self, db: Connection, store: bytes) -> None:
        """Throw away old sets of rules, and old stores when there is no room."""
        rows = db.execute(
            "SELECT number, store, length(dirty) + length(loose) +"
            " (SELECT coalesce(sum(length(ids)), 0) FROM chunks WHERE chunks.store = stores.number)"
            " FROM stores ORDER BY used DESC, number DESC"
        ).fetchall()
        room, sets = _ROOM, _RULE_SETS
        for number, of, size in rows:
            room -= size
            sets -= of == store
            if room < 0 or (of == store and sets < 0):
                _drop(db, "number = ?", (number,))

    def _digest(self, *parts: bytes) -> bytes:
        """A hash over what belongs together."""
        digest = hashlib.sha256(self._rules)
        for part in parts:
            digest.update(b"%d:" % len(part))
            digest.update(part)
        return digest.digest()

    @contextmanager
    def _open(self, *, make: bool = False) -> Iterator[Connection | None]:
        """The file, or None without one. What fails inside is told as a trouble and ends there."""
        if self._off:
            yield None
            return
        try:
            import sqlite3
        except ImportError:  # a Python that was built without
            self._fail("this Python has no sqlite3")
            yield None
            return
        db = None
        try:
            if not self._is_there(make=make):
                yield None
                return
            db = sqlite3.connect(self.path, timeout=_WAIT, isolation_level=None)
            db.execute("PRAGMA synchronous = OFF")  # damage shows, and costs one scan
            if make:
                db.executescript(_TABLES)
            yield db
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED:
                self._throw_away(db)
            else:
                self._fail(str(error))
        except OSError as error:
            self._fail(error.strerror or type(error).__name__)
        except (OverflowError, MemoryError) as error:
            self._fail(type(error).__name__)
        finally:
            if db is not None:
                db.close()

    def _is_there(self, *, make: bool) -> bool:
        """Whether there is a file that nobody else can have written. Raises OSError."""
        if make:
            os.makedirs(self._folder, 0o700, exist_ok=True)
        for path in (self._folder, self.path):
            try:
                status = os.lstat(path)
            except FileNotFoundError:
                if not make:
                    return False
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
                continue
            if path == self.path and not stat.S_ISREG(status.st_mode):
                raise OSError(errno.EINVAL, "is no file")
            if hasattr(os, "geteuid") and (status.st_uid != os.geteuid() or status.st_mode & 0o022):
                raise OSError(errno.EPERM, "others may write to it")
        return True

    def _damage(self) -> None:
        text = f"{self.path}: was damaged; what it held is searched again"
        self.troubles.append(Trouble(text, damaged=True))

    def _throw_away(self, db: Connection | None) -> None:
        """A file by this name in this folder that is no database is of no use to anybody."""
        self._damage()
        self._off = True
        if db is not None:
            db.close()
        for path in (f"{self.path}-journal", self.path):
            try:
                os.unlink(path)
            except OSError:
                continue

    def _fail(self, reason: str) -> None:
        self._off = True
        text = f"{self.path}: {reason}; the scan goes on without the cache"
        self.troubles.append(Trouble(text, damaged=False))


def _drop(db: Connection, where: str, values: tuple[bytes | int, ...]) -> None:
    db.execute(
        f"DELETE FROM chunks WHERE store IN (SELECT number FROM stores WHERE {where})",  # noqa: S608
        values,
    )
    db.execute(f"DELETE FROM stores WHERE {where}", values)  # noqa: S608 - from this module


def split(ids: bytes, size: int) -> list[bytes]:
    """Ids that are one after the other, each for itself."""
    return [ids[at : at + size] for at in range(0, len(ids), size)]


def merged(chunks: Iterable[bytes], size: int) -> bytes:
    """Sorted lists of ids as one, without those that are there twice."""
    kept = [chunk for chunk in chunks if chunk]
    if len(kept) <= 1:
        return b"".join(kept)
    return b"".join(sorted({oid for chunk in kept for oid in split(chunk, size)}))
