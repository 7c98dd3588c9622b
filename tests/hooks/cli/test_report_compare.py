"""`antkey report --compare`: what is new, what is still open, what is fixed, and what cannot be told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.hooks.cli.conftest import Antkey

from antkey_reports.registry import names

BEFORE, NOW = "2026-11-18T12:00:00Z", "2026-11-20T12:00:00Z"
Saved = Callable[..., Path]
Compared = Callable[..., tuple[int, Any]]


@pytest.fixture
def saved(antkey: Antkey, tmp_path: Path, make_key: Callable[..., str]) -> Saved:
    """Scans `app`, which then holds a key in each of the named files, always the same in each."""
    keys: dict[str, str] = {}

    def save(name: str, *files: str, now: str, options: tuple[str, ...] = ()) -> Path:
        folder = tmp_path / "app"
        folder.mkdir(exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        (folder / "README").write_text("nothing here\n")
        for file in files:
            (folder / file).write_text(f"KEY={keys.setdefault(file, make_key())}\n")
        results = tmp_path / name
        antkey("scan", "app", "--now", now, *options, "--report", f"json={results}")
        return results

    return save


@pytest.fixture
def before(saved: Saved) -> Path:
    return saved("before.json", "old.env", "gone.env", now=BEFORE)


@pytest.fixture
def now(before: Path, saved: Saved) -> Path:
    return saved("now.json", "old.env", "fresh.env", now=NOW)


@pytest.fixture
def compared(antkey: Antkey) -> Compared:
    def run(*arguments: Any) -> tuple[int, Any]:
        done = antkey("report", "--compare", *arguments, "-f", "json")
        return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr.decode()

    return run


def paths(document: Any, *, new: bool) -> set[str]:
    told = set(document["comparison"]["new"])
    return {
        finding["location"]["path"]
        for finding in document["findings"]
        if (finding["fingerprint"] in told) is new
    }


def fixed(document: Any) -> list[str]:
    return [finding["location"]["path"] for finding in document["comparison"]["fixed"]]


def test_findings_are_new_still_open_or_fixed(compared: Compared, before: Path, now: Path) -> None:
    code, document = compared(before, now)
    assert code == 1
    assert document["comparison"]["before"] == BEFORE
    assert paths(document, new=True) == {"fresh.env"}
    assert paths(document, new=False) == {"old.env"}
    assert fixed(document) == ["gone.env"]


@pytest.mark.parametrize("name", [name for name in names() if name != "html"])
def test_every_format_names_what_is_fixed(
    antkey: Antkey, before: Path, now: Path, name: str
) -> None:
    shown = antkey("report", "--compare", before, now, "-f", name).stdout.decode()
    assert ("gone.env" in shown) is (name != "gitlab-codequality")
    assert "fresh.env" in shown


def test_only_new_findings_fail_where_that_is_asked(
    compared: Compared, before: Path, saved: Saved
) -> None:
    same = saved("same.json", "old.env", now=NOW)
    assert compared(before, same)[0] == 1
    assert compared(before, same, "--only-new")[0] == 0
    more = saved("more.json", "old.env", "fresh.env", now=NOW)
    assert compared(before, more, "--only-new")[0] == 1


def test_an_incomplete_run_is_no_success_by_only_new(
    antkey: Antkey, compared: Compared, before: Path, tmp_path: Path, saved: Saved
) -> None:
    saved("x.json", now=NOW)
    antkey("scan", "app", "gone", "--now", NOW, "--report", "json=cut.json")
    assert compared(before, "cut.json", "--only-new")[0] == 3


def test_an_incomplete_run_fixes_nothing(
    compared: Compared, antkey: Antkey, before: Path, saved: Saved, tmp_path: Path
) -> None:
    saved("x.json", now=NOW)
    (tmp_path / "app" / "cut.gz").write_bytes(b"\x1f\x8b\x08\x00")
    antkey("scan", "app", "--now", NOW, "--report", "json=cut.json")
    code, document = compared(before, "cut.json")
    assert (code, fixed(document)) == (3, [])
    text = antkey("report", "--compare", before, "cut.json").stdout.decode()
    assert "nothing counts as fixed, because this run is incomplete (1 place not read)" in text


def test_another_scope_fixes_nothing(
    compared: Compared, antkey: Antkey, before: Path, tmp_path: Path
) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "a.txt").write_text("fine")
    antkey("scan", "web", "--now", NOW, "--report", "json=web.json")
    done = antkey("report", "--compare", before, "web.json", "-f", "json")
    assert fixed(json.loads(done.stdout)) == []
    assert b"looked at different paths, so that nothing counts as fixed" in done.stderr


def test_what_is_accepted_now_is_neither_new_nor_fixed(
    compared: Compared, antkey: Antkey, before: Path, tmp_path: Path
) -> None:
    antkey("baseline", "create", "app")
    antkey("scan", "app", "--now", NOW, "--report", "json=accepted.json")
    code, document = compared(before, "accepted.json")
    assert code == 0
    assert fixed(document) == []
    assert document["comparison"]["new"] == []


def test_what_was_accepted_and_is_not_any_more_is_new(
    compared: Compared, antkey: Antkey, before: Path, now: Path, tmp_path: Path
) -> None:
    antkey("baseline", "create", "app")
    antkey("scan", "app", "--now", BEFORE, "--report", "json=accepted.json")
    code, document = compared("accepted.json", now, "--only-new")
    assert code == 1
    assert paths(document, new=True) == {"old.env", "fresh.env"}


def test_files_in_the_wrong_order_are_told(compared: Compared, before: Path, now: Path) -> None:
    assert compared(now, before) == (
        2,
        f"antkey: --compare: these results are of {NOW}, later than {BEFORE};"
        " name the earlier ones by --compare\n",
    )


@pytest.mark.parametrize("content", [None, "", "{}", '{"schema": 2}', '{"version": "2.1.0"}'])
def test_what_holds_no_results_is_told(
    compared: Compared, now: Path, tmp_path: Path, content: str | None
) -> None:
    if content is not None:
        (tmp_path / "bad.json").write_text(content)
    code, told = compared("bad.json", now)
    assert code == 2
    assert told.startswith("antkey: bad.json:")


def test_only_new_needs_something_to_compare_with(antkey: Antkey, now: Path) -> None:
    done = antkey("report", "--only-new", now)
    assert done.returncode == 2
    assert b"add --compare BEFORE.json" in done.stderr


def test_standard_input_is_read_once(antkey: Antkey, now: Path) -> None:
    done = antkey("report", "--compare", "-", "-", stdin=now.read_bytes())
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"standard input can be read once only" in done.stderr


def test_a_policy_that_has_changed_is_told(
    antkey: Antkey, saved: Saved, before: Path, tmp_path: Path
) -> None:
    (tmp_path / "antkey.toml").write_text('profile = "key-hygiene"\n')
    now = saved("now.json", "old.env", now=NOW)
    assert b"policy has changed" in antkey("report", "--compare", before, now).stderr


def test_a_comparison_is_saved_and_read_again(
    antkey: Antkey, compared: Compared, before: Path, now: Path, tmp_path: Path
) -> None:
    antkey("report", "--compare", before, now, "-q", "--report", "json=both.json")
    again = json.loads(antkey("report", "both.json", "-f", "json").stdout)
    assert again == compared(before, now)[1]
