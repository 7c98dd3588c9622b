"""What holds other content, recognised by content and never by name.

Two kinds. A *compression* (gzip, zstd, …) is one stream inside another: it adds its name to a
location's `decoded` and leaves the path alone. An *archive* (tar, zip, SQLite, …) has members:
each adds `!/NAME` to the path. Each format is one module in this folder, imported when its
signature is seen, with one function:

* compression: `open_stream(stream, budget) -> Stream`
* archive: `members(stream, budget) -> Iterator[Member | Skip]`; a `Skip`'s path is relative to the
  archive, `""` for the archive itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum
from importlib import import_module
from typing import Protocol

from antkey_scanner.containers import archive_checks, checks
from antkey_scanner.containers.budget import Budget
from antkey_scanner.model import Skip
from antkey_scanner.named import NamedTuple

HEAD_BYTES = 4096
"""How many bytes of a stream's start `detect` wants to see."""


class Stream(Protocol):
    """Bytes that are read once, from the start to the end; `b""` is the end."""

    def read(self, size: int = -1, /) -> bytes: ...


class Member(NamedTuple):
    """One entry of an archive. `stream` is valid until the next entry is asked for.

    path: relative to the archive; `""` for the archive's own bytes (headers, names, comments, gaps
    between entries), which are searched under the archive's own path.
    """

    path: str
    stream: Stream


class Kind(Enum):
    """Whether something else is inside, or several."""

    COMPRESSION = "compression"
    ARCHIVE = "archive"


class Format(NamedTuple):
    """One recognisable format.

    raw: the container's own bytes are searched as well, for what lies between members, in comments
    and in freed pages.
    """

    name: str
    module: str
    kind: Kind
    raw: bool = False

    def open_stream(self, stream: Stream, budget: Budget) -> Stream:
        """The decompressed stream. Reading it raises OSError, ValueError or EOFError when corrupt."""
        opened: Stream = self._load().open_stream(stream, budget)
        return opened

    def members(self, stream: Stream, budget: Budget) -> Iterator[Member | Skip]:
        """The archive's entries in order. Never raises for bad content: that is a `Skip`."""
        return _few_skips(self._load().members(stream, budget), budget)

    def _load(self) -> _Module:
        return import_module(f"antkey_scanner.containers.{self.module}")


def _few_skips(entries: Iterator[Member | Skip], budget: Budget) -> Iterator[Member | Skip]:
    """An archive of a million links must not fill the memory with their names."""
    nameless = 0
    counts = False
    for entry in entries:
        if isinstance(entry, Skip) and not budget.may_name_skip():
            nameless += 1
            counts |= entry.counts
        else:
            yield entry
    if nameless:
        yield Skip("", f"{nameless} more entries were not read", counts)


class _Module(Protocol):
    def open_stream(self, stream: Stream, budget: Budget) -> Stream: ...
    def members(self, stream: Stream, budget: Budget) -> Iterator[Member | Skip]: ...


class Signature(NamedTuple):
    """`magic` at `offset`, and `check` on the head where the magic alone says too little."""

    offset: int
    magic: bytes
    format: Format
    check: Callable[[bytes], bool] | None = None


def _compression(name: str, module: str | None = None) -> Format:
    """Searched raw as well: names and comments in headers, skippable frames, what follows the end."""
    return Format(name, module or name, Kind.COMPRESSION, raw=True)


_ZIP = Format("zip", "zip", Kind.ARCHIVE)
_TAR = Format("tar", "tar", Kind.ARCHIVE)
_ZSTD = _compression("zstd")
_ZLIB = _compression("zlib", "zlib_stream")
_CPIO = Format("cpio", "cpio", Kind.ARCHIVE)
_AR = Format("ar", "ar", Kind.ARCHIVE)
_MAIL = Format("mail", "mail", Kind.ARCHIVE, raw=True)
_SQLITE = Format("sqlite", "sqlite", Kind.ARCHIVE, raw=True)
_PDF = Format("pdf", "pdf", Kind.ARCHIVE, raw=True)

