"""Chooses among several readings of the same place: plain, unescaped, joined."""

from __future__ import annotations

from antkey_scanner.model import PatternRule, SecretRef
from antkey_scanner.named import NamedTuple


class Match(NamedTuple):
    """A key that was found. start, end: offsets in the searched bytes, of the encoded form if encoded.

    rank: 0 for a rule of high confidence to 2 for a low one; encodings: outermost first.
    """

    start: int
    end: int
    rule: PatternRule
    rank: int
    encodings: tuple[str, ...]
    secret: SecretRef


class Embedded(NamedTuple):
    """A container that came out of an encoding, such as a zip file in base64."""

    start: int
    encodings: tuple[str, ...]
    data: bytes


def one_per_place(matches: list[Match]) -> list[Match]:
    """Drop what a better reading of the same place explains.

    A key that an escape or a concatenation cuts looks in plain sight like a shorter, unknown one.
    """
    plainest: dict[tuple[int, str, str], Match] = {}
    for match in sorted(matches, key=lambda match: len(match.encodings)):
        plainest.setdefault((match.start, match.rule.rule.id, match.secret.sha256), match)
    best: dict[int, list[Match]] = {}
    for match in sorted(plainest.values(), key=_preference):
        others = best.setdefault(match.start, [])
        if not any(_explains(other, match) for other in others):
            others.append(match)
    return [match for others in best.values() for match in others]


def _preference(match: Match) -> tuple[int, bool, int]:
    """What syntax joins is longer than what was seen before, and right; a line break alone may as
    well stand between two words."""
    return match.rank, "line-wrap" in match.encodings, -len(match.encodings)


def longest_per_place(embedded: list[Embedded]) -> list[Embedded]:
    """A wrapped container comes twice: its first line alone and all lines joined."""
    longest: dict[tuple[int, tuple[str, ...]], Embedded] = {}
    for each in sorted(embedded, key=lambda each: len(each.data)):
        longest[each.start, each.encodings] = each
    return list(longest.values())


def _explains(better: Match, other: Match) -> bool:
    shorter, longer = sorted((better.encodings, other.encodings), key=len)
    return longer[: len(shorter)] == shorter and longer != shorter
