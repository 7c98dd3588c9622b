"""Where things are, seen from a baseline's folder, and what a scan has looked at of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from antkey_scanner.baseline import Entry, Scope
from antkey_scanner.baseline.scope import scope_of
from antkey_scanner.model import Skip


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("repo/src/a.env", "repo/docs/b.env", "other/c.env"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path / "repo")
    return tmp_path / "repo"


def scope(repository: Path, *targets: str, skips: tuple[str, ...] = ()) -> Scope:
    return scope_of(str(repository), targets, [Skip(path, "why") for path in skips])


def entry(path: str, *, history: bool = False) -> Entry:
    return Entry("anthropic-api-key", path, "ab" * 32, history=history)


@pytest.mark.parametrize(
    ("targets", "shown", "place"),
    [
        (["."], "src/a.env", "src/a.env"),
        (["src"], "a.env", "src/a.env"),
        (["src/"], "x/y.tar!/../a.env", "src/x/y.tar!/../a.env"),
        (["src/a.env"], "src/a.env", "src/a.env"),
        (["src", "docs"], "docs/b.env", "docs/b.env"),
        (["{root}/src"], "a.env", "src/a.env"),
        (["{root}/src/a.env"], "{root}/src/a.env", "src/a.env"),
        ([".."], "repo/src/a.env", "src/a.env"),
        (["../other"], "c.env", "../other/c.env"),
        (["src", "../other"], "../other/c.env", "../other/c.env"),
        (["-"], "<stdin>", "<stdin>"),
        (["-"], "<stdin>!/a/../b", "<stdin>!/a/../b"),
    ],
)
def test_a_path_is_the_same_from_wherever_one_scans(
    repository: Path, targets: list[str], shown: str, place: str
) -> None:
    named = [target.format(root=repository) for target in targets]
    assert scope(repository, *named).place(shown.format(root=repository)) == place


def test_the_working_folder_does_not_matter(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")
    assert scope(repository, str(repository / "src")).place("a.env") == "src/a.env"
    monkeypatch.chdir(repository / "docs")
    assert scope(repository, ".").place("b.env") == "docs/b.env"
    assert scope(repository, "../src/a.env").place("../src/a.env") == "src/a.env"


def test_a_link_on_the_way_is_another_name_for_the_same_place(repository: Path) -> None:
    (repository.parent / "link").symlink_to("repo")
    assert scope(repository.parent / "link", "../link/src").place("a.env") == "src/a.env"
    assert scope(repository, "../link/src", ".").place("../link/src/a.env") == "src/a.env"


@pytest.mark.parametrize(
    ("targets", "path", "looked"),
    [
        (["."], "src/a.env", True),
        (["."], "src\\a.env", True),
        (["."], "gone/x.env", True),
        (["src"], "src/a.env", True),
        (["src"], "src/deep/x.tar!/y", True),
        (["src"], "srcs/a.env", False),
        (["src"], "docs/b.env", False),
        (["src/a.env"], "src/a.env", True),
        (["src/a.env"], "src/a.env!/inner", True),
        (["src/a.env"], "src/a.env.bak", False),
        ([".."], "src/a.env", True),
        (["."], "../other/c.env", False),
        (["../other"], "../other/c.env", True),
        (["/"], "src/a.env", True),
        (["-"], "src/a.env", False),
        (["."], "<stdin>", False),
    ],
)
def test_only_what_lies_in_a_target_was_looked_at(
    repository: Path, targets: list[str], path: str, looked: bool
) -> None:
    assert scope(repository, *targets).looked_at(entry(path)) is looked


@pytest.mark.parametrize(
    ("skip", "path", "looked"),
    [
        ("src/a.env", "src/a.env", False),
        ("src", "src/a.env", False),
        (".", "src/a.env", False),
        ("src/x.zip", "src/x.zip!/deep/y", False),
        ("src/x.zip!/deep", "src/x.zip!/deep/y", False),
        ("src/x.zip!/other", "src/x.zip!/deep/y", True),
        ("src/a.en", "src/a.env", True),
        ("docs", "src/a.env", True),
    ],
)
def test_what_was_skipped_was_not_looked_at(
    repository: Path, skip: str, path: str, looked: bool
) -> None:
    assert scope(repository, ".", skips=(skip,)).looked_at(entry(path)) is looked


def test_skips_are_seen_from_the_scanned_root(repository: Path) -> None:
    assert not scope(repository, "src", skips=("a.env",)).looked_at(entry("src/a.env"))
    assert not scope(repository, "src", skips=(".",)).looked_at(entry("src/b.env"))


def test_gone_is_what_is_not_there(repository: Path) -> None:
    here = scope(repository, "docs")
    (repository / "dangling").symlink_to("nowhere")
    assert here.gone("src/gone.env")
    assert here.gone("src/gone.zip!/a")
    assert not here.gone("src/a.env")
    assert not here.gone("src/a.env!/inner")
    assert not here.gone("dangling")


@pytest.mark.parametrize("path", ["caf\\xe9.env", "src\\gone.env", "sk-ant-.env", "<stdin>"])
def test_what_cannot_be_told_is_not_gone(repository: Path, path: str) -> None:
    assert not scope(repository, ".").gone(path)


def test_files_and_history_are_looked_at_each_by_itself(repository: Path) -> None:
    for files in (True, False):
        for history in (True, False):
            seen = scope_of(str(repository), ["."], [], files=files, history=history)
            assert seen.looked_at(entry("src/a.env")) is files
            assert seen.looked_at(entry("src/a.env", history=True)) is history
