"""Reads the event file of GitHub Actions: JSON that strangers fill with titles, names and numbers."""

from __future__ import annotations

import json

from antkey_hooks.ci.build import is_id
from antkey_scanner.git import smallfile

_LIMIT = 64 << 20
"""Bytes; GitHub itself sends no event of more than 25 MB."""


class Event:
    """What an event says, asked field by field. A field of another type than asked for is not there."""

    def __init__(self, content: object) -> None:
        self._content = content

    @property
    def is_there(self) -> bool:
        """Whether there is an event at all."""
        return isinstance(self._content, dict)

    def id(self, *path: str) -> str | None:
        """The id of an object below some keys; None when there is none, or git's zeros."""
        found = self._at(path)
        return found.lower() if isinstance(found, str) and is_id(found) else None

    def text(self, *path: str) -> str | None:
        """A short text below some keys."""
        found = self._at(path)
        return found if isinstance(found, str) and 0 < len(found) <= 1000 else None

    def number(self, *path: str) -> int | None:
        """A number below some keys, which counts something."""
        found = self._at(path)
        if isinstance(found, bool) or not isinstance(found, int):
            return None
        return found if 0 < found < 1 << 53 else None

    def _at(self, path: tuple[str, ...]) -> object:
        found = self._content
        for key in path:
            if not isinstance(found, dict):
                return None
            found = found.get(key)
        return found


def read_event(path: str | None) -> Event:
    """The event in a file; one that says nothing when there is none or it holds something else."""
    if not path:
        return Event(None)
    try:
        return Event(json.loads(smallfile.read(path, _LIMIT)))
    except (OSError, ValueError, RecursionError):
        return Event(None)
