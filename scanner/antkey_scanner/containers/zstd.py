"""Zstandard (RFC 8878): any number of frames, skippable ones between them, a limited window.

Read by the standard library from Python 3.14 on, by `backports.zstd`, the same code, before.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from antkey_scanner.containers import Stream
from antkey_scanner.containers.budget import MEBIBYTE, Budget
from antkey_scanner.containers.decompress import Decoder, Decompressed, Segment
from antkey_scanner.containers.source import Source

_MAGIC = b"(\xb5/\xfd"
_SKIPPABLE = b"*M\x18"
_LARGEST_WINDOW = 27
_WINDOW_HEADER = 14
_PACKAGES = ("compression.zstd", "backports.zstd")


def open_stream(stream: Stream, budget: Budget) -> Stream:
    """The frames' data, one behind the other, as `zstd -d` gives it."""
    return Decompressed(stream, budget, _Zstd())


def library() -> Any:  # the module has no one name to take a type from
    """The module that reads zstd. Raises ValueError when there is none."""
    for name in _PACKAGES:
        try:
            return import_module(name)
        except ImportError:
            continue
    raise ValueError("zstd needs the package backports.zstd, which is not installed")


class _Zstd:
    name = "zstd"

    def __init__(self) -> None:
        self.errors: tuple[type[Exception], ...] = ()

    def begin(self, source: Source, /) -> Segment | None:
        self.errors = (library().ZstdError,)
        while source.skip_padding():
            magic = source.peek(4)
            if magic == _MAGIC:
                return frame(source)
            if magic[1:] != _SKIPPABLE or magic[0] >> 4 != 5:
                raise ValueError("data behind the end of the zstd stream")
            source.skip(4)
            source.skip(int.from_bytes(source.exactly(4), "little"))
        return None

    def end(self, source: Source, decoder: Decoder, /) -> None:
        """The checksum is the decoder's business."""


def frame(source: Source) -> Segment:
    """The frame that starts here. Raises ValueError when its window is too large."""
    zstd = library()
    window = frame_window(source.peek(_WINDOW_HEADER))
    if window > 1 << _LARGEST_WINDOW:
        raise ValueError(f"zstd stream needs a window of {window // MEBIBYTE} MiB")
    limit = {zstd.DecompressionParameter.window_log_max: _LARGEST_WINDOW}
    return Segment(zstd.ZstdDecompressor(options=limit), window)


def frame_window(head: bytes) -> int:
    """The window that a frame's header asks for, in bytes (RFC 8878, section 3.1.1.1)."""
    if len(head) < 6:
        return 0
    descriptor = head[4]
    if not descriptor & 0x20:
        base = 1 << (10 + (head[5] >> 3))
        return base + base // 8 * (head[5] & 7)
    at = 5 + (0, 1, 2, 4)[descriptor & 3]
    length = (1, 2, 4, 8)[descriptor >> 6]
    size = int.from_bytes(head[at : at + length], "little")
    return size + 256 if length == 2 else size
