"""tar: every entry, every header's text, and whatever lies where no entry should be."""

from __future__ import annotations

import gzip
import io
import random
import struct
import tarfile
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antkey_scanner.containers.budget import Limits
from antkey_scanner.model import Skip

Opener = Callable[..., Any]
Maker = Callable[..., str]

FORMATS = {"ustar": tarfile.USTAR_FORMAT, "gnu": tarfile.GNU_FORMAT, "pax": tarfile.PAX_FORMAT}
END = bytes(1024)


def entry(path: str, data: bytes = b"", /, **fields: Any) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(path)
    info.size = len(data)
    for field, value in fields.items():
        setattr(info, field, value)
    return info, data


def archive(*entries: tuple[tarfile.TarInfo, bytes], kind: str = "pax", **options: Any) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=FORMATS[kind], **options) as tar:
        for info, data in entries:
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def signed(header: bytes) -> bytes:
    """A header block with its checksum made right."""
    block = bytearray(header)
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


@pytest.fixture(params=[False, True], ids=["file", "stream"])
def dripping(request: pytest.FixtureRequest) -> bool:
    """Whether the archive can seek: the result must not depend on it."""
    answer: bool = request.param
    return answer


@pytest.mark.parametrize("kind", FORMATS)
def test_key_is_in_its_member_and_nowhere_else(
    opened: Opener, make_key: Maker, kind: str, dripping: bool
) -> None:
    key = make_key()
    data = archive(
        entry("a.txt", b"x" * 511),
        entry("etc/app.env", f"KEY={key}\n".encode()),
        entry("empty"),
        entry("z", b"y" * 513),
        kind=kind,
    )
    found = opened(data, name="tar", dripping=dripping)
    assert found.holding(key) == ["etc/app.env"]
    assert list(found.members) == ["a.txt", "etc/app.env", "empty", "z", ""]
    assert found.members["z"] == b"y" * 513
    assert found.skips == []


@pytest.mark.parametrize("kind", ["gnu", "pax"])
def test_long_names_are_whole(opened: Opener, kind: str, dripping: bool) -> None:
    name = "/".join(["folder" * 9] * 9)
    found = opened(archive(entry(name, b"text"), kind=kind), dripping=dripping)
    assert found.members[name] == b"text"


def test_leading_dot_is_no_part_of_a_name(opened: Opener) -> None:
    found = opened(archive(entry("./etc/app.env", b"text"), entry("././b", b"more")))
    assert set(found.members) == {"etc/app.env", "b", ""}


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (tarfile.SYMTYPE, "symbolic link"),
        (tarfile.LNKTYPE, "hard link"),
        (tarfile.CHRTYPE, "character device"),
        (tarfile.BLKTYPE, "block device"),
        (tarfile.FIFOTYPE, "FIFO"),
    ],
)
def test_what_has_no_content_is_named_and_does_not_count(
    opened: Opener, kind: bytes, reason: str, dripping: bool
) -> None:
    found = opened(
        archive(entry("it", type=kind, linkname="x"), entry("b", b"b")), dripping=dripping
    )
    assert found.skips == [Skip("it", reason, counts=False)]
    assert found.members["b"] == b"b"


def test_folders_are_nothing_to_skip(opened: Opener) -> None:
    assert opened(archive(entry("folder", type=tarfile.DIRTYPE))).skips == []


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("field", ["name", "linkname", "uname"])
def test_key_in_a_header_is_found_in_the_archive_itself(
    opened: Opener, make_key: Maker, kind: str, field: str, dripping: bool
) -> None:
    key = make_key(length=8 if field == "uname" else 60 if kind == "ustar" else 93)
    fields = {"linkname": "x", "uname": "root", "name": "link", field: key}
    data = archive(entry("", type=tarfile.SYMTYPE, **fields), kind=kind)
    assert opened(data, dripping=dripping).holding(key) == [""]


def test_key_in_a_pax_value_is_found_in_the_archive_itself(
    opened: Opener, make_key: Maker, dripping: bool
) -> None:
    local, everywhere = make_key(), make_key()
    data = archive(
        entry("a", b"text", pax_headers={"comment": local}),
        pax_headers={"VENDOR.token": everywhere},
    )
    found = opened(data, dripping=dripping)
    assert found.holding(local) == found.holding(everywhere) == [""]


