"""Collects what is wrong with a file of the inventory, and says it: file, line, field, problem, cure.

Nothing of the file is printed but names of fields that cannot hold a piece of a key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from antkey_scanner.errors import PolicyError
from antkey_scanner.inventory.formats import Path, Told
from antkey_scanner.inventory.wrong import SHOWN_FIELD, UNKNOWN_FIELD

MOST_PROBLEMS = 20


class Problems:
    """What is wrong with one file; the first few are kept."""

    def __init__(self, shown: str) -> None:
        self._shown = shown
        self._kept: list[tuple[int | None, str]] = []
        self._count = 0

    def __bool__(self) -> bool:
        return self._count > 0

    def add(self, line: int | None, problem: Told) -> None:
        """Note what is wrong at a line, or with the whole file."""
        self._count += 1
        if len(self._kept) < MOST_PROBLEMS:
            self._kept.append((line, problem if isinstance(problem, str) else problem()))

    def add_all(
        self,
        found: Iterable[tuple[Path, Told]],
        line_of: Callable[[Path], int],
        named: Callable[[Path], Path],
    ) -> None:
        """Note what is wrong below an item. named: how people are told of a place below it."""
        for below, problem in found:
            if len(self._kept) < MOST_PROBLEMS:
                text = problem if isinstance(problem, str) else problem()
                self.add(line_of(below), sentence(named(below), text))
            else:
                self._count += 1

    def error(self) -> PolicyError:
        """All as one error, by line."""
        kept = sorted(self._kept, key=lambda problem: problem[0] or 0)
        messages = [
            f"{self._shown}: {text}" if line is None else f"{self._shown}:{line}: {text}"
            for line, text in kept
        ]
        if self._count > len(self._kept):
            more = self._count - len(self._kept)
            messages.append(f"{self._shown}: {more} more problem{'s' if more > 1 else ''}")
        return PolicyError(*messages)


def sentence(below: Path, problem: str) -> str:
    """`created_at has no UTC offset; …`; positions are counted from 1 as people do."""
    dotted = ""
    for part in below:
        if isinstance(part, int):
            dotted += f"[{part + 1}]"
        else:
            dotted += f".{_shown_field(part)}" if dotted else _shown_field(part)
    if problem.startswith(UNKNOWN_FIELD) and dotted:
        return f"{UNKNOWN_FIELD} {dotted}{problem.removeprefix(UNKNOWN_FIELD)}"
    return f"{dotted} {problem}".lstrip()


def _shown_field(field: str) -> str:
    if SHOWN_FIELD.fullmatch(field):
        return field
    if field.isascii() and field.isprintable() and field:
        return f"{field[:8]}…"
    return "(a name that is not printed)"
