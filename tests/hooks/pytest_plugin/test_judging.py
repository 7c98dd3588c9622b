"""A marked test fails for requests that do not carry its tenant's key, says which, and else passes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.hooks.pytest_plugin.conftest import PLUGIN, Ran

Run = Callable[..., Ran]

OUTCOMES = {
    "test_right_key": "",
    "test_bearer": "",
    "test_platform_key": "egress-platform-key",
    "test_platform_token": "egress-platform-key",
    "test_other_tenant": "egress-wrong-tenant",
    "test_unknown_key": "egress-unknown-key",
    "test_no_key": "egress-no-key",
    "test_foreign_host": "egress-foreign-host",
    "test_key_in_url": "egress-key-in-url",
    "test_fallback_on_error": "egress-fallback-on-error",
    "test_not_seen": "egress-not-seen",
    "test_elsewhere_without_key": "egress-not-seen",
    "test_silent": "",
    "test_not_silent": "egress-request-without-tenant-key",
    "test_thread": "egress-platform-key",
    "test_setup": "egress-platform-key",
    "test_teardown": "egress-platform-key",
    "test_right_in_teardown": "",
    "test_fails_anyway": "egress-platform-key",
    "test_skips_too_late": "egress-platform-key",
    "test_unmarked": "",
    "test_only_fixture": "",
    "test_only_fixture_wrong": "",
    "test_asserts_without_request": "",
    "test_requests": "",
    "test_loopback_stand_in": "egress-platform-key",
    "test_stores_key_on_loopback": "egress-not-seen",
    "test_markers_add_up": "",
    "test_unittest": "egress-platform-key",
    "test_unittest_fails_anyway": "egress-platform-key",
    "test_unittest_skips_too_late": "egress-platform-key",
}


def test_each_test_has_its_verdict(run_suite: Run) -> None:
    ran = run_suite("judged", "--antkey")
    found = {name: ran.told.get(name, "") for name in OUTCOMES}
    wrong = {
        name: ran.outcomes.get(name)
        for name, rule in OUTCOMES.items()
        if (ran.outcomes.get(name) in ("failed", "error")) is not bool(rule)
        or rule not in found[name]
    }
    assert wrong == {}, ran.output
    assert ran.code == 1


def test_skips_and_expected_failures_stay_what_they_are(run_suite: Run) -> None:
    ran = run_suite("judged", "--antkey", "-k", "skips_itself or skipped or expected")
    assert set(ran.outcomes.values()) == {"skipped"}
    assert "1 xfailed" in ran.output


def test_failure_says_all_that_is_known(run_suite: Run) -> None:
    told = run_suite("judged", "--antkey", "-k", "test_platform_key").told["test_platform_key"]
    for part in (
        "POST api.anthropic.com/v1/messages",
        "acme",
        "chat",
        "x-api-key",
        "ANTHROPIC_API_KEY",
        "sk-ant-api03-",
        "test_judged.py:",
        "in send",
        "test_judged.py::test_platform_key",
    ):
        assert part in told, part


def test_own_failure_is_kept_beside_the_violation(run_suite: Run) -> None:
    told = run_suite("judged", "--antkey", "-k", "fails_anyway").told["test_fails_anyway"]
    assert "assert '1' == '2'" in told


def test_nothing_is_judged_without_the_option(run_suite: Run) -> None:
    ran = run_suite("judged", "-k", "not_seen or right_key or unmarked", "--strict-markers")
    assert ran.outcomes == {
        "test_not_seen": "passed",
        "test_right_key": "skipped",
        "test_unmarked": "passed",
    }
    assert "needs pytest --antkey" in ran.output


def test_policy_is_found_from_the_root_folder(run_suite: Run, tmp_path: Path) -> None:
    (tmp_path / "antkey.toml").write_text(
        'profile = "optional-byok"\n[egress]\nallowed_models = ["claude-haiku-*"]\n'
    )
    ran = run_suite("judged", "--antkey", "-k", "right_key or platform_token")
    assert "egress-model-not-allowed" in ran.told["test_right_key"]
    # This tenant has no key in that test, so it may use the platform's.
    assert "egress-platform-key" not in ran.told["test_platform_token"]


def test_mistakes_in_the_policy_stop_the_run(run_suite: Run, tmp_path: Path) -> None:
    (tmp_path / "antkey.toml").write_text("[egress]\nallowed_host = []\n")
    ran = run_suite("judged", "--antkey")
    assert (ran.code, "antkey.toml:2" in ran.output) == (4, True)


@pytest.mark.parametrize(
    ("marker", "problem"),
    [
        ('tenants="a"', "there is no tenants="),
        ('"acme"', "arguments without a name"),
        ("tenant=1", "tenant is no name"),
        ("requests=2", "only requests=0"),
    ],
)
def test_mistakes_in_a_marker_are_told(
    run_suite: Run, tmp_path: Path, marker: str, problem: str
) -> None:
    (tmp_path / "test_own.py").write_text(
        f"import pytest\n@pytest.mark.antkey({marker})\ndef test_it(): pass\n"
    )
    ran = run_suite("", "--antkey")
    assert problem in ran.output
    assert ran.code != 0
    assert "KeyError" not in ran.output


def test_evidence_is_appended(run_suite: Run, tmp_path: Path) -> None:
    evidence = tmp_path / "evidence.jsonl"
    for _ in range(2):
        run_suite("judged", "--antkey", "--antkey-evidence", "evidence.jsonl", "-k", "right_key")
    first, second = map(json.loads, evidence.read_text().splitlines())
    expected = {
        "tenant": "acme",
        "surface": "chat",
        "scenario": None,
        "host": "api.anthropic.com",
        "method": "POST",
        "path": "/v1/messages",
        "header": "x-api-key",
        "source": "key of acme",
        "kind": "api03",
        "model": "claude-opus-5",
        "status": 200,
    }
    assert expected.items() <= first.items()
    assert first["sha256"] != second["sha256"]


def test_evidence_without_antkey_is_a_mistake(run_suite: Run) -> None:
    ran = run_suite("judged", "--antkey-evidence", "evidence.jsonl")
    assert "add --antkey" in ran.output


def test_plugin_alone_imports_no_http_library_and_nothing_else_of_ours() -> None:
    code = (
        "import sys, pytest; before = set(sys.modules)\n"
        f"import {PLUGIN}\n"
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["antkey_hooks", PLUGIN]