def test_global_pax_header_holds_for_all_entries(opened: Opener, dripping: bool) -> None:
    data = archive(entry("a", b"a"), entry("b", b"b"), pax_headers={"path": "all"})
    found = opened(data, dripping=dripping)
    assert found.members["all"] == b"ab"


def test_key_in_the_padding_behind_a_file_is_found(opened: Opener, make_key: Maker) -> None:
    key = make_key().encode()
    data = bytearray(archive(entry("a", b"short"), kind="ustar"))
    data[600 : 600 + len(key)] = key
    assert opened(bytes(data)).holding(key) == [""]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/cron.d/x", "../../etc/cron.d/x"),
        ("a/../../b", "a/../../b"),
        ("/etc/passwd", "/etc/passwd"),
        ("C:\\Windows\\x", "C:\\Windows\\x"),
        ("..\\x", "..\\x"),
    ],
)
def test_traversal_is_told_and_its_content_scanned(opened: Opener, name: str, shown: str) -> None:
    found = opened(archive(entry(name, b"text")))
    assert found.members[shown] == b"text"
    assert found.skips == [Skip(shown, "name points outside the archive", counts=False)]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"caf\xe9.txt", "caf\\xe9.txt"),
        (b"a\nb", "a\nb"),
        (b"a..b/c...d", "a..b/c...d"),
        ("naïve.txt".encode(), "naïve.txt"),
    ],
)
def test_odd_names_stay_readable(opened: Opener, name: bytes, shown: str) -> None:
    header = bytearray(archive(entry("x", b"text"), kind="ustar"))
    header[: len(name)] = name
    found = opened(signed(bytes(header[:512])) + bytes(header[512:]))
    assert found.members[shown] == b"text"
    assert found.skips == []


def test_entry_without_a_name_is_called_so(opened: Opener) -> None:
    header = bytearray(archive(entry("x", b"text"), kind="ustar"))
    header[0] = 0
    first = archive(entry("first"), kind="ustar")[:512]
    assert (
        opened(first + signed(bytes(header[:512])) + bytes(header[512:])).members["(no name)"]
        == b"text"
    )


def test_base_256_size_is_read(opened: Opener, dripping: bool) -> None:
    data = bytearray(archive(entry("a", b"text"), entry("b", b"b"), kind="gnu"))
    data[124:136] = b"\x80" + (4).to_bytes(11, "big")
    data[:512] = signed(bytes(data[:512]))
    assert opened(bytes(data), dripping=dripping).members["a"] == b"text"


@pytest.mark.parametrize("size", [1 << 62, (1 << 88) - 1, 10_000_000_000])
def test_huge_size_gives_what_is_there_and_a_skip(
    opened: Opener, size: int, dripping: bool
) -> None:
    data = bytearray(archive(entry("a", b"text")))
    data[124:136] = b"\x80" + size.to_bytes(11, "big")
    data[:512] = signed(bytes(data[:512]))
    found = opened(bytes(data), dripping=dripping)
    assert found.members["a"].startswith(b"text")
    assert found.reasons["a"] == "truncated"


def test_negative_size_is_a_damaged_header(opened: Opener, dripping: bool) -> None:
    data = bytearray(archive(entry("a", b"a"), entry("b", b"text"), kind="ustar"))
    data[1024 + 124 : 1024 + 136] = b"\xff" * 12
    data[1024:1536] = signed(bytes(data[1024:1536]))
    found = opened(bytes(data), dripping=dripping)
    assert found.reasons[""] == "damaged header at byte 1024"
    assert b"text" in found.members[""]


