"""`NamedTuple` as in `typing`, made in two fifths of the time: a pre-commit hook has seventy of them.

That of `typing` compiles each annotation to check it, which mypy has done. Classes are written alike, and
mypy takes them for what they are (see docs/adr/002).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = ["NamedTuple"]

if TYPE_CHECKING:
    from typing import NamedTuple
else:
    from collections import namedtuple

    _MADE_ANEW = {"__annotations__", "__classcell__", "__module__", "__qualname__"}

    class _Making(type):
        """Makes a class of the fields that its body declares; what else stands there comes along."""

        def __new__(cls, name, bases, body):
            if len(bases) > 1:
                raise TypeError(f"{name}: a named tuple has no other base")
            hints = body.get("__annotations__", {})
            given = [field for field in hints if field in body]
            if given != list(hints)[len(hints) - len(given) :]:
                raise TypeError(f"{name}: a field without a default stands behind one that has it")
            values = [body[field] for field in given]
            made = namedtuple(name, hints, defaults=values, module=body["__module__"])
            made.__annotations__ = dict(hints)
            for word, value in body.items():
                if word not in hints and word not in _MADE_ANEW:
                    setattr(made, word, value)
            return made

    NamedTuple = type.__new__(_Making, "NamedTuple", (), {})
