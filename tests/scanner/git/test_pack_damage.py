from __future__ import annotations

import random
import shutil
import struct
import tracemalloc
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from tests.scanner.git.conftest import Git
from tests.scanner.git.objectcheck import by_git, by_walk, fill, objects_folder
from tests.scanner.git.packmaker import (
    OFS_DELTA,
    REF_DELTA,
    PackMaker,
    copy,
    insert,
    name,
    sha1,
    varint,
)

from antkey_scanner.git import rebuild
from antkey_scanner.git.objects import (
    BLOB,
    COMMIT,
    CorruptObject,
    LargeObject,
    MissingObject,
    Object,
    Problem,
)
from antkey_scanner.git.store import ObjectStore, ObjectStream
from antkey_scanner.git.walk import Walk

GOOD = [b"good one\n" * 30, b"good two\n" * 3000, b""]
BAD = b"\xbd" * 20
OTHER = b"\x0c" * 20


def broken_zlib(maker: PackMaker) -> None:
    maker.add(BAD, BLOB, b"x" * 500, packed=b"this is not zlib data" * 10)


def cut_zlib(maker: PackMaker) -> None:
    packed = zlib.compress(random.Random(1).randbytes(500))
    maker.add(BAD, BLOB, b"x" * 500, packed=packed[:100])


def wrong_adler(maker: PackMaker) -> None:
    packed = zlib.compress(b"y" * 500)
    maker.add(BAD, BLOB, b"y" * 500, packed=packed[:-1] + bytes([packed[-1] ^ 1]))


def longer_than_said(maker: PackMaker) -> None:
    maker.add(BAD, BLOB, b"x" * 500, size=400)


def shorter_than_said(maker: PackMaker) -> None:
    maker.add(BAD, BLOB, b"x" * 500, size=600)


def far_longer_than_said(maker: PackMaker) -> None:
    maker.add(BAD, BLOB, b"", size=10, packed=zlib.compress(bytes(50 << 20)))


def absurd_size(maker: PackMaker) -> None:
    maker.add(BAD, BLOB, b"x", size=1 << 59)


def size_without_end(maker: PackMaker) -> None:
    at = maker.add(BAD, BLOB, b"")
    maker.data[at:] = b"\xb0" + b"\xff" * 30


def unknown_kind(maker: PackMaker) -> None:
    maker.add(BAD, 5, b"x")


def kind_zero(maker: PackMaker) -> None:
    maker.add(BAD, 0, b"x")


def base_missing(maker: PackMaker) -> None:
    maker.add(BAD, REF_DELTA, insert(5, b"x"), base=OTHER)


def base_before_the_pack(maker: PackMaker) -> None:
    maker.add(BAD, OFS_DELTA, insert(5, b"x"), base=1 << 40)


def base_is_itself(maker: PackMaker) -> None:
    maker.add(BAD, OFS_DELTA, insert(5, b"x"), base=0)


def base_is_no_object(maker: PackMaker) -> None:
    maker.add(BAD, OFS_DELTA, insert(5, b"x"), base=3)


def distance_without_end(maker: PackMaker) -> None:
    at = maker.add(BAD, OFS_DELTA, b"")
    maker.data[at:] = b"\x60" + b"\xff" * 40


def loop(maker: PackMaker) -> None:
    maker.add(BAD, REF_DELTA, insert(5, b"xxxxx"), base=OTHER)
    maker.add(OTHER, REF_DELTA, insert(5, b"xxxxx"), base=BAD)


def loop_of_one(maker: PackMaker) -> None:
    maker.add(BAD, REF_DELTA, insert(5, b"xxxxx"), base=BAD)


def delta_of(maker: PackMaker, delta: bytes) -> None:
    maker.blob(b"a base of twenty 20\n")
    maker.add(BAD, REF_DELTA, delta, base=name(b"a base of twenty 20\n"))


def copies_beyond_the_base(maker: PackMaker) -> None:
    delta_of(maker, varint(20) + varint(30) + copy(10, 30))


def copies_from_beyond_the_base(maker: PackMaker) -> None:
    delta_of(maker, varint(20) + varint(30) + copy(0xFFFFFFFF, 30))


