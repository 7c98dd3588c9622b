"""Searches one blob: windows of its bytes, and whatever it contains, down to the budget's depth.

All that comes out goes into a `Tally`.
"""

from __future__ import annotations

import io
from functools import partial
from typing import TYPE_CHECKING

from antkey_scanner.containers import HEAD_BYTES, Format, Kind, Member, Stream, detect
from antkey_scanner.containers.budget import Budget, BudgetExceeded, MemoryExceeded
from antkey_scanner.lines import Lines, line_and_column
from antkey_scanner.named import NamedTuple
from antkey_scanner.prefilter import SPLIT_ANCHORS_LIMIT
from antkey_scanner.readings import Embedded, Match
from antkey_scanner.search import LONGEST_REGION, OVERLAP, Searcher
from antkey_scanner.tally import Row, Tally
from antkey_scanner.windows import BytesWindows, StreamWindows, Windows

if TYPE_CHECKING:
    from collections.abc import Callable

    from antkey_scanner.inline import Mark
    from antkey_scanner.prefilter import Seeds

WINDOW = 1 << 20
BULK_WINDOW = 8 << 20
BULK = 16 << 20
_LONGEST_WINDOW = LONGEST_REGION + 4 * OVERLAP


class Place(NamedTuple):
    """Where a blob stands: its path and what was undone to get it.

    position: line, column and offset for what has none of its own because it came out of an encoding;
    quoted: it is, or lies in, a container that came out of encoded text. Such text is often a sample
    that somebody cut: all there is of it is searched, and its end is no gap in what was read; marks:
    those beside `position`.
    """

    path: str
    encodings: tuple[str, ...] = ()
    position: tuple[int, int, int] | None = None
    quoted: bool = False
    marks: tuple[Mark, ...] = ()


