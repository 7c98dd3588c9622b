"""Histories of the benchmark: copies are complete and leave their source alone, keys are in place."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from benchmarks import histories
from benchmarks.corpora import Corpus, Unavailable
from benchmarks.gitcalls import git
from benchmarks.keys import Planted, planted
from benchmarks.planting import PLACES, plant

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A normal clone with a pack, loose objects, two branches and a tag."""
    folder = tmp_path / "clone"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    for number in range(4):
        (folder / "notes.txt").write_text(f"line {number}\n" * 50)
        (folder / f"file-{number}.txt").write_text(f"content {number}\n")
        git(folder, "add", "--all")
        git(folder, "commit", "--quiet", "-m", f"Step {number}")
        if number == 1:
            git(folder, "repack", "-a", "-d", "-q")
            git(folder, "branch", "other")
    git(folder, "tag", "-a", "-m", "First", "v1")
    return folder


def made(tmp_path: Path, clone: Path) -> Corpus:
    cache = tmp_path / "cache"
    cache.mkdir(exist_ok=True)
    return histories.history(cache, str(clone))


def everything(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(path): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def ids(repository: Path) -> set[str]:
    form = "--batch-check=%(objectname)"
    return set(git(repository, "cat-file", "--batch-all-objects", form).decode().split())


def contents(repository: Path) -> bytes:
    return git(repository, "cat-file", "--batch-all-objects", "--batch")


def lack(clone: Path, file: str) -> str:
    """Take a file's content away, as from a clone that would fetch it when it is asked for."""
    absent = git(clone, "rev-parse", f"HEAD:{file}").decode().strip()
    (clone / ".git" / "objects" / absent[:2] / absent[2:]).unlink()
    return absent


def test_source_stays_as_it_was(tmp_path: Path, clone: Path) -> None:
    before = everything(clone)
    made(tmp_path, clone)
    assert everything(clone) == before


def test_copy_holds_every_object_and_ref_of_its_source(tmp_path: Path, clone: Path) -> None:
    copy = made(tmp_path, clone).path
    assert ids(clone) <= ids(copy)
    for ref in ("refs/heads/other", "refs/tags/v1"):
        assert git(copy, "rev-parse", ref) == git(clone, "rev-parse", ref)
    assert git(copy, "fsck", "--full", "--no-dangling") == b""


def test_bare_repository_is_copied_too(tmp_path: Path, clone: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--bare", "--no-hardlinks", str(clone), "bare")
    assert ids(clone) <= ids(made(tmp_path, tmp_path / "bare").path)


def test_copy_of_a_partial_clone_lacks_nothing_and_cannot_be_fetched_to(
    tmp_path: Path, clone: Path
) -> None:
    absent = lack(clone, "file-3.txt")
    for pack in clone.glob(".git/objects/pack/*.pack"):
        pack.with_suffix(".promisor").touch()
    git(clone, "config", "remote.origin.promisor", "true")
    copy = made(tmp_path, clone)
    assert git(copy.path, "fsck", "--full", "--no-dangling") == b""
    assert not list(copy.path.glob("objects/pack/*.promisor"))
    assert b"promisor" not in (copy.path / "config").read_bytes()
    assert absent.encode() in git(copy.path, "show", "refs/heads/main:file-3.txt")
    assert "1 files" in copy.about
    assert git(copy.path, "show", "refs/heads/main:notes.txt") == b"line 3\n" * 50


@pytest.mark.parametrize("file", ["shallow", "objects/info/alternates"])
def test_repository_that_is_no_whole_one_is_refused(tmp_path: Path, clone: Path, file: str) -> None:
    (clone / ".git" / file).parent.mkdir(parents=True, exist_ok=True)
    (clone / ".git" / file).write_text("")
    with pytest.raises(Unavailable, match="BENCH_REPO="):
        made(tmp_path, clone)


def test_folder_without_a_repository_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="is no clone"):
        made(tmp_path, tmp_path)


def test_copy_is_used_again_until_its_source_changes(tmp_path: Path, clone: Path) -> None:
    first = made(tmp_path, clone)
    assert made(tmp_path, clone) == first
    git(clone, "commit", "--quiet", "--allow-empty", "-m", "More")
    assert made(tmp_path, clone).keys != first.keys


def test_manifest_counts_what_git_counts(tmp_path: Path, clone: Path) -> None:
    corpus = made(tmp_path, clone)
    listing = git(corpus.path, "cat-file", "--batch-all-objects", "--batch-check").decode()
    blobs = [line.split() for line in listing.splitlines() if " blob " in line]
    assert corpus.files == len(blobs)
    assert corpus.bytes == sum(int(size) for _, _, size in blobs)
    assert f"{len(listing.splitlines()):,} objects (4 of them loose)" in corpus.about


def test_each_place_has_a_key_of_its_own(tmp_path: Path, clone: Path) -> None:
    copy = histories.copy(clone / ".git", tmp_path / "copy")
    keys = plant(copy)
    assert len(set(keys)) == len(PLACES) == 16
    everywhere = contents(copy)
    plain = [place for place, key in zip(PLACES, keys, strict=True) if key in everywhere]
    encoded = set(PLACES) - set(plain)
    assert encoded == {
        "a file in UTF-16",
        "a member of a zip archive",
        "a line in base64",
    }


def test_what_nothing_reaches_is_there_and_unreached(tmp_path: Path, clone: Path) -> None:
    copy = histories.copy(clone / ".git", tmp_path / "copy")
    keys = plant(copy)
    reached = git(copy, "rev-list", "--all", "--objects", "--no-object-names").decode().split()
    by_refs = git(copy, "cat-file", "--batch", data="\n".join(reached).encode())
    tags = git(copy, "for-each-ref", "--format=%(contents)")
    unreached = [key for key in keys if key in contents(copy) and key not in by_refs + tags]
    assert unreached == [keys[4], keys[5]]


def test_evil_merge_says_what_neither_parent_says(tmp_path: Path, clone: Path) -> None:
    copy = histories.copy(clone / ".git", tmp_path / "copy")
    keys = plant(copy)
    merge = "refs/heads/main~1"
    sides = [git(copy, "show", f"{merge}^{side}:antkey-bench/merged.ini") for side in (1, 2)]
    assert keys[6] in git(copy, "show", f"{merge}:antkey-bench/merged.ini")
    assert not any(keys[6] in side for side in sides)


def test_versions_of_the_long_text_are_deltas(tmp_path: Path, clone: Path) -> None:
    copy = histories.copy(clone / ".git", tmp_path / "copy")
    plant(copy)
    revisions = git(
        copy, "rev-list", "--all", "--objects", "--", "antkey-bench/manual.txt"
    ).decode()
    versions = {line.split()[0] for line in revisions.splitlines() if line.endswith("manual.txt")}
    sizes = git(
        copy,
        "cat-file",
        "--batch-check=%(objectsize) %(objectsize:disk)",
        data="\n".join(versions).encode(),
    )
    small = [line for line in sizes.splitlines() if int(line.split()[1]) < 400]
    assert (len(versions), len(small)) == (4, 3)


def test_generated_history_edits_lines_of_the_files_it_was_given(tmp_path: Path) -> None:
    files = {f"folder/file-{number}.txt": b"first\nsecond\n" * 40 for number in range(30)}
    files["folder/strange \n name"] = b"left out"
    repository = histories.generate(tmp_path / "repository", dict(files), 12)
    assert git(repository, "rev-list", "--count", "--all") == b"13\n"
    last = git(repository, "diff", "--numstat", "main~1", "main").decode().splitlines()
    assert len(last) == 10
    assert all(line.startswith("1\t1\t") for line in last)
    kinds, _ = histories.objects(repository)
    assert kinds["blob"] > 100


def test_keys_of_the_tree_are_not_in_the_generated_history(tmp_path: Path) -> None:
    tree = tmp_path / "cache" / "tree"
    tree.mkdir(parents=True)
    (tree / "module.py").write_bytes(b"value = 1\n")
    (tree / "deploy-01.env").write_bytes(b"other keys\n")
    assert histories.contents(tree) == {"module.py": b"value = 1\n"}


def test_manifest_holds_digests_only(tmp_path: Path, clone: Path) -> None:
    corpus = made(tmp_path, clone)
    assert all(isinstance(key, Planted) for key in corpus.keys)
    assert planted(b"x") not in corpus.keys
    assert b"sk-ant-" not in (tmp_path / "cache" / "git.json").read_bytes()


def test_git_is_run_without_the_users_configuration(
    tmp_path: Path, clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").write_text("[core]\n\tbare = nonsense\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "config"))
    monkeypatch.setenv("GIT_DIR", os.devnull)
    assert git(clone, "rev-parse", "--show-toplevel").strip().endswith(b"clone")
