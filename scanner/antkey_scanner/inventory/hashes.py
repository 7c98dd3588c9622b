"""Which hashes of keys a text holds: fingerprints, hints, and keys themselves in base64 by their hash.

No key's text leaves this module, nor any error that could quote one.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from typing import NamedTuple

from antkey_scanner import secret
from antkey_scanner.inventory.records import KeyRecord
from antkey_scanner.plausible import is_placeholder

_KEY = re.compile(
    rb"""
    sk-ant-(?P<family>[a-z]{1,16}[0-9]{0,4})-
    (?: [A-Za-z0-9_-]{93}AA | (?: (?!sk-ant-) [A-Za-z0-9_-] ){20,256} )
    """,
    re.VERBOSE,
)
"""The longest that the rules about Anthropic's keys take, so that hashes are those of findings."""

_FINGERPRINT = re.compile(rb"(?<![0-9A-Fa-f])[0-9A-Fa-f]{64}(?![0-9A-Fa-f])")
_HINT = re.compile(
    rb"(?P<head>sk-ant-[A-Za-z0-9_-]{1,40})(?:\xe2\x80\xa6|\.\.\.|\\u2026)(?P<tail>[A-Za-z0-9_-]{0,8})"
)
_BASE64 = re.compile(rb"c2stYW50L[A-Za-z0-9+/]{20,1000}={0,2}")
"""A key at the start of what is encoded, as in the `data` of a Kubernetes Secret."""


class Hashed(NamedTuple):
    """A key without its text. fingerprint: 64 hex digits of SHA-256 over its bytes."""

    fingerprint: str
    hint: str


def keys_in(data: bytes) -> list[Hashed]:
    """The Anthropic keys in some bytes, each once, without placeholders."""
    found = []
    for match in _KEY.finditer(data):
        if not is_placeholder(secret.random_part(match)):
            digest = hashlib.sha256(secret.key_text(match)).hexdigest()
            found.append(Hashed(digest, secret.hint(match)))
    return list(dict.fromkeys(found))


def hash_of(record: KeyRecord) -> str | None:
    """What tells the record's key in a text: its fingerprint, else its hint with `…`."""
    if record.fingerprint is not None:
        return record.fingerprint.lower()
    return None if record.hint is None else record.hint.replace("...", "…")


def hashes_in(data: bytes) -> frozenset[str]:
    """All hashes in a file's text, as `hash_of` writes them."""
    found = {match.decode().lower() for match in _FINGERPRINT.findall(data)}
    found |= {f"{head.decode()}…{tail.decode()}" for head, tail in _HINT.findall(data)}
    for encoded in _BASE64.findall(data):
        try:
            plain = base64.b64decode(encoded + b"=" * (-len(encoded) % 4))
        except binascii.Error:
            continue
        found |= {key.fingerprint for key in keys_in(plain)}
    return frozenset(found)
