"""zip and all that is one inside: jar, war, apk, ipa, whl, docx, xlsx, odt.

Members are read in the order in which they lie in the file. So overlaps show, and so does what lies
between: members that no directory lists are found and reported, everything else (headers, names,
comments, prepended and appended data) is searched as the archive's own bytes.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator

from antkey_scanner.containers import Member, Stream
from antkey_scanner.containers import zip_methods as methods
from antkey_scanner.containers import zip_records as records
from antkey_scanner.containers.budget import Budget
from antkey_scanner.containers.names import OUTSIDE, points_outside, readable
from antkey_scanner.containers.streams import Prefixed, Window, can_seek, seekable, spooled
from antkey_scanner.containers.zip_methods import Packed, Unpacked
from antkey_scanner.containers.zip_records import Directory, Entry, Listing, Local
from antkey_scanner.model import Skip

_FLUSH = 1 << 18
_PIECE = 1 << 18
_LONGEST_NAME = 4096
_MOST_FALSE_HEADERS = 10_000


def members(stream: Stream, budget: Budget) -> Iterator[Member | Skip]:
    """The archive's members. Raises BudgetExceeded."""
    file, failure = (
        (seekable(stream, budget), None) if can_seek(stream) else spooled(stream, budget)
    )
    with file:
        if failure is not None:
            yield Skip("", str(failure))
        try:
            yield from _Zip(Window(file, 0, file.seek(0, os.SEEK_END)), budget).entries()
        except (OSError, ValueError, EOFError) as problem:
            yield Skip("", str(problem))


