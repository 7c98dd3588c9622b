"""`antkey report A B`: of several repositories' results, each finding keeps which of them it is from."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.hooks.cli.conftest import Antkey

from antkey_hooks.cli.merging import names_of
from antkey_reports.load import load

NOW = "2026-11-20T12:00:00Z"
GIT = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    **{
        f"GIT_{who}_{what}": "a@example.com"
        for who in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    },
}


@pytest.fixture
def twins(antkey: Antkey, tmp_path: Path, make_key: Callable[..., str]) -> tuple[str, str]:
    """Results of two repositories that hold the same key in the same file."""
    key = make_key()
    for name in ("api", "web"):
        (tmp_path / name / "src").mkdir(parents=True)
        (tmp_path / name / "src" / "a.env").write_text(f"KEY={key}\n")
        (tmp_path / name / "src" / "cut.gz").write_bytes(b"\x1f\x8b\x08\x00")
        antkey("scan", f"{name}/src", "--now", NOW, "--report", f"json={name}/out/results.json")
    return "api/out/results.json", "web/out/results.json"


def merged(antkey: Antkey, *arguments: str) -> Any:
    return json.loads(antkey("report", *arguments, "-f", "json").stdout)


def test_the_same_path_in_two_repositories_is_two_findings(
    antkey: Antkey, twins: tuple[str, str], tmp_path: Path
) -> None:
    document = merged(antkey, *twins)
    found = [(one["location"]["path"], one["note"]) for one in document["findings"]]
    assert found == [("a.env", "from api"), ("a.env", "from web")]
    assert [skip["reason"].rpartition(" (")[2] for skip in document["skipped"]] == [
        "from api)",
        "from web)",
    ]


def test_a_fingerprint_stays_what_it_was(
    antkey: Antkey, twins: tuple[str, str], tmp_path: Path
) -> None:
    (single,) = json.loads((tmp_path / twins[0]).read_text())["findings"]
    assert {one["fingerprint"] for one in merged(antkey, *twins)["findings"]} == {
        single["fingerprint"]
    }


def test_repositories_can_be_named(antkey: Antkey, twins: tuple[str, str]) -> None:
    document = merged(antkey, f"Kunden-API={twins[0]}", f"Netz={twins[1]}")
    assert [one["note"] for one in document["findings"]] == ["from Kunden-API", "from Netz"]


@pytest.mark.parametrize("name", ["text", "csv", "sarif", "github", "gitlab", "markdown", "junit"])
def test_every_format_says_from_where(antkey: Antkey, twins: tuple[str, str], name: str) -> None:
    shown = antkey("report", *twins, "-f", name).stdout.decode()
    assert "from api" in shown
    assert "from web" in shown


def test_a_file_whose_name_has_an_equals_sign_is_a_file(
    antkey: Antkey, twins: tuple[str, str], tmp_path: Path
) -> None:
    (tmp_path / "x=y.json").write_bytes((tmp_path / twins[0]).read_bytes())
    assert antkey("report", "x=y.json", "-q").returncode == 1


def test_a_finding_of_two_days_is_one_that_was_told_of_on_the_first(
    antkey: Antkey, tmp_path: Path, make_key: Callable[..., str]
) -> None:
    (tmp_path / "antkey.toml").write_text('profile = "key-hygiene"\n')
    (tmp_path / "a.env").write_text(f"KEY={make_key()}\n")
    repository = {"path": ".", "commit": "a" * 40, "ref": None}
    for day in (18, 19):
        antkey("check", "--now", f"2025-11-{day}T12:00:00Z", "--report-dir", f"out{day}")
        file = tmp_path / f"out{day}" / "results.json"
        saved = json.loads(file.read_text())
        (found,) = saved["findings"]
        assert found["detected"] == "2025-11-18T12:00:00Z"
        found["note"], found["detected"] = None, f"2025-11-{day}T12:00:00Z"
        file.write_text(json.dumps({**saved, "repositories": [repository]}))
    done = antkey("report", "-f", "json", "out19/results.json", "out18/results.json")
    (found,) = json.loads(done.stdout)["findings"]
    assert found["detected"] == "2025-11-18T12:00:00Z"


def test_one_result_alone_needs_no_name(antkey: Antkey, twins: tuple[str, str]) -> None:
    (finding,) = merged(antkey, f"api={twins[0]}")["findings"]
    assert finding["note"] is None


def test_merged_results_are_merged_again(antkey: Antkey, twins: tuple[str, str]) -> None:
    antkey("report", *twins, "-q", "--report", "json=both.json")
    antkey("report", f"solo={twins[0]}", "-q", "--report", "json=solo.json")
    notes = [one["note"] for one in merged(antkey, "both.json", "solo.json")["findings"]]
    assert sorted(notes) == ["from both/api", "from both/web", "from solo"]


def test_two_runs_on_one_commit_are_one_repository(
    antkey: Antkey, tmp_path: Path, make_key: Callable[..., str]
) -> None:
    repository = tmp_path / "repo"
    repository.mkdir()
    (repository / "a.env").write_text(f"KEY={make_key()}\n")
    for line in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"]):
        subprocess.run(["git", *line], cwd=repository, check=True, env={**os.environ, **GIT})
    for name in ("one", "two"):
        antkey("check", "repo", "--report-dir", f"{name}", "--no-history", "-q")
    results = [
        load((tmp_path / name / "results.json").read_bytes(), name) for name in ("one", "two")
    ]
    assert results[0].repositories == results[1].repositories != ()
    found = merged(antkey, "one/results.json", "two/results.json")["findings"]
    assert [one["note"] for one in found if one["location"]["path"] == "a.env"] == [None]


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (["api.json", "web.json"], ("api", "web")),
        (["api/out/results.json", "web/out/results.json"], ("api", "web")),
        (["a/x/results.json", "a/y/results.json"], ("x", "y")),
        (["a/results.json", "results.json"], ("a/results", "results")),
        (["/srv/a.json", "/srv/b/c.json"], ("a", "b/c")),
        (["same.json", "same.json"], ("same", "same")),
        (["one.json"], ("one",)),
        (["a;b.json", "c.json"], ("a,b", "c")),
    ],
)
def test_files_are_named_by_what_tells_them_apart(paths: list[str], names: tuple[str, ...]) -> None:
    assert names_of(paths) == names


def test_a_comparison_tells_repositories_apart(
    antkey: Antkey, twins: tuple[str, str], tmp_path: Path
) -> None:
    antkey("report", *twins, "-q", "--report", "json=before.json")
    for name in ("api", "web"):
        (tmp_path / name / "src" / "cut.gz").unlink()
    (tmp_path / "web" / "src" / "a.env").write_text("KEY=gone\n")
    for name in ("api", "web"):
        antkey("scan", f"{name}/src", "--now", NOW, "--report", f"json={name}/out/results.json")
    document = merged(antkey, "--compare", "before.json", *twins)
    assert [one["note"] for one in document["comparison"]["fixed"]] == ["from web"]
    assert document["comparison"]["new"] == []
