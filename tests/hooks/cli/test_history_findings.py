"""What stands in many versions and places of a history is told once for each path."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.hooks.cli.histories import (
    Maker,
    Scan,
    date,
    held_and_removed,
)
from tests.scanner.git.conftest import Git

if TYPE_CHECKING:
    from tests.hooks.cli.conftest import Antkey

MAIN = ["refs/heads/main"]


def test_a_key_that_is_still_there_is_one_finding(git: Git, history: Scan, make_key: Maker) -> None:
    """Where it stands today, and since when it does."""
    key = make_key()
    git.commit("first", **{"app.env": "KEY=\n"})
    commit = git.commit("oops", **{"app.env": f"KEY={key}\n"}).hex()
    git.commit("moved", **{"app.env": f"# comment\nOTHER=1\nKEY={key}\n"})
    git.write("app.env", f"\n\n\n\n KEY={key}\n")
    place = history().place(key)
    assert (place["path"], place["line"], place["column"]) == ("app.env", 5, 6)
    assert (place["commit"], place["first_seen"]) == (commit, date(git, commit))
    assert place["refs"] == MAIN


def test_ten_versions_of_a_file_are_one_finding(git: Git, history: Scan, make_key: Maker) -> None:
    key = make_key()
    commits = [
        git.commit("x", **{"app.env": "\n" * number + f"KEY={key}\n"}).hex() for number in range(10)
    ]
    git("rm", "-q", "app.env")
    git.commit("removed")
    place = history().place(key)
    assert (place["commit"], place["line"]) == (commits[0], 1)


def test_a_version_that_is_reset_away_does_not_hide_the_refs_of_the_others(
    git: Git, history: Scan, make_key: Maker
) -> None:
    key = make_key()
    git.commit("first", readme="nothing\n")
    dangling = git.commit("oops", **{"app.env": f"KEY={key}\n"}).hex()
    git("reset", "-q", "--hard", "HEAD~")
    git.commit("again", **{"app.env": f"# again\nKEY={key}\n"})
    git("rm", "-q", "app.env")
    git.commit("removed")
    place = history().place(key)
    assert place["commit"] == dangling
    assert place["refs"] == MAIN


def test_a_renamed_file_is_a_finding_for_each_path(
    git: Git, history: Scan, make_key: Maker
) -> None:
    key = make_key()
    first = git.commit("first", **{"a.env": f"KEY={key}\n"}).hex()
    git("mv", "a.env", "b.env")
    second = git.commit("moved").hex()
    git("rm", "-q", "b.env")
    git.commit("removed")
    found = [each["location"] for each in history().of(key)]
    assert [(place["path"], place["commit"]) for place in found] == [
        ("a.env", first),
        ("b.env", second),
    ]


def test_many_refs_are_named_in_part_and_counted(git: Git, history: Scan, make_key: Maker) -> None:
    key = make_key()
    held_and_removed(git, "a.env", key.encode())
    for number in range(12):
        git("branch", f"b{number:02}")
    refs = history().place(key)["refs"]
    assert refs[0] == "refs/heads/main"
    assert refs[-1] == "and 8 more"
    assert len(refs) == 6


def test_a_path_that_is_no_utf_8(git: Git, history: Scan, make_key: Maker) -> None:
    key = make_key()
    git.commit("first", readme="nothing\n")
    name = b"caf\xe9\x1b[2J.env"
    git.write(name, key)
    git.commit("brought")
    (git.path / "readme").unlink()
    git("rm", "-q", name)
    git.commit("removed")
    assert history().place(key)["path"] == "caf\\xe9\x1b[2J.env"


def test_the_text_says_where_and_since_when(antkey: Antkey, git: Git, make_key: Maker) -> None:
    key = make_key()
    commit = held_and_removed(git, "app.env", key.encode())
    done = antkey("scan", "--history", "repo", "--no-color")
    first = done.stdout.decode().splitlines()[0]
    assert first.startswith("app.env:1:1  critical")
    assert first.endswith(f"  commit {commit[:12]}  2026-03-01  refs/heads/main")
    assert ", 7 git objects, 3 commits, " in done.stdout.decode()
    assert key[13:25].encode() not in done.stdout + done.stderr


def test_no_repository_is_no_clean_scan(antkey: Antkey, tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "a.txt").write_text("nothing\n")
    done = antkey("scan", "--history", "plain")
    assert done.returncode == 2
    assert b"no git repository" in done.stderr
