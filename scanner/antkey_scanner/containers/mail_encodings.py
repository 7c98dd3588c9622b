"""Undoes the transfer encodings of mail, piece by piece and as leniently as mail programs do.

What is no valid code is stepped over: a decoder that stops early would hide what follows.
"""

from __future__ import annotations

import binascii
from typing import Protocol

from antkey_scanner.containers.mail_text import LONGEST_LINE

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_NOT_BASE64 = bytes(byte for byte in range(256) if byte not in _BASE64)
_ESCAPE = 3


class Decoder(Protocol):
    """Takes pieces of any size. `finish` gives what was kept back for lack of the rest."""

    def decode(self, data: bytes) -> bytes: ...
    def finish(self) -> bytes: ...


class Identity:
    """7bit, 8bit and binary."""

    def decode(self, data: bytes) -> bytes:
        return data

    def finish(self) -> bytes:
        return b""


class Base64:
    """RFC 2045, section 6.8; padding in the middle starts anew, as in concatenated parts."""

    def __init__(self) -> None:
        self._rest = b""

    def decode(self, data: bytes) -> bytes:
        text = self._rest + data.translate(None, _NOT_BASE64)
        *padded, text = text.split(b"=")
        whole = len(text) & ~3
        self._rest = text[whole:]
        return b"".join(map(_unpadded, padded)) + binascii.a2b_base64(text[:whole])

    def finish(self) -> bytes:
        return _unpadded(self._rest)


def _unpadded(text: bytes) -> bytes:
    if len(text) % 4 == 1:  # six bits are no byte
        text = text[:-1]
    return binascii.a2b_base64(text + b"=" * (-len(text) % 4))


class QuotedPrintable:
    """RFC 2045, section 6.7."""

    def __init__(self) -> None:
        self._rest = b""

    def decode(self, data: bytes) -> bytes:
        text = self._rest + data
        end = text.rfind(b"\n") + 1
        if not end and len(text) > LONGEST_LINE:
            end = len(text) - _ESCAPE
            if b"=" in text[end - _ESCAPE : end]:
                end = text.rindex(b"=", 0, end)
        self._rest = text[end:]
        return binascii.a2b_qp(text[:end])

    def finish(self) -> bytes:
        return binascii.a2b_qp(self._rest)


def transfer_decoder(name: str) -> Decoder | None:
    """The decoder for a Content-Transfer-Encoding, None for one that nobody knows.

    Content that is called uuencoded is left as it is: such files are found by their first line.
    """
    if name in ("", "7bit", "8bit", "binary", "x-uuencode", "uuencode", "x-uue", "uue"):
        return Identity()
    if name == "base64":
        return Base64()
    return QuotedPrintable() if name == "quoted-printable" else None
