"""Where a file may speak of a key of whoever runs the product: what is asked of all text, before anything is
parsed. Nothing that is the platform's is without such a place; most files have none, and cost no more.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from antkey_scanner.code.words import OWN_WORDS, PLATFORM_WORDS, TENANT_WORDS, Vocabulary
from antkey_scanner.late import late

_KEYS = ("key", "_token", "authtoken", "accesstoken", "secret", "credential")
_COPIES = ("with_options", "withoptions", "with_overrides", "withoverrides")
_CLIENTS = ("anthropic", "litellm", "rubyllm", "claude", *_COPIES)
_NEAR = 90
_OURS = late(
    r"""(?x)
    environ | getenv | process\.env | import\.meta | GetEnvironmentVariable | Getenv | \bENV\b | \benv | Env\b
    | _ENV\b | _SERVER\b | [sS]etting | [cC]onf | \bcfg | viper | [cC]redential | [sS]ecret | roperties | \b_?[pP]rops\b | \b_options\b | \bstate\b | ptions\.Value
    | roperty | [pP]latform | [sS]hared | [dD]efault | [fF]allback | [sS]ystem | [gG]lobal | [mM]aster | [sS]erver | [vV]endor
    | [hH]osted | [mM]anaged | [cC]entral | [iI]nternal | \b[oO]urs? | _OUR_ | INSTANCE | [oO]perator | PLATFORM | SHARED | DEFAULT
    | FALLBACK | SYSTEM | GLOBAL | MASTER | [A-Z][A-Z0-9]*_(?:KEY|TOKEN|SECRET)\b | \b[a-zA-Z_]{0,24}[kK]ey\(\)
    """
)
_OURS_BY = (
    *("env", "ENV", "Env", "_SERVER", "_OUR_", "_KEY", "_TOKEN", "_SECRET", "ey()", "our", "Our"),
    *("etting", "conf", "Conf", "cfg", "viper", "redential", "ecret", "ropert", "rops", "_options"),
    *(
        "state",
        "ptions.Value",
        "import.meta",
        "latform",
        "hared",
        "efault",
        "allback",
        "ystem",
        "lobal",
    ),
    *("aster", "erver", "endor", "osted", "anaged", "entral", "nternal", "INSTANCE", "perator"),
    *("PLATFORM", "SHARED", "DEFAULT", "FALLBACK", "SYSTEM", "GLOBAL", "MASTER"),
)
"""One of these stands in whatever the pattern above finds, and asking for them is ten times as quick."""

_WHOSE = late(
    r"(?:platform|shared|default|fallback|system|global|master|server|vendor|managed|central|internal|our)_?\Z"
)
_CLIENT = late(
    r"\w*(?:\s*[({]|\.(?:builder|fromEnv|from_env|NewClient|Client|new|Anthropic|AsyncAnthropic|completion|acompletion|context)|::|\\|LLM)"
)

_BLOCK = late(r"(?:settings|config)(?:\.|\[[\"']|\([\"'])\Z")


def places(text: str, small: str, vocabulary: Vocabulary) -> list[int]:
    """The offsets of names of keys beside what may make them the platform's, and of names of clients, in
    order."""
    platform = vocabulary.platform - PLATFORM_WORDS
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
            if _CLIENT.match(text, at + len(word)) or _BLOCK.search(small, max(0, at - 20), at):
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
    near = text[start : end + _NEAR // 2]
    for word in _OURS_BY:
        if word in near:
            if _OURS.search(text, start, end + _NEAR // 2) is not None:
                return True
            break
    return any(name in small[start : end + _NEAR // 2] for name in platform)


_CREDENTIALS = ("key", "token", "secret", "cred", "auth", "bearer")
_CREDENTIAL = late(
    r"(?:(?i:keys?|token|secrets?|creds?|credentials?|auth|authorization|bearer))(?![a-z])"
)
_PERSONAL = late(rf"(?:(?<![a-z])|(?=[A-Z]))(?i:{'|'.join(sorted(OWN_WORDS))})(?![a-z])")
_USER = late(r"(?i)user(?:_?id\b|ai\b|\w{0,40}\s{0,9}:\s{0,9}\w{0,40}user|\w{0,40}\s{1,9}\$?user)")
_OWN = late(r"(?i)bring[- ]your[- ]own|user[- ](?:provided|supplied)")
_ASKED = late(
    r"(?i)\b(?:req|request|body|headers?|getheader|formdata|form|query|searchparams|cookies?)\b"
)
_CUSTOMERS = late(
    r"(?i)client(?:(?:\?|!|&)?(?:\.|->)(?:anthropic|claude)\w{0,20}|_?(?:api|anthropic|claude)_?(?:api)?_?)key"
)
_KEPT = late(r"(?i)(?:store|storage|keychain|prefs|preferences|vault)\w{0,10}\??\.\w{0,30}key")
_FAR = 60


def may_be_tenants(text: str, small: str, vocabulary: Vocabulary) -> bool:
    """Whether a text may speak of keys of others than whoever runs the product: of tenants, by any word
    for them; of people, beside a key; of what a caller sent."""
    if any(_is_word(text, small, word) for word in _tenants(small, vocabulary)):
        return True
    if any(_USER.match(text, at) or _OWN.match(text, at) for at in _found(small, "user")):
        return True
    if any(_CUSTOMERS.match(text, at) for at in _found(small, "client")):
        return True
    if "BuildConfig." in text and _KEPT.search(text) is not None:
        return True
    has_key = False
    for word in _CREDENTIALS:
        for at in _found(small, word):
            if _CREDENTIAL.match(text, at) is None:  # a keyboard, a number of tokens
                continue
            has_key = True
            if _PERSONAL.search(text, max(0, at - _FAR), at + _FAR) is not None:
                return True
    return has_key and (_ASKED.search(text) is not None or _OWN.search(text) is not None)


_STEMS = {
    stem: tuple(word for word in TENANT_WORDS if word.startswith(stem))
    for stem in TENANT_WORDS
    if not any(stem.startswith(word) for word in TENANT_WORDS - {stem})
}
"""Words for a tenant in which no other one begins, each with all that it begins: where the text has not even
these, it has none of the others."""


def _tenants(small: str, vocabulary: Vocabulary) -> Iterator[str]:
    """The words for a tenant that a text may have."""
    for stem, words in _STEMS.items():
        if stem in small:
            yield from vocabulary.tenant.intersection(words)
    yield from vocabulary.tenant - TENANT_WORDS


def _is_word(text: str, small: str, word: str) -> bool:
    """Whether a word is one of those that a name in a text is made of: `org` of `orgId`, not of `organize`."""
    for at in _found(small, word):
        before, after = text[at - 1 : at], text[at + len(word) : at + len(word) + 1]
        begins = not before.isalpha() or text[at].isupper()
        if begins and (not after.islower() or text[at : at + len(word)].isupper()):
            return True
    return False


def _found(small: str, word: str) -> Iterator[int]:
    at = small.find(word)
    while at >= 0:
        yield at
        at = small.find(word, at + len(word))


_LETTERS = late(r"[A-Z]+")
_NAMED = late(r"(?i:keys?|token|secret)(?![a-z])")


def lowered(text: str) -> str:
    """A text in lower case, as long as it was: a few letters of other scripts get longer."""
    small = text.lower()
    return small if len(small) == len(text) else _LETTERS.sub(lambda one: one.group().lower(), text)


def keys(text: str, small: str) -> list[int]:
    """The offsets of what a key's name ends in, in order."""
    return sorted(
        at
        for word in ("key", "token", "secret")
        for at in _found(small, word)
        if _NAMED.match(text, at) is not None
    )


def spoken(small: str, words: tuple[str, ...]) -> list[int]:
    """The offsets of words in a text, both in lower case, in order."""
    return sorted(at for word in words for at in _found(small, word))


def has_any(found: list[int], start: int, end: int) -> bool:
    """Whether there is such a place between two offsets."""
    at = bisect_left(found, start)
    return at < len(found) and found[at] < end
