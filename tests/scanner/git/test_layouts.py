"""Walk and store against git, for every layout of objects and both kinds of ids."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.scanner.git.conftest import Git, snapshot
from tests.scanner.git.layouts import (
    LAYOUTS,
    Layout,
    empty,
    format_of,
    only_multi_pack_index,
    pack_folder,
)
from tests.scanner.git.objectcheck import by_git, by_walk, objects_folder

from antkey_scanner.git.store import ObjectStore

MakeGit = Callable[..., Git]


@pytest.fixture(params=["sha1", "sha256"])
def repository(request: pytest.FixtureRequest, make_git: MakeGit) -> Git:
    try:
        return make_git("repo", f"--object-format={request.param}")
    except pytest.fail.Exception:
        pytest.skip("this git knows no object formats")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_walk_finds_what_git_finds(repository: Git, layout: Layout, way: str) -> None:
    size = 20 if format_of(repository) == "sha1" else 32
    layout(repository)
    folder = objects_folder(repository)
    before = snapshot(Path(folder))
    found, problems = by_walk([folder], size)
    if layout is only_multi_pack_index:
        restore_indexes(repository)
    assert problems == []
    assert found == by_git(repository)
    if layout is not only_multi_pack_index:
        assert snapshot(Path(folder)) == before


def restore_indexes(git: Git) -> None:
    for pack in pack_folder(git).glob("*.pack"):
        git("index-pack", str(pack))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_store_reads_what_git_reads(repository: Git, layout: Layout) -> None:
    size = 20 if format_of(repository) == "sha1" else 32
    layout(repository)
    store = ObjectStore([objects_folder(repository)], size)
    names = {
        path.name
        for path in Path(objects_folder(repository)).rglob("*")
        if path.suffix == ".pack" or len(path.name) == 2 * size - 2
    }
    if layout is only_multi_pack_index:
        restore_indexes(repository)
    for oid, (kind, digest) in by_git(repository).items():
        found = store.get(oid)
        assert (found.kind, hashlib.sha256(found.data).hexdigest()) == (kind, digest)
        assert store.describe(oid) == (kind, len(found.data))
        assert store.open_stream(oid).read() == found.data
        assert oid in store
    assert names or layout is empty
    assert store.problems == []
    assert bytes(size) not in store
