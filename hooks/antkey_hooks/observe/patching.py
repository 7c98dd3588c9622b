"""Puts observing functions in the place of a library's, and takes them away again."""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any, NamedTuple

from antkey_hooks.observe.arrival import Arrivals
from antkey_hooks.observe.watch import Watch

Wrap = Callable[[Watch, str, Any], Any]
"""Makes an observing function of (watch, the layer's name, the function that it stands for)."""


class Point(NamedTuple):
    """A function that requests pass through. owner: the class in the module, "" for none; layer: what it is
    called where a request is seen on several."""

    module: str
    owner: str
    function: str
    layer: str
    wrap: Wrap


class Patches:
    """The observing functions that are in place.

    What a test library puts over them is observed too, if it stays there into the next test: a wrapper
    around a wrapper is another layer of the same request.
    """

    def __init__(self, watch: Watch, points: tuple[Point, ...]) -> None:
        self._watch = watch
        self._points = points
        self._placed: list[tuple[Any, str, Any, Any]] = []
        names = dict.fromkeys(point.module for point in points)
        self._arrivals = Arrivals(dict.fromkeys(names, self._arrived))

    def start(self) -> None:
        """Patch what is imported, and the rest when it is."""
        self._arrivals.start()

    def renew(self) -> None:
        """Patch again what somebody else has put another function over."""
        self._arrivals.look()

    def stop(self) -> None:
        """Put the libraries' own functions back. What others have put over ours stays, and what is
        below it observes nothing, for nobody listens."""
        self._arrivals.stop()
        self._watch.listener = None
        for owner, name, ours, original in reversed(self._placed):
            if vars(owner).get(name) is ours:
                setattr(owner, name, original)
        self._placed.clear()

    def _arrived(self, module: ModuleType) -> None:
        for point in self._points:
            if point.module == module.__name__:
                owner = getattr(module, point.owner, None) if point.owner else module
                self._place(point, owner)

    def _place(self, point: Point, owner: Any) -> None:
        current = None if owner is None else vars(owner).get(point.function)
        earlier = [
            ours for at, name, ours, _ in self._placed if (at, name) == (owner, point.function)
        ]
        if current in earlier or not isinstance(current, FunctionType):
            return
        ours = point.wrap(self._watch, f"{point.layer} {len(earlier)}", current)
        setattr(owner, point.function, ours)
        self._placed.append((owner, point.function, ours, current))
