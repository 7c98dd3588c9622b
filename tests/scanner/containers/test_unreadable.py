"""Formats that nobody can open here are said to be so, and searched as they are."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from antkey_scanner.model import Skip

Opener = Callable[..., Any]
Maker = Callable[..., str]


@pytest.mark.parametrize(
    ("start", "name"),
    [
        (b"Rar!\x1a\x07\x01\0", "rar"),
        (b"\x04\x22\x4d\x18\x64\x40\xa7", "lz4"),
        (b"LZIP\x01\x0c", "lzip"),
        (b"\x89LZO\0\r\n\x1a\n", "lzop"),
        (b"\x1f\x9d\x90", "compress (.Z)"),
        (b"MSCF\0\0\0\0", "cab"),
    ],
)
def test_format_is_named_and_searched_as_it_is(
    walked: Opener, make_key: Maker, start: bytes, name: str
) -> None:
    key = make_key()
    found = walked(start + key.encode())
    assert found.holding(key) == [""]
    assert found.skips == [Skip("", f"{name} format is not supported", counts=True)]


@pytest.mark.skipif(not shutil.which("mksquashfs"), reason="needs mksquashfs")
def test_real_squashfs_is_named(walked: Opener, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a").write_text("text")
    command = ["mksquashfs", "in", "out", "-quiet", "-no-progress"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    found = walked((tmp_path / "out").read_bytes())
    assert [skip.reason for skip in found.skips] == ["squashfs format is not supported"]


@pytest.mark.parametrize("text", [b"hsqs is a magic\n" * 99, b"LZIP\n", b"Rar!\n", b"MSCF\n"])
def test_text_is_none_of_them(walked: Opener, text: bytes) -> None:
    assert walked(text).skips == []
