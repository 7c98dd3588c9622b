"""Reads git's configuration files as text. Nothing in them is obeyed, no include is followed."""

from __future__ import annotations

import re
from typing import NamedTuple

_SECTION = re.compile(
    r"""
    \[ \s*
    (?P<name> [A-Za-z0-9.-]+ )
    (?: \s+ " (?P<inner> (?: [^"\\\n] | \\. )* ) " )?
    \s* \]
    """,
    re.VERBOSE,
)
_KEY = re.compile(r"(?P<key>[A-Za-z][A-Za-z0-9-]*)[ \t]*(?P<equals>=?)")
_ESCAPES = {"n": "\n", "t": "\t", "b": "\b", '"': '"', "\\": "\\"}
_TRUE, _FALSE = {"true", "yes", "on", "1"}, {"false", "no", "off", "0", ""}


class Setting(NamedTuple):
    """One line. section and key are lower-case; value: None for a key without `=`, which means true."""

    section: str
    subsection: str | None
    key: str
    value: str | None


class Settings(NamedTuple):
    """All settings of one file in its order. problem: what is wrong with it, with the line's number."""

    entries: tuple[Setting, ...]
    problem: str | None = None

    def last(self, section: str, key: str, subsection: str | None = None) -> str | None:
        """The value that holds, `"true"` for a key without `=`; None when it is not set."""
        for entry in reversed(self.entries):
            if entry[:3] == (section, subsection, key):
                return "true" if entry.value is None else entry.value
        return None


def is_true(value: str | None) -> bool:
    """Whether a value means true to git; a number does when it is not zero."""
    if value is None:
        return False
    word = value.lower()
    return word in _TRUE or (word not in _FALSE and word.lstrip("+-").isdigit() and int(word) != 0)


def parse(data: bytes) -> Settings:
    """The settings in a file's bytes. A line that git would refuse is left out and named."""
    text = data.decode("utf-8", "surrogateescape").removeprefix("\ufeff").replace("\r\n", "\n")
    reader = _Reader(text)
    reader.read()
    return Settings(tuple(reader.entries), reader.problem)


class _Reader:
    """The state while a file is read: where, and in which section."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._section = ""
        self._subsection: str | None = None
        self.entries: list[Setting] = []
        self.problem: str | None = None

    def read(self) -> None:
        text = self._text
        while self._at < len(text):
            char = text[self._at]
            if char in " \t\n\r\f\v":
                self._at += 1
            elif char in "#;":
                self._skip_line()
            elif char == "[":
                self._read_section()
            else:
                self._read_setting()

    def _skip_line(self) -> None:
        end = self._text.find("\n", self._at)
        self._at = len(self._text) if end < 0 else end + 1

    def _refuse(self) -> None:
        if self.problem is None:
            line = self._text.count("\n", 0, self._at) + 1
            self.problem = f"line {line} is no git configuration"
        self._skip_line()

    def _read_section(self) -> None:
        found = _SECTION.match(self._text, self._at)
        if found is None:
            self._section = ""
            self._refuse()
            return
        name, inner = found["name"].lower(), found["inner"]
        if inner is not None:
            self._section, self._subsection = name, re.sub(r"\\(.)", r"\1", inner)
        else:  # the old form [section.subsection], which knows no upper case
            self._section, dot, rest = name.partition(".")
            self._subsection = rest if dot else None
        self._at = found.end()

    def _read_setting(self) -> None:
        found = _KEY.match(self._text, self._at)
        if found is None or not self._section:
            self._refuse()
            return
        start = self._at
        self._at = found.end()
        value: str | None = None
        if found["equals"]:
            value = self._read_value()
            if value is None:
                self._at = start
                self._refuse()
                return
        elif self._at < len(self._text) and self._text[self._at] != "\n":
            self._refuse()
            return
        self.entries.append(Setting(self._section, self._subsection, found["key"].lower(), value))

    def _read_value(self) -> str | None:
        """The rest of the line and of those that a backslash joins to it; None when it is malformed."""
        text, at = self._text, self._at
        pieces: list[str] = []
        keep = 0  # pieces up to here stay when blanks at the end are cut
        quoted = False
        while at < len(text) and text[at] != "\n":
            char = text[at]
            at += 1
            if char == "\\":
                following = text[at : at + 1]
                at += 1
                if following == "\n":
                    continue
                if following not in _ESCAPES or not following:
                    return None
                pieces.append(_ESCAPES[following])
                keep = len(pieces)
            elif char == '"':
                quoted = not quoted
                keep = len(pieces)
            elif char in "#;" and not quoted:
                at = text.find("\n", at)
                at = len(text) if at < 0 else at
            elif char in " \t" and not quoted:
                if pieces:
                    pieces.append(char)
            else:
                pieces.append(char)
                keep = len(pieces)
        self._at = at
        return None if quoted else "".join(pieces[:keep])
