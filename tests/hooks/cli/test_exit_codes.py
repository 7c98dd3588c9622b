"""Exit codes of whole processes: finding, incomplete, error, in every format."""

from __future__ import annotations

import itertools
import json
import os
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.hooks.cli.conftest import Antkey

from antkey_reports.registry import names

FORMATS = names()


@pytest.fixture
def tree(tmp_path: Path, make_key: Callable[..., str]) -> Callable[..., None]:
    """Makes the content of the test's folder."""

    def make(*, finding: bool, incomplete: bool) -> None:
        (tmp_path / "clean.txt").write_text("nothing here\n")
        if finding:
            (tmp_path / "leak.env").write_text(f"KEY={make_key()}\n")
        if incomplete:
            with zipfile.ZipFile(tmp_path / "whole.zip", "w") as archive:
                archive.writestr("inner.txt", "text " * 1000)
            (tmp_path / "cut.zip").write_bytes((tmp_path / "whole.zip").read_bytes()[:-90])

    return make


@pytest.mark.parametrize(
    ("finding", "incomplete", "error", "name"),
    list(itertools.product((False, True), (False, True), (False, True), FORMATS)),
)
def test_the_whole_truth_table(
    antkey: Antkey,
    tree: Callable[..., None],
    finding: bool,
    incomplete: bool,
    error: bool,
    name: str,
) -> None:
    tree(finding=finding, incomplete=incomplete)
    extra = ["--report", "json=clean.txt/impossible.json"] if error else []
    done = antkey("scan", "-f", name, *extra, ".")
    expected = 2 if error else 1 if finding else 3 if incomplete else 0
    assert done.returncode == expected, done.stderr
    assert done.stdout  # what was found is not lost because a file could not be written
    assert bool(done.stderr) is error


@pytest.mark.parametrize(
    ("finding", "incomplete", "options", "expected"),
    [
        (True, True, ["--exit-zero"], 3),
        (True, False, ["--exit-zero"], 0),
        (True, True, ["--exit-zero", "--allow-incomplete", "known"], 0),
        (False, True, ["--allow-incomplete", "known"], 0),
        (True, True, ["--allow-incomplete", "known"], 1),
        (True, False, ["--fail-on", "critical"], 1),
    ],
)
def test_what_is_tolerated(
    antkey: Antkey,
    tree: Callable[..., None],
    finding: bool,
    incomplete: bool,
    options: list[str],
    expected: int,
) -> None:
    tree(finding=finding, incomplete=incomplete)
    done = antkey("scan", "-fjson", *options)
    assert done.returncode == expected
    document = json.loads(done.stdout)
    assert document["exit_code"] == expected
    assert document["complete"] is not incomplete
    assert len(document["findings"]) == finding


def test_a_low_finding_fails_by_default_and_not_above(
    antkey: Antkey, tmp_path: Path, make_key: Callable[..., str]
) -> None:
    (tmp_path / "a.log").write_text(make_key()[:33] + "*" * 20)
    assert antkey("scan").returncode == 1
    assert antkey("scan", "--fail-on", "medium").returncode == 0


def test_one_missing_target_among_several_is_incomplete(antkey: Antkey, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("fine")
    done = antkey("scan", "a.txt", "gone.txt", "-f", "json")
    assert done.returncode == 3
    assert json.loads(done.stdout)["skipped"][0]["path"] == "gone.txt"


def test_no_target_at_all_is_an_error(antkey: Antkey) -> None:
    done = antkey("scan", "gone.txt", "lost")
    assert done.returncode == 2
    assert done.stdout == b""
    assert b"gone.txt: " in done.stderr
    assert b"lost: " in done.stderr


def test_a_folder_without_files_is_nothing_to_scan(antkey: Antkey, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = antkey("scan", "empty")
    assert done.returncode == 2
    assert done.stdout == b""
    assert done.stderr == (b"antkey: empty: no file to scan; check the path and what is excluded\n")


def test_a_scan_with_everything_excluded_is_not_a_clean_one(antkey: Antkey, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("fine")
    done = antkey("scan", "--exclude", "*.txt")
    assert done.returncode == 2
    assert b".: no file to scan (a.txt: excluded); " in done.stderr


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs on this system")
def test_a_pipe_that_is_named_is_read(
    antkey: Antkey, tmp_path: Path, make_key: Callable[..., str]
) -> None:
    """As for `cat`: a shell's `<(command)` is one."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(make_key(),))
    writer.start()
    assert antkey("scan", "pipe").returncode == 1
    writer.join()


def test_an_empty_file_is_something_to_scan(antkey: Antkey, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").touch()
    assert antkey("scan").returncode == 0


def test_empty_standard_input_is_something_to_scan(antkey: Antkey) -> None:
    assert antkey("scan", "-").returncode == 0


def test_standard_input_is_scanned(antkey: Antkey, make_key: Callable[..., str]) -> None:
    assert antkey("scan", "-", stdin=f"log line {make_key()}".encode()).returncode == 1
