"""Where a file may speak of a key of whoever runs the product: what is asked of all text, before anything is
parsed. Nothing that is the platform's is without such a place; most files have none, and cost no more.
"""

from __future__ import annotations

import re
from bisect import bisect_left

_KEYS = ("key", "_token", "authtoken", "accesstoken", "secret", "credential")
_CLIENTS = ("anthropic", "litellm", "rubyllm", "claude")
_NEAR = 90
_OURS = re.compile(
    r"""(?x)
    environ | getenv | process\.env | import\.meta | GetEnvironmentVariable | Getenv | \bENV\b | \benv | Env\b
    | _ENV\b | _SERVER\b | [sS]etting | [cC]onf | \bcfg | viper | [cC]redential | [sS]ecret | roperties | ptions\.Value
    | roperty | [pP]latform | [sS]hared | [dD]efault | [fF]allback | [sS]ystem | [gG]lobal | [mM]aster | [sS]erver | [vV]endor
    | [hH]osted | [mM]anaged | [cC]entral | [iI]nternal | \b[oO]urs? | _OUR_ | INSTANCE | [oO]perator | PLATFORM | SHARED | DEFAULT
    | FALLBACK | SYSTEM | GLOBAL | MASTER | [A-Z][A-Z0-9]*_(?:KEY|TOKEN|SECRET)\b | \b(?:get|load|read|fetch)_?[a-zA-Z_]{0,20}[kK]ey\(\)
    """
)
_WHOSE = re.compile(
    r"(?:platform|shared|default|fallback|system|global|master|server|vendor|managed|central|internal|our)_?\Z"
)
_CLIENT = re.compile(
    r"\w*(?:\s*[({]|\.(?:builder|fromEnv|from_env|NewClient|Client|new|Anthropic|AsyncAnthropic|completion|acompletion)|::|\\|LLM)"
)


def places(text: str, platform: frozenset[str] = frozenset()) -> list[int]:
    """The offsets of names of keys beside what may make them the platform's, and of names of clients, in
    order. platform: what else makes them so, in lower case."""
    small = text.lower()
    if len(small) != len(text):  # a few letters of other scripts get longer
        small = text
    found: list[int] = []
    for word in _KEYS:
        at = small.find(word)
        while at >= 0:
            if _is_ours(text, small, at, at + len(word), platform):
                found.append(at)
            at = small.find(word, at + len(word))
    for word in _CLIENTS:
        at = small.find(word)
        while at >= 0:
            if _CLIENT.match(text, at + len(word)):
                found.append(at)
            at = small.find(word, at + len(word))
    at = small.find("client")
    while at >= 0:
        if _WHOSE.search(small, max(0, at - 12), at):
            found.append(at)
        at = small.find("client", at + 6)
    found.sort()
    return found


def _is_ours(text: str, small: str, at: int, end: int, platform: frozenset[str]) -> bool:
    after = text[end : end + 1]
    if after.islower() and after != "s":  # a keyword, a keyboard
        return False
    start = max(text.rfind("\n", max(0, at - _NEAR), at) + 1, at - _NEAR)
    if _OURS.search(text, start, end + _NEAR // 2) is not None:
        return True
    return any(name in small[start : end + _NEAR // 2] for name in platform)


def has_any(found: list[int], start: int, end: int) -> bool:
    """Whether there is such a place between two offsets."""
    at = bisect_left(found, start)
    return at < len(found) and found[at] < end
