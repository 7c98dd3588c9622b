"""Marks beside a key in the scanned text: `antkey: ignore[RULE] REASON`, and those of other scanners.

Looked for around hits only, on the line of a key and on the line directly above it, at most `REACH`
bytes away. Knows nothing of comment syntax: any language's comments will do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from antkey_scanner.lines import Peekable

REACH = 4096
"""Bytes before and behind a key in which its marks have to stand: a line may be a megabyte long."""

OWN = "antkey"
"""The name of antkey's own marks in `Settings.marks`."""

_LONGEST_REASON = 200
_WIDTHS = {"utf-16": 2, "utf-32": 4}

_WORDS = {
    OWN: (b"antkey:",),
    "detect-secrets": (b"pragma:",),
    "gitleaks": (b"gitleaks:allow",),
}
# The words come before what may not stand before them: so the search for them is quick.
_OWN_MARK = re.compile(
    rb"antkey: (?<! [\w-] antkey: ) [ \t]{0,8} ignore (?![\w-])"
    rb"(?: \[ (?P<rules> [^\]\r\n]{0,400} ) \] )?",
    re.VERBOSE,
)
_PRAGMA = re.compile(
    rb"pragma: (?<! [\w-] pragma: ) [ ]?(?:allow|white)list[ -] (?P<next> nextline[ -] )? secret",
    re.VERBOSE,
)
_GITLEAKS = re.compile(rb"gitleaks:allow(?<![\w-]gitleaks:allow)(?![\w-])")

_LINE_END = re.compile(rb"\r\n|[\r\n]")
# What ends a comment that does not end with its line.
_CLOSER = re.compile(rb"\*/|--+%?>|[%?#]>|[%#*]\}|\}\}|\*\)|#>|-\}|\|#")
_BEFORE_REASON = " \t:-\u2013\u2014"
# A comment's opening and no more than one short word, such as `REM`: no code, and no key.
_ALONE = re.compile(rb"[^A-Za-z0-9]*(?:[A-Za-z_]{1,12}[^A-Za-z0-9]+)?")
_CODE = re.compile(rb"[A-Za-z0-9]")
_LONG_TOKEN = re.compile(r"[A-Za-z0-9+/=_-]{12,}")
_TOKEN_OF_WORDS = re.compile(
    r"(?:(?:[a-z]{1,30}|[A-Z][a-z]{0,30}|[A-Z]{1,30}|[0-9]{1,8})(?:[-_/=+]{1,4}|\Z)){1,40}"
)


class Mark(NamedTuple):
    """A mark beside a key. rules: ids of the rules that it is for, None for all; rest: what follows it
    on its line; opening: the byte before it."""

    rules: tuple[str, ...] | None
    rest: bytes
    opening: bytes = b""

    @property
    def reason(self) -> str:
        """As a report may show it; `""` when none is given, and then the mark does not count."""
        return _reason(_comment(self)[0])


def marks_beside(
    source: Peekable, at: int, length: int, encodings: tuple[str, ...], honoured: Sequence[str]
) -> tuple[Mark, ...]:
    """The marks that are about what stands at an offset.

    length: bytes at the offset that are the key itself, 0 where its encoded form is not known;
    encodings: those of the finding, outermost first; honoured: whose marks count.
    """
    if not honoured:
        return ()
    width = _WIDTHS.get(encodings[0], 1) if encodings else 1
    start = max(0, at - REACH * width)
    before = _read(source, start, at)
    behind = _read(source, at + length, at + length + REACH * width)
    if width > 1:
        before, behind = _narrowed(before, behind, at, width)
    if not any(
        word in part for part in (before, behind) for name in honoured for word in _WORDS[name]
    ):
        return ()
    above, line = _last_lines(before, whole=start == 0)
    rest = _LINE_END.split(behind.partition(b"\0")[0], maxsplit=1)[0]
    return (
        *_on_line(line, honoured),
        *_on_line(rest, honoured),
        *_on_line_above(above, honoured),
    )


def judge(marks: Sequence[Mark], rule: str) -> tuple[str | None, str | None]:
    """(reason, note): why a finding of a rule is waived, or what keeps the marks from waiving it."""
    about = [mark for mark in marks if mark.rules is None or rule in mark.rules]
    for mark in about:
        reason = mark.reason
        if reason:
            return reason, None
    if about:
        return None, "`antkey: ignore` without a reason does not count"
    if any(mark.rules for mark in marks):
        return None, "the `antkey: ignore` beside it is for another rule"
    if marks:
        return None, "`antkey: ignore` without a [RULE] does not count"
    return None, None


