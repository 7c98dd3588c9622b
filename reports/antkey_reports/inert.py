"""Texts from outside as terminals show them: no key in them, nothing that a terminal or a CI log obeys."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from antkey_reports.escape import terminal
from antkey_reports.mask import mask


def inert(text: str) -> str:
    """A text without keys, its every character visible."""
    return terminal(mask(text))


def all_inert(texts: Sequence[str]) -> Sequence[str]:
    """`inert` of each; the same sequence where nothing has to be done to any.

    Nearly always that is so, and one look at all of them together takes a tenth of the time.
    """
    together = "\n".join(texts)
    lines = together.count("\n") + 1
    if lines == len(texts) and are_inert(together):
        return texts
    changed = {text: inert(text) for text in set(texts)}
    return [changed[text] for text in texts]


def are_inert(together: str) -> bool:
    """Whether no line of a text has to be changed; no key and no command goes beyond a line."""
    if "::" in together or mask(together) != together:
        return False
    on_one_line = together.replace("\n", " ")
    return terminal(on_one_line) == on_one_line


class Once(dict[str, str]):
    """What a function makes of texts that come again and again, made once of each."""

    def __init__(self, make: Callable[[str], str]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, text: str) -> str:
        made = self[text] = self._make(text)
        return made
