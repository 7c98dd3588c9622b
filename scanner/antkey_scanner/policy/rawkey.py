"""Finds keys that somebody has pasted into a file that must not hold one, such as the policy.

It tells places and never texts. Simpler and stricter than the rules on purpose: whoever writes such
a file is there to mend it, so a false alarm costs a moment and a miss costs a key.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_RAW_KEY = re.compile(r"sk-ant-(?:[a-z]{1,12}[0-9]{0,4}-)?([A-Za-z0-9_-]{20,})")

_WRAPPED_KEY = re.compile(r"sk-ant-[a-z]{1,12}[0-9]{0,4}-([A-Za-z0-9_-]{60,})")
_FEWEST_CAPITALS = 8
"""Sixty random base64url characters have fewer in one of 10^5 cases; sentences seldom have that many."""

_FAMILY = r"[a-z]{1,10}[0-9]{0,4}-"
_PART_OF_KEY = re.compile(
    rf"(sk-ant-(?:{_FAMILY}|(?!{_FAMILY})))([A-Za-z0-9_-]{{3}})[A-Za-z0-9_-]{{5,}}([A-Za-z0-9_-]{{4}})"
)
"""Twelve characters of a key's random part are more than any output may hold."""

_FEWEST_DISTINCT = 8
"""Twenty random base64url characters have fewer distinct ones in less than one of 10^9 cases;
`xxxxxxxx` and `********` in place of a key have one."""

_ESCAPE = re.compile(
    r"\\(?:u00([0-7][0-9A-Fa-f])|U000000([0-7][0-9A-Fa-f])|x([0-7][0-9A-Fa-f])|[ \t]*\r?\n\s*)"
)
"""What TOML, JSON and YAML undo in strings, where it can make up a key: ASCII characters as `\\uXXXX`,
`\\UXXXXXXXX`, `\\xXX`, and a line's last backslash."""


def holds_raw_key(text: str) -> bool:
    """Whether a text with all escapes undone holds a key."""
    return any(len(set(match[1])) >= _FEWEST_DISTINCT for match in _RAW_KEY.finditer(text))


def holds_wrapped_key(text: str) -> bool:
    """Whether a text holds a key that spaces or line breaks cut."""
    found = _WRAPPED_KEY.search("".join(text.split()))
    return found is not None and sum(map(str.isupper, found[1])) >= _FEWEST_CAPITALS


def without_raw_keys(text: str) -> str:
    """The text with each key cut to what Anthropic's Console shows of it, parts of keys too."""
    # What is left of a key after the first is for families that no key has; `holds_raw_key` sees them.
    return _RAW_KEY.sub("sk-ant-…", _PART_OF_KEY.sub(r"\1\2…\3", text))


def raw_key_lines(text: str) -> list[int]:
    """The 1-based lines on which keys start, written plainly or with escapes."""
    starts = set(_starts(text))
    if "\\" in text and _ESCAPE.search(text):
        starts.update(_origins(text, _starts(_ESCAPE.sub(_character, text))))
    return lines_of(text, sorted(starts))


def lines_of(text: str, starts: Iterable[int]) -> list[int]:
    """The 1-based lines on which something starts, each once. starts: in order."""
    lines: dict[int, None] = {}
    line, counted_to = 1, 0
    for start in starts:
        line += text.count("\n", counted_to, start)
        counted_to = start
        lines[line] = None
    return list(lines)


def _starts(text: str) -> list[int]:
    return [
        match.start() for match in _RAW_KEY.finditer(text) if len(set(match[1])) >= _FEWEST_DISTINCT
    ]


def _character(escape: re.Match[str]) -> str:
    digits = escape[1] or escape[2] or escape[3]
    return chr(int(digits, 16)) if digits else ""


def _origins(text: str, starts: list[int]) -> Iterator[int]:
    """Where in the text the characters stand that are at `starts` once escapes are undone."""
    escapes = _ESCAPE.finditer(text) if starts else iter(())
    escape = next(escapes, None)
    shorter = 0
    for start in starts:
        while escape is not None and escape.start() - shorter + len(_character(escape)) <= start:
            shorter += len(escape[0]) - len(_character(escape))
            escape = next(escapes, None)
        yield start + shorter
