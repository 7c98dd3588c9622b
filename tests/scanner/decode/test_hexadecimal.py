"""Hex digits of either case, from even and odd places, wrapped or not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from antkey_scanner.decode import decodings

CASES = {
    "lower": bytes.lower,
    "upper": bytes.upper,
    "mixed": lambda digits: bytes(
        digit if place % 3 else digit & 0xDF if digit > 96 else digit
        for place, digit in enumerate(digits)
    ),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("before", [b"", b"0", b"f", b"u003d", b"key=", b"path/", b"n", b"#"])
@pytest.mark.parametrize("after", [b"", b"0", b"z", b"=", b"/x"])
def test_digits_may_be_glued_to_anything(
    make_key: Callable[[], str], case: str, before: bytes, after: bytes
) -> None:
    key = make_key().encode()
    region = before + CASES[case](key.hex().encode()) + after
    (found,) = (each for each in decodings(region) if key in each.data)
    assert found.encoding == "hex"
    start = found.data.index(key)
    assert [found.origin(start + at) for at in range(len(key))] == [
        len(before) + 2 * at for at in range(len(key))
    ]


@pytest.mark.parametrize("width", [49, 50, 64, 75])
def test_lines_may_cut_a_byte_in_two(make_key: Callable[[], str], width: int) -> None:
    key = make_key().encode()
    digits = key.hex().encode()
    region = b"\n  ".join(digits[at : at + width] for at in range(0, len(digits), width))
    (found,) = (each for each in decodings(region) if key in each.data)
    for at in range(len(key)):
        assert found.origin(found.data.index(key) + at) == 2 * at + 2 * at // width * 3


def test_a_key_is_found_in_many_lines_of_hashes(make_key: Callable[[], str]) -> None:
    key = make_key().encode()
    hashes = [bytes(range(at, at + 32)).hex().encode() for at in range(200)]
    region = b"\n".join([*hashes, key.hex().encode(), *hashes])
    assert any(key in each.data for each in decodings(region))
