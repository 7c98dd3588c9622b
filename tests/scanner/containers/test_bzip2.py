"""bzip2: streams behind one another, and every whole block before a fault."""

from __future__ import annotations

import bz2
import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

Unpacker = Callable[..., Any]

LINES = b"".join(b"%d some line of a log\n" % number for number in range(5000))


@pytest.mark.parametrize("dripping", [False, True])
@pytest.mark.parametrize("data", [b"", b"x", LINES, bytes(3_000_000)])
def test_unpacks_what_was_packed(unpacked: Unpacker, data: bytes, dripping: bool) -> None:
    assert unpacked(bz2.compress(data), name="bzip2", dripping=dripping) == (data, None)


def test_streams_behind_one_another_are_one(unpacked: Unpacker) -> None:
    packed = bz2.compress(b"first\n") + bz2.compress(LINES, 1) + bytes(100)
    assert unpacked(packed) == (b"first\n" + LINES, None)


def test_data_behind_the_end_is_an_error_and_no_silence(unpacked: Unpacker) -> None:
    data, error = unpacked(bz2.compress(LINES) + b"BZ is no stream")
    assert data == LINES
    assert str(error) == "data behind the end of the bzip2 stream"


@pytest.mark.parametrize("dripping", [False, True])
def test_cut_stream_gives_its_whole_blocks(unpacked: Unpacker, dripping: bool) -> None:
    blocks = random.Random(1).randbytes(250_000)
    data, error = unpacked(bz2.compress(blocks, 1)[:-50_000], dripping=dripping)
    assert len(data) > 190_000
    assert blocks.startswith(data)
    assert isinstance(error, EOFError)
    assert str(error) == "truncated bzip2 stream"


@pytest.mark.parametrize("dripping", [False, True])
def test_damaged_block_costs_none_before_it(unpacked: Unpacker, dripping: bool) -> None:
    blocks = random.Random(1).randbytes(250_000)
    packed = bytearray(bz2.compress(blocks, 1))
    packed[-10_000] ^= 0xFF
    data, error = unpacked(bytes(packed), dripping=dripping)
    assert data[:199_000] == blocks[:199_000]
    assert isinstance(error, ValueError)


def test_checksum_of_the_stream_is_wrong_after_the_last_byte(unpacked: Unpacker) -> None:
    packed = bytearray(bz2.compress(LINES))
    packed[-3] ^= 0xFF
    data, error = unpacked(bytes(packed))
    assert data == LINES
    assert isinstance(error, ValueError)


@given(data=st.binary(max_size=3000), piece=st.integers(1, 600))
def test_any_data_comes_out_in_any_pieces(unpacked: Unpacker, data: bytes, piece: int) -> None:
    assert unpacked(bz2.compress(data), piece=piece) == (data, None)
