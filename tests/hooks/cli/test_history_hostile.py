"""A repository that was made to mislead or to run something does neither."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.hooks.cli.histories import (
    Maker,
    Report,
    Scan,
    forget,
)
from tests.scanner.git.conftest import Git
from tests.scanner.git.packmaker import PackMaker, name

if TYPE_CHECKING:
    from tests.hooks.cli.conftest import Antkey


def test_100_000_refs(git: Git, history: Scan, make_key: Maker) -> None:
    key = make_key()
    first = git.commit("oops", **{"app.env": f"{key}\n"}).hex()
    git("rm", "-q", "app.env")
    last = git.commit("removed").hex()
    lines = (f"{(first, last)[number % 2]} refs/pull/{number}/head\n" for number in range(100_000))
    git.write(".git/packed-refs", "# pack-refs with: peeled fully-peeled \n" + "".join(lines))
    report = history()
    place = report.place(key)
    assert (place["path"], place["commit"]) == ("app.env", first)
    assert place["refs"][0] == "refs/heads/main"
    assert place["refs"][-1] == "and 99,996 more"
    assert report.missed == {}


def test_names_of_refs_with_escapes(
    tmp_path: Path, git: Git, history: Scan, antkey: Antkey, make_key: Maker
) -> None:
    """Git would not make them; the terminal must not obey them, and a key in them is not shown."""
    key, other = make_key(), make_key()
    first = git.commit("oops", **{"app.env": f"{key}\n"}).hex()
    git("rm", "-q", "app.env")
    git.commit("removed")
    names = ["refs/heads/\x1b[2J\x1b]0;x\x07", "refs/heads/\u202egnp", f"refs/heads/{other}"]
    git.write(".git/packed-refs", "".join(f"{first} {each}\n" for each in names))
    report = history()
    assert report.of(key)
    for form in ("text", "json", "sarif", "html"):
        done = antkey("scan", "--history", "repo", "-f", form)
        assert b"\x1b" not in done.stdout + done.stderr
        assert "\u202e".encode() not in done.stdout
        assert other[13:25].encode() not in done.stdout + done.stderr
        assert key[13:25].encode() not in done.stdout + done.stderr


@pytest.mark.parametrize(
    "line", ["ref: refs/heads/../../../../etc/passwd", "ref: refs/heads/main", "zzz", "", "\0" * 50]
)
def test_refs_that_make_no_sense(git: Git, history: Scan, make_key: Maker, line: str) -> None:
    key = make_key()
    git.commit("oops", **{"app.env": f"{key}\n"})
    git("rm", "-q", "app.env")
    git.commit("removed")
    git.write(".git/refs/heads/odd", line)
    git.write(".git/refs/heads/loop", "ref: refs/heads/loop\n")
    report = history()
    assert report.code == 1
    assert report.place(key)["path"] == "app.env"


def test_a_tree_that_is_its_own_folder(git: Git, history: Scan, make_key: Maker) -> None:
    """Nobody can make one, but names may be wrong in an index: it must end."""
    key = make_key()
    git.commit("first", readme="nothing\n")
    blob = name(key.encode())
    loop = b"\x11" * 20
    content = b"100644 a.env\0" + blob + b"40000 sub\0" + loop
    pack = PackMaker()
    pack.blob(key.encode())
    pack.add(loop, 2, content)
    pack.write(git.path / ".git" / "objects")
    report = history()
    assert report.code == 1
    assert report.of(key)


def test_two_objects_of_one_name(git: Git, history: Scan, make_key: Maker) -> None:
    """Of which git would read one: both are searched."""
    key = make_key()
    git.commit("first", readme="nothing\n")
    oid = name(b"harmless: text\n")
    pack = PackMaker()
    pack.add(oid, 3, b"harmless: text\n")
    pack.add(oid, 3, b"key: " + key.encode())
    pack.write(git.path / ".git" / "objects")
    for _ in range(2):  # the second time from what the first one remembers
        assert history().code == 1


def _canary(folder: Path) -> tuple[Path, Path]:
    """A program that tells when it is run, and the file by which it does."""
    told, program = folder / "it-ran", folder / "canary"
    program.write_text(f"#!/bin/sh\necho \"$0 $*\" >> '{told}'\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program, told


def test_nothing_that_the_repository_configures_runs(
    tmp_path: Path, git: Git, history: Scan, make_key: Maker
) -> None:
    key = make_key()
    git.commit("first", readme="nothing\n")
    git.commit("oops", **{"app.env": f"{key}\n", "x.png": "x\n"})
    git("rm", "-q", "app.env")
    git.commit("removed")
    (tmp_path / "outside").mkdir()
    program, told = _canary(tmp_path / "outside")
    included = tmp_path / "outside" / "included"
    included.write_text(f"[core]\n\tfsmonitor = {program}\n")
    git.write(
        ".git/config",
        f"""[core]
	repositoryformatversion = 1
	fsmonitor = {program}
	hooksPath = {program.parent}
	pager = {program}
	editor = {program}
	sshCommand = {program}
	gitProxy = {program}
	askPass = {program}
	alternateRefsCommand = {program}
	worktree = /
[include]
	path = {included}
[extensions]
	worktreeConfig = true
	partialClone = origin
[remote "origin"]
	url = ext::{program} %S
	promisor = true
	uploadpack = {program}
	vcs = {program}
[filter "x"]
	clean = {program}
	smudge = {program}
	process = {program}
	required = true
[diff "x"]
	textconv = {program}
	command = {program}
[merge "x"]
	driver = {program}
[gpg]
	program = {program}
[credential]
	helper = !{program}
