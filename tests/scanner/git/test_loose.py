"""Loose objects, whole and damaged, and what else lies beside them."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.scanner.git.conftest import Git
from tests.scanner.git.objectcheck import by_git, by_walk, fill, objects_folder
from tests.scanner.git.packmaker import name

from antkey_scanner.git import loose
from antkey_scanner.git.objects import BLOB, COMMIT, CorruptObject, LargeObject, MissingObject
from antkey_scanner.git.store import ObjectStore, ObjectStream
from antkey_scanner.git.walk import Walk

DATA = b"some content\n" * 100


def put(objects: Path, content: bytes, oid: bytes) -> Path:
    path = objects / oid.hex()[:2] / oid.hex()[2:]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.write_bytes(content)
    return path


def whole(data: bytes = DATA, head: bytes | None = None) -> bytes:
    return zlib.compress((b"blob %d\0" % len(data) if head is None else head) + data)


DAMAGES = {
    "cut": whole()[:-30],
    "cut in the checksum": whole()[:-2],
    "wrong checksum": whole()[:-1] + bytes([whole()[-1] ^ 1]),
    "empty": b"",
    "no zlib": b"plain text in a loose object",
    "unknown kind": whole(head=b"blub 1300\0"),
    "no size": whole(head=b"blob \0"),
    "negative size": whole(head=b"blob -5\0"),
    "size with a zero": whole(head=b"blob 01300\0"),
    "no end of the header": zlib.compress(b"blob 1300" * 20),
    "longer than said": whole(head=b"blob 1200\0"),
    "far longer than said": zlib.compress(b"blob 10\0" + bytes(50 << 20)),
    "shorter than said": whole(head=b"blob 1400\0"),
    "other content": whole(DATA + b"changed"),
    "other kind": whole(head=b"tree 1300\0"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_loose_objects_are_named_and_the_others_come(git: Git, damage: str) -> None:
    fill(git)
    everything = by_git(git)
    folder = Path(objects_folder(git))
    path = put(folder, DAMAGES[damage], name(DATA))
    found, problems = by_walk([folder])
    assert found == everything
    assert [(problem.path, problem.oid) for problem in problems] == [(str(path), name(DATA))]


@pytest.mark.parametrize("damage", [each for each in DAMAGES if "other" not in each])
def test_store_names_damaged_loose_objects(tmp_path: Path, damage: str) -> None:
    put(tmp_path, DAMAGES[damage], name(DATA))
    store = ObjectStore([str(tmp_path)], 20)
    with pytest.raises((CorruptObject, LargeObject)):
        store.get(name(DATA))
    with pytest.raises((CorruptObject, LargeObject)):
        store.open_stream(name(DATA)).read()


def test_a_packed_copy_is_taken_when_the_loose_one_is_damaged(git: Git) -> None:
    oid = git.blob(DATA)
    git(
        "pack-objects",
        "-q",
        str(Path(objects_folder(git)) / "pack" / "pack"),
        stdin=oid.hex().encode(),
    )
    put(Path(objects_folder(git)), b"damaged", oid)
    assert by_walk([objects_folder(git)])[1] == []
    assert ObjectStore([objects_folder(git)], 20).get(oid).data == DATA


def test_a_loose_copy_elsewhere_is_taken(tmp_path: Path) -> None:
    put(tmp_path / "one", b"damaged", name(DATA))
    put(tmp_path / "two", whole(), name(DATA))
    found, problems = by_walk([tmp_path / "one", tmp_path / "two"])
    assert problems == []
    assert found.keys() == {name(DATA)}


def test_large_loose_objects_come_as_streams(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loose, "LIMIT", 1000)
    monkeypatch.setattr(loose.read, "__defaults__", (1000,))
    put(tmp_path, whole(), name(DATA))
    (item,) = run(tmp_path)
    assert isinstance(item, ObjectStream)
    assert (item.oid, item.kind, item.size) == (name(DATA), BLOB, len(DATA))
    assert b"".join(iter(lambda: item.read(100), b"")) == DATA


def test_a_stream_that_has_another_name_says_so_at_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loose.read, "__defaults__", (1000,))
    put(tmp_path, whole(), b"\xab" * 20)
    (item,) = run(tmp_path)
    assert isinstance(item, ObjectStream)
    with pytest.raises(CorruptObject, match="something else"):
        item.read()


def run(folder: Path) -> list[object]:
    walk = Walk([str(folder)], 20)
    return [item for piece in walk.plan().pieces for item in walk.run(piece)]


def test_whole_leftovers_are_read_and_others_reported(git: Git) -> None:
    folder = Path(objects_folder(git)) / "ab"
    folder.mkdir(exist_ok=True)
    (folder / "tmp_obj_whole").write_bytes(whole())
    (folder / "tmp_obj_half").write_bytes(whole()[:20])
    found, problems = by_walk([objects_folder(git)])
    assert found.keys() == {name(DATA)}
    assert [problem.path for problem in problems] == [str(folder / "tmp_obj_half")]
    assert problems[0].reason.startswith("was left over when git was interrupted")


def test_what_is_no_object_is_reported(git: Git) -> None:
    fill(git)
    everything = by_git(git)
    folder = Path(objects_folder(git)) / "ab"
    folder.mkdir(exist_ok=True)
    (folder / "notes.txt").write_text("x")
    (folder / ("c" * 37)).write_text("x")
    found, problems = by_walk([objects_folder(git)])
    assert found == everything
    assert [(Path(each.path).name, each.reason) for each in problems] == [
        ("c" * 37, "is no object of this store"),
        ("notes.txt", "is no object of this store"),
    ]


def linked_folder(path: Path, aside: Path) -> Path:
    path.parent.rename(aside)
    path.parent.symlink_to(aside)
    return path.parent


def linked_file(path: Path, aside: Path) -> Path:
    path.rename(aside)
    path.symlink_to(aside)
    return path


def folder_instead(path: Path, aside: Path) -> Path:
    path.rename(aside)
    path.mkdir()
    return path


def fifo_instead(path: Path, aside: Path) -> Path:
    path.rename(aside)
    os.mkfifo(path)
    return path


@pytest.mark.parametrize("change", [linked_folder, linked_file, folder_instead, fifo_instead])
def test_links_and_folders_are_reported_and_not_followed(
    tmp_path: Path, change: Callable[[Path, Path], Path]
) -> None:
    objects = tmp_path / "objects"
    at = change(put(objects, whole(), name(DATA)), tmp_path / "aside")
    found, problems = by_walk([objects])
    assert found == {}
    assert [problem.path for problem in problems] == [str(at)]
    with pytest.raises(CorruptObject):
        ObjectStore([str(objects)], 20).get(name(DATA))


def test_a_folder_that_is_not_there_is_reported(tmp_path: Path) -> None:
    found, problems = by_walk([tmp_path / "nowhere"])
    assert found == {}
    assert [problem.path for problem in problems] == [str(tmp_path / "nowhere")]


def test_missing_objects_are_missing(tmp_path: Path) -> None:
    store = ObjectStore([str(tmp_path), str(tmp_path / "nowhere")], 20)
    for ask in (store.get, store.describe, store.open_stream):
        with pytest.raises(MissingObject):
            ask(name(DATA))
    (tmp_path / name(DATA).hex()[:2]).write_text("a file where a folder belongs")
    with pytest.raises(MissingObject):
        store.get(name(DATA))


def test_store_reads_loose_objects_with_little_import(git: Git) -> None:
    import subprocess
    import sys

    oid = git.blob(DATA)
    code = (
        "import sys; from antkey_scanner.git.store import ObjectStore;"
        f"store = ObjectStore([{objects_folder(git)!r}], 20);"
        f"assert len(store.get(bytes.fromhex({oid.hex()!r})).data) == {len(DATA)};"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert not {"numpy", "isal", "dulwich", "hashlib", "mmap", "struct"} & set(done.stdout.split())


def test_commits_can_be_loose(git: Git) -> None:
    oid = git.commit("hello")
    assert ObjectStore([objects_folder(git)], 20).get(oid).kind == COMMIT
