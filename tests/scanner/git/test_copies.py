"""Two packs may hold different things under one id: both are read, and the lie is told."""

from __future__ import annotations

from pathlib import Path

from tests.scanner.git.packmaker import PackMaker, name

from antkey_scanner.git.objects import BLOB, Object, Problem
from antkey_scanner.git.walk import Walk


def _given(objects: Path) -> tuple[list[bytes], list[str]]:
    walk = Walk([str(objects)], 20)
    items = [item for piece in walk.plan().pieces for item in walk.run(piece)]
    contents = sorted(item.data for item in items if isinstance(item, Object))
    return contents, [item.reason for item in items if isinstance(item, Problem)]


def _write(objects: Path, called: str, oid: bytes, content: bytes) -> None:
    pack = PackMaker()
    pack.add(oid, BLOB, content)
    pack.write(objects, called=called)


def test_what_stands_under_the_id_of_something_else_is_given_and_told(tmp_path: Path) -> None:
    objects = tmp_path / "objects"
    (objects / "pack").mkdir(parents=True)
    oid = name(b"harmless\n")
    _write(objects, "pack-1", oid, b"harmless\n")
    _write(objects, "pack-2", oid, b"something else\n")
    contents, reasons = _given(objects)
    assert contents == [b"harmless\n", b"something else\n"]
    assert reasons == [f"{oid.hex()} is not what its id says"]


def test_a_true_copy_is_given_once(tmp_path: Path) -> None:
    objects = tmp_path / "objects"
    (objects / "pack").mkdir(parents=True)
    oid = name(b"harmless\n")
    _write(objects, "pack-1", oid, b"harmless\n")
    _write(objects, "pack-2", oid, b"harmless\n")
    assert _given(objects) == ([b"harmless\n"], [])
