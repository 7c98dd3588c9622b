"""ar archives made by binutils and dpkg, and broken ones: every member is seen or named in a skip."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antkey_scanner.containers.budget import Limits

Opener = Callable[..., Any]
Maker = Callable[..., str]
GnuAr = Callable[[dict[str, str]], bytes]

needs_ar = pytest.mark.skipif(not shutil.which("ar"), reason="needs ar (binutils)")
needs_dpkg = pytest.mark.skipif(not shutil.which("dpkg-deb"), reason="needs dpkg-deb (dpkg)")


def header(name: str, size: int | str) -> bytes:
    return f"{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{size:<10}`\n".encode()


def archive(*files: tuple[str, bytes]) -> bytes:
    entries = (header(name, len(data)) + data + b"\n" * (len(data) & 1) for name, data in files)
    return b"!<arch>\n" + b"".join(entries)


@pytest.fixture
def gnu_ar(tmp_path: Path) -> GnuAr:
    def make(files: dict[str, str]) -> bytes:
        for name, text in files.items():
            (tmp_path / name).write_text(text)
        command = ["ar", "rcS", "out.a", *files]
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
        return (tmp_path / "out.a").read_bytes()

    return make


@needs_ar
def test_key_is_in_its_member_and_nowhere_else(
    gnu_ar: GnuAr, opened: Opener, make_key: Maker
) -> None:
    key = make_key()
    found = opened(gnu_ar({"a.txt": "odd", "b.env": f"KEY={key}\n", "c.txt": "even"}), name="ar")
    assert found.holding(key) == ["b.env"]
    assert list(found.members) == ["a.txt", "b.env", "c.txt", ""]
    assert found.skips == []


@needs_ar
def test_long_gnu_names_are_whole(gnu_ar: GnuAr, opened: Opener, make_key: Maker) -> None:
    key = make_key()
    name = "a-name-that-does-not-fit-into-sixteen-bytes.env"
    assert opened(gnu_ar({"short": "", name: key})).holding(key) == [name]


@needs_ar
def test_thin_archive_says_that_its_content_is_elsewhere(tmp_path: Path, opened: Opener) -> None:
    (tmp_path / "a.txt").write_text("content")
    subprocess.run(["ar", "rcST", "out.a", "a.txt"], cwd=tmp_path, check=True, capture_output=True)
    found = opened((tmp_path / "out.a").read_bytes())
    assert [(skip.path, skip.counts) for skip in found.skips] == [("a.txt", False)]


@needs_dpkg
def test_parts_of_a_debian_package_are_members(tmp_path: Path, opened: Opener) -> None:
    control = tmp_path / "package" / "DEBIAN"
    control.mkdir(parents=True)
    (control / "control").write_text(
        "Package: sample\nVersion: 1\nArchitecture: all\nMaintainer: A <a@example.com>\nDescription: x\n"
    )
    deb = tmp_path / "sample.deb"
    subprocess.run(
        ["dpkg-deb", "--build", "-Zxz", str(control.parent), str(deb)],
        check=True,
        capture_output=True,
    )
    found = opened(deb.read_bytes())
    assert list(found.members) == ["debian-binary", "control.tar.xz", "data.tar.xz", ""]
    assert found.members["data.tar.xz"].startswith(b"\xfd7zXZ")
    assert found.skips == []


def test_bsd_names_stand_before_the_data(opened: Opener, make_key: Maker) -> None:
    key = make_key()
    name = b"a name with blanks.env\0\0"
    data = name + key.encode()
    found = opened(archive((f"#1/{len(name)}", data), ("next", b"x")))
    assert found.members["a name with blanks.env"] == key.encode()
    assert found.members["next"] == b"x"


def test_microsoft_names_end_with_nul(opened: Opener) -> None:
    table = b"first-long-name.obj\0second-long-name.obj\0"
    found = opened(archive(("//", table), ("/20", b"content")))
    assert found.members["second-long-name.obj"] == b"content"


def test_key_in_a_name_is_seen_in_the_archives_own_bytes(opened: Opener, make_key: Maker) -> None:
    key = make_key().encode()
    name = key + b"\0" * (-len(key) % 4)
    assert "" in opened(archive((f"#1/{len(name)}", name + b"x"))).holding(key)


def test_name_that_is_no_utf8_is_escaped(opened: Opener) -> None:
    data = archive(("caf?.txt/", b"x")).replace(b"caf?", b"caf\xe9")
    assert "caf\\xe9.txt" in opened(data).members


def test_stream_that_drips_is_read_whole(opened: Opener, make_key: Maker) -> None:
    key = make_key()
    data = archive(("pad", b"x" * 9999), ("late.env", key.encode()))
    assert opened(data, dripping=True).holding(key) == ["late.env"]


def test_truncated_member_is_searched_and_skipped(opened: Opener, make_key: Maker) -> None:
    key = make_key()
    found = opened(archive(("cut.log", key.encode() + b"x" * 500))[:-100])
    assert found.holding(key) == ["cut.log"]
    assert found.reasons["cut.log"] == "truncated"


def test_what_follows_a_damaged_header_is_searched_as_it_is(
    opened: Opener, make_key: Maker
) -> None:
    key = make_key()
    data = archive(("a", b"ok")) + b"\0" * 60 + key.encode()
    found = opened(data)
    assert found.holding(key) == [""]
    assert "damaged header at byte 70" in found.reasons[""]


def test_lying_size_costs_no_memory(opened: Opener) -> None:
    found = opened(b"!<arch>\n" + header("huge", 9_999_999_999) + b"tiny")
    assert found.members["huge"] == b"tiny"
    assert found.reasons["huge"] == "truncated"


def test_members_beyond_the_limit_are_a_skip(opened: Opener) -> None:
    found = opened(archive(*((f"f{n}", b"") for n in range(20))), Limits(members=10))
    assert found.reasons[""] == "more than 10 members"


@given(data=st.data())
def test_no_damage_raises(data: st.DataObject, opened: Opener) -> None:
    valid = archive(("//", b"long-name-of-a-file/\n"), ("/0", b"12345"), ("#1/4", b"nameBODY"))
    broken = bytearray(valid)
    for _ in range(data.draw(st.integers(1, 4))):
        broken[data.draw(st.integers(8, len(valid) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(8, len(valid)))
    opened(bytes(broken[:cut]))
