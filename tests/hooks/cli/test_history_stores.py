"""`antkey scan --history` reads every store at and below a folder, each once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.hooks.cli.histories import (
    Maker,
    Scan,
    held_and_removed,
)
from tests.scanner.git.conftest import Git

if TYPE_CHECKING:
    pass

MAIN = ["refs/heads/main"]


def test_the_store_of_a_submodule(tmp_path: Path, git: Git, history: Scan, make_key: Maker) -> None:
    key = make_key()
    library = Git(tmp_path / "outside" / "library").init()
    commit = held_and_removed(library, "lib.env", f"{key}\n".encode())
    git.commit("first", readme="nothing\n")
    git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(library.path), "lib")
    git.commit("submodule")
    place = history().place(key)
    assert (place["path"], place["commit"]) == ("lib/lib.env", commit)


def test_a_linked_worktree_is_the_same_store(git: Git, history: Scan, make_key: Maker) -> None:
    key = make_key()
    git.commit("first", readme="nothing\n")
    git("worktree", "add", "-q", "tree", "-b", "side")
    side = Git(git.path / "tree")
    commit = side.commit("side", **{"app.env": f"{key}\n"}).hex()
    git("worktree", "remove", "tree")
    place = history().place(key)
    assert (place["path"], place["commit"]) == ("app.env", commit)
    assert place["refs"] == ["refs/heads/side"]


def test_what_is_staged_in_a_linked_worktree(git: Git, history: Scan, make_key: Maker) -> None:
    key = make_key()
    git.commit("first", readme="nothing\n")
    git("worktree", "add", "-q", "tree", "-b", "side")
    side = Git(git.path / "tree")
    side.write("app.env", f"{key}\n")
    side("add", "app.env")
    (side.path / "app.env").unlink()
    assert history().place(key)["path"] == "app.env"


def test_a_bare_repository(tmp_path: Path, git: Git, history: Scan, make_key: Maker) -> None:
    key = make_key()
    commit = held_and_removed(git, "app.env", f"{key}\n".encode())
    git("clone", "-q", "--bare", ".", str(tmp_path / "bare.git"))
    report = history(at="bare.git")
    place = report.place(key)
    assert (place["path"], place["commit"], place["refs"]) == ("app.env", commit, MAIN)
    assert report.missed == {}


def test_a_sha_256_repository(tmp_path: Path, history: Scan, make_key: Maker) -> None:
    key = make_key()
    git = Git(tmp_path / "repo").init("--object-format=sha256")
    commit = held_and_removed(git, "app.env", f"{key}\n".encode())
    git("repack", "-adq")
    place = history().place(key)
    assert (place["path"], place["commit"]) == ("app.env", commit)
    assert len(place["blob"]) == 64


def test_repositories_in_repositories(
    tmp_path: Path, git: Git, history: Scan, make_key: Maker
) -> None:
    keys = [make_key() for _ in range(3)]
    held_and_removed(git, "a.env", keys[0].encode())
    inner = Git(git.path / "vendor" / "inner").init()
    held_and_removed(inner, "b.env", keys[1].encode())
    other = Git(tmp_path / "other").init()
    held_and_removed(other, "c.env", keys[2].encode())
    report = history(at=".")
    paths = [report.place(key)["path"] for key in keys]
    assert paths == ["repo/a.env", "repo/vendor/inner/b.env", "other/c.env"]
    assert history().place(keys[1])["path"] == "vendor/inner/b.env"


def test_the_same_object_in_two_repositories_is_two_findings(
    tmp_path: Path, git: Git, history: Scan, make_key: Maker
) -> None:
    key = make_key()
    commit = held_and_removed(git, "a.env", key.encode())
    other = Git(tmp_path / "other").init()
    other_commit = held_and_removed(other, "b/c.env", key.encode())
    found = [each["location"] for each in history(at=".").of(key)]
    assert [(place["path"], place["commit"]) for place in found] == [
        ("other/b/c.env", other_commit),
        ("repo/a.env", commit),
    ]