def base_of_another_size(maker: PackMaker) -> None:
    delta_of(maker, insert(21, b"x"))


def makes_too_much(maker: PackMaker) -> None:
    delta_of(maker, varint(20) + varint(10) + copy(0, 20))


def makes_too_little(maker: PackMaker) -> None:
    delta_of(maker, varint(20) + varint(30) + copy(0, 20))


def cut_insert(maker: PackMaker) -> None:
    delta_of(maker, varint(20) + varint(30) + b"\x1exxx")


def cut_copy(maker: PackMaker) -> None:
    delta_of(maker, varint(20) + varint(30) + b"\xff\0")


def reserved_instruction(maker: PackMaker) -> None:
    delta_of(maker, varint(20) + varint(20) + b"\0" + copy(0, 20))


def empty_delta(maker: PackMaker) -> None:
    delta_of(maker, b"")


def cut_delta_header(maker: PackMaker) -> None:
    delta_of(maker, varint(20) + b"\xff")


def delta_sizes_without_end(maker: PackMaker) -> None:
    delta_of(maker, b"\xff" * 50)


def absurd_result(maker: PackMaker) -> None:
    delta_of(maker, varint(20) + varint(1 << 50) + copy(0, 20))


def delta_of_what_is_broken(maker: PackMaker) -> None:
    broken_zlib(maker)
    maker.add(OTHER, REF_DELTA, insert(500, b"x"), base=BAD)


