"""Reads the nonce of an encryption record, which may be written in hex or base64."""

from __future__ import annotations

import base64
import binascii

LENGTH = 12
"""Bytes of a nonce of AES-GCM (NIST SP 800-38D, 96 bits)."""

_LONGEST = 4096


def decoded(text: str) -> bytes | None:
    """The bytes that a nonce says, None where it is neither hex nor base64.

    What can be read as both is taken for what has the right length, and else for hex.
    """
    if len(text) == 2 * LENGTH and text.isalnum():  # what nearly all are
        try:
            return bytes.fromhex(text)
        except ValueError:
            pass
    text = text.strip()
    if len(text) > _LONGEST:
        return None
    as_hex, as_base64 = _hex(text), _base64(text)
    if as_base64 is not None and (as_hex is None or len(as_base64) == LENGTH != len(as_hex)):
        return as_base64
    return as_hex


def _hex(text: str) -> bytes | None:
    digits = text[2:] if text[:2] in ("0x", "0X") else text
    try:
        return bytes.fromhex(digits) if digits and not any(map(str.isspace, digits)) else None
    except ValueError:
        return None


def _base64(text: str) -> bytes | None:
    """Standard or URL-safe, with its padding or without."""
    plain = text.rstrip("=").translate(str.maketrans("-_", "+/"))
    padded = plain + "=" * (-len(plain) % 4)
    if not plain or ("=" in text and len(text) != len(padded)):
        return None
    try:
        return base64.b64decode(padded, validate=True)
    except (binascii.Error, ValueError):
        return None
