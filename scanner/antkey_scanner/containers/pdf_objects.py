"""Finds the objects of a PDF by reading it from start to end, and parses their dictionaries.

The table of objects (xref) is not used: it leaves out what older revisions and deletions left in the
file, and hostile or cut files have a wrong one. Written against ISO 32000-1, sections 7.2 and 7.3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from antkey_scanner.containers.streams import SeekableStream

_BLOCK = 1 << 20
_BEHIND = 64
_LONGEST_BODY, _UNENDED_BODY = 1 << 18, 1 << 10
_DEEPEST = 24
_MOST_TOKENS = 200_000
_LONGEST_NUMBER = 15
_SPACE = b"\0\t\n\f\r "
_NUMBERS = re.compile(rb"(\d{1,10})[\0\t\n\f\r ]{1,20}\d{1,5}[\0\t\n\f\r ]{1,20}\Z")
_LENGTH = re.compile(rb"/Length[\0\t\n\f\r ]{1,20}(\d{1,15})(?![\d\s]{0,30}R)")
_TOKEN = re.compile(
    rb"""
    (?: [\0\t\n\f\r ]++ | %[^\r\n]*+ )*
    ( << | >> | [\[\](] | <[0-9A-Fa-f\0\t\n\f\r ]*+> | /?[^\0\t\n\f\r ()<>\[\]{}/%]++ | . )
    """,
    re.VERBOSE | re.DOTALL,
)
_STRING_PART = re.compile(rb"[^\\()]++|\\(?:[0-7]{1,3}|\r\n|.)|[()]", re.DOTALL)
_WRITTEN = re.compile(rb"\(|<[0-9A-Fa-f\0\t\n\f\r ]++>")
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_LINE_ENDS = (b"\n", b"\r", b"\r\n")
_CLOSING = (b">>", b"]")


class Found(NamedTuple):
    """An object. body: what stands before its stream or its end; start, size: of the stream's data.

    Without a stream, start is where the object ends and size -1; cut: the file ends in the stream.
    """

    number: int
    body: bytes
    start: int
    size: int = -1
    cut: bool = False


class Ref(NamedTuple):
    """A reference to the object of that number."""

    number: int


Value: TypeAlias = float | str | bytes | Ref | list["Value"] | dict[str, "Value"] | None
"""What a PDF is made of. Names are `str`, strings are `bytes`; true, false and null are None."""


class Scan:
    """One walk through a file. Every search goes on where the last one ended, so time is linear."""

    def __init__(self, file: SeekableStream) -> None:
        self._file = file
        self._size = file.seek(0, 2)
        self._base = 0
        self._data = b""
        self._next_places: dict[bytes, int] = {}

    def _block(self, at: int) -> bytes:
        """The buffer, with what stands at `at` and around it."""
        end = self._base + len(self._data)
        if not self._base <= at - min(at, _BEHIND) or (at + _BEHIND > end and end < self._size):
            self._data = b""
            self._base = max(0, at - _BEHIND)
            self._data = self.slice(self._base, self._base + _BLOCK)
        return self._data

    def slice(self, start: int, end: int) -> bytes:
        """The file's bytes between two offsets."""
        if self._base <= start and end <= self._base + len(self._data):
            return self._data[start - self._base : end - self._base]
        self._file.seek(start)
        data = bytearray()
        end = min(end, self._size)
        while len(data) < end - start and (piece := self._file.read(end - start - len(data))):
            data += piece
        return bytes(data)

    def find(self, token: bytes, at: int) -> int:
        """The first place of `token` from `at` on, the file's size if there is none."""
        known = self._next_places.get(token, -1)
        if known < at:
            known = self._next_places[token] = self._search(token, at)
        return known

    def _search(self, token: bytes, at: int) -> int:
        while at < self._size:
            block = self._block(at)
            found = block.find(token, at - self._base)
            if found >= 0:
                return self._base + found
            end = self._base + len(block)
            if end >= self._size:
                break
            at = max(at + 1, end - len(token) + 1)
        return self._size

    def objects(self) -> Iterator[Found]:
        """Every object in the file, in order."""
        at = 0
        while (place := self._search(b"obj", at)) < self._size:
            at = place + 3
            match = _NUMBERS.search(self.slice(max(0, place - 40), place))
            if match is not None:
                found = self._object(int(match[1]), at)
                at = max(at, found.start + max(0, found.size))
                yield found

    def _object(self, number: int, start: int) -> Found:
        end = self.find(b"endobj", start)
        place = self.find(b"stream", start)
        while place < end:
            before = self.slice(max(start, place - 20), place).rstrip(_SPACE)
            after = self.slice(place + 6, place + 8)
            if before.endswith(b">>") and after[:1] in (b"\r", b"\n"):
                data = place + 6 + (2 if after == b"\r\n" else 1)
                return self._stream(
                    number, self.slice(start, min(place, start + _LONGEST_BODY)), data
                )
            place = self.find(b"stream", place + 6)
        if end - start > _LONGEST_BODY:  # no end in sight: other objects may start before it
            return Found(number, self.slice(start, start + _UNENDED_BODY), start)
        return Found(number, self.slice(start, end), end)

    def _stream(self, number: int, body: bytes, start: int) -> Found:
        """The stream's end: where its length says, if "endstream" is there, else the next one."""
        match = _LENGTH.search(body)
        if match is not None:
            end = start + int(match[1])
            if self.slice(end, end + 20).lstrip(_SPACE).startswith(b"endstream"):
                return Found(number, body, start, end - start)
        end = self.find(b"endstream", start)
        return Found(number, body, start, end - start, cut=end >= self._size)


def parse(data: bytes) -> Value:
    """The value that `data` starts with. Whatever is malformed in it is left out."""
    items = _Parser(data).items(0, single=True)
    return items[0] if items else None


def behind_dictionary(data: bytes, at: int) -> int:
    """Where the dictionary ends whose opening brackets end at `at`."""
    parser = _Parser(data, at)
    parser.items(0)
    return parser.at


class _Parser:
    def __init__(self, data: bytes, at: int = 0) -> None:
        self._data = data
        self.at = at
        self._left = _MOST_TOKENS

    def items(self, depth: int, *, single: bool = False) -> list[Value]:
        items: list[Value] = []
        while self._left > 0 and (match := _TOKEN.match(self._data, self.at)):
            self._left -= 1
            token, self.at = match[1], match.end()
            if token in _CLOSING:
                break
            if token == b"R" and len(items) > 1 and isinstance(items[-2], float):
                items[-2:] = [Ref(int(items[-2]))]
                continue
            items.append(self._item(token, depth))
            if single:
                break
        return items

    def _item(self, token: bytes, depth: int) -> Value:
        if token == b"(":
            text, self.at = read_string(self._data, self.at)
            return text
        if token in (b"<<", b"["):
            if depth >= _DEEPEST:
                return None
            items = self.items(depth + 1)
            return items if token == b"[" else _dictionary(items)
        if token[:1] == b"<":
            return read_hex(token)
        if token[:1] == b"/":
            return _name(token)
        return float(token) if token.isdigit() and len(token) <= _LONGEST_NUMBER else None


def _dictionary(items: list[Value]) -> dict[str, Value]:
    pairs = zip(items[::2], items[1::2], strict=False)
    return {name: value for name, value in pairs if isinstance(name, str)}


def _name(token: bytes) -> str:
    plain = re.sub(rb"#([0-9A-Fa-f]{2})", lambda match: bytes.fromhex(match[1].decode()), token[1:])
    return plain.decode("latin-1")


def read_hex(token: bytes) -> bytes:
    """A string in angle brackets; an odd last digit stands for its upper half."""
    digits = token.translate(None, b"<>" + _SPACE)
    return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("latin-1"))


def read_string(data: bytes, at: int) -> tuple[bytes, int]:
    """The string behind an opening bracket, and where it ends. Brackets in it are balanced."""
    depth = 0
    parts: list[bytes] = []
    for match in _STRING_PART.finditer(data, at):
        part = match[0]
        if part == b")":
            if not depth:
                return b"".join(parts), match.end()
            depth -= 1
        elif part == b"(":
            depth += 1
        elif part[:1] == b"\\":
            part = _unescape(part[1:])
        parts.append(part)
    return b"".join(parts), len(data)


def _unescape(escape: bytes) -> bytes:
    if not escape.strip(b"01234567"):
        return bytes([int(escape, 8) & 255])
    return b"" if escape in _LINE_ENDS else _ESCAPES.get(escape, escape)


def written_strings(body: bytes) -> Iterator[bytes]:
    """The strings of an object that do not stand in the file as they are."""
    at = 0
    while match := _WRITTEN.search(body, at):
        at = match.end()
        if match[0] == b"(":
            text, at = read_string(body, at)
            if text != body[match.end() : at - 1]:
                yield text
        else:
            yield read_hex(match[0])
