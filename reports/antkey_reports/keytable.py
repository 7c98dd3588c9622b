"""Keys as a table for a terminal: what fits is shown, what does not is cut or left out and named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import Literal, NamedTuple

from antkey_reports.cells import all_left, columns, cut, cut_in_the_middle, left, right, widest
from antkey_reports.inert import all_inert

_GAP = "  "
_WIDEST_WITHOUT_TERMINAL = 64
"""One endless name shall not fill every other line with blanks."""

_BOLD = "1"
_OF_LATE = {"overdue": "1;31", "soon": "1;33", "not known": "33"}

Late = Literal["", "soon", "overdue", "not known"]


class Row(NamedTuple):
    """A key. Texts as they are, "" for what is not known; guessed: the age is not from `created_at`;
    due: a day; late: said and coloured beside it."""

    name: str
    environment: str = ""
    service: str = ""
    tenant: str = ""
    owner: str = ""
    status: str = ""
    age: int | None = None
    guessed: bool = False
    due: str = ""
    late: Late = ""
    hint: str = ""


class Table(NamedTuple):
    """Lines without their ends, the heading first. left_out: columns for which there was no room."""

    lines: list[str]
    left_out: tuple[str, ...]


class _Column(NamedTuple):
    """title: its heading; least: so narrow it may become, None: it is whole or not there;
    importance: the lowest goes first, None stays whatever happens."""

    title: str
    importance: int | None
    least: int | None = None
    middle: bool = False
    numeric: bool = False


_COLUMNS = (
    _Column("name", None, least=20, middle=True),
    _Column("env", 4, least=4),
    _Column("service", 1, least=8),
    _Column("tenant", 3, least=6),
    _Column("owner", 2, least=10),
    _Column("status", 6),
    _Column("age", 5, numeric=True),
    _Column("due", None),
    _Column("hint", 0),
)
_STATUS, _DUE = 5, 7


def table(rows: Sequence[Row], color: bool, width: int) -> Table:
    """The table. width: columns of the terminal, 0 for a pipe, where nothing is cut or left out."""
    cells = [_cells(rows, position) for position in range(len(_COLUMNS))]
    used = [n for n, column in enumerate(cells) if any(column) or n in (0, _STATUS, _DUE)]
    natural = {n: max(widest(cells[n]), len(_COLUMNS[n].title)) for n in used}
    widths = _fitted(natural, width) if width else _unlimited(natural)
    left_out = tuple(_COLUMNS[n].title for n in used if n not in widths)
    whole = not width
    shown = [_aligned(cells[n], _COLUMNS[n], size, whole) for n, size in widths.items()]
    if color and _DUE in widths:
        place = list(widths).index(_DUE)
        shown[place] = [_painted(c, r) for c, r in zip(shown[place], rows, strict=True)]
    heading = _GAP.join(_heading(_COLUMNS[n], size) for n, size in widths.items()).rstrip()
    lines = [f"\x1b[{_BOLD}m{heading}\x1b[0m" if color else heading]
    lines += [_GAP.join(line).rstrip() for line in zip(*shown, strict=True)]
    return Table(lines, left_out)


def _cells(rows: Sequence[Row], position: int) -> Sequence[str]:
    match _COLUMNS[position].title:
        case "age":
            mark = " " if any(row.guessed for row in rows) else ""
            return [_age(row, mark) for row in rows]
        case "due":
            return [f"{row.due} {row.late}".strip() if row.late else row.due for row in rows]
        case title:
            field = attrgetter("environment" if title == "env" else title)
            return all_inert(list(map(field, rows)))


def _each(change: Callable[[str], str], texts: Iterable[str]) -> list[str]:
    """Change each text; an inventory says the same few things of many keys."""
    listed = list(texts)
    changed = {text: change(text) for text in set(listed)}
    return [changed[text] for text in listed]


def _age(row: Row, mark: str) -> str:
    if row.age is None:
        return ""
    return f"{row.age:,}{'*' if row.guessed else mark}"


def _unlimited(natural: dict[int, int]) -> dict[int, int]:
    return {n: min(size, _WIDEST_WITHOUT_TERMINAL) for n, size in natural.items()}


def _fitted(natural: dict[int, int], width: int) -> dict[int, int]:
    """The columns that fit with their widths: all of them cut, before the least important one goes."""
    kept = dict(natural)
    while True:
        least = {n: min(size, _COLUMNS[n].least or size) for n, size in kept.items()}
        room = width - len(_GAP) * (len(kept) - 1)
        optional = [n for n in kept if _COLUMNS[n].importance is not None]
        if sum(least.values()) <= room or not optional:
            return _narrowed(kept, least, room)
        del kept[min(optional, key=lambda n: _COLUMNS[n].importance or 0)]


def _narrowed(natural: dict[int, int], least: dict[int, int], room: int) -> dict[int, int]:
    """Take from the widest column that may still give."""
    widths = dict(natural)
    excess = sum(widths.values()) - room
    while excess > 0:
        giving = [n for n in widths if widths[n] > least[n]]
        if not giving:
            break
        widest_one = max(giving, key=lambda n: widths[n])
        others = [widths[n] for n in giving if n != widest_one]
        floor = max([least[widest_one], *(size for size in others if size < widths[widest_one])])
        taken = min(excess, max(1, widths[widest_one] - floor))
        widths[widest_one] -= taken
        excess -= taken
    return widths


def _aligned(cells: Sequence[str], column: _Column, width: int, whole: bool) -> list[str]:
    if column.numeric:
        return _each(lambda cell: right(cell, width), cells)
    if whole or column.least is None:
        return all_left(cells, width)
    shorten = cut_in_the_middle if column.middle else cut
    return _each(lambda cell: left(shorten(cell, width), width), cells)


def _heading(column: _Column, width: int) -> str:
    title = column.title[:width]
    return right(title, width) if column.numeric else left(title, width)


def _painted(cell: str, row: Row) -> str:
    code = _OF_LATE.get(row.late)
    if code is None:
        return cell
    text = cell.rstrip()
    return f"\x1b[{code}m{text}\x1b[0m" + " " * (columns(cell) - columns(text))
