"""Brings a policy's globs and the scanned root together: the policy speaks of its own folder.

Who scans `tests` alone gets paths below `tests`, while the policy beside it says `tests/data/x.zip`.
"""

from __future__ import annotations

import os
from collections.abc import Sequence


def root_below(folder: str | None, targets: Sequence[str]) -> str:
    """Where the paths that a scan of `targets` prints start, seen from the policy's folder.

    `""` or ending in `/`; `""` too for what lies outside of that folder, which the policy has no say
    in other than by names. One folder alone is the root of its paths, else the working folder is.
    """
    if folder is None:
        return ""
    root = targets[0] if len(targets) == 1 and os.path.isdir(targets[0]) else os.curdir
    try:
        below = os.path.relpath(os.path.realpath(root), os.path.realpath(folder))
    except (ValueError, OSError):
        return ""  # another drive, or no working folder
    below = below.replace(os.sep, "/")
    return "" if below == "." or below.split("/")[0] == ".." else f"{below}/"


def seen_from(globs: Sequence[str], below: str) -> tuple[str, ...]:
    """Globs of the policy's folder as the root `below` it needs them; what is only about other
    folders is left out."""
    if not below:
        return tuple(globs)
    return tuple(moved for glob in globs if (moved := _moved(glob, below)) is not None)


def _moved(glob: str, below: str) -> str | None:
    negation = "!" if glob.startswith("!") else ""
    body = glob.removeprefix("!")
    anchored = "/" in body.rstrip("/")
    if not anchored or body.startswith("**/"):
        return glob
    own, folders = body.lstrip("/").split("/"), below.rstrip("/").split("/")
    while folders and own and _is_name(own[0]) and own[0] == folders[0]:
        own, folders = own[1:], folders[1:]
    if not folders and own:
        return f"{negation}/{'/'.join(own)}"
    return None if not own or _is_name(own[0]) else glob


def _is_name(part: str) -> bool:
    return not any(character in part for character in "*?[")
