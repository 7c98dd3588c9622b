"""The coverage of requests as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from antkey_reports.cells import columns, cut_in_the_middle, left, widest
from antkey_reports.coverage import Matrix, Row, Shown
from antkey_reports.escape import terminal
from antkey_reports.wording import plural

_GAP = "  "
_WIDEST_NAME = 40
_INDENT = "  "


def lines(matrix: Matrix, width: int | None) -> Iterator[str]:
    """The table; where a terminal is too narrow for it, a line for each cell.

    width: columns of the terminal, None for a pipe or a file.
    """
    rows = [_texts(row, matrix) for row in matrix.rows]
    heads = ["tenant", *(["surface"] if matrix.has_surfaces else [])]
    heads += [_name(scenario) for scenario in matrix.columns]
    sizes = [widest((head, *(row[n] for row in rows))) for n, head in enumerate(heads)]
    total = len(_INDENT) + sum(sizes) + len(_GAP) * (len(sizes) - 1)
    if width is None or total <= width:
        for texts in (heads, *rows):
            cells = (left(text, size) for text, size in zip(texts, sizes, strict=True))
            yield (_INDENT + _GAP.join(cells)).rstrip()
    else:
        for row in matrix.rows:
            yield from _as_list(row, matrix, width)
    if matrix.hidden:
        more = plural(matrix.hidden, "more row")
        yield f"{_INDENT}… and {more}, none worse; the json report has all of them"
    if matrix.hidden_columns:
        yield f"{_INDENT}… and {plural(matrix.hidden_columns, 'more scenario')}"


def _texts(row: Row, matrix: Matrix) -> list[str]:
    names = [_name(row.tenant), *([_name(row.surface)] if matrix.has_surfaces else [])]
    return [*names, *map(_cell, row.cells)]


def _as_list(row: Row, matrix: Matrix, width: int) -> Iterator[str]:
    whose = f"{row.tenant}, {row.surface}" if row.surface else row.tenant
    yield _INDENT + cut_in_the_middle(terminal(whose), width - len(_INDENT))
    for scenario, cell in zip(matrix.columns, row.cells, strict=True):
        if cell is not None:
            said = _cell(cell)
            room = width - 2 * len(_INDENT) - columns(said) - 2
            name = cut_in_the_middle(terminal(scenario), max(room, 4))
            yield f"{_INDENT * 2}{name}: {said}"


def _name(text: str) -> str:
    return cut_in_the_middle(terminal(text), _WIDEST_NAME)


def _cell(cell: Shown | None) -> str:
    return "" if cell is None else f"{cell.mark} {cell.words}"
