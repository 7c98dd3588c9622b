"""How many columns of a terminal a text takes, and how it is made to take fewer.

For text that `antkey_reports.escape.terminal` has made visible: no controls, nothing that moves the cursor.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

ELLIPSIS = "…"


def columns(text: str) -> int:
    """The columns of a monospaced terminal: two for wide East Asian characters, none for marks that
    combine with the character before them."""
    return len(text) if _is_plain(text) else sum(map(_columns, text))


def _is_plain(text: str) -> bool:
    """Whether each character takes one column; the ellipsis is in every key's hint."""
    return text.isascii() or text.replace(ELLIPSIS, ".").isascii()


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me") or "\u1160" <= character <= "\u11ff":
        return 0  # Hangul's vowels and finals join the syllable that an initial begins
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def cut(text: str, most: int) -> str:
    """Shorten a text at its end to so many columns."""
    if columns(text) <= most:
        return text
    return _head(text, most - 1) + ELLIPSIS


def cut_in_the_middle(text: str, most: int) -> str:
    """Shorten a text so that both ends stay: `prod-api-…-2026-04-25`."""
    if columns(text) <= most:
        return text
    tail = _tail(text, most // 2)
    return _head(text, most - 1 - columns(tail)) + ELLIPSIS + tail


def left(text: str, width: int) -> str:
    """Fill up on the right."""
    return text + " " * (width - columns(text))


def all_left(texts: Sequence[str], width: int) -> list[str]:
    """`left` of each, of many in a third of the time where all are plain."""
    if _is_plain("".join(texts)):
        return [text.ljust(width) for text in texts]
    return [left(text, width) for text in texts]


def right(text: str, width: int) -> str:
    """Fill up on the left."""
    return " " * (width - columns(text)) + text


def widest(texts: Iterable[str]) -> int:
    """The columns of the widest text, 0 for none."""
    every = list(texts)
    measure = len if _is_plain("".join(every)) else columns
    return max(map(measure, every), default=0)


def _head(text: str, most: int) -> str:
    if _is_plain(text):
        return text[:most]
    taken = 0
    for position, character in enumerate(text):
        taken += _columns(character)
        if taken > most:
            return text[:position]
    return text


def _tail(text: str, most: int) -> str:
    """The last characters, beginning with one that stands for itself."""
    if _is_plain(text):
        return text[len(text) - most :]
    taken = 0
    begin = len(text)
    for position in range(len(text) - 1, -1, -1):
        width = _columns(text[position])
        taken += width
        if taken > most:
            break
        if width:
            begin = position
    return text[begin:]
