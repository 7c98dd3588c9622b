"""Options, the policy, marks and baselines mean the same in a history as in files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.hooks.cli.histories import Maker, Report, Scan
from tests.scanner.git.conftest import Git

if TYPE_CHECKING:
    from tests.hooks.cli.conftest import Antkey


def _two_files(git: Git, *keys: str) -> None:
    files = {f"{folder}__app.env": f"{key}\n" for folder, key in zip("ab", keys, strict=True)}
    git.commit("oops", **files)
    git("rm", "-qr", "a", "b")
    git.commit("removed", readme="nothing\n")


def _paths(report: Report) -> list[str]:
    return [found["location"]["path"] for found in report.findings]


def test_excluded_paths(git: Git, history: Scan, make_key: Maker) -> None:
    _two_files(git, make_key(), make_key())
    report = history("--exclude", "a/**")
    assert _paths(report) == ["b/app.env"]
    assert report.document["complete"]
    left_out = [skip for skip in report.document["skipped"] if skip["path"] == "a/app.env"]
    assert [(skip["reason"], skip["counts"]) for skip in left_out] == [("excluded", False)]


def test_one_content_at_an_excluded_path_and_at_another(
    git: Git, history: Scan, make_key: Maker
) -> None:
    key = make_key()
    _two_files(git, key, key)
    assert _paths(history("--exclude", "a/**")) == ["b/app.env"]


@pytest.mark.parametrize("table", ["antkey.toml", "repo/antkey.toml"])
def test_paths_that_the_policy_excludes(
    git: Git, history: Scan, antkey: Antkey, make_key: Maker, table: str
) -> None:
    _two_files(git, make_key(), make_key())
    inside = table.startswith("repo/")
    where = "a/**" if inside else "repo/a/**"
    (git.path.parent / table).write_text(f'[scan]\nexclude = ["{where}"]\n')
    assert _paths(history("--policy", table)) == ["b/app.env"]


def test_what_the_policy_accepts_in_a_history(git: Git, history: Scan, make_key: Maker) -> None:
    """A waiver for a path is for its old versions, too."""
    _two_files(git, make_key(), make_key())
    (git.path.parent / "antkey.toml").write_text(
        """[[waiver]]
rule = "anthropic-api-key"
path = "repo/a/app.env"
reason = "rotated"
owner = "me@example.com"
expires = 2099-01-01
"""
    )
    report = history("--policy", "antkey.toml")
    states = {found["location"]["path"]: found["status"] for found in report.findings}
    assert states == {"a/app.env": "waived", "b/app.env": "open"}


def test_a_mark_in_an_old_version_counts_for_it(git: Git, history: Scan, make_key: Maker) -> None:
    line = f"KEY = '{make_key()}'  # antkey: ignore[anthropic-api-key] made up\n"
    git.commit("sample", **{"a.py": line})
    git("rm", "-q", "a.py")
    git.commit("removed", readme="nothing\n")
    report = history()
    assert [found["status"] for found in report.findings] == ["waived"]
    assert report.code == 0
    assert history("--no-config").code == 1


def test_a_mark_of_today_does_not_waive_the_version_before_it(
    git: Git, history: Scan, make_key: Maker
) -> None:
    key = make_key()
    commit = git.commit("oops", **{"a.py": f"KEY = '{key}'\n"}).hex()
    git.commit("marked", **{"a.py": f"\nKEY = '{key}'  # antkey: ignore[anthropic-api-key] old\n"})
    report = history()
    (found,) = report.of(key)
    assert (found["status"], report.code) == ("open", 1)
    assert (found["location"]["commit"], found["location"]["line"]) == (commit, 1)


def test_a_baseline_accepts_what_is_in_the_history(
    git: Git, history: Scan, antkey: Antkey, make_key: Maker
) -> None:
    """By rule, path and key: and nothing that comes later."""
    old, new = make_key(), make_key()
    git.commit("oops", **{"a.env": f"{old}\n"})
    git("rm", "-q", "a.env")
    git.commit("removed", readme="nothing\n")
    made = antkey("baseline", "create", "--history", "repo", "--baseline", "known.json")
    assert made.returncode == 0, made.stderr
    report = history("--baseline", "known.json")
    assert (report.code, report.place(old)["path"]) == (0, "a.env")
    assert report.of(old)[0]["status"] == "baseline"
    git.commit("again", **{"b.env": f"{new}\n"})
    report = history("--baseline", "known.json")
    assert (report.code, report.of(new)[0]["status"]) == (1, "open")


def test_a_second_scan_finds_the_same(git: Git, history: Scan, make_key: Maker) -> None:
    """Whatever it remembers of the first one."""
    keys = [make_key() for _ in range(2)]
    _two_files(git, *keys)
    first = history()
    second = history()
    assert second.findings == first.findings
    git("gc", "-q", "--prune=now")
    assert history().findings == first.findings
    assert history("--no-cache").findings == first.findings


def test_files_and_histories_of_a_folder_without_own_repository(
    git: Git, history: Scan, make_key: Maker
) -> None:
    keys = [make_key() for _ in range(3)]
    _two_files(git, *keys[:2])
    (git.path.parent / "plain.txt").write_text(keys[2])
    report = history(at=".")
    assert _paths(report) == ["plain.txt", "repo/a/app.env", "repo/b/app.env"]


def test_saved_results_render_again(
    git: Git, history: Scan, antkey: Antkey, make_key: Maker
) -> None:
    _two_files(git, make_key(), make_key())
    antkey("scan", "--history", "repo", "--report", "json=r.json", "--report", "html=r.html")
    for form in ("text", "html", "sarif", "json"):
        again = antkey("report", "r.json", "-f", form)
        assert again.returncode == 1
        assert again.stdout
    assert (git.path.parent / "r.html").read_bytes() == antkey("report", "r.json", "-fhtml").stdout
