"""Nonces as they are written: hex or base64, of any length."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antkey_scanner.inventory.nonces import decoded

NONCES = st.binary(min_size=12, max_size=12)


@given(NONCES)
def test_twelve_bytes_come_back_from_each_way_of_writing_them(nonce: bytes) -> None:
    ways = [
        *(nonce.hex(), nonce.hex().upper(), f"0x{nonce.hex()}", f" {nonce.hex()} "),
        *(base64.b64encode(nonce).decode(), base64.urlsafe_b64encode(nonce).decode()),
    ]
    assert [decoded(way) for way in ways] == [nonce] * len(ways)


@given(st.binary(min_size=1, max_size=40))
def test_hex_of_any_length_is_hex_unless_base64_has_the_right_length(nonce: bytes) -> None:
    found = decoded(nonce.hex())
    assert found is not None
    assert found == nonce or len(found) == 12


@given(st.binary(min_size=1, max_size=40))
def test_base64_is_read_with_and_without_its_padding(nonce: bytes) -> None:
    padded = base64.b64encode(nonce).decode()
    bare = padded.rstrip("=")
    assert decoded(padded) in (nonce, _as_hex(padded))
    assert decoded(bare) in (nonce, _as_hex(bare))


def _as_hex(text: str) -> bytes | None:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return None


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("0" * 24, 12),
        ("0" * 16, 12),  # 8 bytes in hex, 12 in base64
        ("A" * 16, 12),
        ("0" * 22, 11),
        ("0" * 32, 16),
        ("AAAAAAAAAAAAAAAAAAAAAA==", 16),
    ],
)
def test_what_reads_both_ways_is_what_has_the_right_length(text: str, length: int) -> None:
    assert len(decoded(text) or b"") == length


@pytest.mark.parametrize(
    "text", ["", " ", "xyz!", "00 11 22", "A", "AA=A", "A" * 5000, "ä" * 24, "٣" * 24]
)
def test_what_is_neither_is_none(text: str) -> None:
    assert decoded(text) is None
