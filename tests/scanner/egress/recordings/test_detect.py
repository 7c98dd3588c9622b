"""What a recording is, by its content: compressed, empty, damaged."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.scanner.egress.recordings.reading import read

from antkey_scanner.containers.zstd import library
from antkey_scanner.egress.recordings.detect import Recording, format_of
from antkey_scanner.policy.egress import EgressPolicy

MakeKey = Callable[..., str]

LINE = json.dumps({"time": "2026-11-20T12:00:00Z", "host": "api.anthropic.com"}) + "\n"


def zstd(data: bytes) -> bytes:
    try:
        compressed: Any = library().compress(data)
    except ValueError as error:
        pytest.skip(str(error))
    return bytes(compressed)


@pytest.mark.parametrize("pack", [gzip.compress, zstd])
def test_a_compressed_recording_is_read(pack: Callable[[bytes], bytes]) -> None:
    packed = pack((LINE * 50_000).encode())
    assert len(read(packed).requests) == 50_000
    assert len(read(gzip.compress(packed)).requests) == 50_000


@pytest.mark.parametrize("pack", [gzip.compress, zstd])
def test_a_cut_compressed_recording_is_told(pack: Callable[[bytes], bytes]) -> None:
    packed = pack("".join(f'{{"time":{n}}}\n' for n in range(100_000)).encode())
    found = read(packed[: len(packed) // 2])
    assert found.skips


def test_a_damaged_compressed_document_is_told(make_key: MakeKey) -> None:
    entry = {"request": {"method": "POST", "url": "https://api.anthropic.com/", "headers": []}}
    text = json.dumps({"log": {"entries": [entry] * 10_000}}, indent=1)
    packed = bytearray(gzip.compress(text.encode()))
    packed[-6] ^= 1
    found = read(bytes(packed))
    assert found.skips


def test_a_bomb_is_refused() -> None:
    data = b"\n" * (300 << 20)
    assert read(gzip.compress(gzip.compress(data, 1))).skips


@pytest.mark.parametrize("text", ["", "\n\n", " \t\r\n", "\ufeff"])
def test_nothing_is_an_empty_recording(text: str) -> None:
    found = read(text)
    assert not found.requests
    assert not found.skips


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ('{"log": {"version"', "json document"),
        ('{\n  "log": {', "json document"),
        ('{"log":"text","stream":"stdout"}\n', "json lines"),
        ('{"interactions": [', "json document"),
        ('{"resourceSpans":[]}\n{"resourceSpans":[]}\n', "json lines"),
        ('[{"time": 1}]', "json document"),
        ('{"time": "2026', "json lines"),
        ('me": 1}\n{"time": 1}\n', "json lines"),
        ("interactions:\n- request:", "cassette"),
        ("version: 1\ninteractions: []", "cassette"),
        ("", "empty"),
        ("Dear Sir,", ""),
        ("\0\0\0", ""),
    ],
)
def test_formats_are_told_by_their_start(head: str, name: str) -> None:
    assert format_of(head.encode()) == name


def test_utf16_is_told() -> None:
    assert read(LINE.encode("utf-16")).skips


class Failing:
    """A disk that does not answer."""

    def read(self, _size: int = -1, /) -> bytes:
        raise OSError(5, "Input/output error")


def test_an_unreadable_stream_is_told() -> None:
    (skip,) = Recording(Failing(), "x", 0).items(EgressPolicy())
    assert "input/output error" in str(skip)
