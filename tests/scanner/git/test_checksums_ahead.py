"""Packs that are hashed while a walk is planned, and by workers when there was no time."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from tests.scanner.git.conftest import Git

from antkey_scanner.git import walk
from antkey_scanner.git.checksums import HeadStart, Stopped, check
from antkey_scanner.git.objects import Problem
from antkey_scanner.git.walk import CHECKSUM, Walk


class _Patient(HeadStart):
    """One that there is time for."""

    def __exit__(self, *error: object) -> None:
        assert self._thread is not None
        self._thread.join()
        super().__exit__(*error)


class _Late(HeadStart):
    """One that there is no time for."""

    def _run(self) -> None:
        self._is_over = True
        super()._run()


def _packed(git: Git) -> tuple[Path, Path]:
    git.commit(a__txt="one\n")
    git("repack", "-adq")
    objects = git.path / ".git/objects"
    return objects, next((objects / "pack").glob("*.pack"))


def _damage(pack: Path) -> None:
    pack.chmod(0o600)
    data = bytearray(pack.read_bytes())
    data[-1] ^= 1
    pack.write_bytes(data)


@pytest.mark.parametrize("damaged", [False, True])
def test_a_head_start_gives_what_a_check_gives(git: Git, *, damaged: bool) -> None:
    _, pack = _packed(git)
    if damaged:
        _damage(pack)
    with _Patient([str(pack)], 20) as found:
        pass
    assert found == {str(pack): tuple(check(str(pack), 20))}
    assert bool(found[str(pack)]) == damaged


def test_what_is_stopped_gives_nothing(git: Git) -> None:
    _, pack = _packed(git)
    with pytest.raises(Stopped):
        list(check(str(pack), 20, lambda: True))


def test_no_thread_is_left(git: Git) -> None:
    _, pack = _packed(git)
    before = threading.active_count()
    with HeadStart([str(pack)] * 1000, 20):
        pass
    assert threading.active_count() == before


@pytest.mark.parametrize("way", [_Patient, _Late])
def test_a_walk_tells_of_a_damaged_pack_either_way(
    git: Git, monkeypatch: pytest.MonkeyPatch, way: type[HeadStart]
) -> None:
    objects, pack = _packed(git)
    _damage(pack)
    monkeypatch.setattr(walk, "BULK", 1)
    monkeypatch.setattr(walk, "HeadStart", way)
    walked = Walk([str(objects)], 20)
    piece = next(piece for piece in walked.plan().pieces if piece[0] == CHECKSUM)
    reasons = [item.reason for item in walked.run(piece) if isinstance(item, Problem)]
    assert reasons == ["has a wrong checksum: it is damaged or cut off"]
