"""Compressed data and archives inside base64 and hex: cut out exactly, whatever stands around them."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import lzma
import random
import tarfile
import zipfile
import zlib
from collections.abc import Callable

import pytest

from antkey_scanner.containers import detect
from antkey_scanner.decode import decodings
from antkey_scanner.decode.inflate import LIMIT, readings

Hunt = Callable[[bytes, bytes], tuple[str, ...] | None]
STREAMS = {
    "gzip": gzip.compress,
    "zlib": zlib.compress,
    "zlib, stored": lambda data: zlib.compress(data, 0),
    "zlib, quick": lambda data: zlib.compress(data, 1),
    "zlib, best": lambda data: zlib.compress(data, 9),
}
ENCODERS = {
    "base64": base64.b64encode,
    "base64url": base64.urlsafe_b64encode,
    "hex": lambda data: data.hex().encode(),
}


def zipped(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", data)
    return out.getvalue()


def tarred(data: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        member = tarfile.TarInfo("a.txt")
        member.size = len(data)
        archive.addfile(member, io.BytesIO(data))
    return out.getvalue()


ARCHIVES = {
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "lzma": lambda data: lzma.compress(data, lzma.FORMAT_ALONE),
    "zip": zipped,
    "tar": tarred,
}


@pytest.mark.parametrize("stream", STREAMS)
@pytest.mark.parametrize("encoder", ENCODERS)
@pytest.mark.parametrize("before", [b"", b"key=", b"path/", b"n", b"xy"])
def test_a_stream_is_cut_out_exactly(
    make_key: Callable[[], str], stream: str, encoder: str, before: bytes
) -> None:
    packed = STREAMS[stream](make_key().encode())
    region = before + ENCODERS[encoder](packed) + b"A9f3"
    (found,) = (each for each in decodings(region) if each.data == packed)
    assert found.encoding in (encoder, "base64")
    assert found.origin(0) == len(before)
    assert detect(found.data) is not None


@pytest.mark.parametrize("archive", ARCHIVES)
@pytest.mark.parametrize("encoder", ENCODERS)
def test_an_archive_is_cut_out_at_its_start(
    make_key: Callable[[], str], archive: str, encoder: str
) -> None:
    packed = ARCHIVES[archive](make_key().encode())
    region = b"data=" + ENCODERS[encoder](packed)
    found = [each for each in decodings(region) if detect(each.data) is not None]
    assert any(each.data.startswith(packed[:512]) for each in found)


def test_a_stream_per_line_is_a_stream_each(make_key: Callable[[], str]) -> None:
    streams = [zlib.compress(make_key().encode()) for _ in range(500)]
    region = b"\n".join(base64.b64encode(stream).rstrip(b"=") for stream in streams)
    found = {each.data for each in decodings(region)}
    assert found >= set(streams)


def test_noise_that_looks_like_a_stream_hides_none(make_key: Callable[[], str]) -> None:
    dice = random.Random(3)
    stream = zlib.compress(make_key().encode())
    noise = b"".join(
        b"eJ" + dice.choice(b"wxyz").to_bytes() + base64.b64encode(dice.randbytes(30))
        for _ in range(300)
    )
    assert any(each.data == stream for each in decodings(noise + base64.b64encode(stream) + noise))


def test_a_big_stream_is_cut_out_whole() -> None:
    stream = gzip.compress(random.Random(1).randbytes(3_000_000))
    region = base64.b64encode(stream)
    assert stream in [each.data for each in decodings(region)]


@pytest.mark.parametrize("compress", [gzip.compress, zlib.compress])
def test_a_stream_says_what_it_holds(compress: Callable[[bytes], bytes]) -> None:
    data = random.Random(1).randbytes(100_000).hex().encode()
    (found,) = readings(compress(data))
    assert found.data == data
    assert found.origin(500) == 0


@pytest.mark.parametrize("compress", [gzip.compress, zlib.compress])
def test_a_stream_that_is_cut_short_says_what_is_there(
    make_key: Callable[[], str], compress: Callable[[bytes], bytes]
) -> None:
    key = make_key().encode()
    tail = random.Random(1).randbytes(100_000).hex().encode()
    packed = compress(key + tail)
    (found,) = readings(packed[: len(packed) // 2])
    assert found.data.startswith(key)


def test_a_bomb_is_inflated_to_the_limit_only() -> None:
    (found,) = readings(gzip.compress(bytes(LIMIT + (32 << 20))))
    assert LIMIT // 2 < len(found.data) <= LIMIT


def test_what_is_no_stream_has_no_readings() -> None:
    for data in (b"", b"x", b"\x1f\x8b", b"\x1f\x8b\x08" + bytes(40), b"x\x9c" + b"\xff" * 40):
        assert list(readings(data)) == []
