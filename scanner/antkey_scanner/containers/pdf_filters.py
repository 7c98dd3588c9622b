"""Undoes the filters of PDF streams (ISO 32000-1, section 7.4), each as a stream over a stream.

Filters of images end the chain: what they hold is no text. As PDF readers do, a wrong checksum is
overlooked.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator, Mapping

from antkey_scanner.containers import Stream, inflate
from antkey_scanner.containers.budget import Budget
from antkey_scanner.containers.decompress import Decoder, Decompressed, Segment
from antkey_scanner.containers.pdf_objects import Found, Value, parse
from antkey_scanner.containers.pieces import Pieces
from antkey_scanner.containers.source import Source
from antkey_scanner.containers.streams import PIECE, SeekableStream, Window

_NOT_HEX = bytes(byte for byte in range(256) if byte not in b"0123456789abcdefABCDEF>")
_NOT_85 = bytes(byte for byte in range(256) if not (0x21 <= byte <= 0x75 or byte in b"z~"))
_WIDEST_ROW = 1 << 20
_PNG_PREDICTORS = 10
_LZW_CLEAR, _LZW_END, _LZW_FIRST, _LZW_MOST = 256, 257, 258, 4096
_MOST_FILTERS = 8


def open_data(file: SeekableStream, found: Found, budget: Budget) -> Stream:
    """A stream object's data, decoded. Raises what reading compressed streams raises."""
    stream: Stream = Window(file, found.start, found.size, cut=found.cut)
    described = parse(found.body)
    entries = described if isinstance(described, dict) else {}
    names = _listed(entries.get("Filter", entries.get("F")))
    parameters = _listed(entries.get("DecodeParms", entries.get("DP")))
    if len(names) > _MOST_FILTERS:
        raise ValueError(f"more than {_MOST_FILTERS} filters")
    for position, name in enumerate(names):
        opened = _OPENERS.get(str(name))
        if opened is None:
            break
        given = parameters[position] if position < len(parameters) else None
        stream = opened(stream, given if isinstance(given, dict) else {}, budget)
    return stream


def _listed(value: Value) -> list[Value]:
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def _number(parameters: Mapping[str, Value], name: str, default: int) -> int:
    value = parameters.get(name)
    return int(value) if isinstance(value, float) else default


def _blocks(stream: Stream) -> Iterator[bytes]:
    return iter(lambda: stream.read(PIECE), b"")


class _Flate:
    name = "flate"
    errors = inflate.ERRORS

    def begin(self, source: Source, /) -> Segment | None:
        head = source.peek(2)
        if not head or source.position > 2:
            return None
        if len(head) == 2 and head[0] & 15 == 8 and int.from_bytes(head) % 31 == 0:
            source.skip(2)
        return Segment(inflate.Inflate(inflate.adler32, 1))

    def end(self, source: Source, decoder: Decoder, /) -> None:  # noqa: ARG002  # the protocol's
        """What follows is not looked at, as PDF readers do."""
        while source.piece():
            pass


def _flate(stream: Stream, parameters: Mapping[str, Value], budget: Budget) -> Stream:
    return _predicted(Decompressed(stream, budget, _Flate()), parameters, budget)


def _lzw(stream: Stream, parameters: Mapping[str, Value], budget: Budget) -> Stream:
    early = _number(parameters, "EarlyChange", 1)
    return _predicted(Pieces(_counted(_lzw_pieces(stream, early), budget)), parameters, budget)


def _counted(pieces: Iterator[bytes], budget: Budget) -> Iterator[bytes]:
    for piece in pieces:
        budget.spend_bytes(len(piece))
        yield piece


def _lzw_pieces(stream: Stream, early: int) -> Iterator[bytes]:
    table: list[bytes] = []
    width, bits, held, previous, out = 9, 0, 0, b"", bytearray()
    for block in _blocks(stream):
        for byte in block:
            held, bits = held << 8 | byte, bits + 8
            if bits < width:
                continue
            bits -= width
            code, held = held >> bits, held & ((1 << bits) - 1)
            if code == _LZW_END:
                yield bytes(out)
                return
            if code == _LZW_CLEAR or not table:
                table = [bytes([n]) for n in range(256)] + [b"", b""]
                width, previous = 9, b""
                if code == _LZW_CLEAR:
                    continue
            if code > len(table) or (code == len(table) and not previous):
                raise ValueError("damaged LZW stream")
            entry = table[code] if code < len(table) else previous + previous[:1]
            out += entry
            if previous and len(table) < _LZW_MOST:
                table.append(previous + entry[:1])
            previous = entry
            width = min(12, max(9, (len(table) + early).bit_length()))
            if len(out) > PIECE:
                yield bytes(out)
                out.clear()
    yield bytes(out)