def test_every_cut_gives_what_stands_before_it_and_a_skip(opened: Opener, dripping: bool) -> None:
    data = archive(
        entry("a", b"a" * 700), entry("x" * 150, b"b" * 100), entry("c", b"c" * 512), kind="gnu"
    )
    body = -(-len(data.rstrip(b"\0")) // 512) * 512
    for cut in [*range(512, body, 97), *range(512, body + 1, 512)]:
        found = opened(data[:cut], dripping=dripping)
        assert found.skips, cut
        assert all(skip.counts for skip in found.skips), cut
        seen = b"".join(found.members.values())
        assert seen.count(b"a") >= min(cut - 512, 700), cut


def test_damaged_header_costs_only_its_own_entry(
    opened: Opener, make_key: Maker, dripping: bool
) -> None:
    keys = [make_key() for _ in range(3)]
    data = bytearray(archive(*(entry(f"{n}", key.encode()) for n, key in enumerate(keys))))
    data[1024 + 5] ^= 0x40
    found = opened(bytes(data), dripping=dripping)
    assert [found.holding(key) for key in keys] == [["0"], [""], ["2"]]
    assert found.skips == [Skip("", "damaged header at byte 1024")]


def test_archive_behind_the_end_of_another_is_read(opened: Opener, dripping: bool) -> None:
    data = archive(entry("a", b"a")) + archive(entry("b", b"b"))
    found = opened(data, dripping=dripping)
    assert (found.members["a"], found.members["b"]) == (b"a", b"b")
    assert found.skips == []


def test_what_stands_behind_the_end_is_a_member_of_the_archive_itself(
    walked: Opener, make_key: Maker
) -> None:
    key = make_key()
    data = archive(entry("a", b"a")) + gzip.compress(key.encode())
    assert walked(data).holding(key) == [""]


def test_missing_end_mark_is_told(opened: Opener, dripping: bool) -> None:
    data = archive(entry("a", b"a" * 512), kind="ustar")[:1024]
    found = opened(data, dripping=dripping)
    assert found.members["a"] == b"a" * 512
    assert found.skips == [Skip("", "no end mark, may be cut short")]


def test_link_with_data_keeps_the_next_entry_in_step(opened: Opener, dripping: bool) -> None:
    link = bytearray(archive(entry("link", type=tarfile.LNKTYPE, linkname="a"), kind="ustar")[:512])
    link[124:136] = b"%011o\0" % 600
    without = signed(bytes(link)) + archive(entry("b", b"b"), kind="ustar")
    with_data = (
        signed(bytes(link)) + (b"secret" * 100).ljust(1024, b"\0") + archive(entry("b", b"b"))
    )
    found = opened(without, dripping=dripping)
    assert (found.members["b"], found.skips) == (b"b", [Skip("link", "hard link", counts=False)])
    found = opened(with_data, dripping=dripping)
    assert (found.members["link"], found.members["b"], found.skips) == (b"secret" * 100, b"b", [])


def test_extended_header_without_end_is_searched_but_not_kept(
    opened: Opener, make_key: Maker, dripping: bool
) -> None:
    key = make_key().encode()
    header = bytearray(archive(entry("h", type=tarfile.XHDTYPE), kind="ustar")[:512])
    header[156] = ord("x")
    header[124:136] = b"%011o\0" % (3 << 20)
    huge = (b"1 a\n" * (3 << 18))[: (3 << 20) - len(key)] + key
    found = opened(signed(bytes(header)) + huge + archive(entry("b", b"b")), dripping=dripping)
    assert found.holding(key) == [""]
    assert found.members["b"] == b"b"
    assert found.skips == [Skip("", "extended header of more than 1 MiB")]


def test_zip_in_a_tar_needs_no_copy_in_memory(walked: Opener, make_key: Maker) -> None:
    key = make_key()
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as jar:
        jar.writestr("application.properties", f"key={key}")
        jar.writestr("filler", random.Random(1).randbytes(100_000))
    data = archive(entry("app.jar", inner.getvalue()))
    assert walked(data, Limits(spool=1000)).holding(key) == ["!/app.jar!/application.properties"]
    assert walked(gzip.compress(data), Limits(spool=1000)).skips


def test_members_are_counted(opened: Opener) -> None:
    data = archive(*(entry(f"{n}") for n in range(20)))
    found = opened(data, Limits(members=10))
    assert found.skips == [Skip("", "more than 10 members")]


@given(
    at=st.integers(0, 3000),
    damage=st.binary(min_size=1, max_size=600),
)
def test_no_damage_raises_or_hides_the_rest(opened: Opener, at: int, damage: bytes) -> None:
    data = bytearray(
        archive(entry("a", b"a" * 600), entry("b" * 120, b"b" * 600), entry("c", b"c"))
    )
    size = len(data)
    data[at : at + len(damage)] = damage
    found = opened(bytes(data[:size]), name="tar", damaged=True)
    assert found.skips or sum(map(len, found.members.values())) > 1000


def test_header_bytes_are_not_taken_for_a_tar_again(walked: Opener) -> None:
    found = walked(archive(*(entry(f"{n}", b"x") for n in range(2000))))
    assert not found.skips
    assert struct.calcsize("512s") * 2000 < len(found.members[""]) < 3 << 20


def test_name_longer_than_any_path_is_cut(opened: Opener) -> None:
    found = opened(archive(entry("n" * 100_000, b"text")))
    assert found.members["n" * 4096] == b"text"
