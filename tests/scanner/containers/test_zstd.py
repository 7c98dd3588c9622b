"""zstd: frames, what may be skipped between them, and a window that is never larger than 128 MiB."""

from __future__ import annotations

import random
import shutil
import struct
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antkey_scanner.containers import zstd
from antkey_scanner.containers.budget import MEBIBYTE, Limits

Unpacker = Callable[..., Any]

LINES = b"".join(b"%d some line of a log\n" % number for number in range(5000))


def pack(data: bytes, **parameters: int) -> bytes:
    library = zstd.library()
    options = {library.CompressionParameter[name]: value for name, value in parameters.items()}
    frame: bytes = library.compress(data, options=options or None)
    return frame


def in_one_go(data: bytes, **parameters: int) -> bytes:
    """A frame whose header does not tell the size of the content."""
    library = zstd.library()
    options = {library.CompressionParameter[name]: value for name, value in parameters.items()}
    packer = library.ZstdCompressor(options=options)
    frame: bytes = packer.compress(data[:1000]) + packer.compress(data[1000:]) + packer.flush()
    return frame


def skippable(data: bytes) -> bytes:
    return struct.pack("<2L", 0x184D2A57, len(data)) + data


@pytest.mark.parametrize("dripping", [False, True])
@pytest.mark.parametrize("data", [b"", b"x", LINES, bytes(3_000_000)])
def test_unpacks_what_was_packed(unpacked: Unpacker, data: bytes, dripping: bool) -> None:
    assert unpacked(pack(data), name="zstd", dripping=dripping) == (data, None)


@pytest.mark.parametrize("first", [b"", b"meta data", bytes(300_000)])
def test_frames_and_skippable_frames_are_one_stream(unpacked: Unpacker, first: bytes) -> None:
    packed = (
        skippable(first) + pack(b"first\n") + skippable(b"x" * 99) + pack(LINES) + skippable(b"")
    )
    assert unpacked(packed) == (b"first\n" + LINES, None)


def test_data_behind_the_end_is_an_error_and_no_silence(unpacked: Unpacker) -> None:
    data, error = unpacked(pack(LINES) + b"more")
    assert data == LINES
    assert str(error) == "data behind the end of the zstd stream"


@pytest.mark.parametrize("dripping", [False, True])
def test_cut_stream_gives_its_whole_blocks(unpacked: Unpacker, dripping: bool) -> None:
    noise = random.Random(1).randbytes(300_000)
    data, error = unpacked(pack(noise)[:-10_000], dripping=dripping)
    assert len(data) >= 262_144
    assert noise.startswith(data)
    assert isinstance(error, EOFError)
    assert str(error) == "truncated zstd stream"


@pytest.mark.parametrize("dripping", [False, True])
def test_damage_is_told_after_what_stands_before_it(unpacked: Unpacker, dripping: bool) -> None:
    words = random.Random(1).randbytes(300_000).hex().encode()
    packed = bytearray(pack(words, checksum_flag=1))
    packed[-2] ^= 0xFF
    data, error = unpacked(bytes(packed), dripping=dripping)
    assert data == words
    assert isinstance(error, ValueError)


@pytest.mark.parametrize("log", range(10, 28))
def test_window_is_read_from_the_header_as_the_library_does(log: int) -> None:
    window = zstd.frame_window(in_one_go(LINES, window_log=log)[:14])
    assert window == 1 << log


def test_content_that_is_one_segment_is_its_own_window() -> None:
    for size in (1, 255, 256, 65_791, 65_792, 1_000_000):
        assert zstd.frame_window(pack(bytes(size))[:14]) == size


def test_window_of_more_than_128_mib_is_refused(unpacked: Unpacker) -> None:
    packed = in_one_go(LINES, window_log=28, enable_long_distance_matching=1)
    assert str(unpacked(packed).error) == "zstd stream needs a window of 256 MiB"


def test_window_counts_as_memory(unpacked: Unpacker) -> None:
    packed = in_one_go(LINES, window_log=25)
    limits = Limits(memory=16 * MEBIBYTE)
    assert "needs more memory" in str(unpacked(packed, limits).error)


def test_missing_package_is_a_reason_that_names_it(
    unpacked: Unpacker, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = pack(LINES)
    monkeypatch.setitem(sys.modules, "compression.zstd", None)
    monkeypatch.setitem(sys.modules, "backports.zstd", None)
    _, error = unpacked(packed)
    assert isinstance(error, ValueError)
    assert str(error) == "zstd needs the package backports.zstd, which is not installed"


@pytest.mark.skipif(not shutil.which("zstd"), reason="needs the zstd command")
@pytest.mark.parametrize("level", ["-1", "-19", "--long=27", "--rsyncable"])
def test_reads_what_the_command_writes(unpacked: Unpacker, level: str) -> None:
    packed = subprocess.run(
        ["zstd", "-q", "-c", level], input=LINES, check=True, capture_output=True
    ).stdout
    assert unpacked(packed) == (LINES, None)


@given(rest=st.binary(max_size=300))
def test_any_bytes_end_in_data_or_one_of_the_agreed_errors(unpacked: Unpacker, rest: bytes) -> None:
    unpacked(b"(\xb5/\xfd" + rest)
