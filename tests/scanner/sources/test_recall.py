"""Second scans of a history: they find what the first one found, and read what is new."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.scanner.git.conftest import Git, make_git, snapshot

from antkey_rules.load import load_builtin
from antkey_scanner.engine import Scanned, Settings, scan
from antkey_scanner.git import packstate
from antkey_scanner.model import PatternRule
from antkey_scanner.sources.cache import Cache
from antkey_scanner.sources.cachekey import rules_key
from antkey_scanner.sources.history import History
from antkey_scanner.sources.recall import Memory

__all__ = ["make_git"]

Maker = Callable[..., str]
LATER = 3600 * 10**9
"""Packs that are an hour old are told apart by their times alone."""


@pytest.fixture
def git(make_git: Callable[..., Git], make_key: Maker) -> Git:
    """A packed history of many versions, one with a key that is gone again."""
    repository = make_git()
    for number in range(20):
        repository.commit(a=f"{number}\n" * 50, b=f"b {number}\n")
    repository.commit(secret=make_key())
    repository("rm", "-q", "secret")
    repository.commit("gone")
    repository("repack", "-adq")
    repository("prune-packed", "-q")
    return repository


@pytest.fixture
def again(tmp_path: Path) -> Again:
    return Again(tmp_path / "cache")


class Again:
    """Scans a history as often as wanted, and remembers each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cache: Cache
        self._keys: dict[str, bytes] = {}

    def __call__(
        self,
        git: Git,
        *,
        rules: tuple[PatternRule, ...] | None = None,
        settings: Settings | None = None,
        later: int = LATER,
        jobs: int = 1,
        forget: bool = False,
    ) -> Scanned:
        rules = load_builtin() if rules is None else rules
        settings = Settings() if settings is None else settings
        now = time.time_ns() + later
        # Made once, as somebody may work on the scanner while its tests run.
        key = self._keys.setdefault(repr((rules, settings)), rules_key(rules, settings))
        self.cache = Cache(str(self.folder), key, now // 10**9)
        history = History([(f"{git.path}/", "")])
        memory = Memory(self.cache, now)
        if forget:
            for repository in history.repositories:
                memory.forget(repository)
        else:
            history.remember(memory)
        scanned = scan((), rules, settings, jobs=jobs, source=history)
        assert self.cache.troubles == []
        return scanned


def same(one: Scanned, other: Scanned) -> bool:
    return one[:2] == other[:2]


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


def test_damage_is_told_by_each_scan(git: Git, again: Again) -> None:
    (pack,) = (git.path / ".git/objects/pack").glob("*.pack")
    data = bytearray(pack.read_bytes())
    data[len(data) // 2] ^= 0xFF
    pack.chmod(0o600)
    pack.write_bytes(data)
    first = again(git)
    assert any("checksum" in skip.reason for skip in first.skips)
    assert same(again(git), first)
    assert same(again(git), first)


def test_damage_that_came_after_a_scan_is_told(git: Git, again: Again) -> None:
    again(git)
    again(git)
    (pack,) = (git.path / ".git/objects/pack").glob("*.pack")
    pack.chmod(0o600)
    with pack.open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"\0" if pack.read_bytes()[-1] else b"\1")
    assert any("checksum" in skip.reason for skip in again(git).skips)


def test_a_loose_object_that_is_another_one_is_told_by_each_scan(git: Git, again: Again) -> None:
    again(git)
    name = git.blob("something").hex()
    other = git.blob("something else").hex()
    folder = git.path / ".git/objects"
    target = folder / name[:2] / name[2:]
    target.chmod(0o600)
    target.write_bytes((folder / other[:2] / other[2:]).read_bytes())
    first = again(git)
    assert any("its name says" in skip.reason for skip in first.skips)
    assert same(again(git), first)
    assert same(again(git), first)


def test_a_pack_without_an_index_is_told_by_each_scan(git: Git, again: Again) -> None:
    (index,) = (git.path / ".git/objects/pack").glob("*.idx")
    index.unlink()
    first = again(git)
    assert any("has no index" in skip.reason for skip in first.skips)
    assert same(again(git), first)


def test_what_does_not_belong_there_is_told_by_each_scan(git: Git, again: Again) -> None:
    (git.path / ".git/objects/ab").mkdir(exist_ok=True)
    (git.path / ".git/objects/ab/stray").write_text("x")
    (git.path / ".git/objects/pack/tmp_pack_x").write_text("x")
    first = again(git)
    assert len([skip for skip in first.skips if skip.counts]) == 2
    assert same(again(git), first)


def test_files_left_over_by_git_are_searched_by_each_scan(
    git: Git, again: Again, make_key: Maker
) -> None:
    name = git.blob(make_key()).hex()
    folder = git.path / ".git/objects" / name[:2]
    (folder / name[2:]).rename(folder / "tmp_obj_x")
    first = again(git)
    assert len(first.findings) == 2
    assert same(again(git), first)


def test_what_is_missing_is_told_by_each_scan_until_it_is_there(git: Git, again: Again) -> None:
    oid = git.oid("HEAD:a").hex()
    git("repack", "-adfq")
    git("unpack-objects", "-q", stdin=git("pack-objects", "--all", "--stdout", stdin=b""))
    lost = git.path / ".git/objects" / oid[:2] / oid[2:]
    (pack,) = (git.path / ".git/objects/pack").glob("*.pack")
    spare = git.path.parent / "spare"
    spare.mkdir()
    for file in pack.parent.iterdir():
        file.rename(spare / file.name)
    git("unpack-objects", "-q", stdin=(spare / pack.name).read_bytes())
    lost.rename(spare / lost.name)
    first = again(git)
    assert [
        skip.reason for skip in first.skips if f"missing from its history, {oid}" in skip.reason
    ]
    second = again(git)
    assert same(first, second)
    assert second.stats.objects == 1
    git.blob("new")
    third = again(git)
    assert third.skips == first.skips
    (spare / lost.name).rename(lost)
    assert not [skip for skip in again(git).skips if "missing" in skip.reason]


def test_a_key_under_a_mark_is_looked_at_by_each_scan(
    git: Git, again: Again, make_key: Maker
) -> None:
    git.commit(waived=f"{make_key()} # antkey: ignore[anthropic-api-key] an example\n")
    first = again(git, settings=Settings(marks=("antkey",)))
    assert len([finding for finding in first.findings if finding.accepted]) == 1
    second = again(git)
    assert len(second.findings) == 2
    assert not any(finding.accepted for finding in second.findings)


def test_damaged_ids_are_read_again(git: Git, again: Again) -> None:
    import sqlite3

    first = again(git)
    with sqlite3.connect(again.cache.path) as db:
        db.execute("UPDATE chunks SET ids = zeroblob(length(ids))")
        db.execute("UPDATE stores SET clean = clean - 1")
    db.close()
    with pytest.raises(AssertionError):
        again(git)
    assert [trouble.damaged for trouble in again.cache.troubles] == [True, True]
    assert same(again(git), first)


def test_scans_at_once_lose_nothing(git: Git, tmp_path: Path) -> None:
    import threading

    results: list[Scanned] = []

    def one() -> None:
        results.append(Again(tmp_path / "cache")(git))

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4
    assert all(same(result, results[0]) for result in results)
    assert Again(tmp_path / "cache")(git).stats.objects == 1


def test_a_pack_that_was_just_written_is_told_apart_by_its_content(git: Git) -> None:
    (pack,) = (git.path / ".git/objects/pack").glob("*.pack")
    written = max(pack.stat().st_mtime_ns, pack.stat().st_ctime_ns)
    assert packstate.pack_state(str(pack), written) is None
    assert packstate.pack_state(str(pack), written + LATER) is not None


def test_a_pack_that_was_changed_has_another_state(git: Git) -> None:
    now = time.time_ns() + LATER
    (pack,) = (git.path / ".git/objects/pack").glob("*.pack")
    before = packstate.pack_state(str(pack), now)
    times = pack.stat().st_atime_ns, pack.stat().st_mtime_ns
    data = pack.read_bytes()
    pack.chmod(0o600)
    pack.write_bytes(data)
    os.utime(pack, ns=times)  # as it was, but for the time of this
    assert packstate.pack_state(str(pack), now) != before
