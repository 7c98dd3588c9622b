"""Masks what names hold of a key that was found: a file that somebody called by its beginning or its end.

The text of no key is known here, only its hint. So a piece is told by the three or four characters of the
random part that the hint shows, at the piece's beginning or end, and by looking like random text. A piece
from the middle of a key, shorter than a whole random part, is told by nothing and stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from antkey_scanner.model import Finding, Location, Repository, Result, Skip

_LEAST = 12
"""So many characters of a key's random part together stand in no output."""
_MOST = 95

_RUN = re.compile(r"[A-Za-z0-9_-]{12,}")
_HEX = re.compile(r"(?:[0-9a-f]+|[0-9A-F]+)\Z")
_HINT = re.compile(r"(?P<head>[A-Za-z0-9_-]{3})…(?P<tail>[A-Za-z0-9_-]{4})\Z")
_HEAD, _TAIL = 3, 4
_CHANGE = re.compile(
    r"(?<=[A-Z])[^A-Z]|(?<=[a-z])[^a-z]|(?<=[0-9])[^0-9]|(?<=[_-])[^_-]"  # to another kind of character
)
_FEWEST_CHANGES = 2
"""Of twelve random characters, one in 2,000 has fewer; so has nearly every name of one word."""


class _Known(NamedTuple):
    """What is known of the keys: how their random parts begin and end."""

    heads: frozenset[str]
    tails: frozenset[str]


def without_pieces(result: Result) -> Result:
    """The result, with pieces of its own findings' keys masked in names and in what repeats names."""
    known = _known(result)
    if not known.heads:
        return result
    seen: dict[str, str] = {}

    def plain(text: str) -> str:
        found = seen.get(text)
        if found is None:
            found = seen[text] = _RUN.sub(lambda run: _masked(run[0], known), text)
        return found

    return result._replace(
        run=result.run._replace(targets=tuple(map(plain, result.run.targets))),
        findings=tuple(_finding(one, plain) for one in result.findings),
        skips=tuple(Skip(plain(one.path), plain(one.reason), one.counts) for one in result.skips),
        repositories=tuple(_repository(one, plain) for one in result.repositories),
    )


def _known(result: Result) -> _Known:
    heads, tails = set(), set()
    for hint in _hints(result):
        found = _HINT.search(hint)
        if found is not None:
            heads.add(found["head"])
            tails.add(found["tail"])
    return _Known(frozenset(heads), frozenset(tails))


def _hints(result: Result) -> Iterator[str]:
    for finding in result.findings:
        if finding.secret is not None:
            yield finding.secret.hint


def _masked(run: str, known: _Known) -> str:
    """A run of characters that keys have, with pieces of them shortened."""
    if _HEX.match(run):
        return run
    for at in range(len(run) - _LEAST + 1):
        if run[at : at + _HEAD] in known.heads and _is_random(run[at : at + _LEAST]):
            rest = run[at + _MOST :]
            return f"{run[: at + _HEAD]}…{_masked(rest, known) if len(rest) >= _LEAST else rest}"
    for end in range(len(run), _LEAST - 1, -1):
        if run[end - _TAIL : end] in known.tails and _is_random(run[end - _LEAST : end]):
            before = run[: max(0, end - _MOST)]
            return f"{before}…{run[end - _TAIL :]}"
    return run


def _is_random(text: str) -> bool:
    return len(_CHANGE.findall(text)) >= _FEWEST_CHANGES


def _finding(finding: Finding, plain: Callable[[str], str]) -> Finding:
    where = finding.location
    path, message = plain(where.path), plain(finding.message)
    note = None if finding.note is None else plain(finding.note)
    refs = None if where.refs is None else tuple(map(plain, where.refs))
    if (path, refs) == (where.path, where.refs) and (message, note) == (
        finding.message,
        finding.note,
    ):
        return finding
    location: Location = where._replace(path=path, refs=refs)
    return finding._replace(location=location, message=message, note=note)


def _repository(one: Repository, plain: Callable[[str], str]) -> Repository:
    return one._replace(path=plain(one.path), ref=None if one.ref is None else plain(one.ref))
