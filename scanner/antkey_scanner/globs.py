"""Globs over whole paths, as in `.gitignore`: for the policy and for `--exclude`."""

from __future__ import annotations

import re
from collections.abc import Sequence


class Globs:
    """Globs of which the last one that matches decides; `!` before one takes out again."""

    def __init__(self, globs: Sequence[str]) -> None:
        self._patterns = [
            (not glob.startswith("!"), glob_pattern(glob.removeprefix("!"))) for glob in globs
        ]
        self._folders = [
            glob_pattern(glob.removesuffix("/**")) for glob in globs if glob.endswith("/**")
        ]
        self._prunes = not any(glob.startswith("!") for glob in globs)

    def match(self, path: str) -> bool:
        """Whether the path is meant."""
        meant = False
        for takes, pattern in self._patterns:
            if takes is not meant and pattern.fullmatch(path):
                meant = takes
        return meant

    def match_folder(self, path: str) -> bool:
        """Whether all that lies in the folder is meant, so that nobody need look."""
        if not self._prunes:
            return False
        return self.match(path) or any(pattern.fullmatch(path) for pattern in self._folders)


def glob_pattern(glob: str) -> re.Pattern[str]:
    """A glob as a regular expression for whole paths, as in `.gitignore`.

    `*` and `?` stay within a folder, `**` does not; without an inner `/` it holds in every folder.
    What lies below a matching folder or inside a matching container (`OUTER!/INNER`) matches too.
    """
    body = glob.strip("/")
    anywhere = "/" not in body and not glob.startswith("/")
    parts = body.split("/")
    inner = "".join(_part(part) for part in parts[:-1])
    inner += ".*" if parts[-1] == "**" else _name(parts[-1])
    return re.compile(f"{'(?:.*/)?' if anywhere else ''}{inner}(?:!?/.*)?", re.DOTALL)


_TOKEN = re.compile(r"\*+|\?|\[!?\]?[^\]/]*\]|.", re.DOTALL)


def _part(part: str) -> str:
    """One part of a path, with the slash behind it; `**` stands for any number of parts."""
    return "(?:.*/)?" if part == "**" else _name(part) + "/"


def _name(part: str) -> str:
    return "".join(_token(token) for token in _TOKEN.findall(part))


def _token(token: str) -> str:
    if token.startswith("*"):
        return "[^/]*"
    if token == "?":
        return "[^/]"
    if token.startswith("[") and len(token) > 2:
        inside = token[1:-1]
        negated = inside.startswith("!")
        escaped = inside.removeprefix("!").replace("\\", "\\\\").replace("[", "\\[")
        escaped = escaped.replace("]", "\\]").replace("^", "\\^")
        return f"(?!/)[{'^' if negated else ''}{escaped}]"
    return re.escape(token)
