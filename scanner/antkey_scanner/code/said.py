"""Finds calls that write something out where no parser gives them: macros of Rust, pages, Swift, Dart. Reads
text, knows strings and brackets alone; an amount of work is set."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from antkey_scanner.late import late

MOST_CHARACTERS = 4_000
"""Of a call's arguments, so many are read."""

_MOST_CALLS = 5_000
_RUST = late(
    r"""(?x)
    \b(?P<callee> (?:\w{1,40}::){0,3}
      (?: e?print(?:ln)? | info | warn | error | debug | trace | log | event | panic | dbg | bail | anyhow
        | unreachable | todo | (?:info|debug|error|trace|warn)_span ) )!\s{0,3}[(\[{]
    """
)
_PAGE = late(
    r"(?<![\w.])(?P<callee>(?:console|logger|log|Sentry|this\.\$log)\.\w{1,30}|alert|(?:new\s+)?\w{0,40}Error)\s{0,3}\("
)
_SWIFT = late(
    r"(?<![\w.])(?P<callee>print|debugPrint|NSLog|os_log|dump|fatalError|preconditionFailure|assertionFailure"
    r"|(?:self\.|Self\.)?_?(?:logger|log|Logger\(\))\.\w{1,30})\s{0,3}\("
)
_DART = late(
    r"(?<![\w.])(?P<callee>print|debugPrint|(?:_?(?:logger|log|developer|Logger\(\)|Sentry)\.)\w{1,30}|log|\w{0,40}Exception)\s{0,3}\("
)
_CALLS = {"rs": _RUST, "swift": _SWIFT, "dart": _DART}
_RAISED = late(
    r"(?:panic|bail|anyhow|unreachable|todo|fatalError|\w*Failure|\w*Exception|\w*Error)\Z"
)
_HOLE = late(r"\\\(((?:[^()\n]|\([^()\n]{0,200}\)){0,400})\)")
_HIDDEN = late(r"privacy\s{0,3}:\s{0,3}\.(?:private|sensitive)")
_SYSTEM_LOG = late(r"(?m)^import\s+(?:os|OSLog)\b")
_PIECE = late(r"""[^"'`()\[\]{},\\]+""")


class Said(NamedTuple):
    """A call. arguments: as text, named ones without their names; where: what it writes to, in words."""

    callee: str
    arguments: tuple[str, ...]
    start: int
    end: int
    where: str


def said(text: str, ending: str) -> Iterator[Said]:
    """The calls of a text that write something out. ending: of the file's name, in lower case."""
    is_logged = ending == "swift" and _SYSTEM_LOG.search(text) is not None
    for count, found in enumerate(_CALLS.get(ending, _PAGE).finditer(text)):
        if count > _MOST_CALLS:
            return
        callee = found["callee"]
        end, arguments = _arguments(text, found.end())
        if ending == "swift":
            # The system's own log hides what is put into a text unless it is told to show it.
            hides = is_logged and ("log" in callee.lower())
            arguments = [_swift(one, hides) for one in arguments]
        raised = _RAISED.search(callee) is not None
        where = "an exception's text" if raised else "a log"
        yield Said(callee, tuple(arguments), found.start(), end, where)


def _swift(argument: str, hides: bool) -> str:
    """What Swift puts into a text, as Kotlin writes it."""

    def hole(found: re.Match[str]) -> str:
        inside = found[1]
        if _HIDDEN.search(inside) or (hides and "public" not in inside):
            return ""
        return "${" + inside.partition(", privacy")[0] + "}"

    return _HOLE.sub(hole, argument)


def _arguments(text: str, start: int) -> tuple[int, list[str]]:
    """Where a call ends whose bracket opened before an offset, and its arguments."""
    found: list[str] = []
    begun, at, depth = start, start, 1
    stop = min(len(text), start + MOST_CHARACTERS)
    while at < stop:
        piece = _PIECE.match(text, at, stop)
        if piece is not None:
            at = piece.end()
            continue
        character = text[at]
        if character in "\"'`":
            at = _past(text, at, stop)
            continue
        if character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
            if not depth:
                break
        elif character == "," and depth == 1:
            found.append(text[begun:at])
            begun = at + 1
        at += 1
    found.append(text[begun:at])
    return at, found


def _past(text: str, at: int, stop: int) -> int:
    """The offset after a string; after its quote where it does not end on its line, as a lifetime does not."""
    quote = text[at]
    place = at + 1
    while place < stop:
        if text[place] == "\\":
            place += 2
            continue
        if text[place] == quote:
            return place + 1
        if text[place] == "\n" and quote == "'":
            return at + 1
        place += 1
    return at + 1
