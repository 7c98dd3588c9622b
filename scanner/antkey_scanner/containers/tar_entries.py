"""tar in all its forms, read once from the start to the end; seeking only makes it quicker.

`tarfile` parses the headers, but does not walk: it stops at the first bad block, wants to seek, and
keeps every header in memory. Here a damaged header is reported and the next good one is looked for,
archives behind the end of the first are read as well, and all header bytes (names, link targets, pax
values) are members of the archive's own path, so that they are searched too.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

from antkey_scanner.containers import Member, Stream
from antkey_scanner.containers import tar_headers as headers
from antkey_scanner.containers import tar_sparse as sparse
from antkey_scanner.containers.budget import Budget
from antkey_scanner.containers.names import OUTSIDE, points_outside, readable
from antkey_scanner.containers.slices import Walk
from antkey_scanner.containers.tar_headers import BLOCK, Header
from antkey_scanner.containers.tar_sparse import Spans
from antkey_scanner.model import Skip

_FLUSH = 1 << 18
_LONGEST_STEP = 1 << 18


def entries(stream: Stream, budget: Budget) -> Iterator[Member | Skip]:
    """The archive's entries under their own names. Raises BudgetExceeded."""
    tar = _Tar(stream, budget)
    try:
        yield from tar.entries()
    except (OSError, ValueError, EOFError) as problem:
        yield Skip("", str(problem))
    yield from tar.own_bytes()


class _Tar:
    """One walk. ended: an end mark was the last thing seen; damaged: no header stood where one had to."""

    def __init__(self, stream: Stream, budget: Budget) -> None:
        self._walk = Walk(stream)
        self._budget = budget
        self._own = bytearray()
        self._global: dict[str, bytes] = {}
        self._local: dict[str, bytes] = {}
        self._ended = False
        self._damaged = False

    def entries(self) -> Iterator[Member | Skip]:
        while block := self._walk.peek(BLOCK):
            if len(self._own) > _FLUSH:
                yield from self.own_bytes()
            if not block.strip(b"\0"):
                self._skip_zeros()
                self._ended = True
                continue
            header = self._header(block)
            if header is None:
                yield from self._no_header(block)
                continue
            self._damaged = self._ended = False
            self._own += self._walk.take(BLOCK)
            yield from self._entry(header, block)
        if not self._ended:
            yield Skip("", "no end mark, may be cut short")

    def own_bytes(self) -> Iterator[Member]:
        """What was collected of headers. The newline keeps it from being taken for a tar again."""
        if self._own:
            data = b"\n" + bytes(self._own)
            self._own.clear()
            yield Member("", io.BytesIO(data))

    def _skip_zeros(self) -> None:
        size = BLOCK
        while (zeros := self._walk.peek(size)) and zeros.count(0) == len(zeros):
            self._walk.take(len(zeros))
            size = min(2 * size, _LONGEST_STEP)
        self._walk.take((len(zeros) - len(zeros.lstrip(b"\0"))) // BLOCK * BLOCK)

    def _header(self, block: bytes) -> Header | None:
        if (self._damaged or self._ended) and not headers.looks_like_header(block):
            return None
        return headers.parse(block)

    def _no_header(self, block: bytes) -> Iterator[Member | Skip]:
        if self._ended:  # no tar any more: whatever it is, it is searched
            yield Member("", self._walk.slice(None))
            self._walk.finish()
            return
        cut = len(block) < BLOCK
        if not self._damaged:
            yield Skip("", "truncated" if cut else f"damaged header at byte {self._walk.position}")
        self._damaged = True
        self._ended = cut
        self._own += self._walk.take(len(block))

    def _entry(self, header: Header, block: bytes) -> Iterator[Member | Skip]:
        if header.kind in headers.EXTENSIONS:
            yield from self._extension(header)
            return
        records = {**self._global, **self._local}
        self._local = {}
        path = readable(records.get("GNU.sparse.name") or records.get("path") or header.name)
        size = headers.pax_size(records, header.size)
        self._budget.spend_member()
        if points_outside(path):
            yield Skip(path, OUTSIDE, counts=False)
        if header.kind in headers.WITHOUT_CONTENT and not self._has_content(size):
            if header.kind != headers.DIRECTORY:
                yield Skip(path, headers.WITHOUT_CONTENT[header.kind], counts=False)
            return
        spans: Spans | None = None
        if header.kind == headers.GNU_SPARSE:
            spans, extensions = sparse.gnu_spans(block, self._walk)
            self._own += extensions
        yield from self._file(path, size, spans, records)

    def _has_content(self, size: int) -> bool:
        """A hard link in pax may have data, others have a size and none: the next block tells."""
        if not size:
            return False
        block = self._walk.peek(BLOCK)
        return block.strip(b"\0") != b"" and headers.parse(block) is None

    def _file(
        self, path: str, size: int, spans: Spans | None, records: dict[str, bytes]
    ) -> Iterator[Member | Skip]:
        content = self._walk.slice(size)
        try:
            if sparse.is_pax_1_0(records):
                inner = Walk(content)
                spans = sparse.stored_spans(inner)
                content = inner.slice(None)
            elif spans is None:
                spans = sparse.pax_spans(records)
        except (ValueError, EOFError):
            yield Skip(path, sparse.DAMAGED)
        if spans is not None:
            content = sparse.Expanded(content, spans, self._budget)
        yield Member(path, content)
        self._finish()

    def _finish(self) -> None:
        self._walk.finish()
        self._own += self._walk.align(BLOCK)

    def _extension(self, header: Header) -> Iterator[Member | Skip]:
        if header.size > headers.LONGEST_EXTENSION:
            yield Skip("", "extended header of more than 1 MiB")
            yield Member("", self._walk.slice(header.size))
            self._walk.finish()
        else:
            data = self._walk.take(header.size)
            self._own += data
            self._remember(header.kind, data)
        self._own += self._walk.align(BLOCK)

    def _remember(self, kind: bytes, data: bytes) -> None:
        if kind == headers.GNU_NAME:
            self._local["path"] = headers.long_name(data)
        elif kind in headers.PAX_KINDS:
            self._local |= headers.pax_records(data)
        elif kind == headers.PAX_GLOBAL:
            self._global |= headers.pax_records(data)
