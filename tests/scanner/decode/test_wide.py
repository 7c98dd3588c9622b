"""UTF-16 and UTF-32 between other bytes, at any offset, in either byte order."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise

import pytest

from antkey_scanner.decode import decodings
from antkey_scanner.decode.wide import REACH, narrow

Hunt = Callable[[bytes, bytes], tuple[str, ...] | None]
CODECS = {"utf-16-le": 2, "utf-16-be": 2, "utf-32-le": 4, "utf-32-be": 4}
MARKS = {
    "utf-16-le": b"\xff\xfe",
    "utf-16-be": b"\xfe\xff",
    "utf-32-le": b"\xff\xfe\0\0",
    "utf-32-be": b"\0\0\xfe\xff",
}


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("before", range(5))
@pytest.mark.parametrize("marked", [True, False])
def test_a_key_is_found_and_placed_in_any_order_at_any_offset(
    make_key: Callable[[], str], codec: str, before: int, *, marked: bool
) -> None:
    key = make_key()
    mark = MARKS[codec] if marked else b""
    head = b"\x01" * before + mark + "é: ".encode(codec)
    data = head + key.encode(codec) + " 中\x01".encode(codec)
    ((start, end, found),) = narrow(data)
    assert found.encoding == codec[:6]
    assert key.encode() in found.data
    low = 0 if codec.endswith("le") else CODECS[codec] - 1
    for at in range(len(key)):
        place = start + found.origin(found.data.index(key.encode()) + at)
        assert place == len(head) + at * CODECS[codec] + low
    assert start < end <= len(data)


@pytest.mark.parametrize("codec", CODECS)
def test_concatenation_in_wide_source_code_is_seen_whole(
    hunt: Hunt, make_key: Callable[[], str], codec: str
) -> None:
    key = make_key()
    source = f'int x;\r\nchar *key = "{key[:9]}"\r\n  "{key[9:60]}"\r\n  "{key[60:]}";\r\n'
    found = hunt(MARKS[codec] + source.encode(codec), key.encode())
    assert found == (codec[:6], "concatenation")


@pytest.mark.parametrize("codec", CODECS)
def test_encoded_keys_are_found(hunt: Hunt, make_key: Callable[[], str], codec: str) -> None:
    key = make_key().encode()
    text = f"data: {key.hex()}\n"
    assert hunt(text.encode(codec), key) == (codec[:6], "hex")


@pytest.mark.parametrize("place", [(256 << 10) - 300, (256 << 10) - 20, (256 << 10) - 1, 600_001])
def test_a_key_over_a_blocks_edge_is_found_once(make_key: Callable[[], str], place: int) -> None:
    key = make_key().encode()
    data = b"\0" * place + b"\x01" + key.decode().encode("utf-16-le") + b"\x01" * 1000
    assert [text.data for _, _, text in narrow(data)] == [key]


def test_text_around_a_key_is_taken_along_but_not_without_end(make_key: Callable[[], str]) -> None:
    key = make_key()
    lines = "some words, and more of them\n" * 10_000
    data = (lines + key + "\n" + lines).encode("utf-16-le")
    ((start, end, found),) = narrow(data)
    assert key.encode() in found.data
    assert len(lines) // 100 < len(found.data) <= 2 * REACH + len(key) + 48
    assert (end - start + 1) // 2 == len(found.data)


def test_many_keys_are_in_stretches_that_do_not_overlap(make_key: Callable[[], str]) -> None:
    keys = [make_key().encode() for _ in range(3000)]
    data = b"\n".join(keys).decode().encode("utf-16-be")
    found = list(narrow(data))
    joined = b"".join(text.data for _, _, text in found)
    assert all(key in joined for key in keys)
    assert all(one[1] <= two[0] for one, two in pairwise(found))


def test_narrow_text_zeros_and_noise_have_no_stretches(make_key: Callable[[], str]) -> None:
    dice = random.Random(1)
    for data in (make_key().encode() * 100, bytes(100_000), dice.randbytes(300_000), b""):
        assert list(narrow(data)) == []


def test_short_wide_words_have_no_stretches() -> None:
    assert list(narrow("a short word, another one".encode("utf-16-le"))) == []


def test_a_decoded_layer_of_wide_text_is_read_as_a_whole(make_key: Callable[[], str]) -> None:
    key = make_key()
    data = b"\x05" + key.encode("utf-16-le")
    (found,) = decodings(data)
    assert (found.encoding, found.data) == ("utf-16", key.encode())
    assert [found.origin(at) for at in range(3)] == [1, 3, 5]
