"""SQLite's write-ahead log: the newest pages, each behind a header, before they are in the database.

Without the database nobody knows which tree a page belongs to, so all are treated as freed ones: rows
by rows, and what they point to as far as it is in the log. Written against sqlite.org/fileformat2.html,
section 4.1.
"""

from __future__ import annotations

from collections.abc import Iterable

from antkey_scanner.containers.budget import Budget
from antkey_scanner.containers.sqlite_pages import MOST_PAGES, Database
from antkey_scanner.containers.streams import SeekableStream

_HEADER, _FRAME_HEADER = 32, 24
_SALTS = slice(16, 24)
_MOST_FRAMES = 1 << 20


class Log(Database):
    """The last version of every page in a log; pages that are not in it count as used."""

    def __init__(self, file: SeekableStream, budget: Budget) -> None:
        header = file.read(_HEADER)
        if len(header) < _HEADER:
            raise EOFError("truncated")
        page_size = int.from_bytes(header[8:12])
        if not 512 <= page_size <= 65536 or page_size & (page_size - 1):
            raise ValueError("damaged header")
        self._places = _places(file, header[_SALTS], page_size)
        super().__init__(file, budget, page_size, page_size, max(self._places, default=0))
        self.used = bytearray(b"\1") * (self.count + 1)
        for number in self._places:
            self.used[number] = 0

    def numbers(self) -> Iterable[int]:
        return self._places

    def page(self, number: int) -> bytes:
        return self.read(self._places[number], self.page_size)


def _places(file: SeekableStream, salts: bytes, page_size: int) -> dict[int, int]:
    """Page → offset of its newest version. Frames with other salts are left from an older log."""
    places: dict[int, int] = {}
    current: set[int] = set()
    end = file.seek(0, 2) - page_size - _FRAME_HEADER
    step = _FRAME_HEADER + page_size
    for frame, start in enumerate(range(_HEADER, end + 1, step)):
        if frame >= _MOST_FRAMES:
            raise ValueError(f"more than {_MOST_FRAMES} frames")
        file.seek(start)
        head = file.read(_FRAME_HEADER)
        number = int.from_bytes(head[:4])
        if 0 < number <= MOST_PAGES and (head[8:16] == salts or number not in current):
            places[number] = start + _FRAME_HEADER
            if head[8:16] == salts:
                current.add(number)
    return places
