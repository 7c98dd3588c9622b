"""Which credentials a request carries, as references without their text.

A credential is a key shaped like Anthropic's anywhere in the headers or the URL, or whatever a request to
Anthropic's API authenticates by. Other bearer tokens to other hosts are no business of ours.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from antkey_scanner.egress.records import Credential

AUTHENTICATING = ("x-api-key", "authorization")
"""The headers that Anthropic's API reads a credential from (facts: both are in use)."""

_FAMILY = "[a-z]{1,16}[0-9]{0,4}-"
# What is after a family is no key of no family: `sk-ant-api03-R2D…igAA` is how a key is shown.
_SHAPED = re.compile(
    rf"sk-ant-(?:(?P<family>{_FAMILY})|(?!{_FAMILY}))(?P<rest>[A-Za-z0-9_-]{{8,}})"
)
_SHORTEST_IN_TEXT = 12
"""So much of a key's random part no output may show; what is shorter is a mask."""

_HEAD, _TAIL, _SHORTEST_HINTED = 3, 4, 20


def carried(
    url: str, headers: Iterable[tuple[str, str]], *, authenticates: bool
) -> tuple[Credential, ...]:
    """All credentials of a request, each once for each carrier.

    url: with its query; headers: names in any case; authenticates: whether the host is one whose every
    credential counts, not only those that are shaped like a key.
    """
    found = list(_of_headers(headers, authenticates=authenticates))
    plain = unquote(url) if "%" in url else url
    if "sk-ant-" in plain:
        found += [_shaped("url", match) for match in _SHAPED.finditer(plain)]
    return tuple(dict.fromkeys(found)) if found else ()


def without_credentials(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The headers, by lower-case name, that hold no credential; for saying for whom a request is."""
    return {
        name.lower(): value
        for name, value in headers
        if name.lower() not in (*AUTHENTICATING, "cookie", "proxy-authorization")
        and _SHAPED.search(unquote(value)) is None
    }


def keys_in(text: str, carrier: str) -> tuple[Credential, ...]:
    """All keys in a text, such as an answer's body; masks and made-up ones are none."""
    if "sk-ant-" not in text:
        return ()
    from antkey_scanner.plausible import is_placeholder

    found = (
        _shaped(carrier, match)
        for match in _SHAPED.finditer(text)
        if len(match["rest"]) >= _SHORTEST_IN_TEXT and not is_placeholder(match["rest"].encode())
    )
    return tuple(dict.fromkeys(found))


def redacted(text: str) -> str:
    """A URL's text with its keys shortened to their hints, percent-encoded ones too."""
    plain = unquote(text) if "%" in text else text
    if "sk-ant-" not in plain:
        return text
    return _SHAPED.sub(lambda match: _shaped("url", match).hint, plain)


def credential_of(text: str, carrier: str) -> Credential:
    """One credential of which the whole text is known."""
    match = _SHAPED.fullmatch(text.strip())
    return _shaped(carrier, match) if match is not None else _unshaped(carrier, text.strip())


def _of_headers(headers: Iterable[tuple[str, str]], *, authenticates: bool) -> Iterator[Credential]:
    for name, value in headers:
        header = name.lower()
        matches = list(_SHAPED.finditer(value)) or list(_SHAPED.finditer(unquote(value)))
        yield from (_shaped(header, match) for match in matches)
        if not matches and authenticates and header in AUTHENTICATING:
            scheme, _, rest = value.strip().partition(" ")
            secret = rest if header == "authorization" and rest else value
            if secret.strip() and secret.strip().lower() != "bearer":
                yield _unshaped(header, secret.strip(), scheme if rest else "")


def _shaped(carrier: str, match: re.Match[str]) -> Credential:
    family, rest = match["family"], match["rest"]
    prefix = match.group()[: match.start("rest") - match.start()]
    tail = rest[-_TAIL:] if len(rest) >= _SHORTEST_HINTED else ""
    hint = f"{prefix}{rest[:_HEAD]}…{tail}"
    kind = family.rstrip("-") if family else "unknown"
    return Credential(carrier, kind, hint, _hash(match.group()))


def _unshaped(carrier: str, text: str, scheme: str = "") -> Credential:
    kind = scheme.lower() if scheme.isalpha() and len(scheme) < 12 else "other"
    return Credential(carrier, kind, f"{kind} credential of {len(text)} characters", _hash(text))


def _hash(text: str) -> str:
    # A recording in JSON may hold half a character, which no key does.
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
