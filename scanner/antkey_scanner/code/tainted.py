"""Which names of a file something of the platform's may be under: a first look, which leaves out nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from antkey_scanner.code.anchors import has_any
from antkey_scanner.code.module import Module
from antkey_scanner.code.words import names
from antkey_scanner.late import late

_ROUNDS = 4
_MOST_LOOKED_AT = 400
_FIELD = late(r"\w{1,40}\Z")
_NEAR = 80


class Tainted:
    """Where something in one file can be the platform's. anchors: as `Source.platforms`; injected: names of
    keys that are put in. sections: those of the file with such a place, in order."""

    def __init__(self, module: Module, anchors: list[int], injected: Iterable[str]) -> None:
        self._text = module.text
        self._anchors = anchors
        self._names = _names(module, anchors, injected) if anchors else set()
        held = set(module.sections_of(anchors))
        held.update(at for name in self._names for at in module.sections_with(name))
        self.sections = sorted(held)

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
    """By what stands in their values, and in those that these are made of. Only sections are read where one of
    the names that are known by then stands."""
    anchored = module.sections_of(anchors)
    found = {
        one.name for one in module.parts("functions", anchored) if has_any(anchors, *one.span[:2])
    }
    if "private " in module.text or "@Value" in module.text:
        found.update(injected)
    for one in module.parts("assigns", anchored):
        if has_any(anchors, one.span.start, one.span.end):
            found.update(names(one.target)[-1:])
    if module.language.name in ("Go", "Rust"):  # `&Service{key: cfg.Key}`
        found.update(_fields(module.text, anchors))
    found.discard("")
    read: set[int] = set()
    left: list[tuple[list[str], list[str]]] = []
    for _ in range(_ROUNDS):
        known = {at for name in found for at in module.sections_with(name)} - read
        read |= known
        for one in module.parts("assigns", known):
            if len(one.value) <= _MOST_LOOKED_AT and not has_any(anchors, *one.span[:2]):
                left.append((names(one.target)[-1:], names(one.value)))
        more = {name for target, used in left if not found.isdisjoint(used) for name in target}
        if more <= found:
            break
        found |= more
    return found


def _fields(text: str, anchors: list[int]) -> Iterator[str]:
    """The names under which keys are put into a struct, right before what may be the platform's."""
    at = text.find("ey: ")
    while at >= 0:
        name = _FIELD.search(text, max(0, at - 40), at + 2)
        if name is not None and has_any(anchors, at + 3, at + _NEAR):
            yield name.group()
        at = text.find("ey: ", at + 3)
