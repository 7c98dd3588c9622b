"""Finds keys that somebody has pasted into a file that must not hold one, such as the policy.

It tells places and never texts. Simpler and stricter than the rules on purpose: whoever writes such
a file is there to mend it, so a false alarm costs a moment and a miss costs a key.
"""

from __future__ import annotations

import re

_RAW_KEY = re.compile(r"sk-ant-(?:[a-z]{1,12}[0-9]{0,4}-)?([A-Za-z0-9_-]{20,})")

_FAMILY = r"[a-z]{1,20}[0-9]{0,4}-"
_PART_OF_KEY = re.compile(
    rf"(sk-ant-(?:{_FAMILY}|(?!{_FAMILY})))([A-Za-z0-9_-]{{3}})[A-Za-z0-9_-]{{5,}}([A-Za-z0-9_-]{{4}})"
)
"""Twelve characters of a key's random part are more than any output may hold."""

_FEWEST_DISTINCT = 8
"""Twenty random base64url characters have fewer distinct ones in less than one of 10^9 cases;
`xxxxxxxx` and `********` in place of a key have one."""

_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|x([0-9A-Fa-f]{2})|[ \t]*\r?\n\s*)")
"""What TOML undoes in strings: `\\uXXXX`, `\\UXXXXXXXX`, `\\xXX` (TOML 1.1), a line's last backslash."""


def holds_raw_key(text: str) -> bool:
    """Whether a text with all escapes undone holds a key."""
    return any(len(set(match[1])) >= _FEWEST_DISTINCT for match in _RAW_KEY.finditer(text))


def without_raw_keys(text: str) -> str:
    """The text with each key cut to what Anthropic's Console shows of it, parts of keys too."""
    return _PART_OF_KEY.sub(r"\1\2…\3", text)


def raw_key_lines(text: str) -> list[int]:
    """The 1-based lines on which keys start, written plainly or with TOML's escapes."""
    lines = {text.count("\n", 0, at) + 1 for at in _starts(text)}
    if "\\" in text:
        plain, origins = _unescape(text)
        lines |= {text.count("\n", 0, origins[at]) + 1 for at in _starts(plain)}
    return sorted(lines)


def _starts(text: str) -> list[int]:
    return [
        match.start() for match in _RAW_KEY.finditer(text) if len(set(match[1])) >= _FEWEST_DISTINCT
    ]


def _unescape(text: str) -> tuple[str, list[int]]:
    """The text with escapes undone wherever they stand, and the origin of each of its characters."""
    plain: list[str] = []
    origins: list[int] = []
    at = 0
    for escape in _ESCAPE.finditer(text):
        plain.append(text[at : escape.start()])
        origins.extend(range(at, escape.start()))
        digits = escape[1] or escape[2] or escape[3]
        if digits and int(digits, 16) < 0x110000:
            plain.append(chr(int(digits, 16)))
            origins.append(escape.start())
        at = escape.end()
    plain.append(text[at:])
    origins.extend(range(at, len(text)))
    return "".join(plain), origins
