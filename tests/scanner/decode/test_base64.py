"""Base64 at every alignment, in both alphabets, wrapped or not; and what is dismissed at a glance."""

from __future__ import annotations

import base64
import random
from binascii import a2b_base64
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antkey_scanner.decode import base64 as decoder
from antkey_scanner.decode import decodings, hexadecimal
from antkey_scanner.decode.readable import SHORTEST, span

Read = Callable[[bytes], list]
ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
ENCODERS = {"base64": base64.b64encode, "base64url": base64.urlsafe_b64encode}


@pytest.mark.parametrize("glued", range(9))
@pytest.mark.parametrize("padded", [True, False])
def test_any_number_of_characters_may_be_glued_to_the_front(
    make_key: Callable[[], str], glued: int, *, padded: bool
) -> None:
    key = make_key().encode()
    for before in range(3):
        encoded = base64.b64encode(b"x" * before + key)
        encoded = encoded if padded else encoded.rstrip(b"=")
        region = b"Zm9vYmFyLw=="[:glued] + encoded
        found = [each for each in decodings(region) if key in each.data]
        assert [each.encoding for each in found] == ["base64"]
        for at in range(len(key)):  # the character that holds the byte's first bits
            place = found[0].origin(found[0].data.index(key) + at)
            assert place == glued + (before + at) * 4 // 3


def test_the_name_tells_the_alphabet() -> None:
    text = "text with a letter of its own: ÿþÿ, and some more of it ÿþÿþ".encode("latin-1")
    names = {
        name: [each.encoding for each in decodings(encode(text))]
        for name, encode in ENCODERS.items()
    }
    assert names == {"base64": ["base64"], "base64url": ["base64url"]}


def test_the_name_is_base64_when_both_alphabets_agree() -> None:
    encoded = base64.urlsafe_b64encode(b"only ASCII text in here, you see")
    assert not {*encoded} & {*b"-_"}
    assert [each.encoding for each in decodings(encoded)] == ["base64"]


def test_neighbours_whose_length_is_no_multiple_of_four_are_read_too(
    make_key: Callable[[], str],
) -> None:
    key = make_key().encode()
    for extra in range(5):
        lines = [b"Zm9v" * 16 + b"A" * extra, base64.b64encode(key), b"Zm9vYmFy" * 8]
        assert any(key in each.data for each in decodings(b"\n".join(lines)))


def test_origin_leads_back_over_line_breaks(make_key: Callable[[], str]) -> None:
    key = make_key().encode()
    flat = base64.b64encode(b"some text before it, " + key)
    lines = [flat[at : at + 50] for at in range(0, len(flat), 50)]
    region = b"\r\n    ".join(lines)
    (found,) = (each for each in decodings(region) if key in each.data)
    for at in range(len(found.data)):
        place = found.origin(at)
        assert region[place] == flat[at * 4 // 3]
        assert place == at * 4 // 3 + (at * 4 // 3) // 50 * len(b"\r\n    ")


@given(
    text=st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=SHORTEST).filter(
        str.strip
    ),
    noise=st.binary(max_size=40),
    glued=st.integers(0, 3),
)
def test_text_is_never_dismissed(text: str, noise: bytes, glued: int) -> None:
    region = b"Axb7"[:glued] + base64.b64encode(noise + text.encode() + noise)
    assert decoder.promising(region)
    assert any(text.encode() in each.data for each in decoder.readings(region))


@given(st.integers(0, 2**32), st.sampled_from([300, 5000, 9000, 40000]), st.integers(0, 200))
def test_text_is_found_anywhere_in_a_big_binary(seed: int, size: int, length: int) -> None:
    dice = random.Random(seed)
    text = bytes(dice.choices(b"abcdefgh ijklmnop-_ABC123", k=SHORTEST + length)).replace(
        b"  ", b"xy"
    )
    at = dice.randrange(size)
    data = dice.randbytes(at) + b"\xff" + text + b"\xff" + dice.randbytes(size - at)
    region = b"abc"[: dice.randrange(4)] + base64.b64encode(data)
    found = [each for each in decodings(region) if text in each.data]
    assert found
    place = found[0].origin(found[0].data.index(text))
    glued = len(region) - len(base64.b64encode(data))
    assert place == glued + (at + 1) * 4 // 3


@given(st.text("0123456789abcdef", min_size=48, max_size=4000), st.integers(0, 3))
def test_hex_in_lower_case_is_no_base64_of_a_key(digits: str, lane: int) -> None:
    # The shortcut `hexadecimal.is_pure` rests on this: no plain or encoded key has such text.
    region = digits[lane:].encode()
    data = a2b_base64(region[: len(region) // 4 * 4])
    found = span(data)
    if found is not None:
        text = data[found[0] : found[1]]
        assert min(len(set(text[third::3]) - set(b"kosw{")) for third in range(3)) == 0


@pytest.mark.parametrize("digits", [b"0123456789abcdef", b"0123456789ABCDEF"])
def test_no_base64_of_a_key_is_taken_for_a_hash(digits: bytes, make_key: Callable[[], str]) -> None:
    for before in range(3):
        once = base64.b64encode(b" " * before + make_key().encode())
        for text in (once, base64.b64encode(once), base64.b64encode(once.hex().encode())):
            assert not any(
                hexadecimal.is_pure(text[at : at + SHORTEST]) for at in range(len(text) - SHORTEST)
            )


@pytest.mark.parametrize(
    "region",
    [
        b"-" * 60,
        b"=" * 60,
        b"#" * 60,
        b"A" * 60,
        b"usr/lib/python3/dist-packages/setuptools/command/build/install",
        b"AbstractSingletonProxyFactoryBeanConfigurationManagerImpl",
        b"test_this_function_returns_the_right_value_for_all_of_its_inputs",
    ],
)
def test_names_and_rulers_have_no_readings(region: bytes) -> None:
    assert list(decodings(region)) == []


def test_hashes_have_no_readings() -> None:
    dice = random.Random(1)
    for _ in range(2000):
        assert list(decodings(dice.randbytes(32).hex().encode())) == []
        assert list(decodings(base64.b64encode(dice.randbytes(64)))) == []
