"""Who decides whether marks in the scanned text count: the policy, and --no-config."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.hooks.cli.conftest import Antkey

Maker = Callable[..., str]
OWN = "antkey: ignore[anthropic-api-key] a sample"


@pytest.fixture
def tree(tmp_path: Path, make_key: Maker) -> Path:
    for name, mark in (
        ("antkey", OWN),
        ("detect-secrets", "pragma: allowlist secret"),
        ("gitleaks", "gitleaks:allow"),
    ):
        (tmp_path / f"{name}.py").write_text(f"k = '{make_key()}'  # {mark}\n")
    return tmp_path


def accepted(antkey: Antkey, *arguments: str) -> dict[str, str]:
    """Reason by name of the file, of what is waived."""
    findings = json.loads(antkey("scan", "-fjson", "--exclude", "*.toml", *arguments).stdout)
    assert len(findings["findings"]) == 3
    return {
        one["location"]["path"].removesuffix(".py"): one["accepted"]["reason"]
        for one in findings["findings"]
        if one["status"] == "waived" and one["accepted"]["by"] == "inline"
    }


def test_only_our_own_marks_count_without_a_policy(antkey: Antkey, tree: Path) -> None:
    assert accepted(antkey) == {"antkey": "a sample"}


def test_the_policy_says_whose_marks_count(antkey: Antkey, tree: Path) -> None:
    policy = tree / "antkey.toml"
    policy.write_text('[scan]\naccept_marks = ["detect-secrets", "gitleaks"]\n')
    assert accepted(antkey) == {
        "antkey": "a sample",
        "detect-secrets": "pragma: allowlist secret",
        "gitleaks": "gitleaks:allow",
    }
    policy.write_text('[scan]\naccept_marks = ["gitleaks"]\ninline_ignores = false\n')
    assert accepted(antkey) == {"gitleaks": "gitleaks:allow"}


def test_no_config_switches_all_off(antkey: Antkey, tree: Path) -> None:
    assert accepted(antkey, "--no-config") == {}
    (tree / "mine.toml").write_text('[scan]\naccept_marks = ["gitleaks"]\n')
    assert accepted(antkey, "--no-config", "--policy", "mine.toml") == {}


def test_unknown_marks_are_a_mistake(antkey: Antkey, tree: Path) -> None:
    (tree / "antkey.toml").write_text('[scan]\naccept_marks = ["nosec"]\n')
    done = antkey("scan")
    assert done.returncode == 2
    assert done.stderr.decode() == (
        "antkey: antkey.toml:2: scan.accept_marks[1]: unknown value;"
        " use one of: detect-secrets, gitleaks\n"
    )


def test_what_is_waived_is_listed_and_does_not_fail(
    antkey: Antkey, tmp_path: Path, make_key: Maker
) -> None:
    (tmp_path / "a.py").write_text(f"k = '{make_key()}'  # {OWN}\n")
    done = antkey("scan")
    text = done.stdout.decode()
    assert done.returncode == 0
    assert "[waived: a sample]" in text
    assert "CLEAN  no findings (1 more accepted)" in text


def test_a_mark_without_a_reason_is_told(antkey: Antkey, tmp_path: Path, make_key: Maker) -> None:
    (tmp_path / "a.py").write_text(f"k = '{make_key()}'  # antkey: ignore[anthropic-api-key]\n")
    done = antkey("scan")
    assert done.returncode == 1
    assert b"[`antkey: ignore` without a reason does not count]" in done.stdout


@pytest.mark.parametrize("jobs", ["1", "4"])
def test_workers_send_reasons_home(
    antkey: Antkey, tmp_path: Path, make_key: Maker, jobs: str
) -> None:
    for number in range(300):
        (tmp_path / f"{number:03}.py").write_text(f"k = '{make_key()}'  # {OWN} {number}\n")
    done = antkey("scan", "-fjson", "-j", jobs)
    findings = json.loads(done.stdout)["findings"]
    assert done.returncode == 0
    assert [one["accepted"]["reason"] for one in findings] == [
        f"a sample {number}" for number in range(300)
    ]


def test_standard_input_has_marks_too(antkey: Antkey, make_key: Maker) -> None:
    line = f"k = '{make_key()}'  # {OWN}\n".encode()
    assert antkey("scan", "-", stdin=line).returncode == 0
    assert antkey("scan", "-", "--no-config", stdin=line).returncode == 1