SIGNATURES: tuple[Signature, ...] = (
    Signature(0, b"\x1f\x8b\x08", _compression("gzip"), checks.is_gzip),
    Signature(0, b"BZh", _compression("bzip2"), checks.is_bzip2),
    Signature(0, b"\xfd7zXZ\0", _compression("xz")),
    Signature(0, b"]", _compression("lzma", "xz"), checks.is_lzma),
    Signature(0, b"(\xb5/\xfd", _ZSTD),
    *(
        Signature(0, bytes([first]) + b"*M\x18", _ZSTD, checks.is_skippable_zstd)
        for first in range(0x50, 0x60)
    ),
    *(
        Signature(0, b"x" + level, _ZLIB, checks.is_zlib)
        for level in (b"\x01", b"\x5e", b"\x9c", b"\xda")
    ),
    Signature(0, b"PK\x03\x04", _ZIP),
    Signature(0, b"PK\x05\x06", _ZIP),
    Signature(0, b"PK\x07\x08PK\x03\x04", _ZIP),
    Signature(0, b"PK00PK\x03\x04", _ZIP),
    Signature(0, b"#!", _ZIP, checks.is_script_with_zip),
    Signature(0, b"07070", _CPIO, archive_checks.is_cpio_text),
    Signature(0, b"\xc7\x71", _CPIO, archive_checks.is_cpio_binary),
    Signature(0, b"\x71\xc7", _CPIO, archive_checks.is_cpio_binary),
    Signature(0, b"\xed\xab\xee\xdb", Format("rpm", "rpm", Kind.ARCHIVE)),
    Signature(0, b"7z\xbc\xaf\x27\x1c", Format("7z", "sevenzip", Kind.ARCHIVE)),
    Signature(0, b"!<arch>\n", _AR),
    Signature(0, b"!<thin>\n", _AR),
    Signature(0, b"%PDF-", _PDF),
    Signature(0, b"\xef\xbb\xbf%PDF-", _PDF),
    Signature(0, b"SQLite format 3\0", _SQLITE),
    Signature(0, b"7\x7f\x06\x82", _SQLITE),
    Signature(0, b"7\x7f\x06\x83", _SQLITE),
    Signature(0, b"From ", Format("mbox", "mbox", Kind.ARCHIVE), archive_checks.is_mbox),
    *(
        Signature(0, bytes([letter]), _MAIL, archive_checks.is_mail)
        for letter in b"ACDFILMOPRSTXacdfmrstx"
    ),
    Signature(257, b"ustar", _TAR, checks.is_tar),
)
"""All formats with a magic, tried in this order. Only tars from before 1988 have none: see `detect`."""

_UNREADABLE = Format("unsupported", "unreadable", Kind.ARCHIVE)
UNREADABLE: tuple[Signature, ...] = (
    Signature(0, b"Rar!\x1a\x07", _UNREADABLE),
    Signature(0, b"\x04\x22\x4d\x18", _UNREADABLE),
    Signature(0, b"LZIP\x01", _UNREADABLE),
    Signature(0, b"\x89LZO\0\r\n\x1a\n", _UNREADABLE),
    Signature(0, b"\x1f\x9d", _UNREADABLE, checks.is_compress),
    Signature(0, b"MSCF\0\0\0\0", _UNREADABLE),
    Signature(0, b"hsqs", _UNREADABLE, checks.is_squashfs),
)
"""Formats that are recognised only to be reported: passing over them would read as clean."""

_ALL = (*SIGNATURES, *UNREADABLE)

_BY_FIRST_BYTE: dict[int, list[Signature]] = {}
for _each in _ALL:
    if _each.offset == 0:
        _BY_FIRST_BYTE.setdefault(_each.magic[0], []).append(_each)
_DEEPER = tuple((each.offset, each.offset + len(each.magic), each) for each in _ALL if each.offset)


def detect(head: bytes | memoryview) -> Format | None:
    """The format of a stream that starts with `head`, None for one that is searched as it is."""
    if not head:
        return None
    candidates = _BY_FIRST_BYTE.get(head[0])
    if candidates is not None:
        start = bytes(head[:HEAD_BYTES])
        for _, magic, form, check in candidates:
            if start.startswith(magic) and (check is None or check(start)):
                return form
    for begin, end, signature in _DEEPER:
        if head[begin:end] == signature.magic:
            start = bytes(head[:HEAD_BYTES])
            if signature.check is None or signature.check(start):
                return signature.format
    # No text gets past the first condition: the last byte of a tar's header is padding.
    if len(head) > 511 and head[511] == 0 and checks.is_tar(bytes(head[:512])):
        return _TAR
    return None
