"""Names of members, as they are shown to people. They are never used to open anything."""

from __future__ import annotations

import re

OUTSIDE = "name points outside the archive"
NAMELESS = "(no name)"

_LONGEST = 4096

_OUTSIDE = re.compile(r"(?:^|[/\\])\.\.(?:[/\\]|$)|^[/\\]|^[A-Za-z]:")


def readable(name: bytes) -> str:
    """The name as text: bytes that are no UTF-8, and NUL, as `\\xNN`, without a leading `./`.

    What is longer than a path may be on any system is cut.
    """
    text = name[:_LONGEST].decode("utf-8", "backslashreplace").replace("\0", "\\x00")
    while text.startswith("./"):
        text = text[2:].lstrip("/")
    return text or NAMELESS


def points_outside(path: str) -> bool:
    """Whether unpacking to this name could write elsewhere: absolute, a drive's, or with `..`."""
    return _OUTSIDE.search(path) is not None
