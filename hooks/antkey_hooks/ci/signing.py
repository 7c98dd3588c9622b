"""The key that attestations are signed with: where it comes from, what it signs, what it verifies.

A secret of at least 32 bytes stands for HMAC-SHA256, a PEM block for Ed25519. Which of them it is tells
the verifier's own key, never what is verified.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable, Mapping
from typing import NamedTuple

from antkey_scanner.errors import PolicyError

VARIABLE = "ANTKEY_ATTEST_KEY"
_FLAG = "--attest-key-fd"
_LEAST = 32
_MOST = 1 << 16
_DIGITS = 16
_CURE = (
    "create a secret by `openssl rand -base64 48`, or a pair of keys by `openssl genpkey -algorithm"
    f" ed25519`, and pass it in {VARIABLE} or by {_FLAG}"
)


class Key(NamedTuple):
    """A key. id: tells it from others and tells nothing of it; sign: None for a public key; holds: whether
    a signature is that of some bytes."""

    id: str
    sign: Callable[[bytes], bytes] | None
    holds: Callable[[bytes, bytes], bool]


def read_key(environment: Mapping[str, str], descriptor: int | None = None) -> Key:
    """The key from an open file descriptor, else from the environment. Raises PolicyError, which holds
    nothing of it."""
    if descriptor is None:
        source, data = VARIABLE, environment.get(VARIABLE, "").strip().encode()
    else:
        source, data = _FLAG, _read(descriptor).strip()
    if not data:
        raise PolicyError(f"{source}: holds no key; {_CURE}")
    if data.startswith(b"-----BEGIN"):
        return _of_pem(data.replace(b"\\n", b"\n"), source)  # some services keep lines as \n
    if len(data) < _LEAST:
        raise PolicyError(f"{source}: is shorter than {_LEAST} bytes; {_CURE}")
    return _of_secret(data)


def signer(key: Key) -> Callable[[bytes], bytes]:
    """What signs with a key. Raises PolicyError for a public one."""
    if key.sign is None:
        raise PolicyError(f"{VARIABLE}: is a public key, which verifies; sign with the private one")
    return key.sign


def _read(descriptor: int) -> bytes:
    pieces: list[bytes] = []
    try:
        while sum(map(len, pieces)) <= _MOST and (piece := os.read(descriptor, _MOST)):
            pieces.append(piece)
    except (OSError, OverflowError):
        raise PolicyError(
            f"{_FLAG}: {descriptor} is not open for reading; pass a descriptor such as 3, with 3<FILE"
        ) from None
    return b"".join(pieces)


def _of_secret(secret: bytes) -> Key:
    def sign(data: bytes) -> bytes:
        return hmac.digest(secret, data, "sha256")

    def holds(signature: bytes, data: bytes) -> bool:
        return hmac.compare_digest(signature, sign(data))

    own = sign(b"antkey: the name of this key").hex()[:_DIGITS]
    return Key(f"hmac-sha256:{own}", sign, holds)


def _of_pem(data: bytes, source: str) -> Key:
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )

    private: Ed25519PrivateKey | None = None
    try:
        if b"PRIVATE KEY" in data:
            loaded: object = serialization.load_pem_private_key(data, None)
        else:
            loaded = serialization.load_pem_public_key(data)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise PolicyError(f"{source}: is no PEM key without a password; {_CURE}") from None
    if isinstance(loaded, Ed25519PrivateKey):
        private, loaded = loaded, loaded.public_key()
    if not isinstance(loaded, Ed25519PublicKey):
        raise PolicyError(f"{source}: is no Ed25519 key; {_CURE}")
    public = loaded

    def holds(signature: bytes, signed: bytes) -> bool:
        try:
            public.verify(signature, signed)
        except InvalidSignature:
            return False
        return True

    own = hashlib.sha256(public.public_bytes_raw()).hexdigest()[:_DIGITS]
    return Key(f"ed25519:{own}", None if private is None else private.sign, holds)
