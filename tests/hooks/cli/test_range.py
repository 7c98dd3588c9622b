"""`antkey scan --range` finds what commits brought, and nothing else."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.hooks.cli.histories import Maker, Report, date, head, held_and_removed, incomplete
from tests.scanner.git.conftest import Git, snapshot

if TYPE_CHECKING:
    from tests.hooks.cli.conftest import Antkey

InRange = Callable[..., Report]


@pytest.fixture
def in_range(antkey: Antkey, tmp_path: Path) -> InRange:
    """Scans a range of the repository `repo`, in which nothing may change by that."""

    def scan(*ranges: str, at: str = "repo", options: tuple[str, ...] = ()) -> Report:
        before = snapshot(tmp_path / at)
        given = [word for text in ranges for word in ("--range", text)]
        done = antkey("scan", at, *given, "-f", "json", *options)
        assert snapshot(tmp_path / at) == before
        assert b"Traceback" not in done.stderr
        return Report(done)

    return scan


def test_a_file_that_a_commit_brought(git: Git, in_range: InRange, make_key: Maker) -> None:
    key = make_key()
    git.commit("first", readme="nothing\n")
    commit = git.commit("oops", **{"src__app.env": f"\nKEY={key}\n"}).hex()
    git.commit("more", readme="more\n")
    report = in_range("main~2..main")
    place = report.place(key)
    assert report.code == 1
    assert (place["path"], place["line"], place["column"]) == ("src/app.env", 2, 5)
    assert (place["commit"], place["first_seen"]) == (commit, date(git, commit))
    assert place["blob"] == head(git, "main:src/app.env")
    assert place["refs"] is None
    assert (report.stats["files"], report.stats["commits"]) == (2, 2)


def test_what_was_there_before_is_not_told(git: Git, in_range: InRange, make_key: Maker) -> None:
    key = make_key()
    git.commit("first", **{"app.env": f"KEY={key}\n"})
    git.commit("more", readme="more\n")
    report = in_range("main~..main")
    assert (report.code, report.findings) == (0, [])


def test_an_empty_range_is_clean(git: Git, in_range: InRange) -> None:
    git.commit("first", readme="nothing\n")
    report = in_range("main..main")
    assert (report.code, report.stats["files"]) == (0, 0)


def test_added_and_removed_within_the_range(git: Git, in_range: InRange, make_key: Maker) -> None:
    key = make_key()
    commit = held_and_removed(git, "app.env", key.encode())
    place = in_range("main~2..main").place(key)
    assert (place["path"], place["commit"]) == ("app.env", commit)


def test_what_only_a_merge_has(git: Git, in_range: InRange, make_key: Maker) -> None:
    key = make_key()
    git.commit("first", readme="nothing\n")
    git("checkout", "-q", "-b", "side")
    git.commit("side", side="1\n")
    git("checkout", "-q", "main")
    git.commit("main", main="1\n")
    git("merge", "-q", "--no-commit", "--no-ff", "side")
    commit = git.commit("evil", side=f"{key}\n").hex()
    for text in ("main~..main", "side..main"):
        place = in_range(text).place(key)
        assert (place["path"], place["commit"]) == ("side", commit)


def test_what_a_merged_branch_brought(git: Git, in_range: InRange, make_key: Maker) -> None:
    key = make_key()
    git.commit("first", readme="nothing\n")
    git("checkout", "-q", "-b", "side")
    commit = git.commit("side", **{"app.env": f"{key}\n"}).hex()
    git.commit("removed", **{"app.env": "nothing\n"})
    git("checkout", "-q", "main")
    before = git.commit("main", main="1\n").hex()
    git("merge", "-q", "--no-ff", "-m", "merge", "side")
    place = in_range(f"{before}..main").place(key)
    assert (place["path"], place["commit"]) == ("app.env", commit)


def test_a_renamed_file_is_new_at_its_new_path(
    git: Git, in_range: InRange, make_key: Maker
) -> None:
    key = make_key()
    git.commit("first", **{"a.env": f"{key}\n"})
    git("mv", "a.env", "b.env")
    commit = git.commit("moved").hex()
    place = in_range("main~..main").place(key)
    assert (place["path"], place["commit"]) == ("b.env", commit)


def test_the_message_of_a_commit(git: Git, in_range: InRange, make_key: Maker) -> None:
    key = make_key()
    git.commit("first", readme="nothing\n")
    commit = git.commit(f"use {key}", readme="more\n").hex()
    place = in_range("main~..main").place(key)
    assert (place["path"], place["commit"]) == (f"commit:{commit}", commit)


def test_the_message_of_a_pushed_tag(git: Git, in_range: InRange, make_key: Maker) -> None:
    key = make_key()
    git.commit("first", readme="nothing\n")
    git("tag", "-a", "v1", "-m", f"with {key}")
    place = in_range("main..v1").place(key)
    assert place["path"] == f"tag:{head(git, 'v1^{tag}')}"


@pytest.mark.parametrize("name", ["exports/{key}.txt", "commit:{key}", "tag:{key}"])
def test_the_name_of_a_file(git: Git, in_range: InRange, make_key: Maker, name: str) -> None:
    key = make_key()
    git.commit("first", readme="nothing\n")
    git.write(name.format(key=key), "nothing\n")
    git.commit("brought")
    assert in_range("main~..main").of(key)


def test_the_first_push_of_a_branch(
    tmp_path: Path, git: Git, in_range: InRange, make_key: Maker
) -> None:
    old, new = make_key(), make_key()
    git.commit("first", **{"old.env": f"{old}\n"})
    git("clone", "-q", ".", str(tmp_path / "clone"))
    clone = Git(tmp_path / "clone")
    clone("checkout", "-q", "-b", "topic")
    clone.commit("topic", **{"new.env": f"{new}\n"})
    report = in_range("topic --not --remotes", at="clone")
    assert report.place(new)["path"] == "new.env"
    assert not report.of(old)


def test_a_force_push_is_what_is_new_on_the_other_side(
    git: Git, in_range: InRange, make_key: Maker
) -> None:
    keys = [make_key() for _ in range(2)]
    git.commit("first", readme="nothing\n")
    old = git.commit("old", **{"old.env": f"{keys[0]}\n"}).hex()
    git("reset", "-q", "--hard", "HEAD~")
    git.commit("new", **{"new.env": f"{keys[1]}\n"})
    report = in_range(f"{old}..main")
    assert report.place(keys[1])["path"] == "new.env"
    assert not report.of(keys[0])


def test_a_new_repository_has_everything_new(git: Git, in_range: InRange, make_key: Maker) -> None:
    key = make_key()
    git.commit("first", **{"app.env": f"{key}\n"})
    assert in_range(f"{'0' * 40}..main").place(key)["path"] == "app.env"


def test_several_ranges_are_one_scan(git: Git, in_range: InRange, make_key: Maker) -> None:
    keys = [make_key() for _ in range(3)]
    for number, key in enumerate(keys):
        git.commit(f"{number}", **{f"{number}.env": f"{key}\n"})
    report = in_range("main~2..main~1", "main~1..main")
    assert [bool(report.of(key)) for key in keys] == [False, True, True]


def test_one_content_at_two_paths_is_two_findings(
    git: Git, in_range: InRange, make_key: Maker
) -> None:
    key = make_key()
    git.commit("first", readme="nothing\n")
    git.commit("both", **{"a.env": f"{key}\n", "b__c.env": f"{key}\n"})
    found = [each["location"]["path"] for each in in_range("main~..main").of(key)]
    assert found == ["a.env", "b/c.env"]


def test_two_versions_of_a_file_are_one_finding_of_the_earlier(
    git: Git, in_range: InRange, make_key: Maker
) -> None:
    key = make_key()
    git.commit("first", readme="nothing\n")
    commit = git.commit("a", **{"a.env": f"{key}\n"}).hex()
    git.commit("b", **{"a.env": f"\n{key}\n"})
    place = in_range("main~2..main").place(key)
    assert (place["commit"], place["line"]) == (commit, 1)


def test_paths_that_are_left_out(git: Git, in_range: InRange, make_key: Maker) -> None:
    keys = [make_key() for _ in range(2)]
    git.commit("first", readme="nothing\n")
    git.commit("a", **{"tests__a.env": f"{keys[0]}\n", "b.env": f"{keys[1]}\n"})
    report = in_range("main~..main", options=("--exclude", "tests/**"))
    assert [bool(report.of(key)) for key in keys] == [False, True]
    assert report.document["complete"]


def test_in_a_bare_repository_and_from_a_subfolder(
    tmp_path: Path, git: Git, in_range: InRange, make_key: Maker
) -> None:
    key = make_key()
    git.commit("first", readme="nothing\n")
    git.commit("oops", **{"sub__app.env": f"{key}\n"})
    git("clone", "-q", "--bare", ".", str(tmp_path / "bare.git"))
    assert in_range("main~..main", at="bare.git").place(key)["path"] == "sub/app.env"
    assert in_range("main~..main", at="repo/sub").place(key)["path"] == "sub/app.env"


def test_the_end_of_a_shallow_clone_is_incomplete(
    tmp_path: Path, git: Git, in_range: InRange
) -> None:
    for number in range(4):
        git.commit(f"{number}", readme=f"{number}\n")
    git("clone", "-q", "--depth=2", f"file://{git.path}", str(tmp_path / "shallow"))
    incomplete(in_range(f"{'0' * 40}..main", at="shallow"), "commit")
    assert in_range("main~..main", at="shallow").code == 0


def test_a_missing_file_is_incomplete(git: Git, in_range: InRange) -> None:
    git.commit("first", readme="nothing\n")
    git.commit("second", **{"app.env": "nothing else\n"})
    oid = head(git, "main:app.env")
    (git.path / ".git" / "objects" / oid[:2] / oid[2:]).unlink()
    incomplete(in_range("main~..main"), "app.env", oid[:12])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("main", b"is no range"),
        ("nothing..main", b"no branch, tag or commit here"),
        ("main..main:readme", b"paths are not resolved"),
        ("--upload-pack=x..main", b"not known"),
    ],
)
def test_what_is_no_range_is_refused(git: Git, antkey: Antkey, text: str, words: bytes) -> None:
    git.commit("first", readme="nothing\n")
    done = antkey("scan", "repo", f"--range={text}")
    assert done.returncode == 2
    assert words in done.stderr


def test_a_commit_that_is_not_here_is_no_clean_scan(git: Git, antkey: Antkey) -> None:
    git.commit("first", readme="nothing\n")
    for text in (f"{'1' * 40}..main", f"main --not {'1' * 40}"):
        report = Report(antkey("scan", "repo", "--range", text, "-f", "json"))
        assert (report.code, report.stats["commits"]) == (3, 1)
        assert "this commit is not here" in report.missed["."]
    done = antkey("scan", "repo", "--range", f"main..{'1' * 40}")
    assert done.returncode == 3
    assert b"not here" in done.stderr


def test_where_the_beginning_is_not_here_all_of_it_is_new(
    git: Git, antkey: Antkey, make_key: Maker
) -> None:
    key = make_key()
    commit = git.commit("oops", **{"app.env": f"{key}\n"}).hex()
    git("rm", "-q", "app.env")
    git.commit("gone", readme="1\n")
    report = Report(antkey("scan", "repo", "--range", f"{'1' * 40}..main", "-f", "json"))
    assert (report.code, report.place(key)["commit"]) == (1, commit)
    assert list(report.missed) == ["."]


def test_no_repository_is_refused(antkey: Antkey, tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    done = antkey("scan", "plain", "--range", "a..b", GIT_CEILING_DIRECTORIES=os.fspath(tmp_path))
    assert done.returncode == 2
    assert b"not in a git repository" in done.stderr


def test_modes_do_not_go_together(git: Git, antkey: Antkey) -> None:
    git.commit("first", readme="nothing\n")
    done = antkey("scan", "repo", "--range", "main..main", "--history")
    assert done.returncode == 2
    assert b"choose one" in done.stderr
