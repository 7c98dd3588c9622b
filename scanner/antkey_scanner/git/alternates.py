"""Finds the further folders of objects that a store borrows from (`gitrepository-layout(5)`)."""

from __future__ import annotations

import os
import re
from collections.abc import Callable

from antkey_scanner.git import smallfile

_DEPTH = 5
"""As deep as git follows alternates of alternates."""

_ESCAPE = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_LETTERS = {
    b"a": b"\a",
    b"b": b"\b",
    b"f": b"\f",
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
    b"v": b"\v",
}


def alternates(objects: str, within: Callable[[str], bool]) -> tuple[list[str], list[str]]:
    """The folders that `objects` borrows from, and why others that it names are not read."""
    found: list[str] = []
    refused: list[str] = []
    pending = [(objects, 0)]
    while pending:
        folder, depth = pending.pop(0)
        links = _links(folder)
        if links:
            refused.append(f"objects/{links[0]} is a link; not followed")
        if os.path.lexists(os.path.join(folder, "info", "http-alternates")):
            refused.append("has alternates on a server; never fetched")
        try:
            text = smallfile.read_if_there(os.path.join(folder, "info", "alternates"))
        except OSError as error:
            refused.append(f"objects/info/alternates: {smallfile.reason(error)}")
            continue
        for path in parse(text or b""):
            real = os.path.realpath(os.path.join(folder, path))
            if not within(real):
                refused.append("borrows objects from outside of what is scanned; not followed")
            elif not os.path.isdir(real):
                refused.append("borrows objects from a folder that is not there")
            elif depth >= _DEPTH:
                refused.append("borrows objects over too many steps")
            elif real != objects and real not in found:
                found.append(real)
                pending.append((real, depth + 1))
    return found, list(dict.fromkeys(refused))


def parse(text: bytes) -> list[str]:
    """The paths in an `alternates` file: one a line, `#` starts a comment, quoted as in C or not."""
    paths = []
    for line in text.split(b"\n"):
        if line.startswith(b'"') and line.endswith(b'"') and len(line) > 1:
            line = unquoted(line)
        if line and not line.startswith(b"#") and b"\0" not in line:
            paths.append(os.fsdecode(line))
    return paths


def unquoted(word: bytes) -> bytes:
    """The text of a word that git quoted as in C, with the quotes around it."""
    return _ESCAPE.sub(_unescape, word[1:-1])


def _unescape(found: re.Match[bytes]) -> bytes:
    what = found[1]
    if len(what) == 3:
        return bytes([int(what, 8) & 0xFF])
    return _LETTERS.get(what, what)


def _links(objects: str) -> list[str]:
    """Entries of a folder of objects that are links: what they lead to is not read."""
    try:
        with os.scandir(objects) as entries:
            return sorted(entry.name for entry in entries if entry.is_symlink())
    except OSError:
        return []
