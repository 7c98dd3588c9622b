"""What is wrong with a store is told by each scan, whatever was remembered of it."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from tests.scanner.git.conftest import Git, make_git
from tests.scanner.sources.again import LATER, Again, Maker, again, git, same

from antkey_scanner.engine import Scanned, Settings
from antkey_scanner.git import packstate

__all__ = ["again", "git", "make_git"]


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