def _ascii_hex(stream: Stream, _: Mapping[str, Value], budget: Budget) -> Stream:
    def pieces() -> Iterator[bytes]:
        rest = b""
        for block in _blocks(stream):
            digits, end, _ = (rest + block.translate(None, _NOT_HEX)).partition(b">")
            if end:
                yield binascii.unhexlify(digits + b"0" * (len(digits) % 2))
                return
            whole = len(digits) & ~1
            rest = digits[whole:]
            yield binascii.unhexlify(digits[:whole])
        yield binascii.unhexlify(rest + b"0" * (len(rest) % 2))

    return Pieces(_counted(pieces(), budget))


def _ascii85(stream: Stream, _: Mapping[str, Value], budget: Budget) -> Stream:
    def pieces() -> Iterator[bytes]:
        rest = b""
        for block in _blocks(stream):
            text, end, _ = (rest + block.translate(None, _NOT_85)).partition(b"~")
            whole = len(text) if end else _whole_groups(text)
            rest = text[whole:]
            yield base64.a85decode(text[:whole])
            if end:
                return
        yield base64.a85decode(rest)

    return Pieces(_counted(pieces(), budget))


def _whole_groups(text: bytes) -> int:
    """The length of the groups that are complete: five characters, or a "z" for four zeros."""
    tail = text.rfind(b"z") + 1
    return tail + (len(text) - tail) // 5 * 5


def _run_length(stream: Stream, _: Mapping[str, Value], budget: Budget) -> Stream:
    def pieces() -> Iterator[bytes]:
        rest = b""
        for block in _blocks(stream):
            data, at, out = rest + block, 0, bytearray()
            while at < len(data) and data[at] != 128:
                length = data[at]
                end = at + 2 + (length if length < 128 else 0)
                if end > len(data):
                    break
                run = data[at + 1 : end]
                out += run if length < 128 else run * (257 - length)
                at = end
            yield bytes(out)
            if data[at : at + 1] == b"\x80":
                return
            rest = data[at:]

    return Pieces(_counted(pieces(), budget))


def _predicted(stream: Stream, parameters: Mapping[str, Value], budget: Budget) -> Stream:
    """Undoes a PNG predictor, as object streams may have one. Rows may each have their own."""
    if _number(parameters, "Predictor", 1) < _PNG_PREDICTORS:
        return stream
    depth = _number(parameters, "Colors", 1) * _number(parameters, "BitsPerComponent", 8)
    size = (_number(parameters, "Columns", 1) * depth + 7) // 8
    if not 0 < size <= _WIDEST_ROW or depth <= 0:
        raise ValueError("damaged predictor")
    return Pieces(_counted(_png_rows(stream, size, max(1, depth // 8)), budget))


def _png_rows(stream: Stream, size: int, step: int) -> Iterator[bytes]:
    previous, rest = bytes(size), b""
    for block in _blocks(stream):
        data, out = rest + block, bytearray()
        whole = len(data) // (size + 1) * (size + 1)
        for at in range(0, whole, size + 1):
            previous = _png_row(data[at], data[at + 1 : at + 1 + size], previous, step)
            out += previous
        rest = data[whole:]
        yield bytes(out)
    yield rest[1:]


def _png_row(kind: int, row: bytes, above: bytes, step: int) -> bytes:
    if kind == 0:
        return row
    if kind == 2:
        return bytes(one + other & 255 for one, other in zip(row, above, strict=True))
    out = bytearray(row)
    for n, byte in enumerate(row):
        left = out[n - step] if n >= step else 0
        corner = above[n - step] if n >= step else 0
        guess = (
            left
            if kind == 1
            else (left + above[n]) // 2
            if kind == 3
            else _paeth(left, above[n], corner)
        )
        out[n] = byte + guess & 255
    return bytes(out)


def _paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    return min((left, up, corner), key=lambda near: abs(guess - near))


_OPENERS: Mapping[str, Callable[[Stream, Mapping[str, Value], Budget], Stream]] = {
    "FlateDecode": _flate,
    "Fl": _flate,
    "LZWDecode": _lzw,
    "LZW": _lzw,
    "ASCIIHexDecode": _ascii_hex,
    "AHx": _ascii_hex,
    "ASCII85Decode": _ascii85,
    "A85": _ascii85,
    "RunLengthDecode": _run_length,
    "RL": _run_length,
}