DAMAGES: list[Callable[[PackMaker], None]] = [
    broken_zlib,
    cut_zlib,
    wrong_adler,
    longer_than_said,
    shorter_than_said,
    far_longer_than_said,
    absurd_size,
    size_without_end,
    unknown_kind,
    kind_zero,
    base_missing,
    base_before_the_pack,
    base_is_itself,
    base_is_no_object,
    distance_without_end,
    loop,
    loop_of_one,
    copies_beyond_the_base,
    copies_from_beyond_the_base,
    base_of_another_size,
    makes_too_much,
    makes_too_little,
    cut_insert,
    cut_copy,
    reserved_instruction,
    empty_delta,
    cut_delta_header,
    delta_sizes_without_end,
    absurd_result,
    delta_of_what_is_broken,
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_objects_are_named_and_the_others_come(
    tmp_path: Path, damage: Callable[[PackMaker], None], way: str
) -> None:
    maker = PackMaker()
    first = maker.blob(GOOD[0])
    damage(maker)
    good = {first, *(maker.blob(data) for data in GOOD[1:])}
    good |= {oid for oid, _ in maker.entries} - {BAD, OTHER}
    path = maker.write(tmp_path)
    found, problems = by_walk([tmp_path])
    assert found.keys() == good
    bad = {oid for oid, _ in maker.entries} - good
    assert bad
    assert {problem.oid for problem in problems} == bad
    assert {problem.path for problem in problems} == {str(path)}
    assert all(problem.oid.hex() in problem.reason for problem in problems)


@pytest.mark.parametrize("damage", DAMAGES)
def test_store_names_damaged_objects(tmp_path: Path, damage: Callable[[PackMaker], None]) -> None:
    maker = PackMaker()
    first = maker.blob(GOOD[0])
    damage(maker)
    last = maker.blob(GOOD[1])
    maker.write(tmp_path)
    store = ObjectStore([str(tmp_path)], 20)
    for _ in range(2):
        with pytest.raises((CorruptObject, LargeObject)):
            store.get(BAD)
    with pytest.raises((CorruptObject, LargeObject)):
        store.open_stream(BAD).read()
    assert store.get(first).data == GOOD[0]
    assert store.get(last).data == GOOD[1]


def test_another_copy_is_taken_when_one_is_damaged(git: Git, way: str) -> None:
    fill(git)
    oid = git.oid("HEAD:text.txt")
    maker = PackMaker()
    maker.add(oid, BLOB, b"x" * 500, packed=b"no zlib")
    maker.write(objects_folder(git))
    everything = by_git_without(git, maker)
    found, problems = by_walk([objects_folder(git)])
    assert problems == []
    assert found == everything
    assert ObjectStore([objects_folder(git)], 20).get(oid).kind == BLOB


def by_git_without(git: Git, maker: PackMaker) -> dict[bytes, tuple[int, str]]:
    folder = Path(objects_folder(git)) / "pack"
    for path in folder.iterdir():
        path.rename(folder.parent.parent / path.name)
    found = by_git(git)
    maker.write(folder.parent)
    return found


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


def test_huge_blobs_come_as_streams(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    limit(monkeypatch, 1000)
    maker = PackMaker()
    big = b"0123456789" * 100_000
    maker.blob(big)
    small = maker.blob(b"small")
    maker.add(BAD, REF_DELTA, insert(len(big), b"x"), base=name(big))
    maker.add(OTHER, REF_DELTA, insert(5, big), base=small)
    maker.write(tmp_path)
    walk = Walk([str(tmp_path)], 20)
    items = [item for piece in walk.plan().pieces for item in read(walk, piece)]
    assert sorted(items) == sorted(
        [
            (name(big), BLOB, big),
            (small, BLOB, b"small"),
            (BAD, "is larger than the memory limit"),
            (OTHER, "is larger than the memory limit"),
        ]
    )


def limit(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    for module in ("rebuild", "table", "bulktable"):
        monkeypatch.setattr(f"antkey_scanner.git.{module}.LIMIT", size)


def read(walk: Walk, piece: tuple[str, str, int, int]) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    for item in walk.run(piece):
        match item:
            case ObjectStream():
                pieces = list(iter(partial(item.read, 4096), b""))
                assert max(map(len, pieces)) <= 4096
                found.append((item.oid, item.kind, b"".join(pieces)))
            case Object():
                found.append((item.oid, item.kind, item.data))
            case Problem():
                said = "is larger than the memory limit"
                assert said in item.reason
                found.append((item.oid, said))
    return found


def test_a_pack_that_unpacks_without_end_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setattr(rebuild, "MOST", 100_000)
    maker = PackMaker()
    base = maker.blob(bytes(20_000))
    for number in range(20):
        delta = varint(20_000) + varint(20_001) + copy(0, 20_000) + bytes([1, number])
        maker.add(name(bytes(20_000) + bytes([number])), REF_DELTA, delta, base=base)
    maker.write(tmp_path)
    found, problems = by_walk([tmp_path])
    assert len(found) < 7
    assert [problem.reason for problem in problems] == ["unpacks to more than 100000 bytes"]


def test_many_problems_are_counted(tmp_path: Path, way: str) -> None:
    maker = PackMaker()
    good = maker.blob(GOOD[0])
    for number in range(300):
        maker.add(number.to_bytes(20, "big"), COMMIT, b"x" * 50, packed=b"no zlib data at all")
    maker.write(tmp_path)
    found, problems = by_walk([tmp_path])
    assert found.keys() == {good}
    assert len(problems) == 101
    assert problems[-1].reason == "200 more objects cannot be read"


def test_what_failed_holds_no_memory(tmp_path: Path, way: str) -> None:
    maker = PackMaker()
    noise = random.Random(1).randbytes(150_000)
    for number in range(300):
        packed = zlib.compress(noise + bytes([number % 256]), 0)
        maker.add(number.to_bytes(20, "big"), BLOB, noise + b"x", packed=packed[:-9])
    maker.write(tmp_path)
    tracemalloc.start()
    try:
        by_walk([tmp_path])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 10 << 20


def test_chains_beyond_recursion_and_depth_are_read(tmp_path: Path, way: str) -> None:
    maker = PackMaker()
    data = b"x" * 50
    base = maker.blob(data)
    for number in range(6000):
        data = data[:40] + b"%010d" % number
        delta = varint(50) + varint(50) + copy(0, 40) + b"\x0a%010d" % number
        maker.add(name(data), REF_DELTA, delta, base=base)
        base = name(data)
    random.Random(1).shuffle(maker.entries)
    maker.write(tmp_path)
    found, problems = by_walk([tmp_path])
    assert problems == []
    assert len(found) == 6001
    assert ObjectStore([str(tmp_path)], 20).get(base).data == data


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
