"""`antkey scan --history` finds a key wherever git keeps one, and says where and since when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.hooks.cli.histories import (
    Maker,
    Scan,
    date,
    forget,
    head,
    held_and_removed,
)
from tests.scanner.git.conftest import Git

if TYPE_CHECKING:
    pass

MAIN = ["refs/heads/main"]


def test_an_old_version_of_a_deleted_file(git: Git, history: Scan, make_key: Maker) -> None:
    key = make_key()
    commit = held_and_removed(git, "deploy/app.env", f"\n\n  KEY={key}\n".encode())
    report = history()
    assert report.code == 1
    place = report.place(key)
    assert (place["path"], place["line"], place["column"]) == ("deploy/app.env", 3, 7)
    assert place["commit"] == commit
    assert place["first_seen"] == date(git, commit)
    assert place["refs"] == MAIN
    assert place["blob"] == head(git, f"{commit}:deploy/app.env")
    assert report.document["complete"]
    assert report.stats["objects"] == 8
    assert report.stats["commits"] == 3


def test_nothing_in_it_is_clean(git: Git, history: Scan) -> None:
    git.commit("first", readme="nothing here\n")
    report = history()
    assert (report.code, report.findings, report.missed) == (0, [], {})
    assert report.stats["objects"] == 3


def test_a_stash(git: Git, history: Scan, make_key: Maker) -> None:
    key = make_key()
    git.commit("first", **{"app.env": "KEY=\n"})
    git.write("app.env", f"KEY={key}\n")
    git("stash")
    place = history().place(key)
    assert (place["path"], place["commit"]) == ("app.env", head(git, "refs/stash"))
    assert place["refs"] == ["refs/stash"]


def test_an_older_stash_is_named_by_its_number(git: Git, history: Scan, make_key: Maker) -> None:
    key = make_key()
    git.commit("first", **{"app.env": "KEY=\n"})
    git.write("app.env", f"KEY={key}\n")
    git("stash")
    git.write("app.env", "KEY=other\n")
    git("stash")
    assert history().place(key)["refs"] == ["refs/stash@{1}"]


def test_untracked_files_of_a_stash(git: Git, history: Scan, make_key: Maker) -> None:
    """They are in its third parent only."""
    key = make_key()
    git.commit("first", readme="nothing\n")
    git.write("new.env", f"KEY={key}\n")
    git("stash", "--include-untracked")
    place = history().place(key)
    assert (place["path"], place["commit"]) == ("new.env", head(git, "refs/stash^3"))


def test_a_note(git: Git, history: Scan, make_key: Maker) -> None:
    key = make_key()
    git.commit("first", readme="nothing\n")
    git("notes", "add", "-m", f"deployed with {key}", "HEAD")
    place = history().place(key)
    assert place["path"] == head(git)
    assert place["commit"] == head(git, "refs/notes/commits")
    assert place["refs"] == ["refs/notes/commits"]


def test_the_message_of_a_tag(git: Git, history: Scan, make_key: Maker) -> None:
    key = make_key()
    git.commit("first", readme="nothing\n")
    git("tag", "-a", "v1", "-m", f"release\n\nwith {key}")
    place = history().place(key)
    assert place["path"] == f"tag:{head(git, 'v1^{tag}')}"
    assert (place["commit"], place["refs"]) == (None, ["refs/tags/v1"])
    assert place["first_seen"] == date(git, "HEAD")


def test_the_message_of_a_commit(git: Git, history: Scan, make_key: Maker) -> None:
    key = make_key()
    commit = git.commit(f"fix\n\nuse {key}", readme="nothing\n").hex()
    git.commit("more", readme="more\n")
    place = history().place(key)
    assert (place["path"], place["commit"]) == (f"commit:{commit}", commit)
    assert place["refs"] == MAIN


@pytest.mark.parametrize("field", ["GIT_AUTHOR_NAME", "GIT_COMMITTER_EMAIL"])
def test_a_line_about_persons(git: Git, history: Scan, make_key: Maker, field: str) -> None:
    key = make_key()
    git("commit", "-q", "--allow-empty", "-m", "x", env={field: f"a {key}"})
    assert history().place(key)["path"] == f"commit:{head(git)}"


def test_a_commit_that_only_the_reflog_knows(git: Git, history: Scan, make_key: Maker) -> None:
    key = make_key()
    git.commit("first", readme="nothing\n")
    commit = git.commit("oops", **{"app.env": f"{key}\n"}).hex()
    git("reset", "-q", "--hard", "HEAD~")
    place = history().place(key)
    assert (place["path"], place["commit"], place["refs"]) == ("app.env", commit, [])


def test_a_commit_that_nothing_knows(git: Git, history: Scan, make_key: Maker) -> None:
    key = make_key()
    git.commit("first", readme="nothing\n")
    commit = git.commit("oops", **{"app.env": f"{key}\n"}).hex()
    git("reset", "-q", "--hard", "HEAD~")
    forget(git)
    place = history().place(key)
    assert (place["path"], place["commit"], place["refs"]) == ("app.env", commit, [])
    assert place["first_seen"] == date(git, commit)


def test_a_blob_in_no_tree(git: Git, history: Scan, make_key: Maker) -> None:
    key = make_key()
    git.commit("first", readme="nothing\n")
    oid = git.blob(f"KEY={key}\n").hex()
    place = history().place(key)
    assert place["path"] == f"blob:{oid}"
    assert (place["commit"], place["blob"], place["refs"]) == (None, oid, [])


def test_what_is_staged_and_nowhere_else(git: Git, history: Scan, make_key: Maker) -> None:
    key = make_key()
    git.commit("first", readme="nothing\n")
    git.write("app.env", f"KEY={key}\n")
    git("add", "app.env")
    (git.path / "app.env").unlink()
    place = history().place(key)
    assert (place["path"], place["commit"], place["refs"]) == ("app.env", None, None)


def test_what_only_the_merge_itself_has(git: Git, history: Scan, make_key: Maker) -> None:
    """Patches do not show it."""
    key = make_key()
    git.commit("first", readme="nothing\n")
    git("checkout", "-q", "-b", "side")
    git.commit("side", side="1\n")
    git("checkout", "-q", "main")
    git.commit("main", main="1\n")
    git("merge", "-q", "--no-commit", "--no-ff", "side")
    commit = git.commit("evil", **{"app.env": f"{key}\n"}).hex()
    git("rm", "-q", "app.env")
    git.commit("removed")
    place = history().place(key)
    assert (place["path"], place["commit"]) == ("app.env", commit)


def test_what_only_the_second_parent_has(git: Git, history: Scan, make_key: Maker) -> None:
    key = make_key()
    git.commit("first", readme="nothing\n")
    git("checkout", "-q", "-b", "side")
    commit = git.commit("side", **{"app.env": f"{key}\n"}).hex()
    git("checkout", "-q", "main")
    git.commit("main", main="1\n")
    git("merge", "-q", "-s", "ours", "-m", "merge", "side")
    git("branch", "-q", "-D", "side")
    place = history().place(key)
    assert (place["path"], place["commit"], place["refs"]) == ("app.env", commit, MAIN)


def test_a_branch_without_a_common_root(git: Git, history: Scan, make_key: Maker) -> None:
    key = make_key()
    git.commit("first", readme="nothing\n")
    git("checkout", "-q", "--orphan", "pages")
    commit = git.commit("other", **{"site.js": f"'{key}'\n"}).hex()
    git("checkout", "-q", "main")
    place = history().place(key)
    assert (place["path"], place["commit"]) == ("site.js", commit)
    assert place["refs"] == ["refs/heads/pages"]


def test_an_object_in_place_of_another(git: Git, history: Scan, make_key: Maker) -> None:
    key = make_key()
    git.commit("first", **{"app.env": "nothing\n"})
    old, new = head(git, "HEAD:app.env"), git.blob(f"{key}\n").hex()
    git("replace", old, new)
    report = history()
    place = report.place(key)
    assert (place["path"], place["refs"]) == (f"blob:{new}", [f"refs/replace/{old}"])
    assert report.code == 1
    assert any("replace" in reason for reason in report.missed.values())
