"""Searches git objects: what `worker` does for files.

An object has no path of its own. Rows and skips that come of it are told apart by its id, and what
stands before a path inside of it, in a container, is left empty until the paths are known.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from antkey_scanner.blob import BlobSearch, Place
from antkey_scanner.containers import HEAD_BYTES, detect
from antkey_scanner.containers.budget import Budget, Limits
from antkey_scanner.git.objects import BLOB, COMMIT, TREE, Object, ObjectError, Problem
from antkey_scanner.git.store import ObjectStore, ObjectStream
from antkey_scanner.model import Skip
from antkey_scanner.prefilter import NOTHING
from antkey_scanner.tally import Tally
from antkey_scanner.tasks import LARGE, Objects, Outcome, Piece

if TYPE_CHECKING:
    from antkey_scanner.git.missing import Checker
    from antkey_scanner.git.rebuild import Item
    from antkey_scanner.git.walk import Walk
    from antkey_scanner.prefilter import Seeds
    from antkey_scanner.search import Searcher

_SIGNATURE = b"\ngpgsig"
_END_OF_LINE = b"\n"

_TREES = 1 << 20
"""So many bytes of trees are looked at together."""

_QUICK, _WORTH = 400, 64
"""Looking at what a delta changed pays when it is so short, or the object so many times as long."""

_SOON = 32 << 10
"""What is no longer is searched as a whole sooner than for what a delta changed."""


class ObjectWorker:
    """Carries out the tasks of a scan that are about git objects.

    marks, largest: see `antkey_scanner.worker.Settings`; walks: those that `Piece` tasks count.
    """

    def __init__(
        self,
        searcher: Searcher,
        limits: Limits,
        marks: tuple[str, ...],
        largest: int | None,
        walks: Sequence[Walk],
    ) -> None:
        self._searcher = searcher
        self._limits = limits
        self._marks = marks
        self._largest = largest
        self._walks = dict(enumerate(walks))
        self._stores: dict[tuple[str, ...], ObjectStore] = {}

    def run(self, task: Objects | Piece) -> Outcome:
        """Do one task. Never raises for what was scanned."""
        search = ObjectSearch(self._searcher, self._limits, self._marks, self._largest)
        if isinstance(task, Piece):
            self._searcher.remember()  # what is in the versions of a file repeats itself
            walk = self._walk(task)
            return search.run(walk.run(task.piece), walk.checker(task.piece))
        files = 0

        def items() -> Iterator[Item]:
            nonlocal files
            for item in _single(self._store(task), task.oids):
                files += not isinstance(item, Problem) and item.kind == BLOB
                yield item

        outcome = search.run(items())
        return outcome._replace(files=files, objects_read=0)

    def _walk(self, task: Piece) -> Walk:
        walk = self._walks.get(task.number)
        if walk is None:
            from antkey_scanner.git.walk import Walk

            walk = self._walks[task.number] = Walk(task.folders, task.hash_size)
        return walk

    def _store(self, task: Objects) -> ObjectStore:
        store = self._stores.get(task.folders)
        if store is None:
            store = self._stores[task.folders] = ObjectStore(task.folders, task.hash_size)
        return store


class ObjectSearch:
    """Searches the objects of one task."""

    def __init__(
        self, searcher: Searcher, limits: Limits, marks: tuple[str, ...], largest: int | None
    ) -> None:
        self._searcher = searcher
        self._limits = limits
        self._largest = largest
        self._tally = Tally()
        self._search = BlobSearch(searcher, self._tally, marks)
        self._clean: list[bytes] = []
        self._text: set[bytes] = set()
        """Those of the clean ones that are text: what is rebuilt from them need not be searched whole."""
        self._other_content: set[bytes] = set()
        """All that are not: an index may give one id to two objects, and lie about one of them."""
        self._unclean: set[bytes] = set()
        self._checker: Checker | None = None
        self._problems: list[tuple[str, str, str]] = []
        self._commits = 0

    def run(self, items: Iterable[Item], checker: Checker | None = None) -> Outcome:
        """Search all of them. checker: tells which objects they name that are not there."""
        self._checker = checker
        tally, clean, text = self._tally, self._clean, self._text
        trees: list[Object] = []
        tree_bytes = count = 0
        for item in items:
            count += 1
            if not isinstance(item, Object):
                self._other(item)
                continue
            oid, kind, data = item[:3]
            if kind == TREE:
                trees.append(item)
                tree_bytes += len(data)
                if tree_bytes > _TREES:
                    self._look_at_trees(trees)
                    trees, tree_bytes = [], 0
                continue
            if checker is not None and kind != BLOB:
                checker.take(item)
            seeds = self._glance(item)
            if seeds is None or seeds:
                self._closer(item, seeds)
                continue
            tally.blobs += 1
            tally.bytes += len(data)
            clean.append(oid)
            if kind == BLOB and oid not in self._other_content:
                text.add(oid)
        self._look_at_trees(trees)
        return self._outcome(count - len(self._problems))

    def _look_at_trees(self, trees: list[Object]) -> None:
        """Search the names in trees that have been put aside: one look at all of them."""
        joined = b"".join([tree.data for tree in trees])
        if self._checker is not None:
            self._checker.trees(trees, joined)
        self._tally.blobs += len(trees)
        self._tally.bytes += len(joined)
        if self._searcher.names_anchor(joined):
            plain = []
            for tree in trees:
                if self._searcher.names_anchor(tree.data):
                    self._tally.blobs -= 1  # it is counted when it is searched
                    self._tally.bytes -= len(tree.data)
                    self._closer(tree, None)
                else:
                    plain.append(tree)
            trees = plain
        self._clean += [tree.oid for tree in trees]

    def _glance(self, item: Object) -> Seeds | None:
        """What the prefilter sees in an object: nothing in most. None where it has to be opened, or is
        too large for one look."""
        _, kind, data, base, delta = item
        if kind == COMMIT:
            self._commits += 1
            data = self._unsigned(data)
        elif kind == BLOB and detect(data[:HEAD_BYTES]) is not None:
            return None
        if len(data) >= LARGE:
            return None
        if (
            base in self._text
            and len(delta) < _QUICK + len(data) // _WORTH
            and ((len(data) < _SOON and self._searcher.quiet(data)) or self._is_old(data, delta))
        ):
            return NOTHING
        return self._searcher.seeds(data)

    def _other(self, item: Problem | ObjectStream) -> None:
        if isinstance(item, Problem):
            self._problems.append((item.oid.hex(), item.path, item.reason))
            return
        name = item.oid.hex()
        self._other_content.add(item.oid)
        self._text.discard(item.oid)
        before = self._count()
        if self._largest is not None and item.size > self._largest:
            self._too_large(name)
            return
        self._search.guarded(name, lambda: self._stream(name, item))
        self._note_clean(item.oid, before)

    def _stream(self, name: str, item: ObjectStream) -> None:
        tally = self._tally
        before, readable = tally.bytes, _Readable(item)
        self._search.stream(Place(name), readable, Budget(self._limits, item.size), 0)
        tally.bytes = max(tally.bytes, before + readable.count)

    def _too_large(self, name: str) -> None:
        self._tally.skip(name, f"larger than {self._largest} bytes (--max-file-size)")

    def _closer(self, item: Object, seeds: Seeds | None) -> None:
        """Search one object in which the prefilter saw something, or which is a container."""
        oid, kind, data = item[:3]
        name = oid.hex()
        before = self._count()
        if kind == COMMIT:
            data = self._unsigned(data)
        if self._largest is not None and len(data) > self._largest:
            self._too_large(name)
        else:
            self._search.guarded(name, lambda: self._whole(Place(name), kind, data, seeds))
        is_text = kind == BLOB and seeds is not None and not seeds.wide
        if not self._note_clean(oid, before) or not is_text:
            self._other_content.add(oid)
            self._text.discard(oid)
        elif oid not in self._other_content:
            self._text.add(oid)

    def _whole(self, place: Place, kind: int, data: bytes, seeds: Seeds | None) -> None:
        budget = Budget(self._limits, len(data))
        if kind == BLOB and detect(data[:HEAD_BYTES]) is not None:
            self._tally.bytes += len(data)
            self._search.stream(place, io.BytesIO(data), budget, 0)
        else:
            self._search.bytes(place, data, budget, seeds)

    def _count(self) -> int:
        return len(self._tally.rows) + len(self._tally.skips)

    def _note_clean(self, oid: bytes, before: int) -> bool:
        if self._count() != before:
            self._unclean.add(oid)
        if oid in self._unclean:
            return False
        self._clean.append(oid)
        return True

    def _is_old(self, data: bytes, delta: bytes) -> bool:
        """Whether nothing is in what a delta made that was not in a clean text which it made it of."""
        if not self._searcher.one_value:
            return False
        from antkey_scanner.novel import novelty

        parts = novelty(data, delta)
        if parts is None:
            return False
        seeds = self._searcher.seeds(parts)
        if not seeds:
            return True
        if seeds.wide:
            return False
        found = self._searcher.search(parts, source=True, seeds=seeds)
        return not (found.matches or found.embedded or found.exhausted)

    def _unsigned(self, data: bytes) -> bytes:
        """A commit without its signature, which is long, encoded and different in each commit; with
        it when an anchor stands there in plain sight."""
        start = data.find(_SIGNATURE)
        head = data.find(b"\n\n")
        if start < 0 or head < start:
            return data
        end = data.find(_END_OF_LINE, start + 1)
        while data.startswith(b"\n ", end):
            end = data.find(_END_OF_LINE, end + 1)
        if end < 0 or self._searcher.names_anchor(data[start:end]):
            return data
        return data[:start] + data[end:]

    def _outcome(self, read: int) -> Outcome:
        tally = self._tally
        links, checker = b"", self._checker
        if checker is not None:
            links = checker.finish(read)
            self._unclean.update(checker.lacking)
        return Outcome(
            rows=tuple(
                row._replace(path=suffix, blob=name)
                for row in tally.rows.values()
                for name, suffix in [_split(row.path)]
            ),
            blobs=tally.blobs,
            bytes=tally.bytes,
            objects=tuple(self._skips()),
            problems=tuple(self._problems),
            clean=b"".join([oid for oid in self._clean if oid not in self._unclean]),
            commits=self._commits,
            objects_read=read,
            missing=b"" if checker is None else b"".join(checker.missing),
            lacking=b"" if checker is None else b"".join(checker.lacking),
            links=links,
        )

    def _skips(self) -> Iterator[tuple[str, Skip]]:
        for skip in self._tally.skips:
            name, suffix = _split(skip.path)
            yield name, skip._replace(path=suffix)


class _Readable:
    """An object's stream as containers want it: what breaks it is an OSError."""

    def __init__(self, stream: ObjectStream) -> None:
        self._stream = stream
        self.count = 0

    def read(self, size: int = -1, /) -> bytes:
        try:
            piece = self._stream.read(size)
        except ObjectError as error:
            raise OSError(str(error)) from None
        self.count += len(piece)
        return piece


def _single(store: ObjectStore, oids: Iterable[bytes]) -> Iterator[Item]:
    """Objects by their ids; what cannot be had is a problem."""
    for oid in oids:
        try:
            yield store.get(oid)
        except ObjectError as first:
            try:
                yield store.open_stream(oid)  # larger than what is held in memory
            except ObjectError:
                yield Problem("", str(first), oid)


def _split(path: str) -> tuple[str, str]:
    """The id, and what follows it: nothing or a path inside of the object."""
    name, mark, rest = path.partition("!")
    return name, mark + rest
