"""Promises that large files are listed, and told with the places of their pointers."""

from __future__ import annotations

from tests.scanner.git.conftest import Git
from tests.scanner.git.sightings import look

from antkey_scanner.git.discover import repositories
from antkey_scanner.git.lfs import LargeFile, large_files, pointers
from antkey_scanner.git.repository import Repository
from antkey_scanner.model import Skip


def test_large_files_lead_to_their_pointers(git: Git) -> None:
    sha256 = "ab" * 32
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize 12345\n"
    first = git.commit(d__large=pointer)
    hits = pointers(sha256, 12345, 20)
    found = look(git, *hits).seen
    places = [each for hit in hits for each in found[hit] if each.commit]
    assert [(each.path, each.commit) for each in places] == [("d/large", first.hex())]


def test_large_files_are_listed(git: Git) -> None:
    sha256 = "ab" * 32
    git.write(f".git/lfs/objects/ab/ab/{sha256}", "content")
    git.write(".git/lfs/objects/ab/ab/other", "content")
    (git.path / ".git/lfs/objects/ab/ab/zlink").symlink_to("/etc")
    found = next(r for r in repositories([(str(git.path), "")]) if isinstance(r, Repository))
    assert found.lfs == str(git.path / ".git/lfs/objects")
    listed = list(large_files(str(found.lfs), ".git/lfs/objects/"))
    path = str(git.path / f".git/lfs/objects/ab/ab/{sha256}")
    assert listed[0] == LargeFile(path, sha256, 7)
    assert (listed[1].path, listed[1].sha256) == (path.replace(sha256, "other"), "")
    assert isinstance(listed[2], Skip)
    assert not listed[2].counts