class _Zip:
    """One pass over a file. at: what lies before it is done with."""

    def __init__(self, file: Window, budget: Budget) -> None:
        self._file = file
        self._budget = budget
        self._directory = records.find_directory(file)
        self._at = 0
        self._own = bytearray()
        self._block = b""
        self._block_start = 0
        self._false_headers = 0
        self._guessing = False

    def entries(self) -> Iterator[Member | Skip]:
        directory = self._directory
        if directory is not None:
            yield from self._listed(directory)
            yield from self._gap(directory.start)
            yield from self._raw(directory.end)
        elif records.read_at(self._file, 0, 2) == b"PK":
            yield from self._guess()
        yield from self._gap(self._file.size)
        yield from self._own_bytes()

    def _listed(self, directory: Directory) -> Iterator[Member | Skip]:
        most = self._budget.limits.members - self._budget.members + 1
        listing = Listing(self._file, directory, most)
        if listing.damaged:
            yield Skip("", "damaged central directory")
        for entry, following in listing:
            self._budget.spend_member()
            path = readable(entry.name)
            within = 0 <= entry.start < directory.start and entry.disk == directory.disk
            local = records.read_local(self._file, entry.start) if within else None
            if entry.disk != directory.disk:
                yield Skip(path, "in another part of a split archive")
            elif local is None:
                yield Skip(path, "not where the central directory says")
            elif entry.start < self._at:
                yield Skip(path, "overlaps another member")
            else:
                yield from self._gap(entry.start)
                yield from self._member(path, entry, local, max(following, local.data))

    def _member(
        self, path: str, entry: Entry, local: Local, following: int
    ) -> Iterator[Member | Skip]:
        yield from self._header(path, local)
        packed = Packed(entry.method, entry.flags, entry.packed, entry.size, entry.checksum)
        yield from self._content(path, packed, local.data, following)
        other = _stated(local.entry)
        if not _agree(packed, other):
            after, self._at = self._at, local.data
            yield Skip(path, "local header and central directory disagree", counts=False)
            yield from self._content(path, other, local.data, following)
            self._at = max(self._at, after)

    def _header(self, path: str, local: Local) -> Iterator[Member | Skip]:
        self._own += local.raw
        self._at = local.data
        if points_outside(path):
            yield Skip(path, OUTSIDE, counts=False)
        if len(self._own) > _FLUSH:
            yield from self._own_bytes()

    def _content(
        self, path: str, packed: Packed, data: int, following: int
    ) -> Iterator[Member | Skip]:
        """What is packed at `data`. It may go on to `following` whatever the headers say."""
        border = self._directory.start if self._directory is not None else self._file.size
        length = packed.packed if packed.packed is not None else following - data
        self._at = min(data + length, border)
        if packed.flags & records.ENCRYPTED or packed.method == methods.AES:
            yield Skip(path, "encrypted")
        elif packed.method == methods.STORED:
            if packed.size != packed.packed:
                yield Skip(path, "size differs from what the header says")
            if length or not path.endswith("/"):
                yield Member(path, _window(self._file, data, length, border))
        elif not methods.is_supported(packed.method):
            name = methods.method_name(packed.method)
            yield Skip(path, f"compression method not supported: {name}")
        else:
            reach = length if packed.method == methods.DEFLATE64 else max(length, following - data)
            unpacked = Unpacked(_window(self._file, data, reach, border), packed, self._budget)
            yield Member(path, unpacked)
            if unpacked.consumed is not None:
                self._at = data + unpacked.consumed
            elif packed.packed is None:
                self._at = data

    def _gap(self, end: int) -> Iterator[Member | Skip]:
        """What lies before `end` and belongs to no member of the directory."""
        while self._at < end:
            found = self._find_header(end)
            yield from self._raw(found)
            if found == end:
                return
            local = records.read_local(self._file, found)
            if local is not None and _is_plausible(local, end):
                yield from self._unlisted(local, end)
            else:
                self._false_headers += 1
                if self._false_headers == _MOST_FALSE_HEADERS:
                    yield Skip("", "too many false member headers, no more are looked for")
                yield from self._raw(found + len(records.LOCAL_MAGIC))

    def _find_header(self, end: int) -> int:
        """The next local header's offset, `end` when there is none, or after too many false ones."""
        at, magic = self._at, records.LOCAL_MAGIC
        if self._false_headers >= _MOST_FALSE_HEADERS:
            return end
        while at + records.LOCAL_SIZE <= end:
            if not self._block_start <= at <= self._block_start + len(self._block) - len(magic):
                self._block = records.read_at(self._file, at, min(_PIECE, end - at))
                self._block_start = at
                if len(self._block) < len(magic):
                    break
            found = self._block.find(magic, at - self._block_start)
            if found >= 0:
                return min(end, self._block_start + found)
            at = self._block_start + len(self._block) - len(magic) + 1
        return end

    def _unlisted(self, local: Local, end: int) -> Iterator[Member | Skip]:
        self._budget.spend_member()
        path = readable(local.entry.name)
        if self._directory is None:
            yield from self._guess()
        else:
            yield Skip(path, "not in the central directory", counts=False)
        yield from self._header(path, local)
        packed = _stated(local.entry)
        if packed.packed is not None or packed.method != methods.STORED:
            yield from self._content(path, packed, local.data, end)

    def _guess(self) -> Iterator[Skip]:
        if not self._guessing:
            self._guessing = True
            yield Skip("", "no central directory, may be cut short")

    def _raw(self, end: int) -> Iterator[Member]:
        """Search what lies before `end` as it is."""
        start, self._at = self._at, max(end, self._at)
        if end - start > _FLUSH:
            yield from self._own_bytes()
            window = Window(self._file, start, end - start)
            ours = start == 0 or records.read_at(self._file, start, 2) == b"PK"
            yield Member("", Prefixed(window) if ours else window)
        elif end > start:
            self._own += records.read_at(self._file, start, end - start)
            if len(self._own) > _FLUSH:
                yield from self._own_bytes()

    def _own_bytes(self) -> Iterator[Member]:
        if self._own:
            data = bytes(self._own)
            self._own.clear()
            yield Member("", Prefixed(io.BytesIO(data)))


def _window(file: Window, start: int, size: int, border: int) -> Window:
    there = max(0, min(size, border - start))
    return Window(file, start, there, cut=there < size)


def _stated(entry: Entry) -> Packed:
    """What a local header says: nothing about sizes when they follow the data."""
    later = entry.flags & records.HAS_DESCRIPTOR and entry.packed in (0, 0xFFFFFFFF)
    if later or not (entry.packed or entry.size):
        return Packed(entry.method, entry.flags, None, None, None)
    return Packed(entry.method, entry.flags, entry.packed, entry.size, entry.checksum)


def _agree(listed: Packed, stated: Packed) -> bool:
    same_kind = listed.method == stated.method and not (
        (listed.flags ^ stated.flags) & records.ENCRYPTED
    )
    return same_kind and stated.packed in (None, listed.packed)


def _is_plausible(local: Local, end: int) -> bool:
    """Whether this is a header, and not four bytes that look like one."""
    name, method = local.entry.name, local.entry.method
    known = method in (methods.STORED, methods.AES) or methods.is_known(method)
    return known and local.data <= end and 0 < len(name) <= _LONGEST_NAME and min(name) >= ord(" ")