[uploadpack]
	packObjectsHook = {program}
[log]
	showSignature = true
[safe]
	directory = /nowhere
""",
    )
    git.write(".git/config.worktree", f"[core]\n\tfsmonitor = {program}\n")
    git.write(".gitattributes", "* filter=x diff=x merge=x\n")
    git.write(".git/info/attributes", "* filter=x diff=x merge=x\n")
    hooks = git.path / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for hook in ("post-index-change", "reference-transaction", "pre-auto-gc", "fsmonitor-watchman"):
        (hooks / hook).write_bytes(program.read_bytes())
        (hooks / hook).chmod(0o755)
    report = history()
    assert report.place(key)["path"] == "app.env"
    assert not told.exists()


def test_variables_of_git_lead_nowhere(
    tmp_path: Path, git: Git, antkey: Antkey, make_key: Maker
) -> None:
    """A hook that starts a scan has them set."""
    key = make_key()
    git.commit("oops", **{"app.env": f"{key}\n"})
    git("rm", "-q", "app.env")
    git.commit("removed")
    other = Git(tmp_path / "outside" / "other").init()
    other.commit("first", readme="nothing\n")
    done = Report(
        antkey(
            *("scan", "--history", "repo", "-f", "json"),
            GIT_DIR=str(other.path / ".git"),
            GIT_OBJECT_DIRECTORY=str(other.path / ".git" / "objects"),
            GIT_ALTERNATE_OBJECT_DIRECTORIES="/nowhere",
            GIT_WORK_TREE="/",
        )
    )
    assert done.place(key)["path"] == "app.env"


def test_git_is_not_needed(git: Git, antkey: Antkey, make_key: Maker) -> None:
    key = make_key()
    git.commit("oops", **{"app.env": f"{key}\n"})
    git("rm", "-q", "app.env")
    git.commit("removed")
    git("gc", "-q")
    forget(git)
    folder = os.path.dirname(sys.executable)
    report = Report(antkey("scan", "--history", "repo", "-f", "json", PATH=folder))
    assert report.place(key)["path"] == "app.env"


def test_a_repository_of_somebody_else_is_no_silence(
    git: Git, antkey: Antkey, make_key: Maker
) -> None:
    """Git refuses it (`safe.directory`), and who asks git sees nothing."""
    key = make_key()
    git.commit("oops", **{"app.env": f"{key}\n"})
    git("rm", "-q", "app.env")
    git.commit("removed")
    report = Report(
        antkey("scan", "--history", "repo", "-f", "json", GIT_TEST_ASSUME_DIFFERENT_OWNER="1")
    )
    assert report.place(key)["path"] == "app.env"


def _store(git: Git, kind: str, content: bytes) -> str:
    """An object as it is given, which git would not make."""
    arguments = ("hash-object", "-t", kind, "--literally", "-w", "--stdin")
    return git(*arguments, stdin=content).decode()


@pytest.mark.parametrize(
    "person",
    [
        b"A <a@b> 99999999999999999999 +0000",
        b"A <a@b> -1 +9999",
        b"A <a@b>",
        b"",
        b"A <a@b> 1700000000 \xff\x1b[2J",
        b"A <a@b> 18446744073709551615 +0000",
    ],
)
def test_dates_that_make_no_sense(git: Git, history: Scan, make_key: Maker, person: bytes) -> None:
    key = make_key()
    git.commit("first", **{"app.env": f"{key}\n"})
    tree = git("rev-parse", "HEAD^{tree}")
    content = b"tree %s\nauthor %s\ncommitter %s\n\nodd\n" % (tree, person, person)
    odd = _store(git, "commit", content)
    git("update-ref", "refs/heads/main", odd)
    git.write("app.env", "nothing\n")
    report = history()
    found = report.of(key)
    assert [each["location"]["path"] for each in found] == ["app.env"]


@pytest.mark.parametrize(
    "name",
    [b"..", b".", b".git", b"a/b", b"", b"\n::error::x", b"\x1b]0;x\x07", b"a\\b", b"C:", b"x!/y"],
)
def test_names_in_trees_that_git_would_not_write(
    git: Git, history: Scan, antkey: Antkey, make_key: Maker, name: bytes
) -> None:
    key = make_key()
    git.commit("first", readme="nothing\n")
    blob = git.blob(f"{key}\n")
    tree = _store(git, "tree", b"100644 " + name + b"\0" + blob)
    commit = git("commit-tree", "-m", "odd", tree).decode()
    git("update-ref", "refs/heads/odd", commit)
    place = history().of(key)[0]["location"]
    assert place["commit"] in {commit, None}
    text = antkey("scan", "--history", "repo", "--no-color").stdout
    assert b"\x1b" not in text
    assert not any(line.startswith(b"::") for line in text.splitlines())


def test_a_thousand_folders_in_each_other(git: Git, history: Scan, make_key: Maker) -> None:
    key = make_key()
    git.commit("first", readme="nothing\n")
    pack = PackMaker()
    entry = b"100644 a.env\0" + pack.blob(key.encode())
    for _ in range(1_000):
        oid = name(entry, 2)
        pack.add(oid, 2, entry)
        entry = b"40000 d\0" + oid
    top = name(entry, 2)
    pack.add(top, 2, entry)
    pack.write(git.path / ".git" / "objects")
    commit = git("commit-tree", "-m", "deep", top.hex()).decode()
    git("update-ref", "refs/heads/deep", commit)
    (found,) = history().of(key)
    assert found["location"]["path"] == "d/" * 1_000 + "a.env"
    assert found["location"]["commit"] == commit
