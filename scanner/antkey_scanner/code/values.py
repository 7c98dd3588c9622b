"""What the names of a file were given, and what its functions give back, found by name and place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import NamedTuple

from antkey_scanner.code import sdks
from antkey_scanner.code.module import Assign, Call, Function, Module, Returned, Span
from antkey_scanner.code.parts import plain
from antkey_scanner.code.scopes import Scopes
from antkey_scanner.code.words import names
from antkey_scanner.late import late

_HOLDER = late(r"[.\[]")


class _Section(NamedTuple):
    """What the names of a section are given, and what is put into them under the name of a key."""

    assigns: dict[str, list[Assign]]
    members: dict[str, list[Assign]]


class Values:
    """The values in one file. spend: is told of work, and may refuse it."""

    def __init__(self, module: Module, scopes: Scopes, spend: Callable[[int], None]) -> None:
        self._module = module
        self._scopes = scopes
        self._spend = spend
        self._sections: dict[int, _Section] = {}
        self._assigns: dict[str, list[Assign]] = {}
        self._members: dict[str, list[Assign]] = {}
        self._before: dict[tuple[str, int, int], list[Assign]] = {}
        self._functions: dict[str, Function | None] = {}
        self._calls: dict[str, list[Call]] = {}
        self._returns: dict[int, dict[Span, list[Returned]]] = {}

    def before(self, name: str, span: Span) -> list[Assign]:
        """What a name was given before a place: in its function, else around it, else in the file."""
        key = (name, span.start, span.end)
        known = self._before.get(key)
        if known is None:
            known = self._before[key] = self._first_before(name, span)
        return known

    def _first_before(self, name: str, span: Span) -> list[Assign]:
        looked_up = plain(name)
        found = self._given(looked_up)
        if not found:
            return []
        self._spend(len(found) // 8)
        if "." in looked_up or name.startswith("@"):
            return found
        for function in self._scopes.around(span):
            inside = [
                one
                for one in found
                if self._scopes.contains(function, one.span) and one.span.start < span.start
            ]
            if inside:
                return inside
        return [one for one in found if self._scopes.function(one.span) is None]

    def is_given(self, name: str) -> bool:
        """Whether a name is given anything in the file."""
        return bool(self._given(name))

    def given(self, name: str) -> list[Assign]:
        """What a name is given anywhere, in order, where it is written like that: members of classes are not
        among what `this.` has."""
        return [one for one in self._given(name) if plain(one.target) == name]

    def _given(self, name: str) -> list[Assign]:
        """All that a name is given, as it is looked up. Its last word stands where it is."""
        found = self._assigns.get(name)
        if found is None:
            word = (names(name) or [""])[-1]
            found = self._assigns[name] = [
                one
                for at in self._module.sections_with(word, is_name=True)
                for one in self._section(at).assigns.get(name, ())
            ]
        return found

    def _section(self, at: int) -> _Section:
        found = self._sections.get(at)
        if found is None:
            found = self._sections[at] = _Section(defaultdict(list), defaultdict(list))
            for assign in self._module.part("assigns", at):
                name = plain(assign.target)
                found.assigns[name].append(assign)
                if self._scopes.function(assign.span) is None and self._scopes.is_in_class(
                    assign.span
                ):
                    found.assigns[f"this.{name}"].append(assign)
                if ("[" in name or "." in name) and sdks.is_key_name(name):
                    found.members[_HOLDER.split(name, 1)[0]].append(assign)
        return found

    def members(self, name: str, span: Span) -> list[Assign]:
        """What was put under a key's name into what a name stands for, before a place."""
        found = self._members.get(name)
        if found is None:
            word = (names(name) or [""])[-1]
            found = self._members[name] = [
                one
                for at in self._module.sections_with(word, is_name=True)
                for one in self._section(at).members.get(name, ())
            ]
        return [one for one in found if one.span.start < span.start]

    def function(self, name: str) -> Function | None:
        """The function of a name, the first of several."""
        if name not in self._functions:
            known = self._module.with_word("functions", name) if name else iter(())
            self._functions[name] = next((one for one in known if one.name == name), None)
        return self._functions[name]

    def given_back(self, function: Function) -> list[Returned]:
        """What a function gives back."""
        at = self._module.section_of(function.span.start)
        found = self._returns.get(at)
        if found is None:
            found = self._returns[at] = defaultdict(list)
            for returned in self._module.part("returns", at):
                inner = self._scopes.function(returned.span)
                if inner is not None:
                    found[inner.span].append(returned)
        return found.get(function.span, [])

    def calls_of(self, name: str) -> list[Call]:
        """The calls of what has a name."""
        found = self._calls.get(name)
        if found is None:
            found = self._calls[name] = [
                call
                for call in self._module.with_word("calls", name)
                if (names(call.callee[-60:]) or [""])[-1] == name
            ]
        return found
