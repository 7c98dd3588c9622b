"""`antkey report`: the same results in another format, several as one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.hooks.cli.conftest import Antkey

FIXED = ("--now", "2026-11-20T12:00:00Z")


@pytest.fixture
def saved(antkey: Antkey, tmp_path: Path, make_key: Callable[..., str]) -> Callable[..., Path]:
    """Scans made-up content and saves the results."""

    def save(name: str, *options: str, leaks: int = 1) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        (folder / f"{name}.env").write_text("".join(f"KEY={make_key()}\n" for _ in range(leaks)))
        results = tmp_path / f"{name}.json"
        antkey("scan", name, *FIXED, *options, "--report", f"json={results}")
        return results

    return save


def test_what_was_saved_is_rendered_as_it_was(antkey: Antkey, saved: Callable[..., Path]) -> None:
    results = saved("api")
    again = antkey("report", results, "-f", "json")
    assert again.returncode == 1
    assert again.stdout == results.read_bytes()


@pytest.mark.parametrize("name", ["text", "sarif", "html"])
def test_any_format_is_the_one_that_the_scan_would_have_made(
    antkey: Antkey, saved: Callable[..., Path], name: str
) -> None:
    results = saved("api")
    scanned = antkey("scan", "api", *FIXED, "-f", name)
    assert antkey("report", results, "-f", name).stdout == scanned.stdout


def test_results_come_from_standard_input_too(antkey: Antkey, saved: Callable[..., Path]) -> None:
    results = saved("api")
    done = antkey("report", "-", "-fjson", stdin=results.read_bytes())
    assert done.stdout == results.read_bytes()


def test_several_become_one(antkey: Antkey, saved: Callable[..., Path]) -> None:
    api, web, clean = saved("api", leaks=2), saved("web"), saved("clean", leaks=0)
    done = antkey("report", clean, api, web, api, "-f", "json")
    assert done.returncode == 1
    document = json.loads(done.stdout)
    assert [finding["location"]["path"] for finding in document["findings"]] == [
        "api.env",
        "api.env",
        "web.env",
    ]
    assert document["targets"] == ["clean", "api", "web"]
    assert document["stats"]["files"] == 3  # one that is named twice counts once
    control = next(c for c in document["controls"] if c["id"] == "no-leaked-key")
    assert control["status"] == "fail"


def test_the_most_severe_exit_code_wins(
    antkey: Antkey, saved: Callable[..., Path], tmp_path: Path
) -> None:
    clean = saved("clean", leaks=0)
    (tmp_path / "a.txt").write_text("fine")
    antkey("scan", "a.txt", "gone", "--report", "json=cut.json")
    done = antkey("report", clean, "cut.json", "-fjson")
    assert done.returncode == 3
    assert json.loads(done.stdout)["complete"] is False


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ([], 0),
        (["--fail-on", "low"], 1),
        (["--exit-zero"], 0),
    ],
)
def test_the_verdict_is_the_saved_one_unless_asked_again(
    antkey: Antkey, saved: Callable[..., Path], options: list[str], code: int
) -> None:
    results = saved("api", "--exit-zero")
    done = antkey("report", results, "-fjson", *options)
    assert done.returncode == code
    assert json.loads(done.stdout)["exit_code"] == code


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"schema": 2}', "\x00", "not json"])
def test_a_file_without_results_is_an_error(antkey: Antkey, tmp_path: Path, content: str) -> None:
    (tmp_path / "bad.json").write_text(content)
    done = antkey("report", "bad.json")
    assert done.returncode == 2
    assert done.stdout == b""
    assert done.stderr.startswith(b"antkey: bad.json:")


def test_a_file_that_is_not_there_is_an_error(antkey: Antkey) -> None:
    done = antkey("report", "gone.json")
    assert done.returncode == 2
    assert done.stderr == (
        b"antkey: gone.json: no such file or directory; name a file of results\n"
    )
