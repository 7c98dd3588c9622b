"""A history of which a part is elsewhere is named in the report: never exit code 0, never a fetch."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.hooks.cli.histories import (
    Maker,
    Report,
    Scan,
    head,
    incomplete,
    packed,
)
from tests.scanner.git.conftest import Git

if TYPE_CHECKING:
    from tests.hooks.cli.conftest import Antkey


def test_a_shallow_clone(tmp_path: Path, git: Git, history: Scan) -> None:
    git.commit("first", readme="nothing\n")
    git.commit("second", readme="more\n")
    git("clone", "-q", "--depth=1", f"file://{git.path}", str(tmp_path / "shallow"))
    incomplete(history(at="shallow"), "shallow")


def test_a_partial_clone(tmp_path: Path, git: Git, history: Scan) -> None:
    git.commit("first", readme="nothing\n")
    git.commit("second", readme="more\n")
    git("config", "uploadpack.allowFilter", "true")
    options = ("--filter=blob:none", "--no-checkout", f"file://{git.path}")
    git("clone", "-q", *options, str(tmp_path / "partial"))
    incomplete(history(at="partial"), "partial")


def test_grafts(git: Git, history: Scan) -> None:
    git.commit("first", readme="nothing\n")
    git.commit("second", readme="more\n")
    git.write(".git/info/grafts", head(git) + "\n")
    incomplete(history(), "graft")


def test_alternates_outside(tmp_path: Path, git: Git, history: Scan, make_key: Maker) -> None:
    """What lies outside of the scanned folder is nobody's business here, and not read."""
    key = make_key()
    git.commit("first", readme="nothing\n")
    other = Git(tmp_path / "other").init()
    other.commit("secret", **{"app.env": f"{key}\n"})
    git.write(".git/objects/info/alternates", f"{other.path}/.git/objects\n")
    incomplete(history(), "outside")
    assert "other/app.env" in [each["location"]["path"] for each in history(at=".").of(key)]


@pytest.mark.parametrize("target", ["../other/.git", "/nowhere/.git", "", "\0\n\n"])
def test_a_git_file_that_leads_out(tmp_path: Path, history: Scan, target: str) -> None:
    Git(tmp_path / "other").init().commit("first", readme="nothing\n")
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo" / ".git").write_text(f"gitdir: {target}\n")
    incomplete(history(), ".git")


def test_a_git_link_that_leads_out(tmp_path: Path, history: Scan) -> None:
    Git(tmp_path / "other").init().commit("first", readme="nothing\n")
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo" / ".git").symlink_to(tmp_path / "other" / ".git")
    incomplete(history(), "link")


def test_a_git_folder_without_objects(tmp_path: Path, history: Scan) -> None:
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    incomplete(history(), "without objects")


def test_a_fifo_among_the_objects(git: Git, history: Scan) -> None:
    git.commit("first", readme="nothing\n")
    os.mkfifo(git.path / ".git" / "objects" / "pack" / ("pack-" + "1" * 40 + ".idx"))
    (git.path / ".git" / "objects" / "pack" / ("pack-" + "1" * 40 + ".pack")).touch()
    incomplete(history(), "pack-1111")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_objects_that_may_not_be_read(git: Git, antkey: Antkey) -> None:
    pack = packed(git)
    pack.chmod(0)
    done = Report(antkey("scan", "--history", "repo", "-f", "json"))
    pack.chmod(0o644)
    incomplete(done, pack.name)
