"""The first bytes of compressed data that comes out of an encoding."""

from __future__ import annotations

GZIP = b"\x1f\x8b\x08"
ZLIB = (b"x\x01", b"x\x5e", b"x\x9c", b"x\xda")
"""The headers that compressors write: one for each level, with a window of 32 KiB."""
