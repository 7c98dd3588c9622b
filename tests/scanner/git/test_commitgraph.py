"""Promises the order of commits: parents first, whatever the dates say, and the same in every run."""

from __future__ import annotations

import random

import pytest

from antkey_scanner.git import commitgraph
from antkey_scanner.git.commitgraph import CommitGraph
from antkey_scanner.git.commits import Commit

TREE = bytes(20)


def oid(number: int) -> bytes:
    return number.to_bytes(20)


def history(dice: random.Random, size: int) -> dict[bytes, Commit]:
    """Commits with parents among those before them, some of which are not there, and dates in disorder."""
    found = {}
    for number in range(1, size):
        parents = dice.sample(range(number), min(number, dice.choice([0, 1, 1, 1, 2, 3])))
        date = dice.choice([number, number, 5, dice.randrange(size), 0])
        found[oid(number)] = Commit(TREE, tuple(map(oid, parents)), date)
    return found


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("looks", [0, 1, 4, 1000])
def test_parents_come_first_in_an_order_that_is_always_the_same(
    monkeypatch: pytest.MonkeyPatch, seed: int, looks: int
) -> None:
    dice = random.Random(seed)
    commits = history(dice, 60)
    expected = CommitGraph(commits).ids
    monkeypatch.setattr(commitgraph, "_LOOKS", looks)
    items = list(commits.items())
    for _ in range(3):
        graph = CommitGraph(dict(items))
        assert graph.ids == expected
        for name, commit in commits.items():
            for parent in commit.parents:
                if parent in commits:
                    assert graph.numbers[parent] < graph.numbers[name]
        dice.shuffle(items)


def test_of_unrelated_commits_the_older_comes_first() -> None:
    commits = {oid(n): Commit(TREE, (), date) for n, date in ((1, 30), (2, 10), (3, 20), (4, 10))}
    assert CommitGraph(commits).ids == [oid(2), oid(4), oid(3), oid(1)]


def test_a_long_chain_of_one_second_is_in_order() -> None:
    commits = {oid(n): Commit(TREE, (oid(n - 1),), 7) for n in range(1, 5000)}
    assert CommitGraph(commits).ids == [oid(n) for n in range(1, 5000)]
    assert CommitGraph(dict(reversed(commits.items()))).ids == [oid(n) for n in range(1, 5000)]


def test_commits_that_are_their_own_ancestors_end() -> None:
    commits = {
        oid(1): Commit(TREE, (oid(1),), 1),
        oid(2): Commit(TREE, (oid(3),), 2),
        oid(3): Commit(TREE, (oid(4), oid(1)), 3),
        oid(4): Commit(TREE, (oid(2),), 4),
    }
    assert sorted(CommitGraph(commits).ids) == sorted(commits)
