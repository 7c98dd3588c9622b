"""cpio archives made by cpio itself in each of its formats, and broken ones."""

from __future__ import annotations

import gzip
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antkey_scanner.containers import detect
from antkey_scanner.containers.budget import Limits

Opener = Callable[..., Any]
Maker = Callable[..., str]
Packer = Callable[..., bytes]

needs_cpio = pytest.mark.skipif(not shutil.which("cpio"), reason="needs cpio")
formats = pytest.mark.parametrize("form", ["newc", "crc", "odc", "bin"])


def entry(name: bytes, data: bytes, size: int | None = None, mode: int = 0o100644) -> bytes:
    """A file in the newc format."""
    name += b"\0"
    fields = [1, mode, 0, 0, 1, 0, len(data) if size is None else size, 0, 0, 0, 0, len(name), 0]
    head = b"070701" + b"".join(b"%08X" % field for field in fields) + name
    return head + b"\0" * (-len(head) % 4) + data + b"\0" * (-len(data) % 4)


TRAILER = entry(b"TRAILER!!!", b"", mode=0)


@pytest.fixture
def cpio(tmp_path: Path) -> Packer:
    def pack(files: dict[str, str], form: str = "newc") -> bytes:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        done = subprocess.run(
            ["cpio", "--create", "--quiet", "--format", form],
            input="\n".join(files).encode(),
            cwd=tmp_path,
            check=True,
            capture_output=True,
        )
        return done.stdout

    return pack


@needs_cpio
@formats
def test_key_is_in_its_member_and_nowhere_else(
    cpio: Packer, form: str, opened: Opener, make_key: Maker
) -> None:
    key = make_key()
    files = {"a": "odd", "etc/app.env": f"K={key}\n", "z": ""}
    found = opened(cpio(files, form), name="cpio")
    assert found.holding(key) == ["etc/app.env"]
    assert found.members["a"] == b"odd"
    assert found.skips == []


@needs_cpio
def test_big_endian_headers_are_read(cpio: Packer, opened: Opener, make_key: Maker) -> None:
    # What a big-endian machine writes: the header's words swapped, the rest as it is.
    key = make_key()
    native = bytearray(cpio({"app.env": key}, "bin"))
    trailer = 26 + 8 + len(key)
    for start in (0, trailer):
        native[start : start + 26 : 2], native[start + 1 : start + 26 : 2] = (
            native[start + 1 : start + 26 : 2],
            native[start : start + 26 : 2],
        )
    found = opened(bytes(native), name="cpio")
    assert found.holding(key) == ["app.env"]
    assert found.skips == []


@needs_cpio
def test_archive_behind_an_archive_is_read(cpio: Packer, opened: Opener, make_key: Maker) -> None:
    key = make_key()
    found = opened(cpio({"early": "microcode"}) + cpio({"main.env": key}))
    assert found.holding(key) == ["main.env"]


def test_compressed_part_of_an_initial_ram_disk_is_a_member(opened: Opener) -> None:
    main = gzip.compress(entry(b"init", b"#!/bin/sh") + TRAILER)
    found = opened(entry(b"microcode", b"x" * 99) + TRAILER + b"\0" * 1000 + main)
    assert found.members["after-trailer"] == main
    assert found.skips == []


def test_link_shows_its_target_and_a_device_is_no_content(opened: Opener) -> None:
    link = entry(b"link", b"/etc/passwd", mode=0o120777)
    device = entry(b"null", b"", mode=0o020666)
    found = opened(link + device + TRAILER)
    assert found.members["link"] == b"/etc/passwd"
    assert [(skip.path, skip.counts) for skip in found.skips] == [("null", False)]


def test_key_in_a_file_name_is_in_the_archives_own_bytes(opened: Opener, make_key: Maker) -> None:
    key = make_key()
    assert opened(entry(key.encode(), b"x") + TRAILER).holding(key) == [""]


def test_name_that_is_no_utf8_is_escaped(opened: Opener) -> None:
    assert "caf\\xe9" in opened(entry(b"caf\xe9", b"x") + TRAILER).members


def test_name_that_points_outside_is_reported_and_its_content_seen(opened: Opener) -> None:
    found = opened(entry(b"../../etc/cron.d/x", b"content") + TRAILER)
    assert found.members["../../etc/cron.d/x"] == b"content"
    assert found.reasons["../../etc/cron.d/x"] == "name points outside the archive"


def test_headers_are_no_archive_of_their_own(opened: Opener) -> None:
    assert detect(opened(entry(b"a", b"x") + TRAILER).members[""]) is None


def test_stream_that_drips_is_read_whole(opened: Opener, make_key: Maker) -> None:
    key = make_key()
    data = entry(b"pad", b"x" * 9999) + entry(b"late", key.encode()) + TRAILER + b"\0" * 9999
    found = opened(data, dripping=True)
    assert found.holding(key) == ["late"]
    assert found.skips == []


@pytest.mark.parametrize("dripping", [False, True])
def test_truncated_member_is_searched_and_skipped(
    opened: Opener, make_key: Maker, dripping: bool
) -> None:
    key = make_key()
    found = opened(entry(b"cut", key.encode() + b"x" * 500)[:-100], dripping=dripping)
    assert found.holding(key) == ["cut"]
    assert found.reasons["cut"] == "truncated"


def test_missing_trailer_is_a_skip(opened: Opener) -> None:
    assert "trailer is missing" in opened(entry(b"a", b"x")).reasons[""]


def test_what_follows_damage_is_searched_as_it_is(opened: Opener, make_key: Maker) -> None:
    key = make_key()
    found = opened(entry(b"a", b"x") + b"?" * 200 + key.encode())
    assert found.holding(key) == [""]
    assert "damaged" in found.reasons[""]


@pytest.mark.parametrize("dripping", [False, True])
def test_lying_size_costs_no_memory(opened: Opener, dripping: bool) -> None:
    found = opened(entry(b"huge", b"tiny", size=0xFFFFFFFF), dripping=dripping)
    assert found.members["huge"] == b"tiny"
    assert found.reasons["huge"] == "truncated"


def test_members_beyond_the_limit_are_a_skip(opened: Opener) -> None:
    found = opened(entry(b"a", b"x") * 20 + TRAILER, Limits(members=10))
    assert found.reasons[""] == "more than 10 members"


@given(data=st.data())
def test_no_damage_raises(data: st.DataObject, opened: Opener) -> None:
    valid = entry(b"one", b"12345") + entry(b"two", b"", mode=0o040755) + TRAILER + b"\0" * 16
    broken = bytearray(valid)
    for _ in range(data.draw(st.integers(1, 4))):
        broken[data.draw(st.integers(110, len(valid) - 1))] = data.draw(st.integers(0, 255))
    opened(bytes(broken[: data.draw(st.integers(110, len(valid)))]))
