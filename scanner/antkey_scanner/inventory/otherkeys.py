"""Finds keys in an inventory that are not plainly Anthropic's: those of other providers, and in base64.

Only what is a key by itself counts: of providers, those whose keys have a prefix of their own. Places are
told and never texts.
"""

from __future__ import annotations

import base64
import binascii
import re

from antkey_scanner.inventory.hashes import keys_in
from antkey_scanner.policy.rawkey import lines_of

_LITERALS = (
    *("sk-proj-", "sk-svcacct-", "sk-admin-", "sk-or-v1-", "T3BlbkFJ"),
    *("AIza", "gsk_", "xai-", "ABSK"),
)
"""One of them stands in each key that is looked for."""

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


def other_key_lines(text: str) -> list[int]:
    """The 1-based lines on which keys of other providers start."""
    if not any(literal in text for literal in _LITERALS):
        return []
    found = _OTHER_KEY.finditer(text)
    return lines_of(text, (one.start() for one in found if not _is_sample(one)))


def encoded_key_lines(text: str) -> list[int]:
    """The 1-based lines on which Anthropic's keys start that are written in base64."""
    if _ENCODED_PREFIX not in text:
        return []
    found = _ENCODED_KEY.finditer(text)
    return lines_of(text, (one.start() for one in found if keys_in(_decoded(one[0]))))


def _is_sample(found: re.Match[str]) -> bool:
    """Whether it stands in place of a key, as `xxxxxxxx` does."""
    return len(set(found[found.lastindex or 0])) < _FEWEST_DISTINCT


def _decoded(encoded: str) -> bytes:
    try:
        # What follows the key may be anything, so that only whole groups count.
        return base64.b64decode(encoded[: len(encoded) // 4 * 4])
    except binascii.Error:
        return b""
