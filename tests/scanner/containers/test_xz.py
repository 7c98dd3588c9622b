"""xz and lzma: all before a fault, and no more memory than the budget has, whatever a header asks for."""

from __future__ import annotations

import io
import lzma
import random
import struct
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antkey_scanner.containers import detect
from antkey_scanner.containers.budget import MEBIBYTE, Budget, Limits
from antkey_scanner.containers.xz import xz_dictionary

Unpacker = Callable[..., Any]

LINES = b"".join(b"%d some line of a log\n" % number for number in range(5000))
SMALL = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 16}]


def packed_as(name: str, data: bytes) -> bytes:
    return lzma.compress(data, lzma.FORMAT_XZ if name == "xz" else lzma.FORMAT_ALONE)


def asks_for(dictionary: int) -> bytes:
    """An .lzma file whose header asks for a dictionary of this size."""
    packed = bytearray(packed_as("lzma", LINES))
    packed[1:5] = struct.pack("<L", dictionary)
    return bytes(packed)


def xz_asks_for(bits: int) -> bytes:
    """An .xz file whose first block asks for the dictionary that `bits` stands for."""
    packed = bytearray(lzma.compress(LINES, filters=SMALL))
    size = (packed[12] + 1) * 4
    at = packed.index(bytes([0x21, 1]), 12) + 2
    packed[at] = bits
    packed[12 + size - 4 : 12 + size] = struct.pack("<L", zlib.crc32(packed[12 : 12 + size - 4]))
    return bytes(packed)


@pytest.mark.parametrize("name", ["xz", "lzma"])
@pytest.mark.parametrize("dripping", [False, True])
@pytest.mark.parametrize("data", [b"", b"x", LINES, bytes(3_000_000)])
def test_unpacks_what_was_packed(
    unpacked: Unpacker, data: bytes, dripping: bool, name: str
) -> None:
    assert unpacked(packed_as(name, data), name=name, dripping=dripping) == (data, None)


def test_streams_and_padding_are_one(unpacked: Unpacker) -> None:
    packed = lzma.compress(b"first\n") + bytes(8) + lzma.compress(LINES) + bytes(4)
    assert unpacked(packed) == (b"first\n" + LINES, None)


@pytest.mark.parametrize("name", ["xz", "lzma"])
def test_data_behind_the_end_is_an_error_and_no_silence(unpacked: Unpacker, name: str) -> None:
    data, error = unpacked(packed_as(name, LINES) + b"more")
    assert data == LINES
    assert str(error) == f"data behind the end of the {name} stream"


@pytest.mark.parametrize("name", ["xz", "lzma"])
@pytest.mark.parametrize("dripping", [False, True])
def test_cut_stream_gives_what_stands_before_the_cut(
    unpacked: Unpacker, name: str, dripping: bool
) -> None:
    packed = packed_as(name, LINES)
    data, error = unpacked(packed[: len(packed) // 2], dripping=dripping)
    assert len(data) > 10_000
    assert LINES.startswith(data)
    assert isinstance(error, EOFError)
    assert str(error) == f"truncated {name} stream"


@pytest.mark.parametrize("dripping", [False, True])
def test_damage_is_told_after_what_stands_before_it(unpacked: Unpacker, dripping: bool) -> None:
    noise = random.Random(1).randbytes(200_000)
    packed = bytearray(lzma.compress(noise))
    packed[-70] ^= 0xFF  # in the data or its checksum, at the end
    data, error = unpacked(bytes(packed), dripping=dripping)
    assert data[:199_000] == noise[:199_000]
    assert isinstance(error, ValueError)


def test_dictionary_of_more_than_256_mib_is_refused(unpacked: Unpacker) -> None:
    assert str(unpacked(asks_for(1 << 29)).error) == "lzma stream needs a dictionary of 512 MiB"
    assert str(unpacked(xz_asks_for(40)).error) == "xz stream needs a dictionary of 4096 MiB"


def test_dictionary_of_256_mib_is_read(unpacked: Unpacker) -> None:
    assert unpacked(asks_for(1 << 28)) == (LINES, None)
    assert unpacked(xz_asks_for(32)) == (LINES, None)


def test_dictionaries_inside_one_another_share_one_limit() -> None:
    budget = Budget(Limits(memory=100 * MEBIBYTE), 1 << 20)
    packed = lzma.compress(LINES, preset=9)
    for _ in range(3):
        packed = lzma.compress(packed, preset=9)
    stream: Any = io.BytesIO(packed)
    for _ in range(4):
        form = detect(packed)
        assert form is not None
        stream = form.open_stream(stream, budget)
    with pytest.raises(ValueError, match="needs more memory to unpack than is left of 100 MiB"):
        stream.read()


@pytest.mark.parametrize("bits", range(0, 33, 3))
def test_dictionary_is_read_from_a_block_as_liblzma_does(bits: int) -> None:
    size = xz_dictionary(xz_asks_for(bits)[12:])
    packed = xz_asks_for(bits)
    with pytest.raises(lzma.LZMAError):
        lzma.LZMADecompressor(memlimit=size).decompress(packed)
    assert lzma.LZMADecompressor(memlimit=size + MEBIBYTE).decompress(packed) == LINES


@given(st.binary(max_size=60))
def test_any_block_header_gives_a_size(block: bytes) -> None:
    assert 0 <= xz_dictionary(block) < 1 << 33


@given(rest=st.binary(max_size=300))
def test_any_bytes_end_in_data_or_one_of_the_agreed_errors(unpacked: Unpacker, rest: bytes) -> None:
    unpacked(b"\xfd7zXZ\0" + rest)


def test_the_largest_dictionary_is_recognised(make_key: Callable[..., str]) -> None:
    """Xz writes 0xFFFFFFFF for a dictionary of 4 GiB: passed over, a key in it would be silence."""
    packed = bytearray(lzma.compress(make_key().encode(), format=lzma.FORMAT_ALONE))
    packed[1:5] = b"\xff\xff\xff\xff"
    form = detect(bytes(packed))
    assert form is not None
    assert form.name == "lzma"
