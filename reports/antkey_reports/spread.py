"""Which leaked key lies where, as a drawing: keys on the left, places on the right. Not escaped."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from antkey_reports.cells import cut_in_the_middle
from antkey_reports.incidents import Incident, anchor, incidents
from antkey_reports.wording import exposed, plural
from antkey_scanner.model import Result

_MOST_KEYS = 8
_MOST_PLACES = 12
_PITCH = 26
_COLUMNS_OF_PLACE = 44


class Node(NamedTuple):
    """A key or a place. y: of its middle, in pixels; anchor: of the key's findings."""

    label: str
    y: int
    findings: int
    anchor: str | None = None


class Line(NamedTuple):
    """A key in a place. width: more for more findings."""

    from_y: int
    to_y: int
    width: str


class Row(NamedTuple):
    """A line of the table: a key, a place, and how often."""

    key: str
    place: str
    findings: int


class Spread(NamedTuple):
    """hidden: leaked keys that are not drawn; grouped: places are folders, not files."""

    keys: tuple[Node, ...]
    places: tuple[Node, ...]
    lines: tuple[Line, ...]
    rows: tuple[Row, ...]
    height: int
    hidden: int
    grouped: bool
    described: str


def spread(result: Result) -> Spread | None:
    """The drawing of the worst leaked keys; None unless one of them lies in several places."""
    leaks = [one for one in incidents(result.findings) if one.is_open and exposed(one.findings[0])]
    drawn = leaks[:_MOST_KEYS]
    if not any(len(_paths(one)) > 1 for one in drawn):
        return None
    depth, names = _fitting([_paths(one) for one in drawn])
    places = _places(names)
    height = _PITCH * max(len(drawn), len(places))
    left = [_y(number, len(drawn), height) for number in range(len(drawn))]
    right = {name: _y(number, len(places), height) for number, name in enumerate(places)}
    counts = [{name: of.count(name) for name in dict.fromkeys(of)} for of in names]
    return Spread(
        keys=tuple(map(_key, drawn, left)),
        places=tuple(
            Node(_short(name), right[name], sum(of.get(name, 0) for of in counts))
            for name in places
        ),
        lines=tuple(
            Line(y, right[name], f"{min(1 + count / 3, 6):.1f}")
            for y, of in zip(left, counts, strict=True)
            for name, count in of.items()
        ),
        rows=tuple(
            Row(_label(one), name, count)
            for one, of in zip(drawn, counts, strict=True)
            for name, count in of.items()
        ),
        height=height,
        hidden=len(leaks) - len(drawn),
        grouped=depth is not None,
        described=(
            f"{plural(len(drawn), 'leaked key')} in {plural(len(places), 'folder' if depth else 'place')}."
            " The table says which key is where."
        ),
    )


def _paths(incident: Incident) -> list[str]:
    return [one.location.path for one in incident.findings if exposed(one)]


def _fitting(every: list[list[str]]) -> tuple[int | None, list[list[str]]]:
    """The places as paths or, where these are too many, as folders as deep as there is room for."""
    if len({path for paths in every for path in paths}) <= _MOST_PLACES:
        return None, every
    cut = every
    for depth in (4, 3, 2, 1):
        cut = [[_folder(path, depth) for path in paths] for paths in every]
        if len({name for names in cut for name in names}) <= _MOST_PLACES:
            return depth, cut
    kept = set(_places(cut)[: _MOST_PLACES - 1])
    return 1, [[name if name in kept else "elsewhere" for name in names] for names in cut]


def _folder(path: str, depth: int) -> str:
    outer = path.partition("!/")[0]
    parts = outer.split("/")
    return "/".join(parts[:depth]) + ("/" if len(parts) > depth else "")


def _places(names: Iterable[list[str]]) -> list[str]:
    """The names of places, those of the worst keys first, which keeps most lines from crossing."""
    return list(dict.fromkeys(name for of in names for name in of))


def _key(incident: Incident, y: int) -> Node:
    return Node(_label(incident), y, len(_paths(incident)), anchor(incident.findings[0]))


def _label(incident: Incident) -> str:
    secret = exposed(incident.findings[0])
    return _short(secret.hint if secret else incident.findings[0].message)


def _short(name: str) -> str:
    return cut_in_the_middle(name[:2000], _COLUMNS_OF_PLACE)


def _y(number: int, of: int, height: int) -> int:
    return round(height * (number + 0.5) / of)
