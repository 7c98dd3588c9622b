"""A search that knows nothing but decoding: seeds → regions → readings → the same again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest

from antkey_scanner.containers import detect
from antkey_scanner.decode import Decoded, decodings
from antkey_scanner.decode.regions import regions
from antkey_scanner.decode.wide import narrow
from antkey_scanner.tokens import RUN, TOKEN_CLASS

SEED = re.compile(TOKEN_CLASS + b"{%d,}|sk-ant-" % RUN)
SPLIT_SEED = re.compile(rb"sk-(?=[\"'])|sk-ant(?=[\"'])")
DEPTH = 5

Read = Callable[[bytes], list[tuple[int, Decoded]]]
Hunt = Callable[[bytes, bytes], tuple[str, ...] | None]


def _seeds(data: bytes) -> list[tuple[int, int]]:
    return [match.span() for seed in (SEED, SPLIT_SEED) for match in seed.finditer(data)]


def _readings(data: bytes) -> Iterator[tuple[int, Decoded]]:
    for start, end in regions(data, _seeds(data)):
        for decoded in decodings(data[start:end]):
            yield start, decoded
    for start, _, decoded in narrow(data):
        yield start, decoded


def _hunt(data: bytes, key: bytes, depth: int) -> tuple[str, ...] | None:
    if key in data:
        return ()
    if depth == 0:
        return None
    for _, decoded in _readings(data):
        inner = _hunt(decoded.data, key, depth - 1)
        if inner is not None:
            return (decoded.encoding, *inner)
        if detect(decoded.data) is not None:  # the engine unpacks containers
            for unpacked in decodings(decoded.data):
                inner = _hunt(unpacked.data, key, depth - 2)
                if inner is not None:
                    return (decoded.encoding, unpacked.encoding, *inner)
    return None


@pytest.fixture(scope="session")
def read() -> Read:
    """All readings of a piece of text, one layer deep, with the offset of their region."""
    return lambda data: list(_readings(data))


@pytest.fixture(scope="session")
def hunt() -> Hunt:
    """The encodings to undo until the key stands in plain sight, None if it is lost."""
    return lambda data, key: _hunt(data, key, DEPTH)
