"""7z archives made by 7z itself with each method, and hostile ones written by hand."""

from __future__ import annotations

import lzma
import random
import shutil
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antkey_scanner.containers.budget import Limits

Opener = Callable[..., Any]
Maker = Callable[..., str]
Packer = Callable[..., bytes]

COPY, LZMA = b"\x01\x00", b"\x23\x03\x01\x01"
MEBIBYTE = 1 << 20

needs_7z = pytest.mark.skipif(not shutil.which("7z"), reason="needs 7z (p7zip-full)")


def crc(data: bytes) -> bytes:
    return zlib.crc32(data).to_bytes(4, "little")


def number(value: int) -> bytes:
    return bytes([value]) if value < 0x80 else b"\xff" + value.to_bytes(8, "little")


def seal(packed: bytes, header: bytes) -> bytes:
    """The start header in front, with right checksums."""
    where = len(packed).to_bytes(8, "little") + len(header).to_bytes(8, "little") + crc(header)
    return b"7z\xbc\xaf\x27\x1c\0\4" + crc(where) + where + packed + header


def listing(
    files: dict[str, bytes],
    coder: bytes = COPY,
    packed: int | None = None,
    unpacked: int | None = None,
) -> bytes:
    """A plain header for members that one coder holds in one block."""
    size = sum(map(len, files.values()))
    unpacked = size if unpacked is None else unpacked
    packs = b"\x06\x00\x01\x09" + number(size if packed is None else packed) + b"\x00"
    folder = b"\x07\x0b\x01\x00\x01" + coder + b"\x0c" + number(unpacked) + b"\x00"
    cuts = b"".join(number(len(content)) for content in list(files.values())[:-1])
    sums = b"".join(crc(content) for content in files.values())
    members = b"\x08\x0d" + number(len(files)) + b"\x09" + cuts + b"\x0a\x01" + sums + b"\x00"
    names = b"\0" + b"".join(name.encode("utf-16-le") + b"\0\0" for name in files)
    infos = b"\x05" + number(len(files)) + b"\x11" + number(len(names)) + names + b"\x00"
    return b"\x01\x04" + packs + folder + members + b"\x00" + infos + b"\x00"


def archive(files: dict[str, bytes]) -> bytes:
    return seal(b"".join(files.values()), listing(files))


def lzma_coder(dictionary: int) -> bytes:
    return LZMA + b"\x05\x5d" + dictionary.to_bytes(4, "little")


@pytest.fixture
def sevenzip(tmp_path: Path) -> Packer:
    def pack(files: dict[str, str | bytes], *options: str) -> bytes:
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        command = ["7z", "a", "-bso0", "-bsp0", "-y", *options, "out.7z", *files]
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
        return (tmp_path / "out.7z").read_bytes()

    return pack


