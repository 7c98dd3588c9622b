"""Reads each expression of a file once, and keeps account of the work: text that is hostile costs no more than
its length.
"""

from __future__ import annotations

from antkey_scanner.code.terms import Term, terms

_MOST_WORK = 400_000
"""Expressions looked at, in one file."""


class Expressions:
    """The expressions of one file, taken apart."""

    def __init__(self) -> None:
        self._work = 0
        self._terms: dict[str, tuple[Term, ...]] = {}

    def terms(self, text: str) -> tuple[Term, ...]:
        """What an expression is made of."""
        found = self._terms.get(text)
        if found is None:
            self.spend(1 + len(text) // 100)
            found = self._terms[text] = terms(text)
        return found

    def spend(self, work: int) -> None:
        """Count work. Raises ValueError where it is too much."""
        self._work += work
        if self._work > _MOST_WORK:
            raise ValueError("it is too much work")
