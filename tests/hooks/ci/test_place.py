"""`antkey check --attest FILE` writes over an older attestation, and over nothing else."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from tests.hooks.ci.gate import POLICY, Antkey, Run
from tests.scanner.git.conftest import Git


@pytest.mark.parametrize("name", ["antkey.toml", "readme", "../notes.md", "../shaped.json"])
def test_what_is_no_attestation_is_left_alone(
    antkey: Antkey, git: Git, tmp_path: Path, name: str
) -> None:
    (tmp_path / "notes.md").write_text("notes\n")
    shaped = {"payloadType": "application/vnd.in-toto+json", "payload": "e30=", "signatures": []}
    (tmp_path / "shaped.json").write_text(json.dumps(shaped))
    file = git.path / name
    before = file.read_bytes()
    done = antkey("check", "--attest", name)
    assert (done.returncode, file.read_bytes()) == (2, before)
    assert "holds something else than an attestation and is left alone; name" in done.stderr
    assert not (git.path / "antkey-report/results.json").exists()


def test_an_empty_file_and_an_older_attestation_are_replaced(attest: Run, file: Path) -> None:
    file.touch()
    assert attest().returncode == 0
    assert attest().returncode == 0
    assert b"payloadType" in file.read_bytes()


def test_it_is_not_printed(antkey: Antkey, git: Git) -> None:
    done = antkey("check", "--attest", "-")
    assert (done.returncode, (git.path / "-").exists()) == (2, False)
    assert "--attest -: it is not printed; name a file" in done.stderr


def test_no_folder_is_made_for_it(antkey: Antkey, tmp_path: Path) -> None:
    done = antkey("check", "--attest", str(tmp_path / "gone" / "a.json"))
    assert (done.returncode, (tmp_path / "gone").exists()) == (2, False)
    assert "there is no folder" in done.stderr


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_is_refused_and_stays(antkey: Antkey, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    done = antkey("check", "--attest", str(tmp_path / "pipe"))
    assert (done.returncode, (tmp_path / "pipe").exists()) == (2, True)
    assert "is no regular file" in done.stderr


def test_a_report_has_another_file(antkey: Antkey, tmp_path: Path) -> None:
    path = str(tmp_path / "a.json")
    done = antkey("check", "--attest", path, "--report", f"json={path}")
    assert (done.returncode, os.path.exists(path)) == (2, False)
    assert "a report is written there" in done.stderr
    done = antkey("check", "--attest", "antkey-report/results.json")
    assert done.returncode == 2


def test_the_policy_is_as_it_was(antkey: Antkey, git: Git) -> None:
    for options in (("--attest", "antkey.toml"), ("--report", "html=antkey.toml")):
        assert antkey("check", *options).returncode == 2
        assert (git.path / "antkey.toml").read_text() == POLICY
