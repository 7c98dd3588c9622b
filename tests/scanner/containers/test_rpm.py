"""RPM packages: signature, header and payload are seen; damage is a skip."""

from __future__ import annotations

import bz2
import gzip
import lzma
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antkey_scanner.containers import detect

Opener = Callable[..., Any]
Maker = Callable[..., str]

NAME, VERSION, RELEASE, POSTINSTALL = 1000, 1001, 1002, 1024
PAYLOAD_FORMAT, PAYLOAD_COMPRESSOR = 1124, 1125
STRING = 6

SPEC = """
Name: sample
Version: 1
Release: 1
Summary: x
License: x
BuildArch: noarch
%description
x
%install
mkdir -p %{buildroot}/etc
echo hello > %{buildroot}/etc/app.env
%files
/etc/app.env
%post
echo KEY
"""

needs_rpmbuild = pytest.mark.skipif(not shutil.which("rpmbuild"), reason="needs rpmbuild (rpm)")


def section(tags: dict[int, str]) -> bytes:
    """A header section with one string for each tag."""
    index, store = b"", b""
    for tag, text in sorted(tags.items()):
        index += b"".join(field.to_bytes(4) for field in (tag, STRING, len(store), 1))
        store += text.encode() + b"\0"
    start = b"\x8e\xad\xe8\x01" + bytes(4) + len(tags).to_bytes(4) + len(store).to_bytes(4)
    return start + index + store


def package(payload: bytes, script: str = "", compressor: str = "gzip") -> bytes:
    lead = b"\xed\xab\xee\xdb\x03\0\0\0\0\x01" + b"sample-1-1".ljust(66, b"\0") + b"\0\x01\0\x05"
    signature = section({1000: "signed"})
    tags = {NAME: "sample", VERSION: "1", RELEASE: "1", POSTINSTALL: script}
    header = section({**tags, PAYLOAD_FORMAT: "cpio", PAYLOAD_COMPRESSOR: compressor})
    return lead.ljust(96, b"\0") + signature + bytes(-len(signature) % 8) + header + payload


def cpio_of(name: bytes, data: bytes) -> bytes:
    """A cpio archive in the newc format, with the trailer."""
    out = b""
    for path, content in ((name, data), (b"TRAILER!!!", b"")):
        sizes = [1, 0o100644, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(path) + 1, 0]
        out += b"070701" + b"".join(b"%08x" % field for field in sizes) + path + b"\0"
        out += bytes(-len(out) % 4) + content
        out += bytes(-len(out) % 4)
    return out


@pytest.mark.parametrize(
    ("compressor", "compress"),
    [
        ("gzip", gzip.compress),
        ("bzip2", bz2.compress),
        ("xz", lzma.compress),
        ("lzma", lambda data: lzma.compress(data, format=lzma.FORMAT_ALONE)),
    ],
)
def test_payload_is_a_member_that_is_recognised(
    opened: Opener, compressor: str, compress: Callable[[bytes], bytes]
) -> None:
    payload = compress(cpio_of(b"./etc/app.env", b"x=1\n"))
    found = opened(package(payload, compressor=compressor), name="rpm")
    form = detect(found.members["payload"])
    assert list(found.members) == ["signature", "header", "payload"]
    assert found.members["payload"] == payload
    assert form is not None
    assert form.name == compressor
    assert found.skips == []


def test_key_in_a_scriptlet_is_in_the_header(opened: Opener, make_key: Maker) -> None:
    key = make_key()
    script = f"echo KEY={key} > /etc/app.env"
    assert opened(package(b"payload", script)).holding(key) == ["header"]


@needs_rpmbuild
@pytest.mark.parametrize("payload", ["w9.gzdio", "w7.xzdio", "w3.zstdio", "w9.bzdio"])
def test_real_package_shows_scriptlets_and_files(
    tmp_path: Path, opened: Opener, make_key: Maker, payload: str
) -> None:
    key = make_key()
    (tmp_path / "sample.spec").write_text(SPEC.replace("KEY", key))
    command = ["rpmbuild", "-bb", "--define", f"_topdir {tmp_path}"]
    command += ["--define", f"_binary_payload {payload}", "sample.spec"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    (built,) = (tmp_path / "RPMS").rglob("*.rpm")
    found = opened(built.read_bytes(), name="rpm")
    form = detect(found.members["payload"])
    assert found.holding(key) == ["header"]
    assert form is not None
    assert form.name == {"gz": "gzip", "xz": "xz", "zs": "zstd", "bz": "bzip2"}[payload[3:5]]
    assert found.skips == []


@pytest.mark.parametrize("dripping", [False, True])
def test_truncation_is_a_skip(opened: Opener, dripping: bool) -> None:
    whole = package(b"", "x" * 500)
    assert opened(whole, dripping=dripping).reasons == {"payload": "truncated"}
    assert opened(whole[:-100], dripping=dripping).reasons["header"] == "truncated"
    assert opened(whole[:50], dripping=dripping).reasons[""] == "truncated"


def test_what_follows_damage_is_searched_as_it_is(opened: Opener, make_key: Maker) -> None:
    key = make_key()
    data = package(b"").replace(b"\x8e\xad\xe8\x01", b"\0\0\0\0") + key.encode()
    found = opened(data)
    assert found.holding(key) == [""]
    assert found.reasons[""] == "damaged signature at byte 96"


@pytest.mark.parametrize("dripping", [False, True])
def test_lying_size_costs_no_memory(opened: Opener, make_key: Maker, dripping: bool) -> None:
    key = make_key()
    data = package(key.encode()).replace(
        b"\x01" + bytes(4) + b"\0\0\0\x06", b"\x01" + b"\0" * 4 + b"\xff" * 4
    )
    found = opened(data, dripping=dripping)
    assert found.holding(key) == ["header"]
    assert found.reasons["header"] == "truncated"


@given(data=st.data())
def test_no_damage_raises(data: st.DataObject, opened: Opener) -> None:
    valid = package(gzip.compress(cpio_of(b"a", b"b")))
    broken = bytearray(valid)
    for _ in range(data.draw(st.integers(1, 4))):
        broken[data.draw(st.integers(96, len(valid) - 1))] = data.draw(st.integers(0, 255))
    opened(bytes(broken[: data.draw(st.integers(4, len(valid)))]))
