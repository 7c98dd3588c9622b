"""Makes one line of an exception that nobody expected: an id, the place in our code, and no data.

The message and the values in a traceback may hold what was being scanned; they go nowhere.
"""

from __future__ import annotations

from hashlib import sha256
from types import TracebackType

from antkey_scanner import __version__


def crash_line(error: BaseException) -> str:
    """The id is the same for the same fault in the same version, whatever the input was."""
    places = _places(error.__traceback__)
    kind = type(error).__name__
    digest = sha256("\n".join([__version__, kind, *places]).encode()).hexdigest()[:12]
    ours = [place for place in places if place.startswith("antkey_")]
    where = (ours or places or ["unknown"])[-1]
    return (
        f"internal error {digest} ({kind} at {where}, version {__version__});"
        " this is a fault of antkey: please report the line"
    )


def _places(trace: TracebackType | None) -> list[str]:
    """`antkey_scanner/engine.py:120` for each frame: paths from the package on."""
    places = []
    while trace is not None:
        path = trace.tb_frame.f_code.co_filename.replace("\\", "/")
        at = path.rfind("/antkey_")
        shown = path[at + 1 :] if at >= 0 else path.rsplit("/", 1)[-1]
        places.append(f"{shown}:{trace.tb_lineno}")
        trace = trace.tb_next
    return places
