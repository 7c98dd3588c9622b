"""Every way in which git lays objects out, each a function that makes a repository so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.scanner.git.conftest import Git
from tests.scanner.git.objectcheck import by_git, fill, objects_folder

Layout = Callable[[Git], None]


def pack_folder(git: Git) -> Path:
    return Path(objects_folder(git)) / "pack"


def loose(git: Git) -> None:
    fill(git)


def one_pack(git: Git) -> None:
    fill(git)
    git("repack", "-adfq", "--depth=50", "--window=20")


def index_of_version_1(git: Git) -> None:
    fill(git)
    git("-c", "pack.indexVersion=1", "repack", "-adfq")
    (index,) = pack_folder(git).glob("*.idx")
    assert not index.read_bytes().startswith(b"\377tOc")


def far_offsets(git: Git) -> None:
    one_pack(git)
    (pack,) = pack_folder(git).glob("*.pack")
    index = pack.with_suffix(".idx")
    before = index.stat().st_size
    index.unlink()
    git("index-pack", "--index-version=2,0x40", "-o", str(index), str(pack))
    assert index.stat().st_size > before


def several_packs(git: Git) -> None:
    for seed in range(3):
        fill(git, seed)
        git("repack", "-dq")


def copies(git: Git) -> None:
    """The same objects in two packs and loose."""
    fill(git)
    git("repack", "-q")
    fill(git, 2)
    git("repack", "-aq")
    assert len(list(pack_folder(git).glob("*.pack"))) == 2


def bases_by_name(git: Git) -> None:
    fill(git)
    ids = git("rev-list", "--objects", "--all")
    git("pack-objects", "--no-reuse-delta", "-q", str(pack_folder(git) / "pack"), stdin=ids)
    git("prune-packed")


def multi_pack_index(git: Git) -> None:
    several_packs(git)
    git("multi-pack-index", "write")


def only_multi_pack_index(git: Git) -> None:
    multi_pack_index(git)
    for index in pack_folder(git).glob("*.idx"):
        index.unlink()


def cruft(git: Git) -> None:
    one_pack(git)
    fill(git, 3)
    git("reset", "-q", "--hard", "HEAD~6")
    git("reflog", "expire", "--expire=now", "--all")
    git("repack", "--cruft", "-dq")
    if not list(pack_folder(git).glob("*.mtimes")):
        pytest.skip("this git writes no cruft packs")


def files_beside(git: Git) -> None:
    fill(git)
    git("-c", "pack.writeReverseIndex=true", "repack", "-adbq")
    (pack,) = pack_folder(git).glob("*.pack")
    pack.with_suffix(".keep").touch()
    pack.with_suffix(".promisor").write_text("")
    assert list(pack_folder(git).glob("*.bitmap"))
    assert list(pack_folder(git).glob("*.rev"))


def fetched(git: Git) -> None:
    """A thin pack that `index-pack --fix-thin` completed."""
    fill(git, 4)
    other = Git(git.path.parent / "other").init("--bare", f"--object-format={format_of(git)}")
    other("fetch", "-q", str(git.path), "main:main")
    fill(git, 5)
    other("-c", "fetch.unpackLimit=1", "fetch", "-q", str(git.path), "main:more")
    assert len(list(pack_folder(other).glob("*.pack"))) >= 1
    git.path = other.path


def empty(git: Git) -> None:
    assert by_git(git) == {}


LAYOUTS: list[Layout] = [
    loose,
    one_pack,
    index_of_version_1,
    far_offsets,
    several_packs,
    copies,
    bases_by_name,
    multi_pack_index,
    only_multi_pack_index,
    cruft,
    files_beside,
    fetched,
    empty,
]


def format_of(git: Git) -> str:
    return git("rev-parse", "--show-object-format").decode()
