"""Random secrets pass, what people and counters make does not."""

from __future__ import annotations

import random
import string

import pytest

from antkey_scanner.variety import is_uneven

ALNUM = string.ascii_letters + string.digits
HEX = "0123456789abcdef"


@pytest.mark.parametrize(("alphabet", "length"), [(HEX, 32), (HEX, 64), (ALNUM, 32), (ALNUM, 40)])
def test_few_random_secrets_are_lost(alphabet: str, length: int) -> None:
    dice = random.Random(f"{alphabet}{length}")
    lost = sum(is_uneven("".join(dice.choices(alphabet, k=length)).encode()) for _ in range(20_000))
    assert lost < 20_000 * 0.006


@pytest.mark.parametrize(
    "text",
    [
        b"0" * 32,
        b"12345678901234567890123456789012",
        b"deadbeefdeadbeefdeadbeefdeadbeef",
        b"abcdefghijklmnopqrstuvwxyz012345",
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEF",
        b"thisIsNotARealKeyItIsAnExampleOk",
        b"0123456789abcdef0123456789abcdef",
        b"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx1",
    ],
)
def test_what_is_made_up_is_uneven(text: bytes) -> None:
    assert is_uneven(text)
