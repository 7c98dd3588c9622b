"""zip: what the directory lists, what it does not list, and where headers contradict each other."""

from __future__ import annotations

import io
import shutil
import struct
import subprocess
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antkey_scanner.containers.budget import Limits
from antkey_scanner.containers.zstd import library
from antkey_scanner.model import Skip

Opener = Callable[..., Any]
Maker = Callable[..., str]

TEXT = b"some text that can be packed\n" * 50
needs_7z = pytest.mark.skipif(not shutil.which("7z"), reason="needs 7z")
METHODS = [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]


def zipped(
    *files: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED, start: bytes = b""
) -> bytes:
    out = io.BytesIO(start)
    with warnings.catch_warnings(), zipfile.ZipFile(out, "a", method) as archive:
        warnings.simplefilter("ignore")  # duplicate names are on purpose
        for name, data in files:
            archive.writestr(name, data)
    return out.getvalue()


def central(data: bytes, number: int = 0) -> int:
    """Where the nth entry of the central directory starts."""
    at = data.index(b"PK\x01\x02")
    for _ in range(number):
        at = data.index(b"PK\x01\x02", at + 4)
    return at


def patched(data: bytes, at: int, layout: str, *values: int) -> bytes:
    changed = bytearray(data)
    struct.pack_into(layout, changed, at, *values)
    return bytes(changed)


@pytest.fixture(params=[False, True], ids=["file", "stream"])
def dripping(request: pytest.FixtureRequest) -> bool:
    """Whether the archive can seek: the result must not depend on it."""
    answer: bool = request.param
    return answer


@pytest.mark.parametrize("method", METHODS)
def test_key_is_in_its_member_and_nowhere_else(
    opened: Opener, make_key: Maker, method: int, dripping: bool
) -> None:
    key = make_key()
    files = [
        ("a.txt", TEXT),
        ("etc/app.env", f"KEY={key}".encode()),
        ("empty", b""),
        ("z", b"z" * 400_000),
    ]
    found = opened(zipped(*files, method=method), name="zip", dripping=dripping)
    assert found.holding(key) == ["etc/app.env"]
    assert {name: found.members[name] for name, _ in files} == dict(files)
    assert found.skips == []


