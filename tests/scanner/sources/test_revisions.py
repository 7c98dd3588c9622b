"""Ranges of commits as a source: which objects, at which places."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.scanner.git.conftest import Git

from antkey_scanner.errors import PolicyError, SourceError
from antkey_scanner.git.objects import COMMIT
from antkey_scanner.model import Skip
from antkey_scanner.sources.objects import Origin
from antkey_scanner.sources.revisions import Revisions
from antkey_scanner.sources.staged import BATCH
from antkey_scanner.tasks import Objects


@pytest.fixture
def git(tmp_path: Path) -> Git:
    return Git(tmp_path / "repo").init()


def _source(git: Git, *ranges: str) -> Revisions:
    return Revisions(str(git.path), {}, ranges)


def _read(source: Revisions) -> list[bytes]:
    return [oid for task in source.tasks() if isinstance(task, Objects) for oid in task.oids]


def test_files_and_messages_are_read_once_each(git: Git) -> None:
    git.commit("first", readme="1")
    second = git.commit("second", a="same", b="same")
    third = git.commit("third", a="other")
    git("tag", "-a", "v1", "-m", "tag")
    source = _source(git, "main~2..v1", "main~1..main")
    tag = git.oid("v1^{tag}")
    blobs = [git.oid("main~:a"), git.oid("main:a")]
    assert sorted(_read(source)) == sorted([*blobs, second, third, tag])
    assert source.count == 5
    assert sorted(source.paths) == ["a", "a", "b"]


def test_an_object_has_each_path_with_the_first_commit_that_brought_it(git: Git) -> None:
    git.commit("first", readme="1")
    second = git.commit("second", a="same")
    third = git.commit("third", b="same")
    oid = git.oid("main:a").hex()
    source = _source(git, "main~2..main")
    assert source.origins([oid]) == {
        oid: [
            Origin("a", second.hex(), "2026-03-01T08:02:00Z"),
            Origin("b", third.hex(), "2026-03-01T08:03:00Z"),
        ]
    }


def test_what_is_left_out_is_not_read_and_told(git: Git) -> None:
    git.commit("first", readme="1")
    git.commit("second", tests__a="same", b="same", tests__c="other")
    source = _source(git, "main~..main")
    source.leave_out(("tests/**",))
    assert source.paths == ["b"]
    assert git.oid("main:tests/c") not in _read(source)
    assert sorted(skip.path for skip in source.skips) == ["tests/a", "tests/c"]
    assert not any(skip.counts for skip in source.skips)


def test_messages_are_not_left_out_by_a_name(git: Git) -> None:
    git.commit("first", readme="1")
    commit = git.commit("second", a="1")
    source = _source(git, "main~..main")
    source.leave_out(("a",))
    assert _read(source) == [commit]


def test_many_objects_are_several_tasks(git: Git) -> None:
    git.commit("first", readme="1")
    git.commit("second", **{f"f{number}": f"{number}" for number in range(2 * BATCH)})
    assert len(list(_source(git, "main~..main").tasks())) == 3


def test_a_commit_whose_date_cannot_be_read_has_none(git: Git) -> None:
    git.commit("first", readme="1")
    tree = git("rev-parse", "HEAD^{tree}").decode()
    parent = git.oid("HEAD").hex()
    content = f"tree {tree}\nparent {parent}\nauthor A\ncommitter A <a> 1 +0000\n\nodd {COMMIT}\n"
    arguments = ("hash-object", "-t", "commit", "--literally", "-w", "--stdin")
    odd = git(*arguments, stdin=content.encode()).decode()
    source = _source(git, f"main..{odd}")
    assert source.origins([odd]) == {odd: [Origin(f"commit:{odd}", odd)]}


def test_a_path_outside_of_any_repository_is_refused(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    environment = {"GIT_CEILING_DIRECTORIES": str(tmp_path)}
    with pytest.raises(PolicyError, match="not in a git repository"):
        Revisions(str(tmp_path / "plain"), environment, ["a..b"])


def test_a_commit_that_is_gone_is_no_empty_range(git: Git) -> None:
    first = git.commit("first", readme="1")
    source = _source(git, "1" * 40 + "..main")
    assert sorted(_read(source)) == sorted([first, git.oid("main:readme")])
    (skip,) = source.skips
    assert "not here" in skip.reason
    assert skip.counts
    with pytest.raises(SourceError, match="not here"):
        _source(git, "main.." + "1" * 40)


def test_texts_are_given_in_each_place_and_content(git: Git) -> None:
    git.commit("first", readme="1")
    second = git.commit("second", **{"a.py": "same", "b.py": "same", "c.txt": "other"})
    third = git.commit("third", **{"a.py": "longer"})
    found = list(_source(git, "main~2..main").texts(lambda path: 4 if path.endswith("py") else 0))
    texts = [text for text in found if not isinstance(text, Skip)]
    places = {(text.origin.path, text.origin.commit, text.data) for text in texts}
    assert places == {("a.py", second.hex(), b"same"), ("b.py", second.hex(), b"same")}
    (skip,) = [text for text in found if isinstance(text, Skip)]
    assert skip == Skip("a.py", "not judged as source code or settings: too large", counts=True)
    assert third.hex() not in {text.origin.commit for text in texts}
