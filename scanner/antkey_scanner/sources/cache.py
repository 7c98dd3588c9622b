"""Keeps, between scans, which git objects hold nothing: an SQLite file in the user's cache folder.

It holds ids and hashes, no path and nothing that was found. Whatever is wrong with the file, a scan goes
on without it: `troubles` says what. What is read from it is compared with a hash, so that damage never
hides an object. Connections are short and never open while workers are forked.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from antkey_scanner.git.idlists import merged
from antkey_scanner.sources.cacheform import NAME, OURS, TABLES

if TYPE_CHECKING:
    from sqlite3 import Connection

_T = TypeVar("_T")

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

_OTHER_FORM = 1
"""The one where a table or a column is missing."""


class State(NamedTuple):
    """What a scan left of a store.

    packs: see `antkey_scanner.git.packstate`; dirty: ids of all objects that have to be searched again;
    loose: ids of all loose objects; missing: ids that others name and that are of no object there; all
    sorted, one after the other; trail: see `antkey_scanner.git.trail`; clean: how many objects hold
    nothing, negative when not all could be read.
    """

    packs: bytes = b""
    dirty: bytes = b""
    loose: bytes = b""
    missing: bytes = b""
    trail: bytes = b""
    clean: int = -1

    def parts(self) -> tuple[bytes, ...]:
        """All of it, as bytes."""
        return *self[:-1], b"%d" % self.clean


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
        self.path = os.path.join(folder, NAME)
        self.troubles: list[Trouble] = []
        self._folder = folder
        self._rules = rules
        self._now = now
        self._off = False

    def state(self, store: bytes) -> State | None:
        """What was left of a store, if anything."""

        def read(db: Connection) -> State | None:
            row = self._row(db, store)
            if row is None:
                return None
            if self._is_right(row, store):
                return row.state
            self._damage()
            return None

        return self._run(read, None)

    def ids(self, store: bytes, size: int) -> bytes:
        """All ids of a store's objects that hold nothing, sorted and one after the other."""

        def read(db: Connection) -> list[bytes]:
            row = self._row(db, store)
            return [] if row is None else self._chunks(db, row.number, store, size)

        return merged(self._run(read, []), size)

    def keep(self, store: bytes, size: int, state: State, new: bytes) -> None:
        """Add ids that hold nothing, sorted; and what is left of the store now."""
        self._run(lambda db: self._keep(db, store, size, state, new), None, make=True)

    def _keep(self, db: Connection, store: bytes, size: int, state: State, new: bytes) -> None:
        db.execute("BEGIN IMMEDIATE")
        row = self._row(db, store)
        same = row is not None and row.state == state and self._is_right(row, store)
        if row is not None and same and not new and self._now - row.used < _DAY:
            return
        db.execute(
            "INSERT INTO stores (store, rules, used, packs, dirty, loose, missing, trail, clean, digest)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (store, rules) DO UPDATE SET"
            " used = excluded.used, packs = excluded.packs, dirty = excluded.dirty,"
            " loose = excluded.loose, missing = excluded.missing, trail = excluded.trail,"
            " clean = excluded.clean, digest = excluded.digest",
            (store, self._rules, self._now, *state, self._digest(store, *state.parts())),
        )
        row = self._row(db, store)
        if new and row is not None:
            self._add(db, row.number, store, size, new)
        self._shrink(db, store)
        db.execute("COMMIT")

    def forget(self, store: bytes) -> None:
        """Forget all about a store, whatever the rules."""

        def drop(db: Connection) -> None:
            db.execute("BEGIN IMMEDIATE")
            _drop(db, "store = ?", (store,))
            db.execute("COMMIT")

        self._run(drop, None)

    def _row(self, db: Connection, store: bytes) -> _Row | None:
        row = db.execute(
            "SELECT number, used, packs, dirty, loose, missing, trail, clean, digest FROM stores"
            " WHERE store = ? AND rules = ?",
            (store, self._rules),
        ).fetchone()
        if row is None or [*map(type, row)] != [int, int, *[bytes] * 5, int, bytes]:
            return None
        number, used, *parts, digest = row
        return _Row(number, used, State(*parts), digest)

    def _is_right(self, row: _Row, store: bytes) -> bool:
        return row.digest == self._digest(store, *row.state.parts())

    def _chunks(self, db: Connection, number: int, store: bytes, size: int) -> list[bytes]:
        """The lists of ids that are as they were written; others are taken out."""
        good: list[bytes] = []
        bad = []
        for chunk, ids, digest in db.execute(
            "SELECT number, ids, digest FROM chunks WHERE store = ?", (number,)
        ):
            right = isinstance(ids, bytes) and not len(ids) % size
            if right and digest == self._digest(store, ids):
                good.append(ids)
            else:
                bad.append((chunk,))
        if bad:
            self._damage()
            db.executemany("DELETE FROM chunks WHERE number = ?", bad)
        return good

    def _add(self, db: Connection, number: int, store: bytes, size: int, new: bytes) -> None:
        (count,) = db.execute("SELECT count(*) FROM chunks WHERE store = ?", (number,)).fetchone()
        if count >= _CHUNKS:
            new = merged([*self._chunks(db, number, store, size), new], size)
            db.execute("DELETE FROM chunks WHERE store = ?", (number,))
        db.execute(
            "INSERT INTO chunks (store, ids, digest) VALUES (?, ?, ?)",
            (number, new, self._digest(store, new)),
        )

    def _shrink(self, db: Connection, store: bytes) -> None:
        """Throw away old sets of rules, and old stores when there is no room."""
        rows = db.execute(
            "SELECT number, store, length(dirty) + length(loose) + length(trail) +"
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

    def _run(self, work: Callable[[Connection], _T], nothing: _T, *, make: bool = False) -> _T:
        """What `work` gives; `nothing` without the file or when something is wrong with it."""
        if self._off:
            return nothing
        try:
            import sqlite3
        except ImportError:  # a Python that was built without
            self._fail("this Python has no sqlite3")
            return nothing
        try:
            if not self._is_there(make=make):
                return nothing
            db = sqlite3.connect(self.path, timeout=_WAIT, isolation_level=None)
            try:
                db.execute("PRAGMA synchronous = OFF")  # damage shows, and costs one scan
                if make:
                    db.executescript(TABLES)
                elif db.execute("SELECT 1 FROM sqlite_master").fetchone() is None:
                    return nothing  # another scan is making it just now
                return work(db)
            finally:
                db.close()  # what was begun and not committed is undone
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if code in _DAMAGED or (code == _OTHER_FORM and self._is_ours()):
                self._throw_away()
            else:
                self._fail(str(error))
        except (OSError, OverflowError, MemoryError) as error:
            self._fail(getattr(error, "strerror", None) or type(error).__name__)
        return nothing

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
                flags = os.O_CREAT | os.O_RDWR | getattr(os, "O_NOFOLLOW", 0)
                os.close(os.open(path, flags, 0o600))  # another scan may have made it meanwhile
                continue
            if path == self.path and not stat.S_ISREG(status.st_mode):
                raise OSError(errno.EINVAL, "is no file")
            if hasattr(os, "geteuid") and (status.st_uid != os.geteuid() or status.st_mode & 0o022):
                raise OSError(errno.EPERM, "others may write to it")
        return True

    def _is_ours(self) -> bool:
        """Whether an antkey made the file, of another form than this one's."""
        import sqlite3

        try:
            db = sqlite3.connect(self.path, timeout=_WAIT)
            try:
                return bool(db.execute(OURS).fetchone()[0])
            finally:
                db.close()
        except sqlite3.Error:
            return False

    def _damage(self) -> None:
        self.troubles.append(Trouble(f"{self.path} was damaged; all is read again", damaged=True))

    def _throw_away(self) -> None:
        """A file by this name in this folder that is no database is of no use to anybody."""
        self._damage()
        for path in (f"{self.path}-journal", self.path):
            try:
                os.unlink(path)
            except FileNotFoundError:
                continue
            except OSError as error:
                self._fail(error.strerror or type(error).__name__)

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
