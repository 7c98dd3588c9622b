"""Objects in packs that are damaged, one by one: named, with all others read."""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable
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
    varint,
)

from antkey_scanner.git.objects import (
    BLOB,
    CorruptObject,
    LargeObject,
)
from antkey_scanner.git.store import ObjectStore

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
