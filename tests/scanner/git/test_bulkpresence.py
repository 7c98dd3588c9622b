"""Promises that many objects are known by their ids exactly as few are, whatever the ids look like."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.scanner.git.conftest import Git
from tests.scanner.git.objectcheck import fill

from antkey_scanner.git.missing import EMPTY, Presence

pytest.importorskip("numpy")

from antkey_scanner.git.bulkpresence import BulkPresence


def stored(folder: Path, ids: Iterable[bytes], size: int) -> BulkPresence:
    """As it is of a store with files of these names."""
    for oid in ids:
        path = folder / oid.hex()[:2] / oid.hex()[2:]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return BulkPresence([str(folder)], size)


def alike(size: int) -> st.SearchStrategy[bytes]:
    """Ids of which many begin or end alike."""
    part = st.sampled_from([0x00, 0x01, 0x80, 0xFE, 0xFF])
    head = st.lists(part, min_size=8, max_size=8).map(bytes)
    common = st.sampled_from([bytes(8), b"\xff" * 8, b"\x12" * 8])
    tail = st.lists(part, min_size=size - 8, max_size=size - 8).map(bytes)
    return st.builds(lambda first, rest: first + rest, st.one_of(head, common), tail)


@pytest.mark.parametrize("size", [20, 32])
@given(data=st.data())
def test_ids_are_told_apart_to_the_last_byte(
    data: st.DataObject, size: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    ids = data.draw(st.lists(alike(size), max_size=60, unique=True))
    there = ids[: len(ids) // 2]
    present = stored(tmp_path_factory.mktemp("objects"), there, size)
    assert [oid in present for oid in ids] == [oid in there for oid in ids]
    numbers = present.numbers_of(b"".join(ids)).tolist()
    assert [number >= 0 for number in numbers] == [oid in there for oid in ids]
    assert [present.id_of(number) for number in numbers if number >= 0] == there


def test_a_bucket_of_many_ids_ends(tmp_path: Path) -> None:
    ids = [b"\xab" * 7 + bytes([number]) + bytes(12) for number in range(200)]
    present = stored(tmp_path, ids[::2], 20)
    assert [oid in present for oid in ids] == [True, False] * 100
    assert (present.numbers_of(b"".join(ids)) >= 0).tolist() == [True, False] * 100


def test_the_same_as_for_few_objects(git: Git) -> None:
    fill(git)
    git("repack", "-dq")
    git.commit("later", late="1")
    git("repack", "-dq")
    git.commit("last", last="1")
    folder = str(git.path / ".git/objects")
    listed = git("cat-file", "--batch-all-objects", "--batch-check=%(objectname)").decode().split()
    ids = [bytes.fromhex(name) for name in listed]
    few, many = Presence([folder], 20), BulkPresence([folder], 20)
    empty = [bytes.fromhex(name) for name in EMPTY]
    for oid in [*ids, *empty[:2], *(oid[::-1] for oid in ids)]:
        assert (oid in few) == (oid in many)
    assert (many.numbers_of(b"".join(ids)) >= 0).all()


def test_a_copy_has_the_number_of_the_first(git: Git) -> None:
    git.commit("one", a="1")
    git("repack", "-adq")
    for pack in (git.path / ".git/objects/pack").glob("pack-*"):
        pack.with_name(pack.name.replace("pack-", "pack-0")).write_bytes(pack.read_bytes())
    present = BulkPresence([str(git.path / ".git/objects")], 20)
    oid = git.oid("HEAD")
    (number,) = present.numbers_of(oid)
    assert present.id_of(int(number)) == oid
    assert (present.numbers_of(oid * 3) == number).all()


def test_all_but_some(tmp_path: Path) -> None:
    ids = [bytes([number]) * 20 for number in range(1, 9)]
    present = stored(tmp_path, ids, 20)
    left = present.others(present.numbers_of(ids[2] + ids[5]))
    assert len(left) % 20 == 0
    rest = {left[at : at + 20] for at in range(0, len(left), 20)}
    assert set(ids) - rest == {ids[2], ids[5]}
