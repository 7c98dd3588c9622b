"""`--report` writes over nothing that the run goes by, and no two reports into one file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.hooks.cli.conftest import Antkey

_POLICY = 'profile = "key-hygiene"\n[inventory]\nfiles = ["keys.json"]\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    keys = {"schema": 1, "complete": True, "keys": []}
    for name, text in (("antkey.toml", _POLICY), ("keys.json", json.dumps(keys)), ("a.txt", "a\n")):
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize("verb", ["scan", "check"])
@pytest.mark.parametrize(
    ("name", "what"), [("antkey.toml", "the policy"), ("./keys.json", "the inventory")]
)
def test_what_is_in_use_is_not_overwritten(
    antkey: Antkey, folder: Path, verb: str, name: str, what: str
) -> None:
    before = (folder / name).read_bytes()
    done = antkey(verb, "--report", f"html={name}")
    assert (done.returncode, (folder / name).read_bytes()) == (2, before)
    assert f"is {what} that is in use".encode() in done.stderr


def test_a_baseline_that_is_named_is_not_overwritten(antkey: Antkey, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a\n")
    assert antkey("baseline", "create", "--baseline", "known.json").returncode == 0
    before = (tmp_path / "known.json").read_bytes()
    done = antkey("scan", "--baseline", "known.json", "--report", "json=known.json")
    assert (done.returncode, (tmp_path / "known.json").read_bytes()) == (2, before)
    assert b"is the baseline that is in use" in done.stderr


def test_two_reports_in_one_file_are_refused(antkey: Antkey, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a\n")
    (tmp_path / "out").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "out", target_is_directory=True)
    done = antkey("scan", "--report", "html=out/r", "--report", "json=link/r")
    assert (done.returncode, (tmp_path / "out/r").exists()) == (2, False)
    assert b"two reports (html and json) would be written to it" in done.stderr
    done = antkey("check", "--report", "csv=antkey-report/results.json")
    assert done.returncode == 2
    assert b"two reports (json and csv)" in done.stderr


def test_a_device_takes_many(antkey: Antkey, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a\n")
    assert antkey("scan", "--report", "html=/dev/null", "--report", "csv=/dev/null").returncode == 0
