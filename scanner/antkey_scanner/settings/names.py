# ruff: noqa: SIM905 - lists of words are read as words
"""What the names of settings speak of: an Anthropic key, the URL it is sent to, an environment. Pure."""

from __future__ import annotations

from antkey_scanner.late import late

_WORD = late(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_OWN = frozenset(("anthropic", "claude"))
_LAST = frozenset(("key", "keys", "apikey", "apikeys", "token", "secret"))
_GENERIC = ("api_key", "apikey", "auth_token", "authtoken", "x_api_key", "key", "secret_key")
# What makes a name one of something about a key: whether there is one, where it is, how it is shown.
_ABOUT = frozenset(
    "has is show enable enabled require required use masked redacted hint no missing valid invalid check"
    " validate hide allow public cache mask ssh sort primary partition max input output count setup"
    " need".split()
)
_VALUES = ("value", "default", "secret_string", "plaintext", "string_value")
_TAIL = late(r"(?i)[._-](?:value|default|plaintext|b64|base64)\Z")
_URL_WORDS = frozenset(
    (
        *("base url", "api url", "api base", "base uri", "endpoint", "api host", "api endpoint"),
        *("baseurl", "apiurl", "url", "proxy url", "gateway url", "base path"),
    )
)
PUBLIC = (
    *("NEXT_PUBLIC_", "NUXT_PUBLIC_", "EXPO_PUBLIC_", "VITE_", "REACT_APP_", "VUE_APP_", "GATSBY_"),
    *("NG_APP_", "SNOWPACK_PUBLIC_", "PLASMO_PUBLIC_", "RSBUILD_PUBLIC_", "PUBLIC_", "STORYBOOK_"),
)
"""Prefixes of variables that build tools write into what browsers and phones load."""


def words(name: str) -> list[str]:
    """The words of a name, in lower case and in order."""
    return [word.lower() for word in _WORD.findall(name)]


def is_key_name(name: str, parents: tuple[str, ...] = ()) -> bool:
    """Whether a name is that of an Anthropic key. parents: names of what it stands in,
    outermost first."""
    if name.lower() in _VALUES and parents:
        return is_key_name(parents[-1], parents[:-1])
    said = words(_TAIL.sub("", name))
    if not said or said[-1] not in _LAST or (not _ABOUT.isdisjoint(said) and "public" not in said):
        return False
    if not _OWN.isdisjoint(said):
        return said[-1] != "keys" or "api" in said
    if "_".join(said) not in _GENERIC:
        return False
    return any(not _OWN.isdisjoint(words(parent)) for parent in parents[-3:])


def is_url_name(name: str, parents: tuple[str, ...] = ()) -> bool:
    """Whether a name is that of the URL that Anthropic requests go to."""
    said = words(name)
    own = [at for at, word in enumerate(said) if word in _OWN]
    if own:
        return " ".join(said[own[-1] + 1 :]) in _URL_WORDS
    if " ".join(said) not in _URL_WORDS - {"url", "endpoint", "base path"}:
        return False
    return any(not _OWN.isdisjoint(words(parent)) for parent in parents[-2:])


def public_prefix(name: str) -> str | None:
    """The prefix by which a build tool takes a variable for one to be shipped, None without one."""
    return next((prefix for prefix in PUBLIC if name.startswith(prefix)), None)
