"""The coverage of requests as a table: a row for each tenant and surface, a column for each scenario.

Not escaped. What does not fit is counted; the worst rows are the last to be left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from antkey_scanner.model import Cell

_MOST_COLUMNS = 12
_MOST_CHARACTERS = 160

OUTCOMES = {
    "failed": "something was wrong with one of the requests",
    "undecided": "not all of them could be judged",
    "not-seen": "nothing was sent that antkey could see, which proves nothing",
    "platform": "on the platform's key, as the policy allows",
    "proven": "each request was on the tenant's key",
}
"""What a cell's outcome says, the worst first."""

_WORDS = {"not-seen": "not seen", "platform": "platform key"}
_MARKS = {"failed": "✗", "undecided": "?", "not-seen": "·", "platform": "○", "proven": "✓"}
_RANKS = {outcome: rank for rank, outcome in enumerate(OUTCOMES)}
NO_REQUEST = "no request"
"""In a cell without requests where there must be none."""


class Shown(NamedTuple):
    """One cell. mark: a sign that needs no colour; words: with the number of requests."""

    outcome: str
    mark: str
    words: str


class Row(NamedTuple):
    """A tenant's surface. cells: one for each column, None where that was not asked."""

    tenant: str
    surface: str
    cells: tuple[Shown | None, ...]


class Matrix(NamedTuple):
    """columns: the scenarios, or `requests` where there are none; counts: cells by outcome, the worst
    first; hidden: rows for which there is no room; hidden_columns: scenarios, likewise."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    counts: tuple[tuple[str, int], ...]
    hidden: int = 0
    hidden_columns: int = 0

    @property
    def has_surfaces(self) -> bool:
        """Whether any row says its surface."""
        return any(row.surface for row in self.rows)


def matrix(cells: Sequence[Cell], most: int) -> Matrix | None:
    """The cells as a table of so many rows at most; None without cells."""
    if not cells:
        return None
    scenarios = list(dict.fromkeys(cell.scenario for cell in cells))
    rows: dict[tuple[str | None, str | None], dict[str | None, Cell]] = {}
    for cell in cells:
        rows.setdefault((cell.tenant, cell.surface), {})[cell.scenario] = cell
    kept = _worst([*rows], rows, most)
    columns = scenarios[:_MOST_COLUMNS]
    counted = Counter[str](cell.outcome for cell in cells)
    return Matrix(
        columns=tuple(_column(name) for name in columns),
        rows=tuple(_row(*key, rows[key], columns) for key in kept),
        counts=tuple((outcome, counted[outcome]) for outcome in OUTCOMES if counted[outcome]),
        hidden=len(rows) - len(kept),
        hidden_columns=len(scenarios) - len(columns),
    )


def word(outcome: str) -> str:
    """How a table says it: `not seen` for `not-seen`."""
    return _WORDS.get(outcome, outcome)


def mark(outcome: str) -> str:
    """A sign for it that needs no colour."""
    return _MARKS[outcome]


def shown(cell: Cell) -> Shown:
    """A cell's words: `proven (3)`, `not seen`."""
    if cell.requests:
        return Shown(
            cell.outcome, _MARKS[cell.outcome], f"{word(cell.outcome)} ({cell.requests:,})"
        )
    said = NO_REQUEST if cell.outcome == "proven" else word(cell.outcome)
    return Shown(cell.outcome, _MARKS[cell.outcome], said)


def _worst(
    keys: list[tuple[str | None, str | None]],
    rows: dict[tuple[str | None, str | None], dict[str | None, Cell]],
    most: int,
) -> list[tuple[str | None, str | None]]:
    """So many rows, in the order in which they came."""
    if len(keys) <= most:
        return keys

    def badness(position: int) -> tuple[int, int]:
        return min(_RANKS[cell.outcome] for cell in rows[keys[position]].values()), position

    return [keys[position] for position in sorted(sorted(range(len(keys)), key=badness)[:most])]


def _row(
    tenant: str | None,
    surface: str | None,
    cells: dict[str | None, Cell],
    columns: Sequence[str | None],
) -> Row:
    each = (cells.get(name) for name in columns)
    return Row(
        tenant="no tenant" if tenant is None else _short(tenant),
        surface=_short(surface or ""),
        cells=tuple(None if cell is None else shown(cell) for cell in each),
    )


def _column(scenario: str | None) -> str:
    return "requests" if scenario is None else _short(scenario)


def _short(name: str) -> str:
    """A table of names that fill pages each is no table."""
    half = _MOST_CHARACTERS // 2
    return name if len(name) <= _MOST_CHARACTERS else f"{name[:half]}…{name[-half:]}"
