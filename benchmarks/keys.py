"""Makes keys that never were valid, and counts how many of them a scanner's output shows."""

from __future__ import annotations

import hashlib
import re
import secrets
import string
from collections.abc import Iterable
from typing import NamedTuple

_ALPHABET = string.ascii_letters + string.digits + "-_"
_SHAPE = re.compile(rb"sk-ant-[a-z]+[0-9]+-[A-Za-z0-9_-]{93}AA")


class Planted(NamedTuple):
    """A key of the corpus, which itself is written down nowhere else. Digests are hexadecimal."""

    sha256: str
    sha1: str


def make_key() -> bytes:
    """A new key in the real format."""
    return f"sk-ant-api03-{''.join(secrets.choice(_ALPHABET) for _ in range(93))}AA".encode()


def planted(key: bytes) -> Planted:
    """What a corpus's manifest says of a key."""
    return Planted(
        hashlib.sha256(key).hexdigest(), hashlib.sha1(key, usedforsecurity=False).hexdigest()
    )


def count_found(output: bytes, keys: Iterable[Planted]) -> int:
    """How many of the keys an output shows, plain or as a digest (antkey: SHA-256, detect-secrets: SHA-1)."""
    shown = {hashlib.sha256(key).hexdigest() for key in _SHAPE.findall(output)}
    return sum(
        key.sha256 in shown or key.sha256.encode() in output or key.sha1.encode() in output
        for key in set(keys)
    )
