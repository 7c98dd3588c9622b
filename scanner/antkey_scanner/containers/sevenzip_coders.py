"""Turns a 7z folder's packed streams into the bytes of its members, one bounded piece at a time.

liblzma, zlib and bzip2 do the decoding. Encryption and methods that no safe library decodes are a
reason, not a result.
"""

from __future__ import annotations

import lzma
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from antkey_scanner.containers import Stream, bzip2, inflate, zstd
from antkey_scanner.containers.budget import Budget
from antkey_scanner.containers.decompress import Decoder, Decompressed, Segment
from antkey_scanner.containers.sevenzip_folder import DAMAGED, Coder, Folder, main_coder
from antkey_scanner.containers.source import Source
from antkey_scanner.containers.xz import check_dictionary

_COPY, _LZMA, _LZMA2 = b"\0", b"\3\1\1", b"\x21"
_DEFLATE, _BZIP2, _ZSTD = b"\4\1\x08", b"\4\2\2", b"\4\xf7\x11\1"
_BCJ2 = b"\3\3\1\x1b"
_FILTERS: Mapping[bytes, int] = {
    b"\3": lzma.FILTER_DELTA,
    b"\4": lzma.FILTER_X86,
    b"\5": lzma.FILTER_POWERPC,
    b"\6": lzma.FILTER_IA64,
    b"\7": lzma.FILTER_ARM,
    b"\x08": lzma.FILTER_ARMTHUMB,
    b"\x09": lzma.FILTER_SPARC,
    b"\3\3\1\3": lzma.FILTER_X86,
    b"\3\3\2\5": lzma.FILTER_POWERPC,
    b"\3\3\4\1": lzma.FILTER_IA64,
    b"\3\3\5\1": lzma.FILTER_ARM,
    b"\3\3\7\1": lzma.FILTER_ARMTHUMB,
    b"\3\3\x08\5": lzma.FILTER_SPARC,
}
_NAMES: Mapping[bytes, str] = {
    b"\3\4\1": "PPMd",
    b"\4\1\x09": "Deflate64",
    b"\4\xf7\x11\2": "Brotli",
    b"\4\xf7\x11\4": "LZ4",
    b"\4\xf7\x11\5": "LZ5",
    b"\4\xf7\x11\6": "Lizard",
}
_UNDONE: Mapping[bytes, str] = {b"\x0a": "ARM64", b"\x0b": "RISC-V", _BCJ2: "BCJ2"}
"""Filters that change branch instructions only, so that any text can be read with them in place."""

_FILTER_CHUNK = 1 << 16
_SMALLEST_DICTIONARY = 4096


class Unpacked(NamedTuple):
    """The bytes of a folder. memory: what reading them takes, in bytes.

    undone: a filter that was left in place, `""` if there is none; cut: the members cannot be told
    apart, because that filter would move their borders.
    """

    stream: Stream
    memory: int
    undone: str
    cut: bool


def is_encrypted(folder: Folder) -> bool:
    """Whether a coder is a cipher: AES, or the older ones of zip and rar."""
    return any(coder.method.startswith(b"\6\xf1") for coder in folder.coders)


def unpack(
    folder: Folder, sizes: list[int], packed: Callable[[int], Stream], budget: Budget
) -> Unpacked:
    """The folder's bytes. sizes: of each coder's output; packed: the folder's nth packed stream.

    Raises ValueError for what cannot be decoded.
    """
    wiring = _Wiring(folder, sizes, packed, budget)
    stream = wiring.output(main_coder(folder))
    undone = [_UNDONE[coder.method] for coder in folder.coders if coder.method in _UNDONE]
    return Unpacked(stream, wiring.memory, "".join(undone[:1]), "BCJ2" in undone)


class Limited:
    """The first `size` bytes of a stream. Raises EOFError when there are fewer."""

    def __init__(self, stream: Stream, size: int) -> None:
        self._stream = stream
        self._left = size

    def read(self, size: int = -1, /) -> bytes:
        wanted = self._left if size < 0 else min(size, self._left)
        data = self._stream.read(wanted) if wanted else b""
        if not data and wanted:
            raise EOFError("truncated")
        self._left -= len(data)
        return data


