"""Whose a key is that is called no more than `api_key`, by what stands beside it: the provider, the model or
the address that it is for. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.late import late
from antkey_scanner.settings.names import is_key_name, words
from antkey_scanner.settings.read import Entry, Settings

_NEAR = 16
"""Entries before and after one that may belong to the same thing."""

_TELLING = frozenset(
    (
        *(
            "model",
            "name",
            "provider",
            "baseurl",
            "base_url",
            "api_base",
            "apibase",
            "title",
            "type",
        ),
        *("url", "endpoint", "host", "vendor", "connector", "kind", "id", "model_name"),
    )
)
_OWN = late(r"(?i)anthropic|claude")
_OTHERS = late(r"(?i)bedrock|vertex|azure|openrouter|copilot|foundry|deepinfra|requesty")
_NEXT = late(r"\}\s{0,80},\s{0,80}\{")
_GENERIC = (["api", "key"], ["apikey"], ["auth", "token"], ["key"], ["token"])


def is_anthropics(settings: Settings, at: int) -> bool:
    """Whether the entry at a position is a key of Anthropic's: by its name, by what it stands in, or by
    what stands beside it."""
    entry = settings.entries[at]
    if is_key_name(entry.name, entry.parents):
        return True
    return words(entry.name) in _GENERIC and is_beside_anthropic(settings, at)


def is_beside_anthropic(settings: Settings, at: int) -> bool:
    """Whether what an entry is part of is Anthropic's."""
    told = [one.value for one in beside(settings, at) if one.name.lower() in _TELLING]
    return any(map(_OWN.search, told)) and not any(map(_OTHERS.search, told))


def beside(settings: Settings, at: int) -> Iterator[Entry]:
    """The other entries of what an entry is part of: an object, or an item of a list."""
    entry = settings.entries[at]
    if not _begins_item(settings, entry):
        for place in range(at - 1, max(-1, at - 1 - _NEAR), -1):
            other = settings.entries[place]
            if _is_beyond(settings, other, entry):
                break
            if _is_beside(other, entry):
                yield other
            if _is_beside(other, entry) and _begins_item(settings, other):
                break
    for place in range(at + 1, min(len(settings.entries), at + 1 + _NEAR)):
        other = settings.entries[place]
        if _is_beyond(settings, entry, other) or (
            other.span.line != entry.span.line and _begins_item(settings, other)
        ):
            break
        if _is_beside(other, entry):
            yield other


def _is_beside(other: Entry, entry: Entry) -> bool:
    if other.parents != entry.parents:
        return False
    return other.span.line == entry.span.line or other.span.column == entry.span.column


def _is_beyond(settings: Settings, first: Entry, second: Entry) -> bool:
    """Whether something ends between two entries: a line that is less indented, or an object."""
    inner, outer = (first, second) if first.span.column > second.span.column else (second, first)
    if inner.span.line != outer.span.line and len(outer.parents) < len(inner.parents):
        return True
    between = settings.text[first.span.start : second.span.start]
    return _NEXT.search(between) is not None


def _begins_item(settings: Settings, entry: Entry) -> bool:
    """Whether an entry is the first of a list's item, as YAML writes them."""
    start = settings.starts[entry.span.line - 1]
    return settings.text[start : entry.span.start].strip(" \t\"'") == "-"
