"""Baselines of detect-secrets, made by the program itself where that is the point."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.scanner.bridge.test_bridge import ALL, found, search

from antkey_scanner.bridge.baseline import find_baseline, read_baseline
from antkey_scanner.errors import PolicyError
from antkey_scanner.model import Status


def sha1(secret: str) -> str:
    return hashlib.sha1(secret.encode(), usedforsecurity=False).hexdigest()


def write(folder: Path, results: object, **more: object) -> str:
    path = folder / ".secrets.baseline"
    path.write_text(json.dumps({"version": "1.5.0", "results": results, **more}))
    return str(path)


def entry(kind: str, secret: str, **more: object) -> dict[str, object]:
    return {"type": kind, "hashed_secret": sha1(secret), "line_number": 1, **more}


def test_what_the_program_has_written_is_accepted(
    tmp_path: Path, aws_id: str, some: Callable[..., str]
) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.py").write_text(f'key = "{aws_id}"\npassword = "{some(12)}"\n')
    made = subprocess.run(
        [sys.executable, "-m", "detect_secrets", "scan", "--all-files", "--no-verify"],
        cwd=tmp_path,
        capture_output=True,
        check=True,
    ).stdout
    path = tmp_path / ".secrets.baseline"
    path.write_bytes(made)
    baseline = read_baseline(str(path))
    assert baseline.detectors is not None
    assert len(baseline.detectors) == len(ALL)
    scanned = search(tmp_path, baseline.detectors, baseline)
    statuses = {each.rule.id: each.status for each in scanned.findings}
    assert statuses["detect-secrets-aws-access-key"] is Status.BASELINE
    assert statuses["detect-secrets-secret-keyword"] is Status.BASELINE
    accepted = {each.accepted for each in scanned.findings}
    assert {why.reason for why in accepted if why} == {"listed in .secrets.baseline"}
    (tmp_path / "sub" / "b.py").write_text(f'key = "{aws_id}"\n')
    assert found(search(tmp_path, baseline.detectors, baseline))["sub/b.py"][1] is Status.OPEN


@pytest.mark.parametrize(
    ("audit", "status"),
    [
        ({}, Status.BASELINE),
        ({"is_secret": False}, Status.BASELINE),
        ({"is_secret": True}, Status.OPEN),
    ],
)
def test_an_audit_decides(
    tmp_path: Path, aws_id: str, audit: dict[str, object], status: Status
) -> None:
    (tmp_path / "a.txt").write_text(aws_id)
    path = write(tmp_path, {"a.txt": [entry("AWS Access Key", aws_id, **audit)]})
    assert found(search(tmp_path, baseline=read_baseline(path)))["a.txt"][1] is status


def test_type_and_path_have_to_agree(tmp_path: Path, aws_id: str) -> None:
    (tmp_path / "a.txt").write_text(aws_id)
    for results in (
        {"a.txt": [entry("Slack Token", aws_id)]},
        {"b.txt": [entry("AWS Access Key", aws_id)]},
    ):
        baseline = read_baseline(write(tmp_path, results))
        assert found(search(tmp_path, baseline=baseline))["a.txt"][1] is Status.OPEN


def test_paths_of_windows_and_of_a_folder_above_agree(tmp_path: Path, aws_id: str) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.txt").write_text(aws_id)
    path = write(tmp_path, {"sub\\a.txt": [entry("AWS Access Key", aws_id)]})
    baseline = read_baseline(path)
    assert found(search(tmp_path / "sub", baseline=baseline))["a.txt"][1] is Status.BASELINE


def test_our_own_findings_are_accepted_by_their_hash(
    tmp_path: Path, make_key: Callable[..., str]
) -> None:
    key = make_key()
    (tmp_path / "a.env").write_text(f"K={key}\n")
    baseline = read_baseline(write(tmp_path, {"a.env": [entry("Anthropic Credential", key)]}))
    assert found(search(tmp_path, baseline=baseline)) == {
        "a.env": ("anthropic-api-key", Status.BASELINE)
    }


def test_an_entry_for_a_mere_prefix_accepts_no_token(tmp_path: Path, github_token: str) -> None:
    (tmp_path / "a.txt").write_text(github_token)
    path = write(tmp_path, {"a.txt": [entry("GitHub Token", "ghp")]})
    assert found(search(tmp_path, baseline=read_baseline(path)))["a.txt"][1] is Status.OPEN


def test_code_that_it_names_is_not_run_and_said(tmp_path: Path) -> None:
    (tmp_path / "evil.py").write_text("raise SystemExit('ran')")
    (tmp_path / "a.txt").write_text("x")
    path = write(
        tmp_path,
        {},
        plugins_used=[
            {"name": "Evil", "path": "file://evil.py"},
            {"name": "Tomorrow"},
            {"name": "AntkeyAnthropicDetector", "path": "file://.antkey/x.py"},
            {"name": "AWSKeyDetector"},
        ],
        filters_used=[{"path": "file://evil.py::f"}, {"path": "os.system"}],
    )
    baseline = read_baseline(path)
    assert baseline.detectors is not None
    assert [each.name for each in baseline.detectors] == ["AWSKeyDetector"]
    assert [skip[1:] for skip in search(tmp_path, baseline.detectors, baseline).skips] == [
        ("its detector Tomorrow is not known and was not run", True),
        ("its plugin Evil is code of its own and was not run", True),
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is no JSON, line 1"),
        ('{"results": {', "is no JSON, line 1"),
        ("[]", "is no baseline of detect-secrets"),
        ('{"version": "1.5.0"}', "has no `results`"),
        ('{"results": {"a": {}}}', "findings are no list"),
        ('{"results": {"a": [{"type": "x"}]}}', "without `type` or `hashed_secret`"),
        ('{"results": {"a": [{"type": "x", "hashed_secret": "y"}]}}', "is no SHA-1"),
        ('{"results": {}, "plugins_used": {}}', "`plugins_used` that is no list"),
        ('{"results": {}, "plugins_used": [{}]}', "without `name`"),
        (
            '{"results": {}, "plugins_used": [{"name": "HexHighEntropyString", "limit": "3"}]}',
            "`limit` has the wrong type",
        ),
        (
            '{"results": {}, "plugins_used": [{"name": "HexHighEntropyString", "limit": 9}]}',
            "not between 0 and 8",
        ),
        (
            '{"results": {}, "plugins_used": [{"name": "KeywordDetector", "keyword_exclude": "("}]}',
            "no regular expression",
        ),
        (
            '{"results": {}, "filters_used": [{"pattern": 1,'
            ' "path": "detect_secrets.filters.regex.should_exclude_line"}]}',
            "no regular expression",
        ),
        ("[" * 100_000, "is no JSON"),
        ("\xff", "is no"),
    ],
)
def test_a_broken_baseline_is_refused_with_the_cure(
    tmp_path: Path, text: str, problem: str
) -> None:
    path = tmp_path / ".secrets.baseline"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(PolicyError) as caught:
        read_baseline(str(path))
    assert problem in str(caught.value)
    assert str(caught.value).endswith(
        "; make it anew with `detect-secrets scan`, or take it from your history"
    )


def test_it_is_looked_for_up_to_the_repository_s_root(tmp_path: Path) -> None:
    (tmp_path / "repo" / "sub").mkdir(parents=True)
    (tmp_path / "repo" / ".git").mkdir()
    write(tmp_path, {})
    assert find_baseline(str(tmp_path / "repo" / "sub")) is None
    path = write(tmp_path / "repo", {})
    assert find_baseline(str(tmp_path / "repo" / "sub")) == path