class _Wiring:
    """Follows the wires of a folder backwards, from the members to the packed streams."""

    def __init__(
        self, folder: Folder, sizes: list[int], packed: Callable[[int], Stream], budget: Budget
    ) -> None:
        self._folder = folder
        self._sizes = sizes
        self._packed = packed
        self._budget = budget
        self._visited: set[int] = set()
        self.memory = 0

    def output(self, index: int) -> Stream:
        """What the coder at `index` writes."""
        if index in self._visited or index >= len(self._folder.coders):
            raise ValueError(DAMAGED)
        self._visited.add(index)
        coder = self._folder.coders[index]
        if coder.inputs != 1 and coder.method != _BCJ2:
            raise ValueError(_unsupported(coder))
        first = sum(each.inputs for each in self._folder.coders[:index])
        stream = self._decoded(coder, self._input(first), self._sizes[index])
        return stream if coder.method == _BCJ2 else Limited(stream, self._sizes[index])

    def _input(self, number: int) -> Stream:
        source = self._folder.bound.get(number)
        if source is not None:
            return self.output(source)
        if number not in self._folder.packed:
            raise ValueError(DAMAGED)
        return self._packed(self._folder.packed.index(number))

    def _decoded(self, coder: Coder, stream: Stream, size: int) -> Stream:
        method, budget = coder.method, self._budget
        if method == _COPY or method in _UNDONE:
            return stream
        if method == _BZIP2:
            return bzip2.open_stream(stream, budget)
        if method == _ZSTD:
            return zstd.open_stream(stream, budget)
        if method == _DEFLATE:
            codec = _Raw("deflate", inflate.ERRORS, lambda: inflate.Inflate(inflate.crc32, 0))
        elif method in (_LZMA, _LZMA2):
            chain = [_lzma_filter(coder, size)]
            self.memory += check_dictionary("7z", chain[0]["dict_size"])
            codec = _Raw("lzma", (lzma.LZMAError,), lambda: _raw(chain))
        elif method in _FILTERS:
            step = _filter(coder)
            codec = _Raw("filtered", (lzma.LZMAError,), lambda: _FilterDecoder(step))
        else:
            raise ValueError(_unsupported(coder))
        return Decompressed(stream, budget, codec)


def _unsupported(coder: Coder) -> str:
    name = _NAMES.get(coder.method, f"method {coder.method.hex() or '00'}")
    return f"compressed with {name}, which is not supported"


def _lzma_filter(coder: Coder, size: int) -> dict[str, Any]:
    """What liblzma is told. A dictionary larger than the output is never needed."""
    properties = coder.properties
    if coder.method == _LZMA2:
        if len(properties) != 1 or properties[0] > 40:
            raise ValueError(DAMAGED)
        bits = properties[0]
        spec: dict[str, Any] = {"id": lzma.FILTER_LZMA2}
        dictionary = (2 | bits & 1) << (bits // 2 + 11)
    else:
        if len(properties) < 5 or properties[0] >= 225:
            raise ValueError(DAMAGED)
        packed = properties[0]
        spec = {
            "id": lzma.FILTER_LZMA1,
            "lc": packed % 9,
            "lp": packed // 9 % 5,
            "pb": packed // 45,
        }
        dictionary = int.from_bytes(properties[1:5], "little")
    spec["dict_size"] = max(_SMALLEST_DICTIONARY, min(dictionary, size))
    return spec


def _filter(coder: Coder) -> dict[str, Any]:
    spec: dict[str, Any] = {"id": _FILTERS[coder.method]}
    if spec["id"] == lzma.FILTER_DELTA:
        spec["dist"] = coder.properties[0] + 1 if coder.properties else 1
    return spec


def _raw(chain: list[dict[str, Any]]) -> lzma.LZMADecompressor:
    try:
        return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=chain)
    except lzma.LZMAError as problem:
        raise ValueError("unsupported lzma options") from problem


class _Raw:
    """A compression without any header of its own. Its memory is counted by who opened the folder."""

    def __init__(
        self, name: str, errors: tuple[type[Exception], ...], make: Callable[[], Decoder]
    ) -> None:
        self.name = name
        self.errors = errors
        self._make = make

    def begin(self, source: Source, /) -> Segment | None:
        return Segment(self._make()) if source.peek(1) else None

    def end(self, source: Source, decoder: Decoder, /) -> None:
        """Nothing follows."""


class _FilterDecoder:
    """Undoes a branch or delta filter that stands alone.

    liblzma undoes filters only in front of LZMA2, so what goes in is dressed as LZMA2 chunks without
    compression. Beside LZMA, which has no end mark, liblzma would keep the last bytes back.
    """

    def __init__(self, step: dict[str, Any]) -> None:
        chain = [step, {"id": lzma.FILTER_LZMA2, "dict_size": _FILTER_CHUNK}]
        self._decoder = _raw(chain)
        self._started = False
        self.unused_data = b""

    @property
    def eof(self) -> bool:
        return self._decoder.eof

    @property
    def needs_input(self) -> bool:
        return self._decoder.needs_input

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        if self._decoder.needs_input:
            data = self._dressed(data)
        return self._decoder.decompress(data, max_length)

    def _dressed(self, data: bytes) -> bytes:
        """LZMA2: control 1 (the first chunk) or 2, the size less one in two bytes; 0 is the end."""
        if not data:
            return b"\0"
        dressed = bytearray()
        for start in range(0, len(data), _FILTER_CHUNK):
            chunk = data[start : start + _FILTER_CHUNK]
            dressed += (b"\2" if self._started else b"\1") + (len(chunk) - 1).to_bytes(2) + chunk
            self._started = True
        return bytes(dressed)
