"""Second scans of a history: they find what the first one found, and read what is new."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.scanner.git.conftest import Git, make_git, snapshot
from tests.scanner.sources.again import LATER, Again, Maker, again, git, same

from antkey_rules.load import load_builtin
from antkey_scanner.engine import Settings
from antkey_scanner.sources.cachekey import rules_key

__all__ = ["again", "git", "make_git"]


@pytest.mark.parametrize("later", [LATER, 0])
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_second_scan_finds_the_same_and_reads_what_holds_something(
    git: Git, again: Again, later: int, jobs: int
) -> None:
    first = again(git, later=later, jobs=jobs)
    assert len(first.findings) == 1
    second = again(git, later=later, jobs=jobs)
    assert same(first, second)
    assert first.stats.known == 0
    assert second.stats.objects == 1
    assert second.stats.known == first.stats.objects - 1
    assert second.stats.bytes < 200
    third = again(git, later=later, jobs=jobs)
    assert third == second


def test_nothing_is_written_to_the_repository(git: Git, again: Again) -> None:
    before = snapshot(git.path)
    again(git)
    again(git)
    assert snapshot(git.path) == before


@pytest.mark.parametrize("later", [LATER, 0])
@pytest.mark.parametrize("packed", [True, False])
def test_new_objects_are_read_and_they_alone(
    git: Git, again: Again, make_key: Maker, later: int, packed: bool
) -> None:
    first = again(git, later=later)
    git.commit(another=make_key())
    if packed:
        git("repack", "-dq")
    second = again(git, later=later)
    assert {finding.location.path for finding in second.findings} == {"secret", "another"}
    assert second.stats.objects == 4  # a commit, its tree, its file, and the key of before
    assert second.stats.known == first.stats.objects - 1
    third = again(git, later=later)
    assert same(second, third)
    assert third.stats.objects == 2
    assert third.stats.known == first.stats.objects + 1


def test_new_packs_with_known_objects_are_not_read_again(git: Git, again: Again) -> None:
    first = again(git)
    git("repack", "-adfq", "--depth=3")
    second = again(git)
    assert same(first, second)
    assert second.stats.objects == 1


def test_all_is_read_again_when_objects_are_gone(git: Git, again: Again) -> None:
    git.commit("soon gone", c="c")
    again(git)
    git("reset", "-q", "--hard", "HEAD~1")
    git("reflog", "expire", "--expire=now", "--all")
    git("prune", "--expire=now")
    second = again(git)
    assert second.stats.known == 0
    assert len(second.findings) == 1
    assert again(git).stats.objects == 1


def test_a_history_without_anything_is_known_as_a_whole(
    make_git: Callable[..., Git], again: Again
) -> None:
    repository = make_git()
    repository.commit(a="a")
    first = again(repository)
    second = again(repository)
    assert (second.stats.objects, second.stats.bytes) == (0, 0)
    assert second.stats.known == first.stats.objects == 3


def test_repositories_are_known_each_by_itself(
    git: Git, make_git: Callable[..., Git], again: Again
) -> None:
    other = make_git("other")
    other("fetch", "-q", str(git.path), "main")
    again(git)
    assert again(other).stats.known == 0


def test_ids_of_sha256_are_remembered_too(make_git: Callable[..., Git], again: Again) -> None:
    repository = make_git("long", "--object-format=sha256")
    repository.commit(a="a")
    first = again(repository)
    assert again(repository).stats.known == first.stats.objects == 3


def test_other_settings_that_find_more_read_all(git: Git, again: Again, make_key: Maker) -> None:
    git.commit(large="x" * 1000 + make_key())
    small = Settings(max_file_size=500)
    first = again(git, settings=small)
    assert any("larger than" in skip.reason for skip in first.skips)
    second = again(git)
    assert second.stats.known == 0
    assert len(second.findings) == len(first.findings) + 1


def test_other_rules_read_all(git: Git, again: Again) -> None:
    all_rules = load_builtin()
    none = again(git, rules=tuple(rule for rule in all_rules if rule.anchor != b"sk-ant-"))
    assert none.stats.known == 0
    second = again(git)
    assert second.stats.known == 0
    assert len(second.findings) == 1


@pytest.mark.parametrize(
    "changed",
    [
        Settings(depth=3),
        Settings(max_file_size=10),
        Settings(visible_key_characters=9),
    ],
)
def test_what_decides_about_findings_is_in_the_key(changed: Settings) -> None:
    rules = load_builtin()
    assert rules_key(rules, changed) != rules_key(rules, Settings())


def test_what_is_done_about_findings_is_not_in_the_key() -> None:
    rules = load_builtin()
    other = Settings(exclude=("a",), follow_gitignore=True, marks=("antkey",))
    assert rules_key(rules, other) == rules_key(tuple(reversed(rules)), Settings())


@pytest.mark.parametrize("field", ["anchor", "pattern", "filters", "also", "kind"])
def test_each_part_of_a_rule_is_in_the_key(field: str) -> None:
    rules = load_builtin()
    part = {"anchor": b"x", "pattern": b"x", "filters": ("x",), "also": (b"x",), "kind": "x"}
    changed = (rules[0]._replace(**{field: part[field]}), *rules[1:])  # type: ignore[arg-type]
    assert rules_key(changed, Settings()) != rules_key(rules, Settings())


def test_forgotten_is_read_again(git: Git, again: Again) -> None:
    again(git)
    assert again(git, forget=True).stats.known == 0
    assert again(git).stats.known == 0
