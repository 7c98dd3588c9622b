"""Finds keys in an inventory that are not plainly Anthropic's: of other providers, in base64, in disguise.

Only what is a key by itself counts: of providers, those whose keys have a prefix of their own. Places are
told and never texts.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from urllib.parse import unquote

from antkey_scanner.buffers import count, find
from antkey_scanner.inventory.hashes import keys_in
from antkey_scanner.policy.rawkey import lines_of

_LITERALS = ("AIza", "gsk_", "xai-", "ABSK")
"""One of them begins each key that is looked for, or an `sk-` that begins none of Anthropic's."""

_OTHER_START = re.compile(r"sk-(?!ant-)")

_OTHER_KEY = re.compile(
    r"""
    (?<! [A-Za-z0-9+/_-] )
    (?: sk-(?:proj|svcacct|admin)- (?P<openai> [A-Za-z0-9_-]{40,} )
      | sk-or-v1- (?P<openrouter> [0-9a-f]{64} )
      | sk- (?P<older> [A-Za-z0-9]{20} T3BlbkFJ [A-Za-z0-9]{20} )
      | AIza (?P<google> [A-Za-z0-9_-]{35} )
      | gsk_ (?P<groq> [A-Za-z0-9]{52} )
      | xai- (?P<xai> [A-Za-z0-9]{80} )
      | ABSK (?P<bedrock> [A-Za-z0-9+/]{100,} )
    )
    """,
    re.VERBOSE,
)

_FEWEST_DISTINCT = 8

_ENCODED_PREFIX = "c2stYW50L"
"""`sk-ant-` in base64."""

_ENCODED_KEY = re.compile(rf"{_ENCODED_PREFIX}[A-Za-z0-9+/]{{20,1000}}")


_RANDOM_PART = re.compile(r"[A-Za-z0-9_-]{93}AA(?![A-Za-z0-9_-])")
_FEWEST_CAPITALS = 8
"""So many random base64url characters have fewer in none of 10^9 cases; words seldom have that many."""


def other_key_lines(text: str, data: bytes | None = None) -> list[int]:
    """The 1-based lines on which keys of other providers start. data: the text in UTF-8, where that is
    at hand."""
    if data is None:
        data = text.encode("utf-8", "surrogatepass")
    found = (_OTHER_KEY.match(text, start) for start in sorted(_starts(text, data)))
    return lines_of(text, (one.start() for one in found if one and not _is_sample(one)))


def _starts(text: str, data: bytes) -> Iterator[int]:
    """Where a key may start. Bytes are searched many times as fast as a text with a single `…` in it."""
    if count(data, b"sk-") > count(data, b"sk-ant-"):
        yield from (one.start() for one in _OTHER_START.finditer(text))
    for literal in _LITERALS:
        if find(data, literal.encode()) >= 0:
            yield from (one.start() for one in re.finditer(literal, text))


def encoded_key_lines(text: str) -> list[int]:
    """The 1-based lines on which Anthropic's keys start that are written in base64."""
    if _ENCODED_PREFIX not in text:
        return []
    found = _ENCODED_KEY.finditer(text)
    return lines_of(text, (one.start() for one in found if keys_in(_decoded(one[0]))))


def holds_random_part(text: str) -> bool:
    """Whether a text holds what follows the prefix of Anthropic's keys, whatever has become of that: it
    may be missing, in capitals, percent-encoded, or parted by characters that nobody sees."""
    seen = "".join(filter(str.isprintable, unquote(text)))
    found = _RANDOM_PART.search(seen)
    return found is not None and sum(map(str.isupper, found[0])) >= _FEWEST_CAPITALS


def _is_sample(found: re.Match[str]) -> bool:
    """Whether it stands in place of a key, as `xxxxxxxx` does."""
    return len(set(found[found.lastindex or 0])) < _FEWEST_DISTINCT


def _decoded(encoded: str) -> bytes:
    try:
        # What follows the key may be anything, so that only whole groups count.
        return base64.b64decode(encoded[: len(encoded) // 4 * 4])
    except binascii.Error:
        return b""
