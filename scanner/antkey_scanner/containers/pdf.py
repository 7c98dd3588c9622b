"""PDF: every stream with its filters undone, and the text that pages show.

Streams are found by reading the file from start to end, so those of older revisions, of deleted
objects and of damaged files are there too. Own code instead of pypdf, which shows only what the
newest table of objects reaches and has no limits on time (docs/adr/006-dependencies.md).
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from itertools import chain

from antkey_scanner.containers import HEAD_BYTES, Member, Stream, detect
from antkey_scanner.containers.budget import Budget, MemoryExceeded
from antkey_scanner.containers.pdf_document import Document
from antkey_scanner.containers.pdf_filters import open_data
from antkey_scanner.containers.pdf_fonts import LONGEST_MAP, MOST_ENTRIES, Font, read_map
from antkey_scanner.containers.pdf_objects import Found, Scan, parse, written_strings
from antkey_scanner.containers.pdf_text import shown_text
from antkey_scanner.containers.pieces import Pieces
from antkey_scanner.containers.streams import PIECE, SeekableStream, seekable
from antkey_scanner.model import Skip

_MEMORY = 48 << 20
_MOST_OBJECTS = 16 << 20
_OBJECT_COST = 200
_LARGEST_GROUP = 8 << 20
_LARGEST_CONTENT = 8 << 20
_FLUSH = 1 << 20
_LONGEST_BODY, _MOST_CONTENTS = 4096, 200_000
_MOST_MAP_ENTRIES = 4 * MOST_ENTRIES
_ENCRYPT = re.compile(
    rb"/Encrypt[\0\t\n\f\r ]{0,20}(?:<<|\d{1,10}[\0\t\n\f\r ]{1,20}\d{1,5}[\0\t\n\f\r ]{1,20}R)"
)
_IMAGE = re.compile(rb"/Filter[\0\t\n\f\r \[]{0,20}/(?:DCT|JPX|CCF|CCITTFax|JBIG2)")
_TYPE = re.compile(rb"/(?:Type|Subtype)[\0\t\n\f\r ]{0,20}/(\w{1,30})|/Length[123]\b")
_DRAWING = {b"XObject", b"Form", b"Pattern"}
_DRAWS = re.compile(rb"[)>\]][\0\t\n\f\r ]{0,20}T[jJ]\b|(?:^|[\0\t\n\f\r ])BT[\0\t\n\f\r ]")
_MAP = b"begincmap"


def members(stream: Stream, budget: Budget) -> Iterator[Member | Skip]:
    """`page-N` for what pages show, `object-N` for other streams, `strings` for escaped strings.

    A page's member is the content that draws it and then, behind it, the text that a reader sees.
    """
    try:
        file = seekable(stream, budget)
    except (MemoryExceeded, OSError, ValueError, EOFError) as problem:
        yield Skip("", str(problem))
        return
    before = budget.held
    try:
        budget.hold(_MEMORY)
        yield from _Pdf(file, budget).members()
    except EOFError:
        yield Skip("", "truncated")
    except (MemoryExceeded, OSError, ValueError) as problem:
        yield Skip("", str(problem))
    finally:
        budget.release(max(0, budget.held - before))
        file.close()


class _Pdf:
    def __init__(self, file: SeekableStream, budget: Budget) -> None:
        self._file = file
        self._budget = budget
        self._objects: dict[int, bytes] = {}
        self._maps: dict[int, Font] = {}
        self._contents: list[Found] = []
        self._strings = bytearray()
        self._cost = self._map_entries = 0
        self._cut = self._encrypted = False

    def members(self) -> Iterator[Member | Skip]:
        self._encrypted = self._is_encrypted()
        if self._encrypted:
            yield Skip("", "encrypted")
        for found in Scan(self._file).objects():
            self._keep(found.number, found.body)
            if found.size >= 0 and not _IMAGE.search(found.body):
                yield from self._stream(found)
            if len(self._strings) > _FLUSH:
                yield from self._flush()
        yield from self._flush()
        yield from self._texts()
        if self._cut or self._cost > _MOST_OBJECTS or self._map_entries > _MOST_MAP_ENTRIES:
            yield Skip(
                "", "too many objects to know all fonts: text that pages show may be missing"
            )

    def _is_encrypted(self) -> bool:
        scan, at = Scan(self._file), 0
        while True:
            place = scan.find(b"/Encrypt", at)
            text = scan.slice(place, place + 100)
            if not text:
                return False
            if _ENCRYPT.match(text):
                return True
            at = place + 1

    def _keep(self, number: int, body: bytes) -> None:
        """Remember an object for the fonts, and its strings that do not stand there as they are."""
        if not self._encrypted and (b"\\" in body or b"<" in body):
            for string in written_strings(body):
                self._strings += string + b"\n"
        if self._cost <= _MOST_OBJECTS:
            self._cost += len(body) + _OBJECT_COST
            self._objects[number] = body

    def _flush(self) -> Iterator[Member]:
        if self._strings:
            content = bytes(self._strings)
            self._strings.clear()
            self._budget.spend_member()
            yield Member("strings", io.BytesIO(content))

    def _stream(self, found: Found) -> Iterator[Member | Skip]:
        """A stream as a member; what draws a page waits until its page and fonts are known."""
        self._budget.spend_member()
        path = f"object-{found.number}"
        types = {match[1] for match in _TYPE.finditer(found.body)}
        try:
            data = open_data(self._file, found, self._budget)
            first = data.read(PIECE)
        except (ValueError, EOFError, OSError) as problem:
            if not self._encrypted:
                yield Skip(path, str(problem))
            return
        if not types - _DRAWING and _DRAWS.search(first) and detect(first[:HEAD_BYTES]) is None:
            if len(found.body) <= _LONGEST_BODY and len(self._contents) < _MOST_CONTENTS:
                self._contents.append(found)
                return
            self._cut = True
        content = Pieces(self._watched(found, types, first, data))
        yield Member(path, content)
        content.drain()

    def _watched(
        self, found: Found, types: set[bytes | None], first: bytes, data: Stream
    ) -> Iterator[bytes]:
        """The data, of which maps of fonts and groups of objects are kept on the way."""
        kept = bytearray()
        most = _LARGEST_GROUP if b"ObjStm" in types else LONGEST_MAP if _MAP in first else 0
        try:
            for piece in chain([first], iter(lambda: data.read(PIECE), b"")):
                kept += piece[: max(0, most - len(kept))]
                yield piece
        except (ValueError, EOFError, OSError):
            if not self._encrypted:
                raise
        finally:
            if b"ObjStm" in types:
                self._group(found, bytes(kept))
            elif most and self._map_entries < _MOST_MAP_ENTRIES:
                self._maps[found.number] = read_map(bytes(kept))
                self._map_entries += len(self._maps[found.number].texts)

    def _group(self, found: Found, data: bytes) -> None:
        """The objects in an object stream: pairs of number and offset, then the objects."""
        described = parse(found.body)
        first = described.get("First") if isinstance(described, dict) else None
        if not isinstance(first, float):
            return
        numbers = [
            int(each) for each in data[: int(first)].split() if each.isdigit() and len(each) < 11
        ]
        starts = [int(first) + offset for offset in numbers[1::2]]
        for number, start, end in zip(numbers[::2], starts, [*starts[1:], len(data)], strict=False):
            self._keep(number, data[start:end])

    def _texts(self) -> Iterator[Member]:
        document = Document(self._objects, self._maps)
        latest = {found.number: found for found in self._contents}
        shown: set[int] = set()
        for page in document.pages():
            streams = [latest[number] for number in page.contents if number in latest]
            shown.update(id(found) for found in streams)
            if streams:
                yield from self._text(f"page-{page.number}", streams, page.fonts)
        for found in self._contents:
            if id(found) not in shown:
                fonts = document.form_fonts(found.number)
                yield from self._text(f"object-{found.number}", [found], fonts)

    def _text(self, path: str, streams: list[Found], fonts: Mapping[str, Font]) -> Iterator[Member]:
        self._budget.spend_member()
        content = Pieces(self._drawn(streams, fonts))
        yield Member(path, content)
        content.drain()

    def _drawn(self, streams: list[Found], fonts: Mapping[str, Font]) -> Iterator[bytes]:
        """The content that draws a page, then the text that it shows."""
        content, failure = bytearray(), None
        for found in streams:
            try:
                data = open_data(self._file, found, self._budget)
                while piece := data.read(PIECE):
                    content += piece[: max(0, _LARGEST_CONTENT - len(content))]
                    yield piece
            except (ValueError, EOFError, OSError) as problem:
                failure = None if self._encrypted else problem
            content += b"\n"
        text = shown_text(bytes(content), fonts).encode("utf-8", "backslashreplace")
        self._budget.spend_bytes(len(text))
        yield b"\n" + text
        if failure is not None:
            raise failure
        if len(content) > _LARGEST_CONTENT:
            raise ValueError("too much content on one page to read all text that it shows")
