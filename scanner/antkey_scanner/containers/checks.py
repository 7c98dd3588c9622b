"""Second looks at a stream's first bytes, for signatures whose magic alone says too little.

Each takes the head (up to `HEAD_BYTES` bytes) and costs microseconds at most. Nothing is imported
here that start-up would feel, and nothing is read but the head.
"""

from __future__ import annotations

import zlib

_GZIP_RESERVED_FLAGS = 0xE0
_BZIP2_BLOCK = b"1AY&SY"
_BZIP2_END = b"\x17rE8P\x90"
_LZMA_UNKNOWN_SIZE = (1 << 64) - 1
_LZMA_LARGEST_SIZE = 1 << 38
_TAR_BLOCK = 512
_TRIAL_OUTPUT = 1 << 16
_HEAD_IS_CUT = 4096


def is_gzip(head: bytes) -> bool:
    """RFC 1952: the upper three flags are reserved and zero."""
    return len(head) > 3 and not head[3] & _GZIP_RESERVED_FLAGS


def is_bzip2(head: bytes) -> bool:
    """A level digit and then the magic of a block, or of the end of an empty stream."""
    return head[3:4] in b"123456789" and head[4:10] in (_BZIP2_BLOCK, _BZIP2_END)


def is_lzma(head: bytes) -> bool:
    """The tests that xz makes on this format without magic, and the range coder's first byte."""
    if len(head) < 14 or head[13]:
        return False
    dictionary = int.from_bytes(head[1:5], "little")
    size = int.from_bytes(head[5:13], "little")
    return _is_lzma_dictionary(dictionary) and (
        size == _LZMA_UNKNOWN_SIZE or size < _LZMA_LARGEST_SIZE
    )


def _is_lzma_dictionary(size: int) -> bool:
    """2^n or 2^n + 2^(n-1), from 4 KiB: all that encoders write."""
    top = 1 << (size.bit_length() - 1) if size else 0
    return size >= 4096 and (size in (top, top | top >> 1) or size == 0xFFFFFFFF)


def is_zlib(head: bytes) -> bool:
    """A header of two bytes proves nothing, so this inflates the head and believes only success."""
    inflate = zlib.decompressobj()
    try:
        out = inflate.decompress(head, _TRIAL_OUTPUT)
    except zlib.error:
        return False
    if inflate.eof:
        return not inflate.unused_data
    return len(head) >= _HEAD_IS_CUT or len(out) == _TRIAL_OUTPUT


def is_skippable_zstd(head: bytes) -> bool:
    """LZ4 shares the skippable frames: what follows them decides, if the head reaches so far."""
    at = 0
    while head[at + 1 : at + 4] == b"*M\x18" and head[at] >> 4 == 5:
        at += 8 + int.from_bytes(head[at + 4 : at + 8], "little")
    return at >= len(head) or head[at : at + 4] == b"(\xb5/\xfd"


def is_compress(head: bytes) -> bool:
    """The old `.Z`: codes of 9 to 16 bits, and two bits that nobody uses."""
    return len(head) > 3 and head[2] & 0x60 == 0 and 9 <= head[2] & 0x1F <= 16


def is_squashfs(head: bytes) -> bool:
    """Version 4.0, as all are since 2009, and a block size from 4 KiB to 1 MiB that fits its logarithm."""
    size, log = int.from_bytes(head[12:16], "little"), int.from_bytes(head[22:24], "little")
    return head[28:32] == b"\4\0\0\0" and 12 <= log <= 20 and size == 1 << log


def is_script_with_zip(head: bytes) -> bool:
    """A zip behind a launcher script: a Python zipapp, an executable Spring Boot jar."""
    if (
        b"\x03" in head and b"PK\x03\x04" in head
    ):  # one byte is looked for ten times as fast as four
        return True
    return head.startswith(b"#!/bin/bash\n#\n") and b":: Spring Boot Startup Script ::" in head


def is_tar(head: bytes) -> bool:
    """With the POSIX or GNU magic, or, for tars from before 1988, with a right checksum."""
    if len(head) < _TAR_BLOCK:
        return False
    if head[257:262] == b"ustar" and head[262] in b"\0 ":
        return 0 in head[:_TAR_BLOCK]
    return head[0] != 0 and head[156] in b"0123456789\0" and _has_tar_checksum(head)


def _has_tar_checksum(head: bytes) -> bool:
    stored = head[148:156].strip(b" \0")
    if not stored or stored.strip(b"01234567"):
        return False
    return int(stored, 8) == sum(head[:148]) + sum(head[156:_TAR_BLOCK]) + 8 * ord(" ")
