"""What the walk gives when it is asked for a part, has read some before, or lacks its plan."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.scanner.git.conftest import Git
from tests.scanner.git.layouts import copies, one_pack, pack_folder, several_packs
from tests.scanner.git.objectcheck import by_git, by_walk, fill, objects_folder

from antkey_scanner.git import table, walk
from antkey_scanner.git.bulktable import BulkTable
from antkey_scanner.git.objects import BLOB, COMMIT, TAG, TREE
from antkey_scanner.git.pack import Pack
from antkey_scanner.git.packs import list_packs, open_pack
from antkey_scanner.git.store import ObjectStore
from antkey_scanner.git.table import PlainTable
from antkey_scanner.git.walk import Walk

MakeGit = Callable[..., Git]


def test_alternates_are_walked_as_further_folders(make_git: MakeGit, way: str) -> None:
    lender = make_git("lender")
    one_pack(lender)
    borrower = Git(lender.path.parent / "borrower")
    lender("clone", "-q", "--shared", str(lender.path), str(borrower.path))
    fill(borrower, 7)
    found, problems = by_walk([objects_folder(borrower), objects_folder(lender)])
    assert problems == []
    assert found == by_git(borrower)


def test_worker_without_the_plan_finds_the_same(git: Git, way: str) -> None:
    copies(git)
    found, problems = by_walk([objects_folder(git)], planned=False)
    assert problems == []
    assert found == by_git(git)


@pytest.mark.parametrize("kind", [COMMIT, TREE, BLOB, TAG])
def test_only_kinds_that_are_asked_for_come(git: Git, way: str, kind: int) -> None:
    one_pack(git)
    fill(git, 2)
    found, problems = by_walk([objects_folder(git)], kinds=1 << kind)
    assert problems == []
    assert found == {oid: value for oid, value in by_git(git).items() if value[0] == kind}


def test_known_objects_do_not_come_again(git: Git, way: str) -> None:
    copies(git)
    everything = by_git(git)
    known = sorted(everything)[::2]
    found, problems = by_walk([objects_folder(git)], known=b"".join(known))
    assert problems == []
    assert found == {oid: value for oid, value in everything.items() if oid not in known}


def test_nothing_is_to_be_done_when_everything_is_known(git: Git, way: str) -> None:
    copies(git)
    known = b"".join(sorted(by_git(git)))
    plan = Walk([objects_folder(git)], 20, known=known, checksums=False).plan()
    assert plan == ((), (), 0)


def test_trees_in_which_nothing_is_new_are_not_rebuilt(git: Git, way: str) -> None:
    one_pack(git)
    new = git.oid("HEAD:text.txt")
    known = b"".join(sorted(oid for oid in by_git(git) if oid != new))
    (pack,) = packs_of(git)
    wanted = bytearray(oid == new for oid, _ in pack.index.entries())
    for kind in (PlainTable, BulkTable):
        layout = kind(pack, walk.ALL, wanted)
        ((start, stop),) = layout.pieces(1)
        part = layout.part(start, stop)
        chain = list(pack.chain(pack.index.find(new) or 0))
        assert len(part.places) == len(chain)
    assert by_walk([objects_folder(git)], known=known)[0].keys() == {new}


def packs_of(git: Git) -> list[Pack]:
    found = []
    for path in list_packs(objects_folder(git)).packs:
        pack = open_pack(path, 20)
        assert isinstance(pack, Pack)
        found.append(pack)
    return found


@pytest.mark.parametrize("cut", [400, 4000, 1 << 22])
@pytest.mark.parametrize("work", [1, 5000, 1 << 30])
def test_both_tables_lay_a_pack_out_alike(
    git: Git, monkeypatch: pytest.MonkeyPatch, cut: int, work: int
) -> None:
    monkeypatch.setattr(table, "CUT", cut)
    monkeypatch.setattr("antkey_scanner.git.bulktable.CUT", cut)
    one_pack(git)
    (pack,) = packs_of(git)
    plain, bulk = PlainTable(pack, walk.ALL), BulkTable(pack, walk.ALL)
    pieces = plain.pieces(work)
    assert bulk.pieces(work) == pieces
    seen: list[int] = []
    for start, stop in pieces:
        first, second = plain.part(start, stop), bulk.part(start, stop)
        assert [first.places[head] for head in first.heads] == [
            second.places[head] for head in second.heads
        ]
        assert sorted(first.places) == sorted(second.places)
        seen += first.places
    assert sorted(seen) == sorted(offset for _, offset in pack.index.entries())


@pytest.mark.parametrize("cut", [300, 3000])
def test_subtrees_that_are_cut_off_come_out_right(
    git: Git, monkeypatch: pytest.MonkeyPatch, way: str, cut: int
) -> None:
    monkeypatch.setattr(table, "CUT", cut)
    monkeypatch.setattr("antkey_scanner.git.bulktable.CUT", cut)
    monkeypatch.setattr(walk, "WORK", 1000)
    one_pack(git)
    found, problems = by_walk([objects_folder(git)])
    assert problems == []
    assert found == by_git(git)


def test_bases_that_were_let_go_are_rebuilt(
    git: Git, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setattr("antkey_scanner.git.rebuild.BIG", 100)
    monkeypatch.setattr("antkey_scanner.git.rebuild.ALIVE", 1000)
    one_pack(git)
    found, problems = by_walk([objects_folder(git)])
    assert problems == []
    assert found == by_git(git)


def test_many_packs_are_opened_again_when_needed(
    git: Git, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setattr(walk, "OPEN", 2)
    copies(git)
    several_packs(git)
    found, problems = by_walk([objects_folder(git)])
    assert problems == []
    assert found == by_git(git)


def test_packs_that_come_later_are_found(git: Git) -> None:
    fill(git)
    store = ObjectStore([objects_folder(git)], 20)
    assert bytes(20) not in store
    git("repack", "-adq")
    git("prune-packed")
    assert all(oid in store for oid in by_git(git))


def test_a_repository_without_pack_folder_is_read(git: Git) -> None:
    fill(git)
    shutil.rmtree(pack_folder(git))
    os.makedirs(Path(objects_folder(git)) / "00", exist_ok=True)
    found, problems = by_walk([objects_folder(git)])
    assert problems == []
    assert found == by_git(git)
