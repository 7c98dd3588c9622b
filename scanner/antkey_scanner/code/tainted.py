"""Which names of a file something of the platform's may be under: a first look, which leaves out nothing."""

from __future__ import annotations

from collections.abc import Iterable

from antkey_scanner.code.anchors import has_any
from antkey_scanner.code.module import Module
from antkey_scanner.code.words import names

_ROUNDS = 4
_MOST_LOOKED_AT = 400


class Tainted:
    """Where something in one file can be the platform's. anchors: as `Source.platforms`; injected: names of
    keys that are put in."""

    def __init__(self, module: Module, anchors: list[int], injected: Iterable[str]) -> None:
        self._text = module.text
        self._anchors = anchors
        self._names = _names(module, anchors, injected) if anchors else set()

    def holds(self, start: int, end: int, texts: tuple[str, ...]) -> bool:
        """Whether something between two offsets can be the platform's. texts: what stands there, where that is
        not all of it."""
        if has_any(self._anchors, start, end):
            return True
        for text in texts or (self._text[start:end],):
            if not self._names.isdisjoint(names(text[:_MOST_LOOKED_AT])):
                return True
        return False


def _names(module: Module, anchors: list[int], injected: Iterable[str]) -> set[str]:
    """By what stands in their values, and in those that these are made of."""
    found = {one.name for one in module.functions if has_any(anchors, *one.span[:2])}
    if "private " in module.text or "@Value" in module.text:
        found.update(injected)
    assigns = [(names(one.target)[-1:], one) for one in module.assigns]
    left = []
    for target, one in assigns:
        if has_any(anchors, one.span.start, one.span.end):
            found.update(target)
        elif len(one.value) <= _MOST_LOOKED_AT:
            left.append((target, names(one.value)))
    for _ in range(_ROUNDS):
        more = {name for target, used in left if not found.isdisjoint(used) for name in target}
        if more <= found:
            break
        found |= more
    found.discard("")
    return found
