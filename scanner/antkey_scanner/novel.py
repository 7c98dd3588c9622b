"""Finds what is new in an object that git stores as a delta of another one.

Versions of a file share nearly all of their text, and text that was searched in one version need not
be searched in the next. What is new is what a delta inserts and what it joins that stood apart before,
with everything around it that could be one value with it: as far as the next comma or colon, which no
token and no joint has (see `antkey_scanner.decode.joints`).
"""

from __future__ import annotations

import re

from antkey_scanner.git.deltas import changes

REACH = 16 << 10
"""So far a comma or a colon is looked for. Where there is none, the whole object has to be searched."""

SHARE = 2
"""What is new may be at most one part in so many; else the whole object is searched as quickly."""

_AROUND = 2
"""Bytes kept beside the commas, for rules that look at what precedes a match."""

_BETWEEN = b",\n:"

_SYNTAX = re.compile(
    rb"""
    \#[^\n]*$                        # a comment
    | \(\? (?: P<\w+> | <?[=!] | : )  # the start of a group
    | \[ (?: A-Z | a-z | 0-9 | [A-Za-z0-9_+/=-] )+ \]
    | \\ (?: [.*#+?()|-] | x[0-9a-f]{2} )
    | \{[0-9]+(?:,[0-9]*)?\}
    """,
    re.VERBOSE | re.MULTILINE,
)
_HARMLESS = re.compile(rb"[A-Za-z0-9_\s()|?*+-]*")
_COMMA_OR_COLON = re.compile(rb"\\x(?:2c|3a)", re.IGNORECASE)


def novelty(data: bytes, delta: bytes) -> bytes | None:
    """The parts of `data` that are new, one after the other and apart; None when all of it must be
    searched. delta: what made `data` of another object."""
    found: list[bytes] = []
    room = len(data) // SHARE
    seen = -1
    for start, end in changes(delta):
        if end <= seen:
            continue
        low, high = max(0, start - REACH), end + REACH
        left = data.rfind(b",", low, start)
        left = max(left, data.rfind(b":", max(left, low), start))
        if left < 0 < low:
            return None
        seen = data.find(b",", end, high)
        colon = data.find(b":", end, high if seen < 0 else seen)
        if colon >= 0:
            seen = colon
        elif seen < 0:
            if high < len(data):
                return None
            seen = len(data)
        part = data[max(0, left - _AROUND) : seen + 1 + _AROUND]
        found.append(part)  # what lies in two of them is in both: each is whole
        room -= len(part)
        if room < 0:
            return None
    return _BETWEEN.join(found)


def is_one_value(pattern: bytes) -> bool:
    """Whether nothing that a verbose pattern matches has a comma or a colon in it, nor looks at one; not
    of a pattern that has syntax beyond that of the built-in rules."""
    if _COMMA_OR_COLON.search(pattern) is not None:
        return False
    return _HARMLESS.fullmatch(_SYNTAX.sub(b"", pattern)) is not None
