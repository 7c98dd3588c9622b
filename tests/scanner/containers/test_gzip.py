"""gzip and zlib: all that can be unpacked comes out first, then the reason why there is no more."""

from __future__ import annotations

import gzip
import io
import random
import struct
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antkey_scanner.containers import inflate, zlib_stream
from antkey_scanner.containers.budget import Budget, BudgetExceeded, Limits
from antkey_scanner.containers.gzip import open_stream

Unpacker = Callable[..., Any]
Maker = Callable[..., str]

LINES = b"".join(b"%d some line of a log\n" % number for number in range(5000))


def noise(size: int) -> bytes:
    """Bytes that cannot be compressed much, so that positions in both streams are alike."""
    return random.Random(size).randbytes(size)


def byte_by_byte(packed: bytes) -> bytes:
    """What a decoder gives that is fed so slowly that it can lose nothing before a fault."""
    decoder, found = zlib.decompressobj(31), bytearray()
    try:
        for byte in packed:
            found += decoder.decompress(bytes([byte]))
    except zlib.error:
        pass
    return bytes(found)


@pytest.fixture(params=["isal", "zlib"])
def library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways to inflate: with the fast library and without it."""
    name: str = request.param
    if name == "zlib":
        monkeypatch.setattr(inflate, "HAVE_ISAL", False)
    elif not inflate.HAVE_ISAL:
        pytest.skip("needs isal")
    return name


def member(
    data: bytes,
    *,
    extra: bytes = b"",
    name: bytes = b"",
    comment: bytes = b"",
    checked: bool = False,
) -> bytes:
    """A gzip member with all that its header may hold."""
    flags = 2 * checked | 4 * bool(extra) | 8 * bool(name) | 16 * bool(comment)
    header = b"\x1f\x8b\x08" + bytes([flags]) + bytes(4) + b"\0\xff"
    header += struct.pack("<H", len(extra)) + extra if extra else b""
    header += b"".join(text + b"\0" for text in (name, comment) if text)
    header += struct.pack("<H", zlib.crc32(header) & 0xFFFF) if checked else b""
    return header + gzip.compress(data)[10:]


@pytest.mark.parametrize("dripping", [False, True])
@pytest.mark.parametrize("data", [b"", b"x", LINES, noise(300_000), bytes(3_000_000)])
def test_unpacks_what_was_packed(
    unpacked: Unpacker, library: str, data: bytes, dripping: bool
) -> None:
    assert unpacked(gzip.compress(data), name="gzip", dripping=dripping) == (data, None)


@pytest.mark.parametrize("dripping", [False, True])
@pytest.mark.parametrize("padding", [b"", bytes(7), bytes(200_000)])
def test_members_and_zero_padding_are_one_stream(
    unpacked: Unpacker, library: str, padding: bytes, dripping: bool
) -> None:
    packed = gzip.compress(b"first\n") + padding + gzip.compress(LINES) + padding
    assert unpacked(packed, dripping=dripping) == (b"first\n" + LINES, None)


def test_every_field_of_a_header_is_stepped_over(unpacked: Unpacker, library: str) -> None:
    packed = member(b"a", extra=b"field", name=b"name", comment=noise(9).replace(b"\0", b"x"))
    packed += member(b"b", checked=True, comment=b"c" * 300_000)
    assert unpacked(packed) == (b"ab", None)


def test_data_behind_the_end_is_an_error_and_no_silence(unpacked: Unpacker, library: str) -> None:
    data, error = unpacked(gzip.compress(LINES) + b"\nANTHROPIC_API_KEY=")
    assert data == LINES
    assert isinstance(error, ValueError)
    assert str(error) == "data behind the end of the gzip stream"


@pytest.mark.parametrize("dripping", [False, True])
def test_cut_stream_gives_all_that_stands_before_the_cut(
    unpacked: Unpacker, library: str, dripping: bool
) -> None:
    packed = gzip.compress(LINES)
    for cut in [*range(4, 40), *range(40, len(packed), 997), *range(len(packed) - 9, len(packed))]:
        before = zlib.decompressobj(31)
        expected = before.decompress(packed[:cut]) + before.flush()
        data, error = unpacked(packed[:cut], dripping=dripping)
        assert data == expected, cut
        assert isinstance(error, EOFError), cut
        assert str(error) == "truncated gzip stream"


@pytest.mark.parametrize("dripping", [False, True])
@pytest.mark.parametrize("size", [5_000, 400_000])
def test_damage_costs_only_what_stands_behind_it(
    unpacked: Unpacker, library: str, size: int, dripping: bool
) -> None:
    data = noise(size).hex().encode()
    packed = bytearray(gzip.compress(data))
    at = len(packed) // 2
    packed[at : at + 300] = b"\xff" * 300
    found, error = unpacked(bytes(packed), dripping=dripping)
    assert isinstance(error, ValueError)
    assert found.startswith(byte_by_byte(bytes(packed)))


def test_wrong_checksum_is_told_after_the_last_byte(unpacked: Unpacker, library: str) -> None:
    packed = bytearray(gzip.compress(LINES))
    packed[-6] ^= 1
    data, error = unpacked(bytes(packed))
    assert data == LINES
    assert str(error) == "gzip stream does not match its checksum"


def test_error_comes_again_at_every_read() -> None:
    stream = open_stream(io.BytesIO(gzip.compress(LINES)[:-4]), Budget(Limits(), 0))
    while True:
        try:
            assert stream.read(1 << 20)
        except EOFError:
            break
    for _ in range(3):
        with pytest.raises(EOFError):
            stream.read(10)


def test_every_byte_that_comes_out_is_counted() -> None:
    budget = Budget(Limits(), 0)
    stream = open_stream(io.BytesIO(gzip.compress(LINES) * 3), budget)
    assert stream.read() == LINES * 3
    assert budget.output == 3 * len(LINES)


def test_bomb_of_zeros_ends_at_the_limit(library: str) -> None:
    packed = gzip.compress(bytes(50_000_000))
    budget = Budget(Limits(output=10_000_000), len(packed))
    stream = open_stream(io.BytesIO(packed), budget)
    with pytest.raises(BudgetExceeded, match="more than 10000000 bytes unpacked"):
        stream.read()
    assert budget.output < 11_000_000


def test_ratio_is_what_ends_a_small_bomb() -> None:
    inner = gzip.compress(gzip.compress(bytes(30_000_000)))
    budget = Budget(Limits(ratio=1_100, ratio_floor=1_000_000), len(inner))
    outer = open_stream(io.BytesIO(inner), budget)
    with pytest.raises(BudgetExceeded, match="times its size"):
        open_stream(outer, budget).read()


def test_a_thousand_tiny_members_take_as_many_small_steps(unpacked: Unpacker) -> None:
    assert unpacked(gzip.compress(b"x") * 10_000) == (b"x" * 10_000, None)


@given(data=st.binary(max_size=5000), piece=st.integers(1, 600), level=st.integers(0, 9))
def test_any_data_comes_out_in_any_pieces(
    unpacked: Unpacker, data: bytes, piece: int, level: int
) -> None:
    assert unpacked(gzip.compress(data, level), piece=piece) == (data, None)


@given(
    start=st.sampled_from([b"", gzip.compress(b"some text")[:15], gzip.compress(b"") + b"\0"]),
    rest=st.binary(max_size=300),
)
def test_any_bytes_end_in_data_or_one_of_the_agreed_errors(
    unpacked: Unpacker, start: bytes, rest: bytes
) -> None:
    unpacked(b"\x1f\x8b\x08\0" + start + rest)


def test_zlib_stream_is_unpacked(unpacked: Unpacker, library: str) -> None:
    assert unpacked(zlib.compress(LINES), name="zlib") == (LINES, None)


def test_zlib_stream_with_a_wrong_checksum_is_told(unpacked: Unpacker, library: str) -> None:
    packed = bytearray(zlib.compress(noise(9000)))
    packed[-1] ^= 1
    data, error = unpacked(bytes(packed), name="zlib")
    assert data == noise(9000)
    assert str(error) == "zlib stream does not match its checksum"


def test_zlib_stream_that_needs_a_dictionary_is_told() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 15, zdict=b"some line of a log")
    packed = packer.compress(LINES) + packer.flush()
    stream = zlib_stream.open_stream(io.BytesIO(packed), Budget(Limits(), 0))
    with pytest.raises(ValueError, match="needs a dictionary"):
        stream.read()