@needs_7z
@pytest.mark.parametrize("method", ["Copy", "Deflate", "Deflate64", "BZip2", "LZMA"])
def test_reads_what_7z_writes(opened: Opener, tmp_path: Path, method: str) -> None:
    (tmp_path / "text").write_bytes(TEXT * 2000)
    subprocess.run(
        ["7z", "a", "-tzip", f"-mm={method}", "made.zip", "text"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    found = opened((tmp_path / "made.zip").read_bytes())
    assert found.members["text"] == TEXT * 2000
    assert found.skips == []


@pytest.mark.parametrize(("method", "pack"), [(93, "zstd"), (95, "xz")])
def test_newer_methods_are_read(opened: Opener, method: int, pack: str) -> None:
    import lzma

    packed = library().compress(TEXT) if pack == "zstd" else lzma.compress(TEXT)
    data = zipped(("a", packed), method=zipfile.ZIP_STORED)
    for at in (8, central(data) + 10):
        data = patched(data, at, "<H", method)
    crc = zipfile.crc32(TEXT)  # type: ignore[attr-defined]  # as zipfile itself has it
    data = patched(data, 14, "<L", crc)
    data = patched(data, central(data) + 16, "<L", crc)
    for at in (22, central(data) + 24):
        data = patched(data, at, "<L", len(TEXT))
    found = opened(data)
    assert (found.members["a"], found.skips) == (TEXT, [])


@needs_7z
@pytest.mark.parametrize("cipher", ["ZipCrypto", "AES256"])
def test_encrypted_member_is_a_skip_that_counts(
    opened: Opener, tmp_path: Path, cipher: str
) -> None:
    (tmp_path / "text").write_bytes(TEXT)
    command = ["7z", "a", "-tzip", "-pword", f"-mem={cipher}", "made.zip", "text"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    found = opened((tmp_path / "made.zip").read_bytes())
    assert found.skips == [Skip("text", "encrypted", counts=True)]


def test_flag_of_encryption_in_one_header_only_hides_nothing(opened: Opener) -> None:
    data = zipped(("a", TEXT))
    found = opened(patched(data, central(data) + 8, "<H", 1))
    assert found.members["a"] == TEXT
    assert found.reasons["a"]


@pytest.mark.parametrize(
    ("method", "name"), [(1, "shrink"), (6, "implode"), (98, "PPMd"), (77, "method 77")]
)
def test_unknown_method_is_named(opened: Opener, method: int, name: str) -> None:
    data = zipped(("a", TEXT), ("b", b"b"))
    data = patched(patched(data, 8, "<H", method), central(data) + 10, "<H", method)
    found = opened(data)
    assert found.skips == [Skip("a", f"compression method not supported: {name}", counts=True)]
    assert found.members["b"] == b"b"


def test_zip64_is_read(opened: Opener, tmp_path: Path) -> None:
    path = tmp_path / "big.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("a", "w", force_zip64=True) as member:
            member.write(TEXT)
        archive.writestr("b", b"b")
    data = path.read_bytes()
    end = data.rindex(b"PK\x05\x06")
    size, offset = struct.unpack_from("<2L", data, end + 12)
    end64 = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 2, 2, size, offset)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)
    last = patched(data[end:], 8, "<2H2L", 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF)
    for made in (
        data,
        data[:end] + end64 + locator + last,
        b"#!/x\n" + data[:end] + end64 + locator + last,
    ):
        found = opened(made)
        assert (found.members["a"], found.members["b"], found.skips) == (TEXT, b"b", [])


def test_members_of_unknown_size_are_read(opened: Opener, dripping: bool) -> None:
    """As written to a pipe: the sizes follow the data."""

    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.data = b""

        def writable(self) -> bool:
            return True

        def write(self, data: Any, /) -> int:
            self.data += bytes(data)
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", TEXT)
        archive.writestr(zipfile.ZipInfo("stored"), b"stored")
    found = opened(pipe.data, dripping=dripping)
    assert (found.members["a"], found.members["stored"], found.skips) == (TEXT, b"stored", [])


@pytest.mark.parametrize("before", [b"", b"#!/usr/bin/env python3\n"])
@pytest.mark.parametrize("behind", [b"", b"tail", b"tail" * 100_000])
def test_what_stands_around_an_archive_is_searched(
    opened: Opener, make_key: Maker, before: bytes, behind: bytes, dripping: bool
) -> None:
    first, last = make_key().encode(), make_key().encode()
    data = (before and before + first + b"\n") + zipped(("a", TEXT)) + (behind and behind + last)
    found = opened(data, dripping=dripping)
    assert found.members["a"] == TEXT
    assert found.holding(first) == ([""] if before else [])
    assert found.holding(last) == ([""] if behind else [])
    assert found.skips == []


def test_offsets_may_or_may_not_count_what_was_prepended(opened: Opener) -> None:
    start = b"#!/usr/bin/env python3\n"
    for data in (start + zipped(("a", TEXT)), zipped(("a", TEXT), start=start)):
        found = opened(data)
        assert (found.members["a"], found.skips) == (TEXT, [])


def test_two_archives_in_one_file_are_both_read(opened: Opener) -> None:
    found = opened(zipped(("a", TEXT)) + zipped(("b", b"b")))
    assert (found.members["a"], found.members["b"]) == (TEXT, b"b")
    assert found.skips == [Skip("a", "not in the central directory", counts=False)]


def test_duplicate_names_are_all_read(opened: Opener, make_key: Maker) -> None:
    keys = [make_key(), make_key()]
    found = opened(zipped(*(("same", key.encode()) for key in keys)))
    assert found.holding(keys[0]) == found.holding(keys[1]) == ["same"]


def test_keys_in_names_comments_and_extra_fields_are_found(opened: Opener, make_key: Maker) -> None:
    keys = [make_key() for _ in range(4)]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo(keys[0])
        info.comment = keys[1].encode()
        info.extra = struct.pack("<2H", 0xCAFE, len(keys[2])) + keys[2].encode()
        archive.writestr(info, b"text")
        archive.comment = keys[3].encode()
    found = opened(out.getvalue())
    assert [found.holding(key) for key in keys] == [[""]] * 4


@pytest.mark.parametrize("name", ["../../etc/x", "/etc/x", "C:\\x", "a\\..\\..\\x"])
def test_traversal_is_told_and_its_content_scanned(opened: Opener, name: str) -> None:
    found = opened(zipped((name, TEXT)))
    assert found.members[name] == TEXT
    assert found.skips == [Skip(name, "name points outside the archive", counts=False)]


@pytest.mark.parametrize(
    ("name", "shown"),
    [(b"caf\x82.txt", "caf\\x82.txt"), (b"nul\0nul", "nul\\x00nul"), ("naïve".encode(), "naïve")],
)
def test_odd_names_stay_readable(opened: Opener, name: bytes, shown: str) -> None:
    data = zipped(("x" * len(name), TEXT)).replace(b"x" * len(name), name)
    assert opened(data).members[shown] == TEXT


def test_member_that_no_directory_lists_is_found(
    opened: Opener, make_key: Maker, dripping: bool
) -> None:
    key = make_key()
    data = zipped(("a", TEXT), ("hidden", key.encode() * 3), ("c", b"c"))
    entry, following = central(data, 1), central(data, 2)
    end = data.rindex(b"PK\x05\x06")
    size = struct.unpack_from("<L", data, end + 12)[0] - (following - entry)
    data = patched(data, end + 12, "<L", size)
    found = opened(data[:entry] + data[following:], dripping=dripping)
    assert found.holding(key) == ["hidden"]
    assert found.skips == [Skip("hidden", "not in the central directory", counts=False)]
    assert (found.members["a"], found.members["c"]) == (TEXT, b"c")


@pytest.mark.parametrize("size", [0, 10, 1_000_000, 0xFFFFFFFE])
def test_lie_about_the_size_is_told_and_hides_nothing(opened: Opener, size: int) -> None:
    data = zipped(("a", TEXT), ("b", b"b"))
    found = opened(patched(data, central(data) + 24, "<L", size))
    assert found.members["a"] == TEXT
    assert found.members["b"] == b"b"
    assert found.reasons["a"] == "size differs from what the header says"


@pytest.mark.parametrize("packed", [0, 10, 60, 1_000_000])
def test_lie_about_the_packed_size_is_told_and_hides_nothing(opened: Opener, packed: int) -> None:
    data = zipped(("a", TEXT), ("b", b"b"))
    data = patched(data, central(data) + 20, "<L", packed)
    found = opened(patched(data, 18, "<L", packed))
    assert found.members["a"].startswith(TEXT)
    assert found.members["b"] == b"b"
    assert "a" in found.reasons


def test_wrong_checksum_is_told_after_the_content(opened: Opener) -> None:
    data = zipped(("a", TEXT))
    found = opened(patched(data, central(data) + 16, "<L", 1))
    assert found.members["a"] == TEXT
    assert found.reasons == {"a": "content does not match its checksum"}


def test_both_readings_are_searched_where_headers_disagree(opened: Opener, make_key: Maker) -> None:
    key = make_key()
    data = zipped(("a", f"{key}\n".encode() * 2))
    found = opened(patched(data, central(data) + 10, "<H", zipfile.ZIP_STORED))
    assert found.holding(key) == ["a"]
    assert Skip("a", "local header and central directory disagree", counts=False) in found.skips


def test_entry_without_local_header_is_told(opened: Opener) -> None:
    data = zipped(("a", TEXT), ("b", b"b"))
    found = opened(patched(data, central(data) + 42, "<L", 7))
    assert found.members["b"] == b"b"
    assert found.reasons["a"]
    assert found.members["a"] == TEXT  # found where it is, though not where it should be


def test_every_cut_gives_the_members_before_it_and_a_skip(opened: Opener, dripping: bool) -> None:
    data = zipped(("a", b"a" * 200), ("b", bytes(range(256))), ("c", TEXT))
    for cut in range(31, len(data), 7):
        found = opened(data[:cut], dripping=dripping)
        assert any(skip.counts for skip in found.skips), cut
        if cut > data.index(b"PK\x03\x04", 4):
            assert found.members["a"] == b"a" * 200, cut


def test_stream_that_breaks_off_gives_the_members_before(walked: Opener) -> None:
    import gzip

    data = gzip.compress(zipped(("a", b"a" * 200), ("b", bytes(range(256)) * 400)))
    found = walked(data[:-400])
    assert found.members["!/a"] == b"a" * 200
    assert "truncated gzip stream" in [skip.reason for skip in found.skips]


def test_stream_larger_than_the_spool_is_told(opened: Opener) -> None:
    data = zipped(("a", TEXT), ("b", bytes(3 << 20)), method=zipfile.ZIP_STORED)
    found = opened(data, Limits(spool=2 << 20), dripping=True)
    assert found.members["a"] == TEXT
    assert "needs random access inside a stream and is larger than 2 MiB" in [
        skip.reason for skip in found.skips
    ]


@given(at=st.integers(0, 600), damage=st.binary(min_size=1, max_size=80))
def test_no_damage_raises_or_is_silent(opened: Opener, at: int, damage: bytes) -> None:
    data = bytearray(zipped(("a", TEXT), ("b" * 50, b"b" * 9), ("c", bytes(range(256)))))
    size = len(data)
    data[at : at + len(damage)] = damage
    found = opened(bytes(data[:size]), name="zip", damaged=True)
    intact = all(found.members.get(name) for name in ("a", "b" * 50, "c"))
    assert intact or found.skips or b"".join(found.members.values())


@given(rest=st.binary(max_size=400))
def test_any_bytes_are_searched_or_told(opened: Opener, rest: bytes) -> None:
    found = opened(b"PK\x03\x04" + rest, name="zip")
    assert found.skips


def test_properties_that_lzma_does_not_know_are_told(opened: Opener) -> None:
    data = bytearray(zipped(("a", TEXT), method=zipfile.ZIP_LZMA))
    data[31 + 4] = 0xFF  # behind the local header and the version: lc, lp and pb in one byte
    assert opened(bytes(data)).reasons["a"].startswith("damaged lzma stream")
