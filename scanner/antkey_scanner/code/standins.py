"""What stands in for a tenant's key and is not named as the platform's: a block of settings, what a service
wraps, what an app was built with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from antkey_scanner.code import uses
from antkey_scanner.code.anchors import spoken
from antkey_scanner.code.module import Assign, Call, Either, Function, Returned, Span
from antkey_scanner.code.rule import Source
from antkey_scanner.code.terms import Term
from antkey_scanner.code.whose import Whose
from antkey_scanner.code.words import KEY_WORDS, is_key, names, parts_of, reads_settings, words
from antkey_scanner.late import late

_BLOCKS = frozenset(
    ("prism", "provider", "providers", "anthropic", "claude", "llm", "llms", "ai", "litellm")
)
"""What settings are called that hold a provider's, its key among them."""

_STEMS = tuple(
    word for word in sorted(KEY_WORDS) if not any(one in word for one in KEY_WORDS - {word})
)
"""What the name of a key cannot be written without."""

_LONGEST = 200
_HOLE = late(r"\{[^{}]{0,60}\}|\$\w{1,40}")
_MEMBER = late(
    r"""(?P<holder>\$?[A-Za-z_]\w{0,60})(?:\[["'](?P<key>[\w-]{1,40})["']\]|(?:\.|->)(?P<name>\w{1,40}))"""
)
_WRAPPED = late(r"(?:\$?this|self|[a-z]\w{0,2})(?:\.|->)_?(?P<name>[A-Za-z]\w{0,30})")
_WRAPS = frozenset(("inner", "wrapped", "delegate", "underlying", "base", "next", "upstream"))
_SERVICES = late(
    r"""(?ix) \(? (?:this|self|\$this|(?P<receiver>[a-z]\w{0,2})) (?:\.|->) _?
    (?:anthropic|claude|llm)?_?(?:api_?)?key \)?"""
)
_OF_HOLDER = late(r"(?:\.|->|\[[\"'])[\w-]{0,40}\Z")
_OF_OBJECT = late(r"(?:\.|->)_?\w{0,30}\Z")
_OF_SERVICE = late(r"(?i)(?:\.|->)_?(?:anthropic|claude|llm)?_?(?:api_?)?\Z")
_BUILT_IN = late(
    r"(?i)\w*(?:store|storage|keychain|prefs|preferences|vault)\w*\??\.\w*key\w*\(\s*BuildConfig\.\w*key\w*\s*\)"
)
_SHIPPED = late(r"BuildConfig\.\w{1,80}")
_KEPT = frozenset(("store", "storage", "keystore", "keychain", "prefs", "preferences", "vault"))


def blocks(source: Source) -> Iterator[tuple[Assign, Assign]]:
    """Blocks of the platform's settings whose key is replaced by a tenant's on a condition alone: where they
    are read, and where a tenant's key is put in."""
    for assign in source.module.parts("assigns", _storing(source)):
        found = _MEMBER.fullmatch(assign.target.strip())
        if found is None:
            continue
        name = found["key"] or found["name"]
        if not is_key(words(name), name) or not any(source.module.tests_around(assign.span)):
            continue
        if not source.owner.of(assign.value, assign.span).has_tenant:
            continue
        given = source.owner.values(found["holder"], assign.span)[-1:]
        if given and len(given[0].value) < _LONGEST:
            if any(map(_has_block, source.owner.terms(given[0].value))):
                yield given[0], assign


def _storing(source: Source) -> list[int]:
    """The sections of a file in which a member may be given a key."""
    return _sections(source, _STEMS, _OF_HOLDER, 48)


def _sections(
    source: Source, words: tuple[str, ...], before: re.Pattern[str], reach: int
) -> list[int]:
    """The sections of a file in which one of some words has something before it, not farther than `reach`."""
    return source.module.sections_of(
        at
        for at in spoken(source.small, words)
        if before.search(source.text, max(0, at - reach), at) is not None
    )


def _has_block(term: Term) -> bool:
    """Whether something is a block of settings, or a copy of one."""
    if reads_settings(".".join(term.names)):
        said = _HOLE.sub("", (term.strings or term.names)[-1])
        return bool(parts_of(said)) and parts_of(said)[-1] in _BLOCKS
    return any(map(_has_block, term.args))


def wrapped(source: Source) -> Iterator[tuple[Function, Returned]]:
    """Functions that give back what has a tenant's or a user's key, else what their object wraps."""
    for function in source.module.parts("functions", _wrapping(source)):
        given = source.owner.given_back(function)
        if not 1 < len(given) < 20 or uses.is_question(function.name):
            continue
        stored = [one for one in given if _is_wrapped(one.value)]
        if stored and any(source.owner.of(one.value, one.span) is Whose.TENANT for one in given):
            yield function, stored[-1]


def _wrapping(source: Source) -> list[int]:
    """The sections of a file in which something may be given back that an object wraps."""
    return _sections(source, tuple(sorted(_WRAPS)), _OF_OBJECT, 40)


def _is_wrapped(value: str) -> bool:
    found = _WRAPPED.fullmatch(value.strip())
    return found is not None and not _WRAPS.isdisjoint(parts_of(found["name"]))


def sections(source: Source) -> list[int]:
    """The sections of a file that a key stands in as one that a service was made with."""
    return source.owner.once(
        "sections of services", lambda: _sections(source, ("key",), _OF_SERVICE, 20)
    )


def is_services(source: Source, text: str, span: Span) -> bool:
    """Whether an expression is the key that a service was made with, of whom nothing says that it works for a
    single tenant: `this.apiKey`, beside a key that a request brings."""
    found = _SERVICES.fullmatch(text.strip())
    if found is None or source.owner.of(text, span) is not Whose.NOBODY:
        return False
    if found["receiver"] is not None:
        function = source.owner.scopes.named(span)
        if function is None or not function.head.startswith(f"func ({found['receiver']} "):
            return False
    return not source.owner.acts_for_tenant(span)


def built_in(source: Source) -> Iterator[Call]:
    """What an app asks its user's store for, with the key that it was built with for a default."""
    for call in source.module.with_word("calls", "BuildConfig."):
        text = source.module.text[call.span.start : call.span.end][:_LONGEST]
        if "BuildConfig." in text and _BUILT_IN.fullmatch(text) is not None:
            yield call


def shipped(source: Source) -> Iterator[Either]:
    """What an app keeps of its user's key, else the key that it was built with."""
    for either in source.module.with_word("eithers", "BuildConfig."):
        if _SHIPPED.fullmatch(either.right.strip()) is None:
            continue
        last = (names(either.right) or [""])[-1]
        if not is_key(words(last), last) or _KEPT.isdisjoint(words(either.left)):
            continue
        if source.owner.of(either.right, either.span) is Whose.PLATFORM:
            yield either
