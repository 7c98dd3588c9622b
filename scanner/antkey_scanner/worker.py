"""Carries out one task at a time: opens files safely and hands their bytes to the search."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from antkey_scanner import system
from antkey_scanner.blob import BlobSearch, Place
from antkey_scanner.containers import HEAD_BYTES, Stream, detect
from antkey_scanner.containers.budget import Budget, Limits
from antkey_scanner.lines import Span
from antkey_scanner.model import PatternRule
from antkey_scanner.named import NamedTuple
from antkey_scanner.search import OVERLAP, Searcher
from antkey_scanner.sourcecode import CodeSearch, CodeSettings
from antkey_scanner.tally import Tally
from antkey_scanner.tasks import LARGE, Files, Large, Objects, Outcome, Piece, Range, Task
from antkey_scanner.windows import BytesWindows, FileWindows, MappedWindows

if TYPE_CHECKING:
    from antkey_scanner.git.walk import Walk
    from antkey_scanner.objectsearch import ObjectWorker

MAPPED = 8 << 20

_Work = Callable[[str, int, int], None]


class Settings(NamedTuple):
    """What a scan may be told.

    exclude: globs as in .gitignore, relative to the root; max_file_size: bytes, None for no limit;
    depth: nested containers; visible_key_characters: of a masked key, before it counts as exposed;
    marks: whose marks beside a key waive it (see `antkey_scanner.inline`), nobody's by default; code:
    what source code is judged by, None where it is not; own: files of the run itself, which are left out
    (see `antkey_scanner.sources.files.Own`).
    """

    exclude: tuple[str, ...] = ()
    follow_gitignore: bool = False
    max_file_size: int | None = None
    depth: int = 16
    visible_key_characters: int = 7
    marks: tuple[str, ...] = ()
    code: CodeSettings | None = None
    own: tuple[tuple[str, str], ...] = ()


def run_task(rules: Sequence[PatternRule], settings: Settings, task: Task) -> Outcome:
    """One task by a worker of its own, for executors that know nothing of what came before."""
    return Worker(rules, settings).run(task)


class Worker:
    """One process's share of a scan.

    mapped: big files may be mapped into memory, which only a process that may die should do (see
    `MappedWindows`); walks: those that `Piece` tasks count, with all that planning them found.
    """

    def __init__(
        self,
        rules: Sequence[PatternRule],
        settings: Settings,
        *,
        mapped: bool = False,
        walks: Sequence[Walk] = (),
    ) -> None:
        self._settings = settings
        self._limits = Limits(depth=settings.depth)
        self._searcher = Searcher(rules, visible=settings.visible_key_characters)
        self._buffer = bytearray(LARGE)
        self._view = memoryview(self._buffer)
        self._mapped = mapped
        self._walks = walks
        self._objects: ObjectWorker | None = None
        self._code = None if settings.code is None else CodeSearch(settings.code, settings.marks)
        self._begin()

    def _begin(self) -> None:
        self._tally = Tally()
        self._search = BlobSearch(self._searcher, self._tally, self._settings.marks)
        self._large: list[tuple[Large, bool]] = []

    def run(self, task: Task) -> Outcome:
        """Do one task. Never raises for what was scanned: that is a `Skip`."""
        self._begin()
        match task:
            case Files():
                for folder, shown, names in task.folders:
                    self._folder(folder, shown, names)
            case Large():
                self._one(task.folder, task.shown, task.name, self._whole)
            case Range():
                return self._range(task)
            case Objects() | Piece():
                return self._object_worker().run(task)
        return self._outcome()

    def _object_worker(self) -> ObjectWorker:
        if self._objects is None:
            from antkey_scanner.objectsearch import ObjectWorker

            settings = self._settings
            self._objects = ObjectWorker(
                self._searcher, self._limits, settings.marks, settings.max_file_size, self._walks
            )
        return self._objects

    def names(self, paths: Sequence[str]) -> Outcome:
        """Search paths that are no files here: a key may stand in a name."""
        self._begin()
        self._names("", paths)
        return self._outcome()

    def code(self, path: str, data: bytes) -> Outcome:
        """Judge a text as source code, whatever else is searched in it elsewhere."""
        self._begin()
        if self._code is not None and self._code.wants(path, memoryview(data)):
            self._code.search(path, data, self._tally)
        return self._outcome()

    def stream(self, path: str, stream: Stream) -> Outcome:
        """Search a stream such as standard input."""
        self._begin()
        self._tally.files += 1
        budget = Budget(self._limits, 0)
        self._search.guarded(path, lambda: self._search.stream(Place(path), stream, budget, 0))
        return self._outcome()

    def _outcome(self) -> Outcome:
        tally = self._tally
        return Outcome(
            rows=tuple(tally.rows.values()),
            skips=tuple(tally.skips),
            large=tuple(self._large),
            files=tally.files,
            blobs=tally.blobs,
            bytes=tally.bytes,
        )

    def _folder(self, path: str, shown: str, names: Sequence[str]) -> None:
        try:
            folder = system.Folder.open(path)
        except OSError as error:
            self._tally.skip(system.show(shown) or ".", _reason(error))
            return
        try:
            self._names(shown, names)
            for name in names:
                try:
                    self._file(folder, shown, name)
                except Exception as error:  # noqa: BLE001 - one bad input must not stop the rest
                    path = system.show(shown + name)
                    self._tally.skip(
                        path, f"antkey failed on it ({type(error).__name__}); please report it"
                    )
        finally:
            folder.close()

    def _names(self, shown: str, names: Sequence[str]) -> None:
        """A key may stand in a file's name."""
        if not self._searcher.names_anchor(os.fsencode("\n".join(names))):
            return
        for name in names:
            place = Place(system.show(shown + name), (), (1, 1, 0))
            data = os.fsencode(name)
            budget = Budget(self._limits, len(data))
            self._search.windows(place, BytesWindows(data), budget, 0, size=len(data))

    def _file(self, folder: system.Folder, shown: str, name: str) -> None:
        """The hot path: one small file, read whole into the same buffer as the one before."""
        tally = self._tally
        try:
            descriptor, status = folder.open_file(name)
        except OSError as error:
            self._refuse(shown + name, error)
            return
        try:
            size = status.st_size
            limit = self._settings.max_file_size
            if limit is not None and size > limit:
                tally.skip(
                    system.show(shown + name), f"larger than {limit} bytes (--max-file-size)"
                )
                return
            got = system.read_small(descriptor, self._buffer)
            if size >= LARGE or got >= LARGE:
                whole = Large(folder.path, shown, name, size)
                is_plain = detect(self._view[:HEAD_BYTES]) is None
                self._large.append((whole, is_plain))
                if is_plain and self._code is not None:
                    self._code.large(shown + name, descriptor, size, tally)
                return
            if got != size:  # changed while being read, or a kernel file that has no size
                got = self._read_on(descriptor, got)
            tally.files += 1
            if got:
                self._small(shown + name, got)
            else:
                tally.blobs += 1
        except OSError as error:
            self._refuse(shown + name, error)
        finally:
            os.close(descriptor)

    def _read_on(self, descriptor: int, got: int) -> int:
        while got < LARGE:
            piece = os.read(descriptor, LARGE - got)
            if not piece:
                break
            self._buffer[got : got + len(piece)] = piece
            got += len(piece)
        return got

    def _small(self, path: str, size: int) -> None:
        view = self._view[:size]
        tally = self._tally
        form = detect(view)
        if form is None:
            if self._code is not None and self._code.wants(path, view):
                self._code.search(system.show(path), bytes(view), tally)
            seeds = self._searcher.seeds(view)
            if not seeds:
                tally.blobs += 1
                tally.bytes += size
                return
        shown = system.show(path)
        data = bytes(view)
        budget = Budget(self._limits, size)
        if form is None:
            self._search.guarded(
                shown, lambda: self._search.bytes(Place(shown), data, budget, seeds)
            )
        else:
            from io import BytesIO

            stream = BytesIO(data)
            self._search.guarded(
                shown, lambda: self._search.stream(Place(shown), stream, budget, 0)
            )
            tally.bytes += size

    def _one(self, folder: str, shown: str, name: str, work: _Work) -> None:
        path = system.show(shown + name)
        try:
            opened = system.Folder.open(folder)
        except OSError as error:
            self._tally.skip(path, _reason(error))
            return
        try:
            descriptor, status = opened.open_file(name)
        except OSError as error:
            self._refuse(shown + name, error)
            return
        finally:
            opened.close()
        try:
            self._search.guarded(path, lambda: work(path, descriptor, status.st_size))
        finally:
            os.close(descriptor)

    def _whole(self, path: str, descriptor: int, size: int) -> None:
        self._tally.files += 1
        head = system.read_at(descriptor, HEAD_BYTES, 0)
        if detect(head) is None:
            self._tally.blobs += 1
            self._tally.bytes += size
            source = self._source(descriptor, size)
            try:
                self._search.windows(Place(path), source, Budget(self._limits, size), 0, size=size)
            finally:
                source.close()
        else:
            self._contained(path, descriptor, size)

    def _contained(self, path: str, descriptor: int, size: int) -> None:
        self._tally.bytes += size
        budget = Budget(self._limits, size)
        with open(descriptor, "rb", buffering=0, closefd=False) as file:
            self._search.stream(Place(path), file, budget, 0)

    def _source(self, descriptor: int, stop: int) -> FileWindows:
        kind = MappedWindows if self._mapped and stop >= MAPPED else FileWindows
        return kind(descriptor, stop)

    def _range(self, task: Range) -> Outcome:
        spans: list[Span] = []

        def work(path: str, descriptor: int, size: int) -> None:
            stop = min(task.stop, size)
            source = self._source(descriptor, min(size, stop + OVERLAP))
            budget = Budget(self._limits, size)
            try:
                lines = self._search.windows(
                    Place(path), source, budget, 0, size=size, start=task.start, stop=stop
                )
                spans.append(lines.span(stop))
            finally:
                source.close()

        self._one(task.folder, task.shown, task.name, work)
        span = spans[0] if spans else Span()
        return self._outcome()._replace(span=span, bytes=task.stop - task.start)

    def _refuse(self, path: str, error: OSError) -> None:
        counts = not isinstance(error, system.NotRegular)
        self._tally.skip(system.show(path), _reason(error), counts=counts)


def _reason(error: OSError) -> str:
    reason = error.strerror or type(error).__name__
    return reason[:1].lower() + reason[1:]
