"""Leads from a file in git's large file storage to the pointer that stands for it in the history."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import NamedTuple

from antkey_scanner import system
from antkey_scanner.git import smallfile
from antkey_scanner.model import Skip

_POINTERS = (
    b"version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize %d\n",
    b"version https://hawser.github.com/spec/v1\noid sha256:%s\nsize %d\n",
)
_NAME = re.compile(r"[0-9a-f]{64}")


class LargeFile(NamedTuple):
    """A file in the storage. path: where it lies; sha256: its name, in hex digits, empty when it is
    called something else; size: in bytes."""

    path: str
    sha256: str
    size: int


def large_files(folder: str, shown: str) -> Iterator[LargeFile | Skip]:
    """The files below a repository's `lfs/objects`; shown: what precedes names when printed."""
    pending = [(folder, shown)]
    while pending:
        path, shown = pending.pop()
        try:
            with system.Folder.open(path) as opened:
                entries = sorted(opened.listing(), key=lambda entry: entry.name)
                for entry in entries:
                    name = os.path.join(path, entry.name)
                    if entry.is_dir(follow_symlinks=False):
                        pending.append((name, f"{shown}{entry.name}/"))
                    elif entry.is_file(follow_symlinks=False):
                        named = entry.name if _NAME.fullmatch(entry.name) else ""
                        size = entry.stat(follow_symlinks=False).st_size
                        yield LargeFile(name, named, size)
                    else:
                        reason = "is no regular file"
                        yield Skip(system.show(shown + entry.name), reason, counts=False)
        except OSError as error:
            yield Skip(system.show(shown).rstrip("/"), smallfile.reason(error))


def pointers(sha256: str, size: int, hash_size: int) -> list[bytes]:
    """The ids that the blobs have which stand for a file in the history, whether they exist or not.

    What a pointer says is fixed by the file, so that its id can be told without looking for it.
    """
    import hashlib

    kind = hashlib.sha1 if hash_size == 20 else hashlib.sha256
    found = []
    for pattern in _POINTERS:
        data = pattern % (sha256.encode(), size)
        header = b"blob %d\0" % len(data)
        found.append(kind(header + data, usedforsecurity=False).digest())
    return found
