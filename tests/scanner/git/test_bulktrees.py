"""Promises that many trees at once are found to lack what each of them lacks by itself."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.scanner.git.test_bulkpresence import stored

from antkey_scanner.git.missing import Checker, Presence
from antkey_scanner.git.objects import COMMIT, TAG, TREE, Object

pytest.importorskip("numpy")

from antkey_scanner.git.bulktrees import BulkChecker

_PARTS = st.sampled_from([b"\0", b"\0" * 20, b"\0" * 9, b"1", b"100644 a\0", b"40000 ", b"\xff"])


def line(mode: bytes, name: bytes, oid: bytes) -> bytes:
    return b"%s %s\0%s" % (mode, name, oid)


def ids_of(size: int) -> st.SearchStrategy[bytes]:
    """Ids full of zeros, as a separator is one."""
    return st.lists(st.sampled_from([0, 0, 0, 1, 49, 255]), min_size=size, max_size=size).map(bytes)


def lines_of(size: int) -> st.SearchStrategy[bytes]:
    mode = st.sampled_from([b"100644", b"40000", b"160000", b"120000", b"9", b""])
    name = st.sampled_from([b"", b"a", b"name", b"40000 x", b"160000 y", b"long" * 20])
    return st.builds(line, mode, name, ids_of(size))


def trees_of(size: int) -> st.SearchStrategy[list[bytes]]:
    whole = st.lists(lines_of(size), max_size=8).map(b"".join)
    broken = st.builds(lambda tree, cut: tree[:cut], whole, st.integers(0, 300))
    soup = st.lists(_PARTS, max_size=12).map(b"".join)
    return st.lists(st.one_of(whole, whole, whole, broken, soup), max_size=12)


def both(
    folder: Path, found: list[Object], there: list[bytes], size: int
) -> tuple[Checker, Checker]:
    many = stored(folder, there, size).checker()
    few = Presence([str(folder)], size).checker()
    for checker in (many, few):
        trees = [each for each in found if each.kind == TREE]
        checker.trees(trees, b"".join(each.data for each in trees))
        for each in found:
            if each.kind != TREE:
                checker.take(each)
        checker.finish(len(found))
    assert isinstance(many, BulkChecker)
    return many, few


@pytest.mark.parametrize("size", [20, 32])
@given(data=st.data())
def test_trees_lack_what_each_lacks(
    data: st.DataObject, size: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    contents = data.draw(trees_of(size))
    there = data.draw(st.lists(ids_of(size), max_size=6))
    found = [Object(bytes([at]) * size, TREE, content) for at, content in enumerate(contents)]
    many, few = both(tmp_path_factory.mktemp("objects"), found, there, size)
    assert many.missing == few.missing
    assert sorted(many.lacking) == sorted(few.lacking)


def test_of_thousands_of_lines_the_missing_one_is_told(tmp_path: Path) -> None:
    dice = random.Random(3)
    ids = [dice.randbytes(20) for _ in range(3_000)]
    found = []
    for number in range(200):
        some = dice.sample(ids, dice.randrange(60))
        content = b"".join(line(b"100644", b"file-%d" % at, oid) for at, oid in enumerate(some))
        found.append(Object(number.to_bytes(20), TREE, content))
    there = [oid for oid in ids if oid != ids[7]]
    many, few = both(tmp_path, found, there, 20)
    assert many.missing == few.missing == {ids[7]}
    assert many.lacking == few.lacking == [each.oid for each in found if ids[7] in each.data]


def test_commits_and_tags_lack_what_they_name(tmp_path: Path) -> None:
    there, gone = b"\x11" * 20, b"\x22" * 20
    rest = b"author A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\nx\n"
    commit = b"tree %s\nparent %s\nparent %s\n" + rest
    names = [oid.hex().encode() for oid in (there, gone)]
    found = [
        Object(b"\1" * 20, COMMIT, commit % (names[0], names[0], names[0])),
        Object(b"\2" * 20, COMMIT, commit % (names[0], names[0], names[1])),
        Object(b"\3" * 20, COMMIT, b"tree of nothing\n"),
        Object(b"\4" * 20, TAG, b"object %s\ntype commit\ntag v1\n\nx\n" % names[1]),
        Object(b"\5" * 20, TAG, b"object %s\ntype commit\ntag v1\n\nx\n" % names[0]),
    ]
    many, few = both(tmp_path, found, [there], 20)
    assert many.missing == few.missing == {gone}
    assert sorted(many.lacking) == sorted(few.lacking) == [b"\2" * 20, b"\4" * 20]


@pytest.mark.parametrize("content", [b"\0" * 400_000, b"1 \0" + b"\0" * 21 * 9_000, b"1" * 400_000])
def test_trees_of_zeros_end(tmp_path: Path, content: bytes) -> None:
    found = [Object(b"\1" * 20, TREE, content)] * 3
    many, few = both(tmp_path, found, [], 20)
    assert many.missing == few.missing


def test_two_bytes_behind_the_last_line_are_malformed(tmp_path: Path) -> None:
    content = line(b"100644", b"a", b"\x22" * 20) + b"\0\0"
    many, few = both(tmp_path, [Object(b"\1" * 20, TREE, content)], [], 20)
    assert many.missing == few.missing == set()
