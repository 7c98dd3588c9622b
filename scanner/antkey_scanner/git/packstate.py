"""Tells whether a pack is still the file that it was, without reading it.

As git does for the files of a work tree: by what the file system says of it. A file that was written
just before it was looked at may be written again in the same tick of the clock, and has no state.
"""

from __future__ import annotations

import hashlib
import os
import stat

from antkey_scanner.git.packs import index_path

SIZE = 16
"""Bytes of a state."""

_SECOND = 1_000_000_000
_TICK = _SECOND // 20
"""Clocks of file systems that know nanoseconds are no finer than the system's timer."""


def pack_state(path: str, now: int) -> bytes | None:
    """A hash that changes when the pack or its index does, None when that could not be told.

    now: nanoseconds since 1970, before anything of the pack was read.
    """
    digest = hashlib.sha256()
    for file in (path, index_path(path)):
        try:
            status = os.lstat(file)
        except OSError:
            return None
        if not stat.S_ISREG(status.st_mode):
            return None
        times = status.st_mtime_ns, status.st_ctime_ns
        coarse = not any(time % _SECOND for time in times)
        if max(times) > now - (2 * _SECOND if coarse else _TICK):
            return None
        name = os.fsencode(file)
        numbers = (len(name), status.st_dev, status.st_ino, status.st_size, *times)
        digest.update(repr(numbers).encode() + name)
    return digest.digest()[:SIZE]
