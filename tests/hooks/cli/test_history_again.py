"""`antkey scan --history` a second time: the same result from what is new, whatever is done to the cache."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
from pathlib import Path

import pytest
from tests.hooks.cli.conftest import Antkey
from tests.hooks.cli.histories import Maker, Report, Scan, packed
from tests.scanner.git.conftest import Git

NAME = "objects-1.sqlite"
ANSWERS = ("controls", "findings", "skipped", "exit_code", "complete")


@pytest.fixture
def keyed(git: Git, make_key: Maker) -> Git:
    """A history with a key that is gone."""
    packed(git)
    git.commit("brought", secret=make_key())
    git("rm", "-q", "secret")
    git.commit("removed")
    return git


def same(one: Report, other: Report) -> bool:
    return all(one.document[name] == other.document[name] for name in ANSWERS)


def test_a_second_scan_says_the_same_and_how_much_it_knew(keyed: Git, history: Scan) -> None:
    first = history()
    assert first.code == 1
    second = history()
    assert same(first, second)
    assert first.stats["known"] == 0
    assert second.stats["known"] == first.stats["objects"] - 1
    assert second.stats["objects"] == 1
    assert second.stats["bytes"] < first.stats["bytes"]


def test_the_verdict_says_what_was_known(git: Git, antkey: Antkey) -> None:
    git.commit("first", a="a")
    antkey("scan", "--history", "repo")
    out = antkey("scan", "--history", "repo", "--no-color").stdout.decode()
    assert "3 git objects known from an earlier scan" in out


def test_no_cache_reads_all_and_forgets(keyed: Git, history: Scan) -> None:
    first = history()
    assert history("--no-cache").stats == first.stats
    assert history().stats["known"] == 0
    assert history().stats["known"] > 0


def test_no_cache_makes_none(keyed: Git, antkey: Antkey, tmp_path: Path) -> None:
    antkey("scan", "--history", "--no-cache", "repo", XDG_CACHE_HOME=str(tmp_path / "new"))
    antkey("scan", "repo", XDG_CACHE_HOME=str(tmp_path / "new"))
    assert not (tmp_path / "new").exists()


def test_it_lies_where_the_user_keeps_such_things(
    keyed: Git, antkey: Antkey, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    antkey("scan", "--history", "repo", XDG_CACHE_HOME="relative", HOME=str(home))
    assert [path.name for path in home.rglob("antkey/*")] == [NAME]
    assert not list(tmp_path.rglob("relative"))


def test_nothing_found_and_no_path_is_in_it(
    keyed: Git, antkey: Antkey, tmp_path: Path, make_key: Maker
) -> None:
    key = make_key()
    keyed.commit("named", telltale=key)
    antkey("scan", "--history", "repo", XDG_CACHE_HOME=str(tmp_path / "c"))
    data = (tmp_path / "c" / "antkey" / NAME).read_bytes()
    for text in (key[13:25], "telltale", "secret", str(tmp_path), "repo"):
        assert text.encode() not in data


def test_scans_at_once_agree_and_leave_all_of_it(
    keyed: Git, command: list[str], environment: dict[str, str], tmp_path: Path
) -> None:
    argv = [*command, "scan", "--history", "repo", "-f", "json"]
    settings = {**environment, "XDG_CACHE_HOME": str(tmp_path / "c")}

    def start() -> subprocess.Popen[bytes]:
        pipe = subprocess.PIPE
        return subprocess.Popen(argv, stdout=pipe, stderr=pipe, cwd=tmp_path, env=settings)

    running = [start() for _ in range(4)]
    done = [(process.communicate(timeout=120), process.returncode) for process in running]
    results = [json.loads(out) for (out, _), _ in done]
    assert [code for _, code in done] == [1] * 4
    assert [err for (_, err), _ in done] == [b""] * 4
    assert all(result["findings"] == results[0]["findings"] for result in results)
    out, _ = start().communicate(timeout=120)
    assert json.loads(out)["stats"]["objects"] == 1


@pytest.mark.parametrize("what", ["noise", "cut", "ids"])
def test_a_damaged_one_costs_one_scan_and_a_line(
    keyed: Git, antkey: Antkey, tmp_path: Path, what: str
) -> None:
    def scan(*options: str) -> subprocess.CompletedProcess[bytes]:
        cache = str(tmp_path / "c")
        return antkey("scan", "--history", "repo", "-f", "json", *options, XDG_CACHE_HOME=cache)

    first = Report(scan())
    path = tmp_path / "c" / "antkey" / NAME
    if what == "ids":
        with sqlite3.connect(path) as db:
            db.execute("UPDATE chunks SET ids = zeroblob(length(ids))")
            db.execute("UPDATE stores SET dirty = x''")
        db.close()
    else:
        data = path.read_bytes()
        path.write_bytes(os.urandom(len(data)) if what == "noise" else data[: len(data) // 2])
    done = scan()
    assert same(Report(done), first)
    assert done.stderr.count(b"\n") == 1
    assert b"was damaged" in done.stderr
    healed = scan()
    assert healed.stderr == b""
    assert same(Report(healed), first)
    assert Report(healed).stats["objects"] == 1


def test_a_place_that_cannot_be_used_is_told_when_asked(
    keyed: Git, antkey: Antkey, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    place = str(tmp_path / "file")
    done = antkey("scan", "--history", "repo", "-f", "json", XDG_CACHE_HOME=place)
    assert (done.returncode, done.stderr) == (1, b"")
    asked = antkey("scan", "--history", "repo", "-v", "-f", "json", XDG_CACHE_HOME=place)
    assert asked.returncode == 1
    assert b"goes on without the cache" in asked.stderr


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
)
def test_a_folder_that_is_read_only_is_no_error(keyed: Git, antkey: Antkey, tmp_path: Path) -> None:
    (tmp_path / "c").mkdir(mode=0o500)
    done = antkey("scan", "--history", "repo", XDG_CACHE_HOME=str(tmp_path / "c"))
    assert (done.returncode, done.stderr) == (1, b"")


def test_other_rules_read_everything(keyed: Git, history: Scan, tmp_path: Path) -> None:
    history()
    rule = tmp_path / "a_change.yaml"
    rule.write_text(
        "id: a-change\ntitle: A change\nseverity: low\nconfidence: low\nkind: change\n"
        "anchor: 'changed: '\npattern: 'changed:[ ](?P<secret>[0-9])'\n"
        "why: It is not to be there.\nremedy: Take it out.\n"
        "examples:\n  match: ['changed: 1']\n  no_match: ['changed']\n"
    )
    report = history("--rules", str(rule))
    assert report.stats["known"] == 0
    assert {found["rule"] for found in report.findings} >= {"a-change"}


def test_a_cache_in_what_is_scanned_is_scanned_as_a_file(
    keyed: Git, antkey: Antkey, tmp_path: Path
) -> None:
    def scan() -> Report:
        place = str(tmp_path / "repo" / ".cache")
        return Report(antkey("scan", "--history", "repo", "-f", "json", XDG_CACHE_HOME=place))

    first = scan()
    second = scan()
    assert (tmp_path / "repo" / ".cache" / "antkey" / NAME).exists()
    assert first.findings == second.findings
    assert second.stats["known"] > 0
    assert second.stats["files"] == first.stats["files"] + 1
