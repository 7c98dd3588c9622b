"""Masks what names hold of a key that was found: a file that somebody called by a piece of it.

The text of no key is known here. Of one that this run found there are digests of all its pieces. Of one
that is read from a saved report there is the hint: pieces are told by the three or four characters that it
shows, at their beginning or end, and by looking like random text; one from the middle of the key stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from antkey_scanner.model import Finding, Location, Repository, Result, Skip
from antkey_scanner.secret import DIGEST, digest_of
from antkey_scanner.secret import PIECE as _LEAST

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
    """What is known of the keys: how their random parts begin and end, and the digests of their pieces."""

    heads: frozenset[str]
    tails: frozenset[str]
    pieces: frozenset[bytes]


def without_pieces(result: Result) -> Result:
    """The result, with pieces of its own findings' keys masked in names and in what repeats names."""
    known = _known(result)
    if not (known.heads or known.pieces):
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
    secrets = {one.secret for one in result.findings if one.secret is not None}
    for hint in {secret.hint for secret in secrets}:
        found = _HINT.search(hint)
        if found is not None:
            heads.add(found["head"])
            tails.add(found["tail"])
    joined = {secret.pieces for secret in secrets}
    pieces = (one[at : at + DIGEST] for one in joined for at in range(0, len(one), DIGEST))
    return _Known(frozenset(heads), frozenset(tails), frozenset(pieces))


def _masked(run: str, known: _Known) -> str:
    """A run of characters that keys have, with pieces of them shortened."""
    return "…".join(_hinted(part, known) for part in _between(run, known.pieces))


def _between(run: str, pieces: frozenset[bytes]) -> Iterator[str]:
    """What stands before, between and behind pieces that are known by their digests."""
    end = -1
    for at in range(len(run) - _LEAST + 1) if pieces else ():
        if digest_of(run[at : at + _LEAST].encode()) in pieces:
            if at > end:
                yield run[max(end, 0) : at]
            end = at + _LEAST
    yield run[max(end, 0) :]


def _hinted(run: str, known: _Known) -> str:
    """The same by what hints show."""
    if len(run) < _LEAST or _HEX.match(run):
        return run
    for at in range(len(run) - _LEAST + 1):
        if run[at : at + _HEAD] in known.heads and _is_random(run[at : at + _LEAST]):
            rest = run[at + _MOST :]
            return f"{run[: at + _HEAD]}…{_hinted(rest, known)}"
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
