# ruff: noqa: SIM905 - lists of words are read as words
"""Blocks of settings that are laid over each other: what a tenant has set over what the platform has, so that the
platform's key stays where the tenant has none. Told by the text of values: `{...defaults, ...tenant.settings}`,
`{**DEFAULTS, **org.config}`, `Object.assign`, `array_merge`, `merge`, `update`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from antkey_scanner.code.module import Span
from antkey_scanner.code.rule import Source
from antkey_scanner.code.whose import Whose
from antkey_scanner.code.words import is_key, names, words
from antkey_scanner.late import late

_LONGEST = 400
_BESIDE = 160
_MARKS = (
    *(
        "...",
        "**",
        " | ",
        "ssign(",
        "erge(",
        "erge!(",
        "recursive(",
        "pdate(",
        "eplace(",
        "efaults(",
    ),
    *("Deep(", "putAll(", "xtend(", "Copy(", "Settings(", "Options(", "onfig(", "ChainMap("),
)
_PATH = r"(?:await\s+)?[\w$@?.!>\[\]'\":-]{2,80}(?:\(\))?"
_SPREAD = late(rf"(?:\.\.\.|\*\*)\s*\(?\s*(?P<part>{_PATH})")
_CALLED = late(
    r"(?:Object\.assign|array_merge|array_replace(?:_recursive)?|array_merge_recursive"
    r"|(?:_\.|lodash\.)?(?:merge|defaults|defaultsDeep|assign|extend)|deep_?[mM]erge|mergeDeep|merge_?(?:dicts?|configs?|settings|options)"
    r"|merge(?:Config|Settings|Options)s?|dict_merge|ChainMap|maps\.Copy)\s*\((?P<parts>[^\n;]{4,300})\)"
)
_METHOD = late(
    rf"(?P<first>{_PATH}?)\.(?:merge!?|deep_merge!?|update|reverse_merge|putAll|extend)\((?P<second>[^\n;]{{2,200}})\)"
)
_UNION = late(rf"\(?(?P<first>{_PATH})\s\|\s\(?(?P<second>{_PATH})")
_PART = late(r",(?![^(\[{]*[)\]}])")
_FUNCTION = late(r"\bfunction\b|=>|\bdef\b|;\s*\n")
_BLOCKS = frozenset(
    "settings setting config configuration cfg conf options opts option params preferences prefs overrides override"
    " credentials creds keys llm ai anthropic claude provider data attributes own byok custom secrets json dict".split()
)
"""What a block of a tenant's settings is called."""

_BASES = _BLOCKS | {"defaults", "default", "base"}
_ROOT = late(r"[$@]?\w+")
_BLOCK = late(r"[\[{]|dict\(|array\(|new Map|Object\.")


def merges(source: Source) -> Iterator[tuple[Span, str]]:
    """Where a tenant's settings are laid over what holds the platform's key, with the text of it."""
    seen: set[int] = set()
    for at in _marked(source):
        for value, span in _around(source, at):
            if span.start not in seen and _is_laid_over(source, value, span):
                seen.add(span.start)
                yield span, value
                break


def _marked(source: Source) -> Iterator[int]:
    """Where blocks may be laid over each other beside something of the platform's."""
    text = source.module.text
    sections = frozenset(source.owner.sections)
    for mark in _MARKS:
        at = text.find(mark)
        while at >= 0:
            start = max(text.rfind("\n", max(0, at - _BESIDE), at), at - _BESIDE, 0)
            if source.module.section_of(at) in sections and source.owner.may_be_platforms(
                Span(start, at + _BESIDE, 0, 0)
            ):
                yield at
            at = text.find(mark, at + _BESIDE // 4)


def _around(source: Source, at: int) -> Iterator[tuple[str, Span]]:
    """The values that a place is in."""
    module = source.module
    section = module.section_of(at)
    for name in ("assigns", "returns", "calls"):
        for one in module.part(name, section):
            if one.span.start <= at < one.span.end and one.span.end - one.span.start < _LONGEST:
                value = module.text[one.span.start : one.span.end]
                if name != "calls":
                    value = one.value
                if _FUNCTION.search(value) is None:
                    yield value, one.span


def _is_laid_over(source: Source, value: str, span: Span) -> bool:
    for parts in _parts(value):
        at = next((at for at, one in enumerate(parts) if _is_ours(source, one, span)), None)
        if at is not None and any(_is_theirs(source, one, span) for one in parts[at + 1 :]):
            return True
    return False


def _parts(value: str) -> Iterator[list[str]]:
    """What is laid over what, the undermost first."""
    spread = [one["part"] for one in _SPREAD.finditer(value)]
    if len(spread) > 1:
        yield spread
    for found in _CALLED.finditer(value):
        parts = [one.strip() for one in _PART.split(found["parts"])]
        yield parts[::-1] if "efaults" in found.group()[:14] else parts
    for pattern in (_METHOD, _UNION):
        for found in pattern.finditer(value):
            yield [found["first"], found["second"].strip().lstrip("*(")]


def _is_ours(source: Source, part: str, span: Span) -> bool:
    """Whether a block holds the platform's key."""
    found = _ROOT.match(part)
    given = [] if found is None else source.owner.values(found.group(), span)
    if _BASES.isdisjoint(words(part)) and not any(_BLOCK.match(one.value) for one in given):
        return False
    if source.owner.of(part, span) is Whose.PLATFORM:
        return True
    return any(
        _holds_key(one.value) and source.owner.of(one.value, one.span) is Whose.PLATFORM
        for one in given
    )


def _holds_key(value: str) -> bool:
    return any(is_key(words(name), name) for name in names(value[:_LONGEST]))


def _is_theirs(source: Source, part: str, span: Span) -> bool:
    """Whether a block is what a tenant has set, or a user."""
    found = re.match(r"(?:await\s+)?[\w$@?.!>\[\]'\":-]+", part.lstrip("*. "))
    if found is None:
        return False
    path = found.group()
    if source.owner.of(path, span) is Whose.TENANT:
        return True
    spoken = [words(name) for name in names(path)]
    if all(_BLOCKS.isdisjoint(one) for one in spoken[-2:]):  # a call may follow: `.compact`
        return False
    vocabulary = source.owner.vocabulary
    if vocabulary.is_tenant_name(path) or vocabulary.is_own_name(path):
        return True
    return source.owner.acts_for_tenant(span) and any(
        vocabulary.is_tenant_name(one.value[:_LONGEST])
        for one in source.owner.values(names(path)[0], span)
    )
