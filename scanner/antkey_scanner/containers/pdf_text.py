"""The text that a page's content shows, however it is cut into strings.

ISO 32000-1, section 9.4. Only strings and what moves the pen between them are looked at. A gap in a
line becomes a space and a new line a newline, but within what turns out to be a key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from antkey_scanner.containers.pdf_fonts import PLAIN, Font
from antkey_scanner.containers.pdf_objects import behind_dictionary, read_hex, read_string

_STRING = re.compile(
    rb"\(|(?P<properties><<)|<[0-9A-Fa-f\0\t\n\f\r ]*+>|%[^\r\n]*+|(?P<image>\bID[\0\t\n\f\r ])"
)
_IMAGE_END = re.compile(rb"[\0\t\n\f\r ]EI(?=[\0\t\n\f\r ])")
_NUMBER = rb"([-+.0-9]{1,20})"
_SPACES = rb"[\0\t\n\f\r ]{1,20}"
_OPERATOR = re.compile(
    rb"/(?P<font>[^\0\t\n\f\r ()<>\[\]{}/%]{1,127})" + _SPACES + _NUMBER + _SPACES + rb"Tf\b"
    rb"|(?P<x>[-+.0-9]{1,20})"
    + _SPACES
    + rb"(?P<y>[-+.0-9]{1,20})"
    + _SPACES
    + rb"(?P<move>T[dDm])\b"
    rb"|(?P<line>T\*)|(?P<begin>\bBT\b)|(?P<matrix>\bcm\b)"
)
_KERNING = re.compile(rb"[\0\t\n\f\r ]{0,200}([-+.0-9]{1,20})?[\0\t\n\f\r ]{0,200}")
_NEXT_LINE = re.compile(rb"[\0\t\n\f\r ]{0,20}['\"]")
_WORD_GAP = -180.0
_GAP_START, _GAP_END = 500, 1500
_SAME_LINE = 0.5

_PLAIN = {
    **dict.fromkeys((0xAD, 0x2010, 0x2011, 0x2212), "-"),
    **dict(enumerate(("ff", "fi", "fl", "ffi", "ffl", "st", "st"), 0xFB00)),
}
"""What fonts make of plain characters: hyphens of many kinds, and ligatures."""

_START = re.compile(r"s\s?k\s?-\s?a\s?n\s?t\s?-")
_KEY_TEXT = re.compile(r"[A-Za-z0-9_\-\s]*+")
_WORD = re.compile(r"\S++")
_FARTHEST = 500
_SHORTEST_KEY, _USUAL_KEY = 100, 108
_DIGIT, _CAPITAL = re.compile(r"[0-9]"), re.compile(r"[A-Z]")
_FEWEST = 5
"""Of digits and of capitals in a key: of a hundred thousand random ones not one has fewer."""


class _Shown(NamedTuple):
    """A string in the content: its codes, and where it starts and ends."""

    codes: bytes
    start: int
    end: int


def shown_text(content: bytes, fonts: Mapping[str, Font]) -> str:
    """The text of one page or form. fonts: by the names that the content calls them."""
    text = "".join(_Pen(content, fonts).pieces()).translate(_PLAIN)
    return "".join(_with_whole_keys(text))


def _strings(content: bytes) -> Iterator[_Shown]:
    """The strings that are shown: none of properties, nor of what looks like one in an image."""
    at = image_end = 0
    while match := _STRING.search(content, at):
        at = match.end()
        if match["properties"]:
            at = behind_dictionary(content, at)
        elif match["image"]:
            if image_end < at:
                end = _IMAGE_END.search(content, at)
                image_end = end.end() if end else len(content) + 1
            at = image_end if image_end <= len(content) else at
        elif match[0] == b"(":
            codes, at = read_string(content, at)
            yield _Shown(codes, match.start(), at)
        elif match[0][:1] == b"<":
            yield _Shown(read_hex(match[0]), match.start(), at)


class _Pen:
    """Follows the pen from string to string: font, height, and whether there is a gap."""

    def __init__(self, content: bytes, fonts: Mapping[str, Font]) -> None:
        self._content = content
        self._fonts = fonts
        self._font = PLAIN
        self._height: float | None = 0.0
        self._length = 0

    def pieces(self) -> Iterator[str]:
        end = 0
        for codes, start, stop in _strings(self._content):
            gap = self._gap(end, start)
            if _NEXT_LINE.match(self._content, stop):
                gap = "\n"
            text = self._font.decode(codes)
            self._length = len(text)
            end = stop
            yield gap + text

    def _gap(self, start: int, end: int) -> str:
        """What the pen's way between two strings looks like to a reader."""
        if end - start > _GAP_START + _GAP_END:
            between = (
                self._content[start : start + _GAP_START] + self._content[end - _GAP_END : end]
            )
        else:
            between = self._content[start:end]
        kerning = _KERNING.fullmatch(between)
        if kerning is not None:
            return " " if kerning[1] and _float(kerning[1]) < _WORD_GAP else ""
        before, moved = self._height, False
        for operator in _OPERATOR.finditer(between):
            moved = self._follow(operator) or moved
        if not moved:
            return ""
        if before is None or self._height is None or abs(before - self._height) > _SAME_LINE:
            self._height = self._height or 0.0
            return "\n"
        return " " if self._length > 1 else ""

    def _follow(self, operator: re.Match[bytes]) -> bool:
        """Whether the pen moves. An unknown height is None."""
        if operator["font"]:
            name = operator["font"].decode("latin-1")
            self._font = self._fonts.get(name, PLAIN)
            return False
        if operator["move"] == b"Tm":
            self._height = _float(operator["y"])
        elif operator["move"]:
            self._height = (self._height or 0.0) + _float(operator["y"])
        elif operator["begin"]:
            self._height = 0.0 if self._height is not None else None
        else:
            self._height = None
        return True


def _float(number: bytes) -> float:
    try:
        return float(number)
    except ValueError:
        return 0.0


def _with_whole_keys(text: str) -> Iterator[str]:
    """The text, without the breaks in what looks like a key once they are taken out.

    Words that follow something like a key are not taken for the rest of one: they lack digits.
    """
    at = 0
    for start in _START.finditer(text):
        if start.start() < at:
            continue
        joined, end = "", at
        run = _KEY_TEXT.match(text, start.start(), start.start() + _FARTHEST)
        for word in _WORD.finditer(text, start.start(), run.end() if run else at):
            joined, end = joined + word[0], word.end()
            if len(joined) >= _USUAL_KEY:
                break
        if len(joined) >= _SHORTEST_KEY and _is_random(joined):
            yield text[at : start.start()]
            yield joined
            at = end
    yield text[at:]


def _is_random(text: str) -> bool:
    return min(len(_DIGIT.findall(text)), len(_CAPITAL.findall(text))) >= _FEWEST
