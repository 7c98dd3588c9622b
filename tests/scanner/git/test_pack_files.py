"""Packs and indexes that are cut, flipped, linked, alone or of no known kind."""

from __future__ import annotations

import random
import shutil
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.scanner.git.conftest import Git
from tests.scanner.git.objectcheck import by_git, by_walk, fill, objects_folder
from tests.scanner.git.packmaker import (
    PackMaker,
    name,
    sha1,
)

from antkey_scanner.git.objects import (
    CorruptObject,
    LargeObject,
    MissingObject,
)
from antkey_scanner.git.store import ObjectStore

GOOD = [b"good one\n" * 30, b"good two\n" * 3000, b""]
BAD = b"\xbd" * 20
OTHER = b"\x0c" * 20


def one_pack(git: Git) -> Path:
    fill(git)
    git("repack", "-adq")
    git("prune", "--expire=now")
    (pack,) = (Path(objects_folder(git)) / "pack").glob("*.pack")
    pack.chmod(0o644)
    pack.with_suffix(".idx").chmod(0o644)
    return pack


def test_cut_off_pack_gives_what_is_left(git: Git, way: str) -> None:
    pack = one_pack(git)
    everything = by_git(git)
    data = pack.read_bytes()
    pack.write_bytes(data[: len(data) // 2])
    found, problems = by_walk([objects_folder(git)])
    assert 0 < len(found) < len(everything)
    assert found.items() <= everything.items()
    named = {problem.oid for problem in problems}
    assert everything.keys() - found.keys() <= named
    assert any("wrong checksum" in problem.reason for problem in problems)


@pytest.mark.parametrize("suffix", [".pack", ".idx"])
def test_wrong_checksum_is_reported(git: Git, suffix: str, way: str) -> None:
    path = one_pack(git).with_suffix(suffix)
    everything = by_git(git)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    found, problems = by_walk([objects_folder(git)])
    assert found == everything
    assert any(
        problem.path == str(path) and "wrong checksum" in problem.reason for problem in problems
    )


def test_index_of_another_pack_is_reported(tmp_path: Path) -> None:
    first, second = PackMaker(), PackMaker()
    first.blob(GOOD[0])
    second.blob(GOOD[1])
    one, two = first.write(tmp_path, called="pack-1"), second.write(tmp_path, called="pack-2")
    one.with_suffix(".idx").write_bytes(two.with_suffix(".idx").read_bytes())
    _, problems = by_walk([tmp_path])
    assert any("index of another pack" in problem.reason for problem in problems)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda data: b"KCAP" + data[4:], "no pack"),
        (lambda data: data[:4] + b"\0\0\0\4" + data[8:], "unknown version 4"),
        (lambda data: data[:0], "empty"),
        (lambda data: data[:20], "too short"),
    ],
)
def test_what_is_no_pack_is_reported(
    git: Git, change: Callable[[bytes], bytes], reason: str, way: str
) -> None:
    pack = one_pack(git)
    pack.write_bytes(change(pack.read_bytes()))
    found, problems = by_walk([objects_folder(git)])
    assert found == {}
    assert [(problem.path, reason in problem.reason) for problem in problems] == [(str(pack), True)]
    store = ObjectStore([objects_folder(git)], 20)
    with pytest.raises(MissingObject):
        store.get(BAD)
    assert store.problems == problems


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda data: data[:4] + b"\0\0\0\3" + data[8:], "unknown version"),
        (lambda data: data[:-30], "size does not fit"),
        (lambda data: data + bytes(7), "size does not fit"),
        (lambda data: data[:0], "empty"),
        (lambda data: data[:500], "too short"),
        (lambda data: data[:8] + b"\xff" * 4 + data[12:], "not in order"),
        (lambda data: b"x" + data[1:], "damaged"),
    ],
)
def test_what_is_no_index_is_reported(
    git: Git, change: Callable[[bytes], bytes], reason: str, way: str
) -> None:
    index = one_pack(git).with_suffix(".idx")
    index.write_bytes(change(index.read_bytes()))
    found, problems = by_walk([objects_folder(git)])
    assert found == {}
    assert [(problem.path, reason in problem.reason) for problem in problems] == [
        (str(index), True)
    ]


