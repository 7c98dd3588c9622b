"""What a stream holds is told by its first bytes: every real format, no text, no exception."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antkey_scanner.containers import HEAD_BYTES, SIGNATURES, detect
from antkey_scanner.containers.zstd import library

TEXT = b"The quick brown fox jumps over the lazy dog.\n" * 200


def tar(kind: int = tarfile.PAX_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=kind) as archive:
        entry = tarfile.TarInfo("folder/file.txt")
        entry.size = len(TEXT)
        archive.addfile(entry, io.BytesIO(TEXT))
    return out.getvalue()


def tar_without_magic() -> bytes:
    """A tar as it was before POSIX: no magic, so only the checksum tells."""
    data = bytearray(tar(tarfile.USTAR_FORMAT))
    data[257:345] = bytes(88)
    data[148:156] = b" " * 8
    data[148:156] = b"%06o\0 " % sum(data[:512])
    return bytes(data)


def zipped(prefix: bytes = b"") -> bytes:
    out = io.BytesIO(prefix)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("file.txt", TEXT)
    return out.getvalue()


def zstd_behind_skippable() -> bytes:
    frame: bytes = library().compress(TEXT)
    return struct.pack("<2L", 0x184D2A53, 4) + b"meta" + frame


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("gzip", lambda: gzip.compress(TEXT)),
        ("bzip2", lambda: bz2.compress(TEXT)),
        ("bzip2", lambda: bz2.compress(b"")),
        ("xz", lambda: lzma.compress(TEXT)),
        ("lzma", lambda: lzma.compress(TEXT, lzma.FORMAT_ALONE)),
        ("lzma", lambda: lzma.compress(b"", lzma.FORMAT_ALONE)),
        ("zstd", lambda: library().compress(TEXT)),
        ("zstd", zstd_behind_skippable),
        ("zlib", lambda: zlib.compress(TEXT, 1)),
        ("zlib", lambda: zlib.compress(TEXT, 6)),
        ("zlib", lambda: zlib.compress(TEXT, 9)),
        ("zip", zipped),
        ("zip", lambda: zipped(b"#!/usr/bin/env python3\n")),
        ("tar", tar),
        ("tar", lambda: tar(tarfile.GNU_FORMAT)),
        ("tar", lambda: tar(tarfile.USTAR_FORMAT)),
        ("tar", tar_without_magic),
    ],
)
def test_format_is_recognised_from_its_first_bytes(name: str, make: Callable[[], bytes]) -> None:
    form = detect(make()[:HEAD_BYTES])
    assert form is not None
    assert form.name == name


def test_empty_zip_is_recognised() -> None:
    out = io.BytesIO()
    zipfile.ZipFile(out, "w").close()
    form = detect(out.getvalue())
    assert form is not None
    assert form.name == "zip"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "B",
        "BZh",
        "BZh9 is how bzip2 files start; 1AY&SY comes later\n" * 99,
        "PK is short for Phil Katz\n" * 99,
        "x^2 + y^2 = r^2\n" * 999,
        "x^2",
        "]\0",
        "(a, b, c)\n" * 999,
        "#!/bin/bash\n#\n# a script\n" + "echo\n" * 999,
        "P*M is a motor\n" * 99,
        "u" * 600,
        "a" * 257 + "ustar " + "b" * 999,
        "0123456789\n" * 999,
    ],
)
def test_text_is_no_container(text: str) -> None:
    assert detect(text.encode()[:HEAD_BYTES]) is None


@given(st.text(st.characters(min_codepoint=9, exclude_categories=("Cc", "Cs")), max_size=5000))
def test_no_text_is_taken_for_a_compression_or_archive_of_bytes(text: str) -> None:
    form = detect(text.encode()[:HEAD_BYTES])
    assert form is None or form.name not in {
        "gzip",
        "bzip2",
        "xz",
        "lzma",
        "zstd",
        "zlib",
        "zip",
        "tar",
    }


@given(
    st.sampled_from([each.magic for each in SIGNATURES if not each.offset]),
    st.binary(max_size=700),
)
def test_any_bytes_behind_a_magic_are_decided_without_an_exception(
    magic: bytes, rest: bytes
) -> None:
    data = magic + rest
    assert detect(data) is detect(memoryview(data))


def test_lz4_behind_a_skippable_frame_is_not_taken_for_zstd() -> None:
    skippable = struct.pack("<2L", 0x184D2A50, 4) + b"meta"
    assert detect(skippable + b"\x04\x22\x4d\x18" + bytes(64)) is None


def test_format_with_the_same_name_has_one_module() -> None:
    modules: dict[str, Any] = {}
    for each in SIGNATURES:
        assert modules.setdefault(each.format.name, each.format) == each.format


def test_every_format_can_be_loaded() -> None:
    for each in SIGNATURES:
        module = each.format._load()
        assert hasattr(module, "open_stream") or hasattr(module, "members"), each.format.name
