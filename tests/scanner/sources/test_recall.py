"""Second scans of a history: they find what the first one found, and read what is new."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

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


def test_places_are_told_as_by_one_scan_however_the_history_grows(
    git: Git, again: Again, make_key: Maker
) -> None:
    dice = random.Random(1)
    keys = [make_key() for _ in range(3)]
    for step in range(14):
        what = dice.choice(["key", "copy", "move", "branch", "merge", "tag", "index", "name"])
        folder = dice.choice(["", "deep/", "deep/er/"])
        if what in {"key", "copy"}:
            git.write(
                f"{folder}file{step % 4}", f"{step if what == 'key' else ''}\n{keys[step % 3]}"
            )
        elif what == "move" and (git.path / "a").exists():
            (git.path / "deep").mkdir(exist_ok=True)
            git("mv", "a", f"deep/a{step}")
        elif what == "branch":
            git("switch", "-qc", f"branch{step}", "HEAD~1")
        elif what == "merge":
            git("merge", "-q", "-s", "ours", "--no-edit", "main", check=False)
        elif what == "tag":
            git("tag", "-m", keys[step % 3], f"v{step}")
        elif what == "index":
            git.write("staged", f"{step} {keys[0]}")
            git("add", "staged")
        elif what == "name":
            git.write(f"{folder}{keys[1]}", "named")
        if what != "index":
            git.commit(f"step {step}", b=f"{step}\n")
        if step % 5 == 4:
            git("repack", "-dq")
        remembered = again(git)
        assert same(remembered, again(git, apart=True)), (step, what)
    assert len(remembered.findings) > 6


def test_a_name_that_no_tree_tells_alone_is_read_again(
    git: Git, again: Again, make_key: Maker
) -> None:
    key = make_key()
    git.commit("twins", one=key, two=key, deep__one=key, deep__two=key)
    first = again(git)
    assert len(first.findings) == 5
    assert same(again(git), first)
    assert same(again(git), first)


def test_no_path_is_remembered(git: Git, again: Again, make_key: Maker) -> None:
    git.commit("where", folder__telltale=make_key())
    again(git)
    again(git)
    data = Path(again.cache.path).read_bytes()
    assert not [name for name in (b"telltale", b"folder", b"secret") if name in data]