@pytest.mark.parametrize("offset", [0, 11, 0x7FFFFFFF, 0x80000005, 0xFFFFFFFF])
def test_index_that_points_outside_of_the_pack(tmp_path: Path, offset: int, way: str) -> None:
    maker = PackMaker()
    bad, good = maker.blob(GOOD[0]), maker.blob(GOOD[1])
    index = maker.write(tmp_path).with_suffix(".idx")
    data = bytearray(index.read_bytes())
    at = 8 + 1024 + 2 * 24 + 4 * sorted([bad, good]).index(bad)
    data[at : at + 4] = struct.pack(">I", offset)
    data[-20:] = sha1(data[:-20])
    index.write_bytes(data)
    found, problems = by_walk([tmp_path])
    assert found.keys() == {good}
    assert {problem.oid for problem in problems} == {bad}


def test_two_objects_at_one_place_are_both_read(tmp_path: Path, way: str) -> None:
    maker = PackMaker()
    maker.blob(GOOD[0])
    maker.entries.append((OTHER, 12))
    maker.write(tmp_path)
    found, problems = by_walk([tmp_path])
    assert found.keys() == {name(GOOD[0]), OTHER}
    assert problems == []


def test_counts_that_disagree_are_reported(tmp_path: Path, way: str) -> None:
    maker = PackMaker()
    oid = maker.blob(GOOD[0])
    maker.write(tmp_path, count=2)
    found, problems = by_walk([tmp_path])
    assert found.keys() == {oid}
    assert [problem.reason for problem in problems] == ["has 2 objects, its index 1"]


def test_pack_and_index_without_each_other_are_reported(tmp_path: Path) -> None:
    maker = PackMaker()
    maker.blob(GOOD[0])
    maker.write(tmp_path, called="pack-1").unlink()
    maker.write(tmp_path, called="pack-2").with_suffix(".idx").unlink()
    found, problems = by_walk([tmp_path])
    assert found == {}
    assert [(Path(problem.path).name, problem.reason) for problem in problems] == [
        ("pack-1.idx", "is the index of a pack that is not there"),
        ("pack-2.pack", "has no index"),
    ]


def test_leftovers_of_a_fetch_are_reported(git: Git) -> None:
    pack = one_pack(git)
    (pack.parent / "tmp_pack_XyZ").write_bytes(b"half a pack")
    (pack.parent.parent / "tmp_objdir-incoming-1").mkdir()
    found, problems = by_walk([objects_folder(git)])
    assert found == by_git(git)
    assert sorted(Path(problem.path).name for problem in problems) == [
        "tmp_objdir-incoming-1",
        "tmp_pack_XyZ",
    ]


@pytest.mark.parametrize("linked", ["pack", "pack-file", "index-file"])
def test_links_are_reported_and_not_followed(git: Git, tmp_path: Path, linked: str) -> None:
    pack = one_pack(git)
    at = {"pack": pack.parent, "pack-file": pack, "index-file": pack.with_suffix(".idx")}[linked]
    aside = tmp_path / "aside"
    at.rename(aside)
    at.symlink_to(aside)
    oid = git.oid("HEAD")
    found, problems = by_walk([objects_folder(git)])
    assert found == {}
    assert [problem.path for problem in problems] == [str(at)]
    store = ObjectStore([objects_folder(git)], 20)
    with pytest.raises(MissingObject):
        store.get(oid)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, set[bytes]]:
    """An `objects` folder with one good pack, and the ids in it."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    git = Git(tmp_path_factory.mktemp("whole")).init()
    one_pack(git)
    return Path(objects_folder(git)), set(by_git(git))


@pytest.mark.parametrize("seed", range(40))
def test_flipped_bytes_never_raise_and_never_pass_unseen(
    whole: tuple[Path, set[bytes]], tmp_path: Path, seed: int, way: str
) -> None:
    objects = tmp_path / "objects"
    shutil.copytree(whole[0], objects)
    (pack,) = (objects / "pack").glob("*.pack")
    generator = random.Random(seed)
    target = pack if seed % 2 else pack.with_suffix(".idx")
    data = bytearray(target.read_bytes())
    for _ in range(generator.choice([1, 5, 100])):
        data[generator.randrange(len(data))] ^= generator.randrange(1, 256)
    target.write_bytes(data)
    _, problems = by_walk([objects])
    assert problems
    store = ObjectStore([str(objects)], 20)
    for oid in whole[1]:
        try:
            store.get(oid)
        except (CorruptObject, LargeObject, MissingObject):
            pass
