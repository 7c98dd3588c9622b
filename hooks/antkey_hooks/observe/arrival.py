"""Calls a function when a module has been imported: at once for those that are there, else later."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from threading import local
from types import ModuleType

Arrived = Callable[[ModuleType], None]


class Arrivals(MetaPathFinder):
    """Waits for modules. wanted: by name, what is called with the module."""

    def __init__(self, wanted: dict[str, Arrived]) -> None:
        self._wanted = wanted
        self._asking = local()

    def start(self) -> None:
        """Call for what is imported already, and wait for the rest."""
        sys.meta_path.insert(0, self)
        self.look()

    def look(self) -> None:
        """Call for what is imported now; it may be called for a module several times."""
        for name, arrived in self._wanted.items():
            module = sys.modules.get(name)
            # One that is being imported right now calls when it is done.
            if module is not None and not getattr(module.__spec__, "_initializing", False):
                arrived(module)

    def stop(self) -> None:
        """Wait no longer."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec that the other finders make, with a loader that calls when it has loaded."""
        del path, target
        if fullname not in self._wanted or getattr(self._asking, "name", None) == fullname:
            return None
        self._asking.name = fullname
        try:
            spec = find_spec(fullname)
        finally:
            self._asking.name = None
        if spec is None or spec.loader is None or not hasattr(spec.loader, "exec_module"):
            return spec
        spec.loader = _Calling(spec.loader, self._wanted[fullname])
        return spec


class _Calling(Loader):
    """A module's own loader, and a call behind it. The module never sees that this was there."""

    def __init__(self, own: Loader, arrived: Arrived) -> None:
        self._own = own
        self._arrived = arrived

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._own.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        if module.__spec__ is not None:
            module.__spec__.loader = self._own
        module.__loader__ = self._own
        self._own.exec_module(module)
        self._arrived(module)

    def __getattr__(self, name: str) -> object:
        return getattr(self._own, name)
