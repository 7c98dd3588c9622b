"""Bombs: each ends in a skip with a reason, in seconds and in little memory, never in an exception."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import subprocess
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from antkey_scanner.containers.budget import MEBIBYTE, Limits
from antkey_scanner.containers.zstd import library
from antkey_scanner.model import Skip

Opener = Callable[..., Any]

MEMORY = 512 * MEBIBYTE
TIGHT = Limits(ratio_floor=8 * MEBIBYTE, ratio=200, output=1 << 30)
ZEROS = bytes(MEBIBYTE)


def zipped(*files: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return out.getvalue()


def reasons(found: Any) -> str:
    return "\n".join(skip.reason for skip in found.skips)


def test_zips_in_zips_end_at_the_ratio(walked: Opener) -> None:
    """As 42.zip: each level holds the one below several times."""
    data = ZEROS * 4
    for _ in range(5):
        data = zipped(*((f"{n}.zip", data) for n in range(16)))
    found = walked(data, TIGHT)
    assert "unpacks to more than 200 times its size" in reasons(found)


def nested() -> bytes:
    data = zipped(("a.zip", b""), method=zipfile.ZIP_STORED)
    for _ in range(40):
        data = zipped(("a.zip", data))
    return data


def test_nesting_ends_at_the_depth(walked: Opener) -> None:
    found = walked(nested(), Limits(depth=16))
    assert [skip.reason for skip in found.skips] == ["too deep"]


def overlapping(count: int) -> bytes:
    """Many entries over one kernel, each quoting the headers behind its own (Fifield's zip bomb)."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packer.compress(ZEROS * 4) + packer.flush()
    names = [f"{n:04}".encode() for n in range(count)]
    size, quoted, ends = len(ZEROS) * 4, b"", []
    for name in reversed(names):
        if quoted:  # a stored block of deflate around the header that follows
            body = b"\0" + struct.pack("<2H", len(quoted), len(quoted) ^ 0xFFFF) + body
        quoted = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 8, 8, 0, 0, 0, 0, 0, 4, 0) + name
        ends.append((len(body), size))
        body, size = quoted + body, size + len(quoted)
    directory = b""
    for name, (packed, unpacked) in zip(names, reversed(ends), strict=True):
        start = len(body) - packed - len(quoted)
        fields = (20, 20, 8, 8, 0, 0, 0, packed, unpacked, 4, 0, 0, 0, 0, 0, start)
        directory += struct.pack("<4s6H3L5H2L", b"PK\x01\x02", *fields) + name
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(directory), len(body), 0)
    return body + directory + end


def test_overlapping_members_are_read_once(walked: Opener) -> None:
    found = walked(overlapping(200))
    assert reasons(found).count("overlaps another member") > 150
    assert sum(map(len, found.members.values())) < 40 * MEBIBYTE


def test_many_entries_for_one_member_are_read_once(walked: Opener) -> None:
    data = zipped(("a", ZEROS))
    at, end = data.index(b"PK\x01\x02"), data.rindex(b"PK\x05\x06")
    directory = data[at:end] * 500
    last = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 500, 500, len(directory), at, 0)
    found = walked(data[:at] + directory + last)
    assert reasons(found).count("overlaps another member") == 499


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, library().compress])
def test_compressed_zeros_end_at_the_ratio(walked: Opener, pack: Callable[[bytes], bytes]) -> None:
    found = walked(pack(ZEROS * 64), TIGHT)
    assert "unpacks to more than 200 times its size" in reasons(found)


def test_compressions_in_compressions_end_at_the_depth(walked: Opener) -> None:
    data = b"x"
    for _ in range(12):
        data = gzip.compress(bz2.compress(data))
    assert reasons(walked(data)) == "too deep"


def test_members_are_limited_over_the_whole_tree(walked: Opener) -> None:
    inner = zipped(*((f"{n}", b"") for n in range(60)))
    found = walked(zipped(("a.zip", inner), ("b.zip", inner)), Limits(members=100))
    assert reasons(found) == "more than 100 members"


def test_tar_of_huge_size_ends_at_its_end(walked: Opener) -> None:
    info = tarfile.TarInfo("huge")
    info.size = 1 << 60
    assert "truncated" in reasons(walked(info.tobuf(tarfile.GNU_FORMAT) + b"text"))


def test_lie_about_the_size_in_a_zip_changes_nothing(walked: Opener) -> None:
    data = bytearray(zipped(("a", ZEROS * 64)))
    for at in (22, data.index(b"PK\x01\x02") + 24):
        struct.pack_into("<L", data, at, 10)
    assert "unpacks to more than 200 times its size" in reasons(walked(bytes(data), TIGHT))