@needs_7z
@pytest.mark.parametrize(
    "options",
    [
        ["-m0=LZMA2"],
        ["-m0=LZMA"],
        ["-m0=BZip2"],
        ["-m0=Deflate"],
        ["-m0=Copy"],
        ["-m0=BCJ", "-m1=LZMA"],
        ["-m0=BCJ", "-m1=LZMA2"],
        ["-m0=PPC", "-m1=BZip2"],
        ["-m0=ARM", "-m1=Deflate"],
        ["-m0=Delta:4", "-m1=LZMA"],
        ["-ms=off"],
        ["-mhc=off"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("dripping", [False, True])
def test_every_byte_of_every_member_is_seen(
    sevenzip: Packer, opened: Opener, make_key: Maker, options: list[str], dripping: bool
) -> None:
    key = make_key()
    program = random.Random(7).randbytes(3000) + b"\xe8\x10\x20\x30\x00\xeb\x01" * 3000
    files = {"a.txt": b"x" * 100_000, "etc/app.env": f"K={key}".encode(), "tool.exe": program}
    found = opened(sevenzip(files, *options), name="7z", dripping=dripping)
    assert found.members == files
    assert found.skips == []


@needs_7z
def test_key_is_in_its_member_and_nowhere_else(
    sevenzip: Packer, opened: Opener, make_key: Maker
) -> None:
    key = make_key()
    found = opened(sevenzip({"a.txt": "a", "café/app.env": key, "empty": ""}))
    assert found.holding(key) == ["café/app.env"]


@needs_7z
def test_encrypted_members_are_skips(sevenzip: Packer, opened: Opener) -> None:
    found = opened(sevenzip({"a.env": "a", "b.env": "b"}, "-psecret"))
    assert found.reasons == {"a.env": "encrypted", "b.env": "encrypted"}


@needs_7z
def test_encrypted_header_is_a_skip(sevenzip: Packer, opened: Opener) -> None:
    found = opened(sevenzip({"a.env": "a"}, "-psecret", "-mhe=on"))
    assert found.reasons == {"": "encrypted"}


@needs_7z
def test_method_that_is_not_supported_is_a_skip(sevenzip: Packer, opened: Opener) -> None:
    found = opened(sevenzip({"a.env": "text"}, "-m0=PPMd"))
    assert found.reasons == {"a.env": "compressed with PPMd, which is not supported"}


@needs_7z
def test_text_is_seen_through_a_filter_that_stays(
    sevenzip: Packer, opened: Opener, make_key: Maker
) -> None:
    key = make_key()
    wires = ["-mb0:1", "-mb0s1:2", "-mb0s2:3"]
    coders = ["-m0=BCJ2", "-m1=LZMA", "-m2=LZMA", "-m3=LZMA"]
    found = opened(sevenzip({"a.env": key}, *coders, *wires))
    assert found.holding(key) == [""]
    assert "BCJ2 filter is not undone" in found.reasons["a.env"]


def test_link_shows_its_target_and_a_name_outside_is_reported(opened: Opener) -> None:
    found = opened(archive({"../link": b"/etc/passwd"}))
    assert found.members["../link"] == b"/etc/passwd"
    assert found.reasons["../link"] == "name points outside the archive"


@needs_7z
def test_damaged_block_is_searched_to_the_damage_and_the_others_whole(
    sevenzip: Packer, opened: Opener, make_key: Maker
) -> None:
    key = make_key()
    noise = random.Random(1).randbytes(50_000)
    data = bytearray(sevenzip({"a.bin": noise, "b.env": key}, "-ms=off", "-m0=LZMA2"))
    data[20_000:20_100] = bytes(100)
    found = opened(bytes(data))
    assert found.holding(key) == ["b.env"]
    assert set(found.reasons) == {"a.bin"}


@needs_7z
def test_members_behind_damage_in_a_solid_block_are_skips(sevenzip: Packer, opened: Opener) -> None:
    noise = random.Random(1).randbytes(50_000)
    data = bytearray(sevenzip({"a.bin": noise, "b.bin": noise[::-1]}, "-m0=LZMA", "-ms=on"))
    data[3000] ^= 0xFF
    found = opened(bytes(data))
    assert set(found.reasons) == {"a.bin", "b.bin"}


def test_wrong_checksum_is_a_skip(opened: Opener) -> None:
    data = archive({"a.txt": b"content"}).replace(b"content", b"kontent")
    found = opened(data)
    assert found.members["a.txt"] == b"kontent"
    assert found.reasons == {"a.txt": "checksum does not match"}


def test_truncated_archive_is_a_skip(opened: Opener) -> None:
    data = archive({"a.txt": b"content"})
    assert opened(data[:-5]).reasons == {"": "truncated"}
    assert opened(data[:20]).reasons == {"": "truncated"}


def test_damaged_header_is_a_skip(opened: Opener) -> None:
    data = archive({"a.txt": b"content"})
    assert opened(data[:-1] + b"\7").reasons == {"": "damaged header"}


def test_lying_size_is_a_skip(opened: Opener) -> None:
    header = listing({"a.txt": b"tiny"}, packed=1 << 40, unpacked=1 << 40)
    found = opened(seal(b"tiny", header))
    assert found.members["a.txt"].startswith(b"tiny")
    assert found.reasons["a.txt"] == "truncated"


def test_dictionary_bomb_is_a_skip_without_the_memory(opened: Opener) -> None:
    resource = pytest.importorskip("resource", reason="needs the resource module (POSIX)")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    packed = lzma.compress(bytes(99), lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA1}])
    coder = lzma_coder(0xFFFFFFFF)
    header = listing({"a": b""}, coder=coder, packed=len(packed), unpacked=1 << 40)
    found = opened(seal(packed, header))
    assert "needs a dictionary of" in found.reasons["a"]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024


def test_bomb_stops_at_the_ratio(opened: Opener) -> None:
    bomb = bytes(32 * MEBIBYTE)
    spec = {"id": lzma.FILTER_LZMA1, "dict_size": MEBIBYTE}
    packed = lzma.compress(bomb, lzma.FORMAT_RAW, filters=[spec])
    coder = lzma_coder(MEBIBYTE)
    header = listing({"zeros": bomb}, coder=coder, packed=len(packed), unpacked=len(bomb))
    found = opened(seal(packed, header), Limits(ratio=100, ratio_floor=MEBIBYTE))
    assert len(found.members["zeros"]) <= 2 * MEBIBYTE
    assert found.reasons["zeros"] == "unpacks to more than 100 times its size"


def test_header_that_names_too_many_members_is_a_skip(opened: Opener) -> None:
    many = {f"f{n}": b"x" for n in range(50)}
    assert opened(archive(many), Limits(members=49)).reasons == {"": "more than 49 members"}


def test_empty_archive_is_empty(opened: Opener) -> None:
    found = opened(seal(b"", b""))
    assert found.members == {}
    assert found.skips == []


VALID = {"one.txt": b"12345", "two.txt": b"67890", "three.txt": b""}


@given(data=st.data())
def test_no_damage_to_the_header_raises(data: st.DataObject, opened: Opener) -> None:
    header = bytearray(listing(VALID))
    for _ in range(data.draw(st.integers(1, 4))):
        header[data.draw(st.integers(0, len(header) - 1))] = data.draw(st.integers(0, 255))
    opened(seal(b"1234567890", bytes(header)))


@given(data=st.data())
def test_no_damage_to_packed_data_raises(data: st.DataObject, opened: Opener) -> None:
    text = bytes(range(256)) * 8
    spec = {"id": lzma.FILTER_LZMA1, "dict_size": 4096}
    packed = bytearray(lzma.compress(text, lzma.FORMAT_RAW, filters=[spec]))
    header = listing({"a": text}, lzma_coder(4096), packed=len(packed), unpacked=len(text))
    for _ in range(data.draw(st.integers(1, 4))):
        packed[data.draw(st.integers(0, len(packed) - 1))] = data.draw(st.integers(0, 255))
    opened(seal(bytes(packed), header))
