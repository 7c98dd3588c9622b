"""Where in the tested program a request comes from: the first frame outside of libraries."""

from __future__ import annotations

import os
import sys
import sysconfig
from types import FrameType

_PLACES = ("stdlib", "platstdlib", "purelib", "platlib")
_LIBRARIES = tuple(
    {
        os.path.join(path, "")
        for place in _PLACES
        for path in (sysconfig.get_path(place), os.path.realpath(sysconfig.get_path(place)))
    }
)
_OWN = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "")
_MOST_FRAMES = 500


def call_site(folder: str) -> str | None:
    """`app/chat.py:41 in answer`, None where only libraries are on the stack, as in a task that one of
    them started. folder: what paths are shown from."""
    frame: FrameType | None = sys._getframe(1)
    for _ in range(_MOST_FRAMES):
        if frame is None:
            break
        code = frame.f_code
        if not is_library(code.co_filename):
            path = code.co_filename
            inside = path.startswith(os.path.join(folder, ""))
            shown = os.path.relpath(path, folder) if inside else path
            return f"{shown.replace(os.sep, '/')}:{frame.f_lineno} in {code.co_name}"
        frame = frame.f_back
    return None


def is_library(path: str) -> bool:
    """Whether a file is none of the tested program's."""
    if path.startswith(("<", _OWN)):
        return True
    return "site-packages" in path or "dist-packages" in path or path.startswith(_LIBRARIES)