def _read(source: Peekable, start: int, stop: int) -> bytes:
    pieces: list[bytes] = []
    while start < stop:
        piece = bytes(source.peek(start, stop - start))
        if not piece:
            break
        pieces.append(piece)
        start += len(piece)
    return b"".join(pieces)


def _narrowed(before: bytes, behind: bytes, at: int, width: int) -> tuple[bytes, bytes]:
    """Text in wide characters as UTF-8. `at` is where the byte of an ASCII character stands: the
    first of its character's in little-endian text, the last in big-endian."""
    little = at % width == 0
    encoding = f"utf-{8 * width}-{'le' if little else 'be'}"
    if not little:  # the bytes before an ASCII byte are its own character's
        before, behind = before[: 1 - width], before[1 - width :] + behind
    before = before[len(before) % width :]
    behind = behind[: len(behind) // width * width]
    return (
        before.decode(encoding, "replace").encode("utf-8", "replace"),
        behind.decode(encoding, "replace").encode("utf-8", "replace"),
    )


def _last_lines(before: bytes, *, whole: bool) -> tuple[bytes, bytes]:
    """(the line above, this line as far as the key). whole: the input starts where `before` does."""
    _, nul, text = before.rpartition(b"\0")
    if not whole and not nul:
        text = b"0x" + text  # what stands there is not known: code, or the start of a word
    lines = _LINE_END.split(text)
    return (lines[-2] if len(lines) > 1 else b""), lines[-1]


def _on_line(text: bytes, honoured: Sequence[str]) -> Iterator[Mark]:
    if OWN in honoured:
        yield from _own_marks(text)
    if "detect-secrets" in honoured:
        for found in _PRAGMA.finditer(text):
            if found["next"] is None:
                yield Mark(None, b"pragma: allowlist secret")
    if "gitleaks" in honoured and _GITLEAKS.search(text):
        yield Mark(None, b"gitleaks:allow")


def _on_line_above(text: bytes, honoured: Sequence[str]) -> Iterator[Mark]:
    """The marks of a line that are about the next one: a mark behind code is about that code."""
    if OWN in honoured:
        found = _OWN_MARK.search(text)
        if found is not None and _ALONE.fullmatch(text[: found.start()]):
            marks = list(_own_marks(text))
            if not _CODE.search(_comment(marks[-1])[1]):
                yield from marks
    if "detect-secrets" in honoured:
        for found in _PRAGMA.finditer(text):
            if found["next"] is not None:
                yield Mark(None, b"pragma: allowlist nextline secret")


def _own_marks(text: bytes) -> Iterator[Mark]:
    found = list(_OWN_MARK.finditer(text))
    starts = [mark.start() for mark in found]
    for mark, end in zip(found, [*starts[1:], len(text)], strict=False):
        opening = text[max(0, mark.start() - 1) : mark.start()]
        yield Mark(_rules(mark["rules"]), text[mark.end() : end], opening)


def _rules(written: bytes | None) -> tuple[str, ...]:
    names = (written or b"").decode("ascii", "replace").split(",")
    return tuple(name.strip() for name in names if name.strip())


def _comment(mark: Mark) -> tuple[bytes, bytes]:
    """What follows a mark to the end of its comment, or of the string it starts, and what is behind."""
    if mark.opening in (b'"', b"'", b"`"):
        words, _, code = mark.rest.partition(mark.opening)
        return words, code
    closer = _CLOSER.search(mark.rest)
    if closer is None:
        return mark.rest, b""
    return mark.rest[: closer.start()], mark.rest[closer.end() :]


def _reason(words: bytes) -> str:
    """The reason as a report may show it: it stands beside a key, and may hold a part of one."""
    text = " ".join(words.decode("utf-8", "backslashreplace").split()).lstrip(_BEFORE_REASON)
    if not any(character.isalnum() for character in text):
        return ""
    text = _LONG_TOKEN.sub(_shown_token, text)
    return text if len(text) <= _LONGEST_REASON else text[: _LONGEST_REASON - 1] + "…"


def _shown_token(token: re.Match[str]) -> str:
    text = token.group()
    return text if _TOKEN_OF_WORDS.fullmatch(text) else f"{text[:3]}…"
