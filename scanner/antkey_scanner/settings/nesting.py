"""What a place of one line stands in, by the brackets that are open there. Pure, linear."""

from __future__ import annotations

_MOST = 8


class Nesting:
    """Goes along a line from left to right. `names`: of what is open where it has come to, outermost
    first."""

    __slots__ = ("_depth", "_open")

    def __init__(self) -> None:
        self._open: list[tuple[str, int]] = []
        self._depth = 0

    @property
    def names(self) -> tuple[str, ...]:
        """Of what is open, the innermost few."""
        return tuple(name for name, depth in self._open[-_MOST:] if depth <= self._depth)

    def begin(self, name: str) -> None:
        """What the next bracket opens has a name."""
        self._open.append((name, self._depth + 1))

    def move(self, text: str) -> None:
        """Go on over a piece of the line."""
        if "{" not in text and "[" not in text and "}" not in text and "]" not in text:
            return
        for character in text:
            if character in "{[":
                self._depth += 1
            elif character in "}]":
                self._depth -= 1
                while self._open and self._open[-1][1] > self._depth:
                    self._open.pop()