def test_false_headers_are_not_looked_at_for_ever(walked: Opener) -> None:
    found = walked(zipped(("a", b"a")) + b"PK\x03\x04" * 100_000)
    assert "too many false member headers" in reasons(found)


def test_holes_of_a_sparse_file_count(walked: Opener) -> None:
    holes = ",".join(f"{n << 30},1" for n in range(1, 2000))
    records = {"GNU.sparse.map": holes, "GNU.sparse.name": "sparse"}
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        info = tarfile.TarInfo("sparse")
        info.size, info.pax_headers = 1999, records
        archive.addfile(info, io.BytesIO(b"x" * 1999))
    assert "times its size" in reasons(walked(out.getvalue(), TIGHT))


SCANNED_ALONE = """
import io, sys
sys.path[:0] = {path!r}
from antkey_scanner.containers import Kind, detect
from antkey_scanner.containers.budget import Budget, BudgetExceeded, Limits

def descend(stream, budget, depth):
    head = stream.read(4096)
    form = detect(head)
    if form is None or depth == 16:
        while stream.read(1 << 18):
            pass
        return
    stream.seek(0) if isinstance(stream, io.IOBase) else None
    whole = stream if isinstance(stream, io.IOBase) else Joined(head, stream)
    try:
        if form.kind is Kind.COMPRESSION:
            descend(form.open_stream(whole, budget), budget, depth + 1)
        else:
            for entry in form.members(whole, budget):
                if hasattr(entry, "stream"):
                    descend(entry.stream, budget, depth + 1)
    except (OSError, ValueError, EOFError):
        pass

class Joined:
    def __init__(self, head, stream):
        self.head, self.stream = head, stream

    def read(self, size=-1):
        head, self.head = self.head, b""
        return head or self.stream.read(size)

with open(sys.argv[1], "rb", buffering=0) as file:
    budget = Budget(Limits(), file.seek(0, 2))
    file.seek(0)
    try:
        descend(file, budget, 0)
    except BudgetExceeded:
        pass
with open("/proc/self/status") as status:
    print(next(line.split()[1] for line in status if line.startswith("VmHWM")))
"""


def peak_memory(data: bytes, folder: Path) -> int:
    """Bytes that a process of its own needs at most to walk through `data`."""
    (folder / "bomb").write_bytes(data)
    code = SCANNED_ALONE.format(path=[path for path in sys.path if path])
    command = [sys.executable, "-c", code, str(folder / "bomb")]
    ended = subprocess.run(command, check=True, capture_output=True, timeout=120)
    return int(ended.stdout) * 1024


def million_members() -> bytes:
    header = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 0, 0, 0, 0, 0, 0, 6, 0)
    entry = struct.pack("<4s6H3L4HL", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0, 0)
    names = [b"%06x" % number for number in range(300_000)]
    local = b"".join(header + name for name in names)
    directory = b"".join(
        entry + struct.pack("<L", 36 * number) + name for number, name in enumerate(names)
    )
    count = 0xFFFF
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(directory), len(local), 0)
    return local + directory + end


def largest_dictionary() -> bytes:
    """Enough data to fill the largest dictionary that is allowed."""
    filters = [{"id": lzma.FILTER_LZMA1, "dict_size": 1 << 16}]
    data = bytearray(lzma.compress(ZEROS * 300, lzma.FORMAT_ALONE, filters=filters))
    data[1:5] = struct.pack("<L", 1 << 28)
    return bytes(data)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's /proc")
@pytest.mark.parametrize(
    "make",
    [
        million_members,
        largest_dictionary,
        lambda: gzip.compress(zipped(("a", b"a"), method=0) + ZEROS * 400),
        lambda: overlapping(2000),
        lambda: library().compress(library().compress(ZEROS * 512)),
        lambda: bz2.compress(ZEROS * 512),
    ],
    ids=["million", "dictionary", "spool", "overlapping", "zstd", "bzip2"],
)
def test_memory_stays_below_512_mib(make: Callable[[], bytes], tmp_path: Path) -> None:
    assert peak_memory(make(), tmp_path) < MEMORY


def test_names_of_a_million_links_are_not_kept(walked: Opener) -> None:
    link = tarfile.TarInfo("link")
    link.type, link.linkname = tarfile.SYMTYPE, "x"
    found = walked(link.tobuf() * 300 + bytes(1024), Limits(skips=100))
    assert len(found.skips) == 101
    assert found.skips[-1] == Skip("", "200 more entries were not read", counts=False)
