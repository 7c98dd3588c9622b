"""Orders all commits of a repository, and tells which refs reach each of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from antkey_scanner.git.commits import Commit

_LOOKS = 12
"""So often all commits are looked at: each look settles those whose parents were settled before."""


class CommitGraph:
    """Commits, numbered so that parents come before their children; among others the older first.

    ids: of the commits, by their numbers; numbers: the reverse.
    """

    def __init__(self, commits: Mapping[bytes, Commit]) -> None:
        self._commits = commits
        self.ids = _ordered(commits)
        self.numbers = {oid: number for number, oid in enumerate(self.ids)}

    def trees(self) -> Iterator[bytes]:
        """The tree of each commit, in order."""
        return (self._commits[oid].tree for oid in self.ids)

    def reach(self, tips: Sequence[Iterable[bytes]]) -> list[int]:
        """For each commit which tips lead to it: bit n is set when a commit of `tips[n]` does."""
        found = [0] * len(self.ids)
        for bit, each in enumerate(tips):
            for oid in each:
                number = self.numbers.get(oid)
                if number is not None:
                    found[number] |= 1 << bit
        numbers, commits = self.numbers, self._commits
        for number in range(len(self.ids) - 1, -1, -1):
            bits = found[number]
            if bits:
                for parent in commits[self.ids[number]].parents:
                    at = numbers.get(parent)
                    if at is not None:
                        found[at] |= bits
        return found


def _ordered(commits: Mapping[bytes, Commit]) -> list[bytes]:
    """By date, where no commit counts as older than its parents; those of one second by their ids."""
    dates = _settled(commits) or _dated(commits)
    return [oid for _, oid in sorted(zip(dates.values(), dates, strict=True))]


def _settled(commits: Mapping[bytes, Commit]) -> dict[bytes, int] | None:
    """For each commit its date, but later than its parents'. None when that is not found in a few looks
    at each, the last ones first: a pack begins with the latest."""
    lines = [(oid, commit.parents) for oid, commit in commits.items() if commit.parents]
    lines.reverse()
    dates = {oid: commit.date for oid, commit in commits.items()}
    for _ in range(_LOOKS):
        changed = False
        for oid, parents in lines:
            date = dates[oid]
            for parent in parents:
                before = dates.get(parent)
                if before is not None and before >= date:
                    date = dates[oid] = before + 1
                    changed = True
        if not changed:
            return dates
    return None


def _dated(commits: Mapping[bytes, Commit]) -> dict[bytes, int]:
    """The same, parents first. Of commits that are each other's parents, which no true ids can be, one
    counts as without."""
    dates: dict[bytes, int] = {}
    entered: set[bytes] = set()
    for start in commits:
        if start in dates:
            continue
        stack = [start]
        while stack:
            oid = stack[-1]
            if oid in dates:
                stack.pop()
                continue
            commit = commits[oid]
            entered.add(oid)
            left = [
                p for p in commit.parents if p in commits and p not in dates and p not in entered
            ]
            if left:
                stack += left
                continue
            least = max((dates[p] + 1 for p in commit.parents if p in dates), default=0)
            dates[oid] = max(commit.date, least)
            stack.pop()
    return dates
