"""What the names of a file were given, and what its functions give back, found by name and place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from antkey_scanner.code import sdks
from antkey_scanner.code.module import Assign, Call, Function, Module, Returned, Span
from antkey_scanner.code.parts import plain
from antkey_scanner.code.scopes import Scopes
from antkey_scanner.code.words import names


class Values:
    """The values in one file. spend: is told of work, and may refuse it."""

    def __init__(self, module: Module, scopes: Scopes, spend: Callable[[int], None]) -> None:
        self._module = module
        self._scopes = scopes
        self._spend = spend
        self._assigns: dict[str, list[Assign]] = defaultdict(list)
        self._members: dict[str, list[Assign]] = defaultdict(list)
        for assign in module.assigns:
            name = plain(assign.target)
            self._assigns[name].append(assign)
            if scopes.function(assign.span) is None and scopes.is_in_class(assign.span):
                self._assigns[f"this.{name}"].append(assign)
            if "[" in name and sdks.is_key_name(name):
                self._members[name.partition("[")[0]].append(assign)
        self._before: dict[tuple[str, int, int], list[Assign]] = {}
        self._functions = {one.name: one for one in reversed(module.functions) if one.name}
        self._calls: dict[str, list[Call]] | None = None
        self._returns: dict[Span, list[Returned]] | None = None

    def before(self, name: str, span: Span) -> list[Assign]:
        """What a name was given before a place: in its function, else around it, else in the file."""
        key = (name, span.start, span.end)
        known = self._before.get(key)
        if known is None:
            known = self._before[key] = self._first_before(name, span)
        return known

    def _first_before(self, name: str, span: Span) -> list[Assign]:
        looked_up = plain(name)
        found = self._assigns.get(looked_up)
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
        return name in self._assigns

    def members(self, name: str, span: Span) -> list[Assign]:
        """What was put under a key's name into what a name stands for, before a place."""
        return [one for one in self._members.get(name, ()) if one.span.start < span.start]

    def function(self, name: str) -> Function | None:
        """The function of a name, the first of several."""
        return self._functions.get(name)

    def given_back(self, function: Function) -> list[Returned]:
        """What a function gives back."""
        if self._returns is None:
            self._returns = defaultdict(list)
            for returned in self._module.returns:
                inner = self._scopes.function(returned.span)
                if inner is not None:
                    self._returns[inner.span].append(returned)
        return self._returns.get(function.span, [])

    def calls_of(self, name: str) -> list[Call]:
        """The calls of what has a name."""
        if self._calls is None:
            self._calls = defaultdict(list)
            for call in self._module.calls:
                self._calls[(names(call.callee[-60:]) or [""])[-1]].append(call)
        return self._calls.get(name, [])
