"""What a place in code is used for, as far as text tells: to ask, to show, or to send a request."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from antkey_scanner.code.module import Module, Span
from antkey_scanner.code.words import parts_of
from antkey_scanner.late import late

_ASKED_BEFORE = late(
    r"""(?x)
    (?: \b(?:bool|Boolean|any|all|len|mask\w*|redact\w*|hint\w*|preview|last4|fingerprint|hash\w*|assert|isset|empty
        |assertTrue|filled|blank|hasText|present|notEmpty|IsNullOrEmpty|IsNullOrWhiteSpace|isBlank|isEmpty) \s* \(+ \s* [\[(]*
      | !! \s* \(* | \bnot \s* \(* | (?<![=!<>]) ! \s* \(+ | \b (?:if|elif|while|unless|assert|until) \s* \(* )
    \s* \Z
    """
)
_ASKED_AFTER = late(
    r"\s*\)*\s*(?:\?(?![.?:\[])\s|&&|\band\b|===?|!==?|\bis\b|\.length\b|\.present\?|\.blank\?|\.isPresent\b|\.is_some\b|\.isNullOr)"
)
_ASKING = frozenset({"has", "is", "can", "should", "was"})
_ASKED = frozenset(
    "configured enabled available ready valid exists missing present found supported".split()  # noqa: SIM905
)
_NAMED_BEFORE = late(r"([A-Za-z_$][\w$.]*)[\"']?\s*(?:=>|[:=])\s*[(!]*\s*\Z")
_DEVELOPMENT = late(
    r"(?i)develop|\bdev\b|\blocal\b|is_?test|debug|NODE_ENV\W{1,8}production|isProd|self_?host"
)
_REQUEST = late(
    r"(?i)\.?(?:messages|completions?|chat|responses|beta)\b.{0,40}\.(?:create|stream|generate|complete|new|parse)\w*\s*[(!]?"
    r"|(?<![.\w])fetch\s*\(|\b(?:request|post|send\w*|complete\w*|completion|acompletion|invoke|stream\w*|generate\w*|call\w*|ask\w*|chat\w*"
    r"|run\w*|execute\w*|prompt\w*|create_?message\w*|retry\w*|doRequest|do_request|perform\w*)\s*\("
)
_HEADER = late(
    r"(?i)[\"'](?P<name>x-api-key|authorization)[\"']\s*\]?\s*(?:=>|[:=,])\s*|(?P<bare>authorization)\s*:\s*(?=[\"'`f$])"
)


class Header(NamedTuple):
    """A header that a credential is sent in, with where it begins and ends. value: as written."""

    start: int
    end: int
    name: str
    value: str


def asks(module: Module, span: Span) -> bool:
    """Whether a place's value is only asked after, counted or shown in part."""
    before = module.text[max(0, span.start - 80) : span.start]
    if _ASKED_BEFORE.search(before) is not None:
        return True
    if _ASKED_AFTER.match(module.text[span.end : span.end + 24]) is not None:
        return True
    named = _NAMED_BEFORE.search(before)
    if named is not None and is_question(named.group(1).rpartition(".")[2]):
        return True
    return any(span.end <= test.then_span.start for test in module.tests_around(span))


def is_question(name: str) -> bool:
    """Whether a name is that of something that is true or false."""
    parts = parts_of(name)
    return bool(parts) and (parts[0] in _ASKING or parts[-1] in _ASKED)


def is_development(text: str) -> bool:
    """Whether a condition holds where people develop, not where tenants are."""
    return _DEVELOPMENT.search(text) is not None


def requests(text: str) -> bool:
    """Whether something is sent."""
    return _REQUEST.search(text) is not None


def headers(text: str) -> Iterator[Header]:
    """The headers with credentials that are set in a text."""
    for found in _found(text):
        name = (found["name"] or found["bare"]).lower()
        end = _end(text, found.end())
        yield Header(found.start(), end, name, text[found.end() : end])


def _found(text: str) -> Iterator[re.Match[str]]:
    small = text.lower()
    for word in ("x-api-key", "authorization"):
        at = small.find(word)
        while at >= 0:
            match = _HEADER.match(text, max(0, at - 1)) or _HEADER.match(text, at)
            if match is not None:
                yield match
            at = small.find(word, at + len(word))


def _end(text: str, start: int) -> int:
    """Where a value ends that is handed over, brackets closed."""
    depth = 0
    for at in range(start, min(len(text), start + 400)):
        character = text[at]
        if character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
            if depth < 0:
                return at
        elif depth == 0 and character in ",;\n":
            return at
    return min(len(text), start + 400)
