"""Small archives that cost a careless reader gigabytes, and what they cost antkey.

Peers are not run on them: some unpack to the disk.
"""

from __future__ import annotations

import gzip
import io
import json
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.corpora import megabytes
from benchmarks.measure import Cost, peak_memory, run
from benchmarks.race import Stand
from benchmarks.rows import HOSTILE_MEMORY
from benchmarks.table import row, seconds

_CHUNK = 1 << 26
_CHUNKS = 64
_DEPTH = 24
_LIMIT = 300.0
_NOTE = b"a few bytes of text\n" * 50


class Endured(NamedTuple):
    """A scan of one archive. size, memory: bytes; wall: seconds; said: the first reason for a skip, or
    what else happened."""

    what: str
    size: int
    memory: int
    wall: float
    code: int
    said: str


def endured(folder: Path, stand: Stand, say: Callable[[str], None]) -> Iterator[Endured]:
    """Scan each archive."""
    for what, file in archives(folder).items():
        argv = [stand.tools["antkey"].path, "scan", "-f", "json", str(file)]
        cost = run(argv, stand.folder, stand.environment, _LIMIT)
        memory = peak_memory(argv, stand.folder, stand.environment, _LIMIT)
        say(f"hostile: {what}: {megabytes(memory)}, {cost.wall:.2f} s")
        yield Endured(what, file.stat().st_size, memory, cost.wall, cost.code, _said(cost))


def hostile_table(all_endured: Sequence[Endured]) -> list[str]:
    """A row for each archive; it is met when memory stays below the bound and the scan ended by itself
    with a result."""
    return [
        row("archive", "on the disk", "memory", "wall", "exit code", "antkey says", "verdict"),
        "|---|--:|--:|--:|--:|---|---|",
        *(
            row(
                each.what,
                megabytes(each.size),
                megabytes(each.memory),
                seconds(each.wall),
                str(each.code),
                each.said,
                "met" if is_met(each) else "**not met**",
            )
            for each in all_endured
        ),
    ]


def is_met(each: Endured) -> bool:
    """Whether a scan ended with a result, inside the bound."""
    return each.memory <= HOSTILE_MEMORY and each.code in {0, 1, 3}


def _said(cost: Cost) -> str:
    if cost.timed_out:
        return "had to be stopped"
    try:
        skipped = json.loads(cost.output)["skipped"]
    except (ValueError, KeyError):
        return "printed no result"
    return str(skipped[0]["reason"]) if skipped else "read to its end"


def archives(folder: Path) -> dict[str, Path]:
    """What is hostile about each archive, and its file; made when it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    made = {}
    for (name, what), make in _MAKERS.items():
        file = folder / name
        if not file.is_file():
            file.write_bytes(make())
        made[what] = file
    return made


def _zeros_gzip() -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    zeros = bytes(_CHUNK)
    piece = packer.compress(zeros) + packer.flush(zlib.Z_FULL_FLUSH)
    check = 0
    for _ in range(_CHUNKS):
        check = zlib.crc32(zeros, check)
    length = _CHUNK * _CHUNKS % 2**32
    trailer = check.to_bytes(4, "little") + length.to_bytes(4, "little")
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + piece * _CHUNKS + b"\x03\0" + trailer


def _zip_of(members: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def _zip_bomb() -> bytes:
    """One layer, 4 GiB of zeros; written as a stream, so that they are never held here."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for number in range(16):
            with archive.open(f"{number}.log", "w", force_zip64=True) as member:
                for _ in range(4):
                    member.write(bytes(_CHUNK))
    return target.getvalue()


def _zip_of_zips() -> bytes:
    """Sixteen zips in each zip, five layers over 64 MiB of zeros: 64 TiB if all were unpacked."""
    inner = _zip_of({"0.dll": bytes(_CHUNK)})
    for _ in range(5):
        inner = _zip_of({f"lib {number}.zip": inner for number in range(16)})
    return inner


def _many_members() -> bytes:
    return _zip_of({f"{number}.txt": b"" for number in range(60_000)})


def _nested() -> bytes:
    content = _NOTE
    for layer in range(_DEPTH):
        content = (
            (lambda data: gzip.compress(data, mtime=0)),
            lzma.compress,
            (lambda data: _zip_of({"inner": data})),
            _tar_of,
        )[layer % 4](content)
    return content


def _tar_of(content: bytes) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        header = tarfile.TarInfo("inner")
        header.size = len(content)
        archive.addfile(header, io.BytesIO(content))
    return target.getvalue()


def _lying_tar() -> bytes:
    """A header that promises 64 GiB, and no content."""
    header = tarfile.TarInfo("huge.log")
    header.size = 1 << 36
    return header.tobuf(tarfile.GNU_FORMAT) + bytes(1024)


def _xz_dictionary() -> bytes:
    """An xz block header that asks for a dictionary of 4 GiB."""
    stream = bytearray(lzma.compress(_NOTE, preset=0))
    start = 12
    end = start + (stream[start] + 1) * 4
    stream[stream.index(b"\x21\x01", start, end) + 2] = 40
    stream[end - 4 : end] = zlib.crc32(stream[start : end - 4]).to_bytes(4, "little")
    return bytes(stream)


def _lzma_dictionary() -> bytes:
    stream = bytearray(lzma.compress(_NOTE, format=lzma.FORMAT_ALONE))
    stream[1:5] = b"\xff\xff\xff\xff"
    return bytes(stream)


def _zstd_window() -> bytes:
    """RFC 8878: a frame with a window of 2 GiB and 256 blocks of 128 KiB, each one repeated byte."""
    block = 1 | 1 << 1 | (128 << 10) << 3
    repeated = (block & ~1).to_bytes(3, "little") + b"a"
    last = block.to_bytes(3, "little") + b"a"
    return b"\x28\xb5\x2f\xfd" + bytes([0, 21 << 3]) + repeated * 255 + last


_MAKERS: dict[tuple[str, str], Callable[[], bytes]] = {
    ("zeros.log.gz", "gzip, 4 GiB of zeros"): _zeros_gzip,
    ("bomb.zip", "zip, 16 members of 256 MiB"): _zip_bomb,
    ("zips.zip", "zips in zips, 64 TiB"): _zip_of_zips,
    ("members.zip", "zip, 60,000 empty members"): _many_members,
    ("nested.tar", f"{_DEPTH} layers of tar, zip, xz and gzip"): _nested,
    ("lying.tar", "tar, promises 64 GiB and ends"): _lying_tar,
    ("dictionary.xz", "xz, dictionary of 4 GiB"): _xz_dictionary,
    ("dictionary.lzma", "lzma, dictionary of 4 GiB"): _lzma_dictionary,
    ("window.zst", "zstd, window of 2 GiB"): _zstd_window,
}