class BlobSearch:
    """Searches blobs with one set of rules into one tally. marks: see `Settings`."""

    def __init__(self, searcher: Searcher, tally: Tally, marks: tuple[str, ...] = ()) -> None:
        self._searcher = searcher
        self._tally = tally
        self._marks = marks

    def windows(
        self,
        place: Place,
        windows: Windows,
        budget: Budget,
        depth: int,
        *,
        size: int,
        start: int = 0,
        stop: int | None = None,
        seeds: Seeds | None = None,
    ) -> Lines:
        """Search bytes as they are; the positions in them come back.

        size: of the whole input, or what is known of it; start, stop: only what starts between them,
        with lines and columns counted from there; seeds: what the prefilter saw, if all is one window.
        """
        length = BULK_WINDOW if size >= BULK else WINDOW
        at, want, head = start, length, None
        lines = Lines(windows, start)
        settles = windows.forgets or stop is not None
        while True:
            buffer, final = windows.window(at, want)
            if head is None:
                head = b"" if start else bytes(buffer[:4])
            longest = max(size, at - start + len(buffer))  # a stream's size shows as it goes on
            found = self._searcher.search(
                buffer,
                final=final,
                bulk=longest >= BULK,
                source=longest <= SPLIT_ANCHORS_LIMIT,
                seeds=seeds,
                passed=partial(_counted, lines, at) if settles else None,
            )
            for match in found.matches:
                if stop is None or at + match.start < stop:
                    self._add(place, match, at + match.start, windows, lines, head)
            for inner in found.embedded:
                self._embedded(place, inner, at, windows, lines, head, budget, depth)
            if found.exhausted:
                self._tally.skip(place.path, "too much encoded text to decode all of it")
            del buffer
            if final:
                return lines
            if found.settled == 0 and want < _LONGEST_WINDOW:
                want *= 2
                continue
            at += max(1, found.settled)  # what made one window grow will make the next
            if settles:
                lines.settle(at)

    def _add(
        self, place: Place, match: Match, at: int, windows: Windows, lines: Lines, head: bytes
    ) -> None:
        encodings = (*place.encodings, *match.encodings)
        position = place.position or (*line_and_column(lines.span(at), match.encodings, head), at)
        line, column, offset = position
        secret = match.secret
        waived = note = None
        if self._marks:
            from antkey_scanner.inline import judge

            length = 0 if match.encodings else match.end - match.start
            marks = self._beside(place, windows, at, length, match.encodings)
            waived, note = judge(marks, match.rule.rule.id)
        self._tally.add(
            Row(
                place.path,
                match.rule.rule.id,
                secret.sha256,
                secret.kind,
                secret.hint,
                encodings,
                offset,
                line,
                column,
                waived,
                note,
                pieces=secret.pieces,
            )
        )

    def _beside(
        self, place: Place, windows: Windows, at: int, length: int, encodings: tuple[str, ...]
    ) -> tuple[Mark, ...]:
        """The marks beside what stands at an offset; for what came out of an encoding, beside that."""
        if place.position is not None or not self._marks:
            return place.marks
        from antkey_scanner.inline import marks_beside

        return marks_beside(windows, at, length, encodings, self._marks)

    def _embedded(
        self,
        place: Place,
        inner: Embedded,
        at: int,
        windows: Windows,
        lines: Lines,
        head: bytes,
        budget: Budget,
        depth: int,
    ) -> None:
        outer = at + inner.start
        span = lines.span(outer)
        position = place.position or (*line_and_column(span, inner.encodings, head), outer)
        encodings = (*place.encodings, *inner.encodings)
        marks = self._beside(place, windows, outer, 0, inner.encodings)
        budget.spend_bytes(len(inner.data))
        self.stream(
            Place(place.path, encodings, position, quoted=True, marks=marks),
            io.BytesIO(inner.data),
            budget,
            depth + 1,
            raw=False,
        )

    def stream(
        self, place: Place, stream: Stream, budget: Budget, depth: int, *, raw: bool = True
    ) -> None:
        """Search a stream that may be a container. raw: its own bytes too.

        Raises BudgetExceeded when the whole tree has cost too much.
        """
        head = _head(stream)
        form = detect(head)
        if form is not None and depth >= budget.limits.depth:
            self._tally.skip(place.path, f"containers nested more than {budget.limits.depth} deep")
            form = None
        if form is None:
            self._plain(place, head, stream, budget, depth)
        else:
            if form.raw and form.kind is Kind.COMPRESSION:  # names and comments in its header
                self.windows(place, BytesWindows(head), budget, depth, size=len(head))
            self._container(place, form, _resumed(head, stream), budget, depth, raw=raw)

    def _plain(self, place: Place, head: bytes, stream: Stream, budget: Budget, depth: int) -> None:
        windows = StreamWindows(stream, head)
        self._tally.blobs += 1
        try:
            self.windows(place, windows, budget, depth, size=WINDOW)
        finally:
            self._tally.bytes += windows.total
        if windows.error is not None:
            self._broken(place, windows.error)

    def _broken(self, place: Place, error: Exception) -> None:
        """Report content that breaks off. Out of an encoding it is a sample that somebody cut, and
        all of that was searched."""
        self._tally.skip(place.path, _reason(error), counts=not place.quoted)

    def _container(
        self,
        place: Place,
        form: Format,
        stream: Stream,
        budget: Budget,
        depth: int,
        *,
        raw: bool = False,
    ) -> None:
        """Search what `form` finds in the stream. raw: search the container's own bytes first, if
        the format asks for it. Raises BudgetExceeded."""
        if form.kind is Kind.COMPRESSION:
            self._compression(place, form, stream, budget, depth)
            return
        apart = Tally()
        if raw and form.raw:
            within = BlobSearch(self._searcher, apart, self._marks)
            stream = within._raw(place, stream, budget, depth)
        try:
            self._members(place, form, stream, budget, depth)
        finally:
            self._tally.merge_raw(apart, place.path)

    def _members(
        self, place: Place, form: Format, stream: Stream, budget: Budget, depth: int
    ) -> None:
        for entry in form.members(stream, budget):
            path = f"{place.path}!/{entry.path}" if entry.path else place.path
            if isinstance(entry, Member):
                member = Place(path, place.encodings, quoted=place.quoted)
                self._member(member, entry.stream, budget, depth + 1)
            else:
                counts = entry.counts and not place.quoted
                self._tally.skip(path, entry.reason, counts=counts)

    def _member(self, place: Place, stream: Stream, budget: Budget, depth: int) -> None:
        try:
            self.stream(place, stream, budget, depth)
        except MemoryExceeded as error:
            self._tally.skip(place.path, str(error))

    def _compression(
        self, place: Place, form: Format, stream: Stream, budget: Budget, depth: int
    ) -> None:
        inner = place._replace(encodings=(*place.encodings, form.name))
        try:
            opened = form.open_stream(stream, budget)
        except (OSError, ValueError, EOFError) as error:
            self._broken(place, error)
            return
        self.stream(inner, opened, budget, depth + 1)

    def _raw(self, place: Place, stream: Stream, budget: Budget, depth: int) -> Stream:
        """Search the bytes of a stream and give it back at its start, copied if it comes only once."""
        from antkey_scanner.containers.streams import seekable

        window = seekable(stream, budget)
        data = StreamWindows(window)
        self.windows(place, data, budget, depth, size=WINDOW)
        window.seek(0)
        return window

    def bytes(self, place: Place, data: bytes, budget: Budget, seeds: Seeds | None = None) -> None:
        """Search bytes in memory that are no container. seeds: as for `windows`."""
        self._tally.blobs += 1
        self._tally.bytes += len(data)
        self.windows(place, BytesWindows(data), budget, 0, size=len(data), seeds=seeds)

    def guarded(self, path: str, search: Callable[[], None]) -> None:
        """Run one search of a top-level input; whatever stops it becomes a skip of that input."""
        try:
            search()
        except BudgetExceeded as error:
            self._tally.skip(path, str(error))
        except OSError as error:
            self._tally.skip(path, _reason(error))
        except Exception as error:  # noqa: BLE001 - one bad input must not stop the rest, nor pass
            self._tally.skip(
                path, f"antkey failed on it ({type(error).__name__}); please report it"
            )


def _counted(lines: Lines, at: int, end: int) -> None:
    lines.count(at + end)


def _head(stream: Stream) -> bytes:
    """The first bytes of a stream; what breaks it is met again by whoever reads on."""
    head = b""
    while len(head) < HEAD_BYTES:
        try:
            piece = stream.read(HEAD_BYTES - len(head))
        except (OSError, ValueError, EOFError):
            break
        if not piece:
            break
        head += piece
    return head


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror[:1].lower() + error.strerror[1:]
    return str(error) or type(error).__name__


def _resumed(head: bytes, stream: Stream) -> Stream:
    """A stream whose first bytes were read already, at its start again."""
    from antkey_scanner.containers.streams import can_seek

    if not can_seek(stream):
        return _Resumed(head, stream)
    stream.seek(0)
    return stream


class _Resumed:
    """Gives the head again before it reads on."""

    def __init__(self, head: bytes, stream: Stream) -> None:
        self._head = head
        self._stream = stream

    def read(self, size: int = -1, /) -> bytes:
        if size < 0:
            piece, self._head = self._head, b""
            return piece + self._stream.read(size)
        piece, self._head = self._head[:size], self._head[size:]
        return piece or self._stream.read(size)
