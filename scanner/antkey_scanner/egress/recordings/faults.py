"""What is wrong with a recording, told for the first few lines and counted for the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from antkey_scanner.errors import SourceError
from antkey_scanner.model import Skip

MOST_TOLD = 5

READ_ERRORS = (OSError, ValueError, EOFError, SourceError)
"""What reading a stream raises: the disk, damaged compression, its end too early, a limit."""


def reason_of(error: Exception) -> str:
    """What reading a stream has raised, in words."""
    if isinstance(error, OSError) and error.strerror:
        return f"cannot be read on ({error.strerror.lower()})"
    return f"cannot be read on ({error})" if str(error) else "is cut off"


class Faults:
    """Collects what could not be read of one recording."""

    def __init__(self, shown: str) -> None:
        self._shown = shown
        self._counts: Counter[str] = Counter()

    def at(self, line: int, problem: str) -> Iterator[Skip]:
        """A line or entry that cannot be read. problem: without any of its text."""
        self._counts[problem] += 1
        if self._counts[problem] <= MOST_TOLD:
            yield Skip(self._shown, f"line {line:,}: {problem}")

    def add(
        self, first: Iterable[tuple[int, str]], counts: Mapping[str, int], before: int
    ) -> Iterator[Skip]:
        """What another process has noted of some lines. before: how many lines stand before these."""
        told: Counter[str] = Counter()
        for line, problem in first:
            told[problem] += 1
            yield from self.at(before + line, problem)
        for problem, count in counts.items():
            self._counts[problem] += count - told[problem]

    def cut(self, error: Exception) -> Iterator[Skip]:
        """What ended the reading too early."""
        yield Skip(self._shown, f"{reason_of(error)}; what follows was not read")

    def rest(self) -> Iterator[Skip]:
        """What was only counted."""
        for problem, count in self._counts.items():
            more = count - MOST_TOLD
            if more > 0:
                lines = "line" if more == 1 else "lines"
                yield Skip(self._shown, f"{more:,} more {lines}: {problem}")


class Noted(Faults):
    """Tells nothing, and notes what `Faults.add` can tell elsewhere. first: line and problem of the first
    few; counts: of all."""

    def __init__(self) -> None:
        super().__init__("")
        self.first: list[tuple[int, str]] = []

    @property
    def counts(self) -> Mapping[str, int]:
        """By problem, how often."""
        return self._counts

    def at(self, line: int, problem: str) -> Iterator[Skip]:
        """Note a line."""
        self.first += [(line, problem) for _ in super().at(line, problem)]
        return iter(())
