"""The filter throws away what people make up and keeps what a generator makes."""

from __future__ import annotations

import random
import string

import pytest

from antkey_scanner.plausible import is_placeholder

BASE64URL = (string.ascii_letters + string.digits + "-_").encode()


@pytest.mark.parametrize(
    "made_up",
    [
        b"x" * 95,
        b"your-actual-key-goes-here",
        b"YOUR-ACTUAL-KEY-HERE-12345",
        b"abc123def456ghi789jkl012mno345",
        b"test-key-1234567890abcdef",
        b"AbCdEfGhIjKlMnOpQrStUvWxYz",
        b"1234567890abcdef1234567890abcdef",
        b"fake-key-for-testing-only-0000",
        b"coloque_sua_chave_aqui",
        b"deadbeefdeadbeefdeadbeefdeadbeef",
        b"ab" * 47,
        b"",
    ],
)
def test_made_up_text_is_a_placeholder(made_up: bytes) -> None:
    assert is_placeholder(made_up)


@pytest.mark.slow
def test_none_of_a_million_random_keys_is_lost() -> None:
    dice = random.Random(20261120)
    lost = 0
    for _ in range(1_000_000 // 50):
        block = dice.choices(BASE64URL, k=50 * 93)
        for start in range(0, len(block), 93):
            lost += is_placeholder(bytes(block[start : start + 93]) + b"AA")
    assert lost == 0


def test_short_random_keys_are_not_lost() -> None:
    dice = random.Random(7)
    keys = [bytes(dice.choices(BASE64URL, k=size)) for size in (20, 24, 40) for _ in range(10_000)]
    assert not [key for key in keys if is_placeholder(key)]
