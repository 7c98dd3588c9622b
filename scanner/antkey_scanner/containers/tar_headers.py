"""What a tar header says: the block itself, pax records, GNU long names, the kinds of entries."""

from __future__ import annotations

import tarfile
from typing import NamedTuple

BLOCK = 512
LONGEST_EXTENSION = 1 << 20
"""Bytes of a pax header or a long name that are understood; longer ones are searched only."""

PAX_KINDS = (b"x", b"X")
PAX_GLOBAL = b"g"
GNU_NAME = b"L"
GNU_LINK = b"K"
GNU_SPARSE = b"S"
DIRECTORY = b"5"
EXTENSIONS = (*PAX_KINDS, PAX_GLOBAL, GNU_NAME, GNU_LINK)

WITHOUT_CONTENT = {
    b"1": "hard link",
    b"2": "symbolic link",
    b"3": "character device",
    b"4": "block device",
    DIRECTORY: "directory",
    b"6": "FIFO",
}


class Header(NamedTuple):
    """One header block. name: as raw bytes; size: of the data that follows."""

    kind: bytes
    name: bytes
    size: int


def parse(block: bytes) -> Header | None:
    """The header in a block, None when there is none: wrong checksum, impossible numbers."""
    try:
        info = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return None
    if info.size < 0:
        return None
    return Header(info.type, info.name.encode("utf-8", "surrogateescape"), info.size)


def looks_like_header(block: bytes) -> bool:
    """A cheap test before `parse`, for places where a header is not expected."""
    return block[257:262] == b"ustar"


def pax_records(data: bytes) -> dict[str, bytes]:
    """`LENGTH KEY=VALUE` lines, as far as they can be read; repeated sparse keys are joined by commas."""
    records: dict[str, bytes] = {}
    at = 0
    while (space := data.find(b" ", at, at + 20)) > 0 and data[at:space].isdigit():
        end = at + int(data[at:space])
        key, equals, value = data[space + 1 : end].partition(b"=")
        if not equals or end > len(data) or not value.endswith(b"\n"):
            break
        name, value = key.decode("utf-8", "replace"), value[:-1]
        if name in ("GNU.sparse.offset", "GNU.sparse.numbytes"):
            spans = records.get("GNU.sparse.map")
            value = value if spans is None else spans + b"," + value
            name = "GNU.sparse.map"
        records[name] = value
        at = end
    return records


def long_name(data: bytes) -> bytes:
    """The value of a GNU long name or link entry."""
    return data.partition(b"\0")[0]


def pax_size(records: dict[str, bytes], default: int) -> int:
    """The size that the pax records give the entry's data."""
    value = records.get("size", b"")
    return int(value) if value.isdigit() and len(value) < 20 else default
