"""Whether a folder holds files beside those of git itself: a bare repository holds none to judge."""

from __future__ import annotations

import os

_GIT = {"HEAD", "objects", "refs"}
"""What every folder of git's holds (gitrepository-layout)."""


def holds_files(folder: str) -> bool:
    """Whether a file lies at or below a folder, and in no folder of git's. Ends at the first."""
    pending = [folder]
    while pending:
        try:
            with os.scandir(pending.pop()) as found:
                entries = [entry for entry in found if entry.name != ".git"]
            if {entry.name for entry in entries} >= _GIT:
                continue
            if any(entry.is_file(follow_symlinks=False) for entry in entries):
                return True
            pending += [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]
        except OSError:  # the scan says so
            continue
    return False
