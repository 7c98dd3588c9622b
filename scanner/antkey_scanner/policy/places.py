"""Where each key of a TOML text stands: `tomllib` gives values, this gives their lines.

Walks a text that `tomllib` has accepted, so it need not check anything: it only has to know where
strings, arrays and tables end.
"""

from __future__ import annotations

import re
from typing import NamedTuple

Path = tuple[str | int, ...]
"""Keys, and 0-based positions in arrays: `("waiver", 1, "rule")`."""


class Header(NamedTuple):
    """A `[table]` or `[[array of tables]]` line, 1-based."""

    line: int
    path: Path


class Places(NamedTuple):
    """lines: the 1-based line on which each key, element or table starts; headers in file order."""

    lines: dict[Path, int]
    headers: tuple[Header, ...]

    def line(self, path: Path) -> int:
        """The line of a path, or of the nearest thing around it that is written down."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def find_places(text: str) -> Places:
    """The places of all keys in a valid TOML text."""
    walk = _Walk(text)
    walk.document()
    return Places(walk.lines, tuple(walk.headers))


_BLANK = re.compile(r"[ \t]*")
_BETWEEN = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE_KEY = re.compile(r"[^\s=.\[\]{}\"'#,]+")
_SCALAR = re.compile(r"[^,\]}\n#]*")
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|x([0-9A-Fa-f]{2})|(.))", re.DOTALL)
_CONTROL = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b"}


def _character(escape: re.Match[str]) -> str:
    digits = escape[1] or escape[2] or escape[3]
    return chr(int(digits, 16)) if digits else _CONTROL.get(escape[4], escape[4])


class _Walk:
    """A position in the text, and the lines found so far."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[Path, int] = {}
        self.headers: list[Header] = []
        self._arrays: dict[Path, int] = {}
        self._counted_to = 0
        self._line = 1

    def document(self) -> None:
        table: Path = ()
        while self._skip(_BETWEEN):
            if self._next("["):
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> Path:
        line = self._line_here()
        is_array = self.text.startswith("[[", self.at)
        self.at += 2 if is_array else 1
        path = self._resolve(self._dotted_key(), is_array)
        self.at += 2 if is_array else 1
        self._remember(path, line)
        self.headers.append(Header(line, path))
        return path

    def _resolve(self, keys: list[str], is_array: bool) -> Path:
        """A header's path with the positions of the array elements that it speaks of."""
        path: Path = ()
        for position, key in enumerate(keys, 1):
            path = (*path, key)
            self._remember(path, self._line_here())
            if is_array and position == len(keys):
                self._arrays[path] = self._arrays.get(path, -1) + 1
            if path in self._arrays:
                path = (*path, self._arrays[path])
        return path

    def _pair(self, table: Path) -> None:
        line = self._line_here()
        path = table
        for key in self._dotted_key():
            path = (*path, key)
            self._remember(path, line)
        self.at += 1
        self._skip(_BLANK)
        self._value(path)

    def _dotted_key(self) -> list[str]:
        keys = []
        while True:
            self._skip(_BLANK)
            if self._next('"') or self._next("'"):
                keys.append(self._string())
            else:
                keys.append(self._take(_BARE_KEY))
            self._skip(_BLANK)
            if not self._next("."):
                return keys
            self.at += 1

    def _value(self, path: Path) -> None:
        if self._next('"') or self._next("'"):
            self._string()
        elif self._next("["):
            self._array(path)
        elif self._next("{"):
            self._inline_table(path)
        else:
            self._take(_SCALAR)

    def _array(self, path: Path) -> None:
        self.at += 1
        position = 0
        while self._skip(_BETWEEN) and not self._next("]"):
            if self._next(","):
                self.at += 1
                position += 1
                continue
            element = (*path, position)
            self._remember(element, self._line_here())
            self._value(element)
        self.at += 1

    def _inline_table(self, path: Path) -> None:
        self.at += 1
        while self._skip(_BETWEEN) and not self._next("}"):
            if self._next(","):
                self.at += 1
            else:
                self._pair(path)
        self.at += 1

    def _string(self) -> str:
        quote = self.text[self.at]
        if self.text.startswith(quote * 3, self.at):
            return self._long_string(quote)
        end = self.at + 1
        while self.text[end] != quote:
            end += 2 if quote == '"' and self.text[end] == "\\" else 1
        content = self.text[self.at + 1 : end]
        self.at = end + 1
        return _ESCAPE.sub(_character, content) if quote == '"' else content

    def _long_string(self, quote: str) -> str:
        """A multi-line string: never a key, so its content does not matter."""
        end = self.at + 3
        while not self.text.startswith(quote * 3, end):
            end += 2 if quote == '"' and self.text[end] == "\\" else 1
        end += 3
        while end < len(self.text) and self.text[end] == quote:
            end += 1  # up to two quotes may stand before the closing three
        self.at = end
        return ""

    def _remember(self, path: Path, line: int) -> None:
        self.lines.setdefault(path, line)

    def _line_here(self) -> int:
        self._line += self.text.count("\n", self._counted_to, self.at)
        self._counted_to = self.at
        return self._line

    def _next(self, character: str) -> bool:
        return self.text.startswith(character, self.at)

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        if match is None:
            raise ValueError(f"no TOML at offset {self.at}")
        self.at = match.end()
        return match[0]

    def _skip(self, pattern: re.Pattern[str]) -> bool:
        """Pass over what the pattern matches; whether anything is left."""
        self._take(pattern)
        return self.at < len(self.text)
