"""Other providers' keys and detect-secrets, as the policy turns them on."""

from __future__ import annotations

import json
import random
import string
import subprocess
import sys
from pathlib import Path

import pytest
from tests.hooks.cli.conftest import Antkey
from tests.hooks.cli.test_startup import imported

HEX = "0123456789abcdef"


@pytest.fixture
def openrouter(request: pytest.FixtureRequest) -> str:
    return "sk-or-v1-" + "".join(random.Random(request.node.nodeid).choices(HEX, k=64))


@pytest.fixture
def aws_id(request: pytest.FixtureRequest) -> str:
    alphabet = string.ascii_uppercase + string.digits
    return "AKIA" + "".join(random.Random(request.node.nodeid).choices(alphabet, k=16))


@pytest.fixture
def tree(tmp_path: Path, openrouter: str, aws_id: str) -> Path:
    """A repository with a key of OpenRouter's and one of AWS."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / "a.env").write_text(f"OPENROUTER_API_KEY={openrouter}\n")
    (tmp_path / "b.env").write_text(f"AWS_ID={aws_id}\n")
    return tmp_path


def scan(antkey: Antkey, *arguments: str) -> dict[str, str]:
    """Status by path and rule."""
    findings = json.loads(antkey("scan", "-fjson", *arguments).stdout)["findings"]
    return {f"{each['location']['path']} {each['rule']}": each["status"] for each in findings}


def test_they_are_off_by_default(antkey: Antkey, tree: Path) -> None:
    document = json.loads(antkey("scan", "-fjson").stdout)
    assert document["findings"] == []
    assert "no-leaked-provider-key" not in {each["id"] for each in document["controls"]}


def test_providers_turns_on_our_own_rules(antkey: Antkey, tree: Path) -> None:
    (tree / "antkey.toml").write_text("[scan]\nproviders = true\n")
    document = json.loads(antkey("scan", "-fjson").stdout)
    assert [each["rule"] for each in document["findings"]] == ["openrouter-api-key"]
    status = {each["id"]: each["status"] for each in document["controls"]}
    assert status["no-leaked-key"] == "pass"
    assert status["no-leaked-provider-key"] == "fail"
    assert "no-other-secret" not in status


def test_detect_secrets_turns_on_both(antkey: Antkey, tree: Path) -> None:
    (tree / "antkey.toml").write_text("[scan]\ndetect_secrets = true\n")
    assert scan(antkey) == {
        "a.env openrouter-api-key": "open",
        "b.env detect-secrets-aws-access-key": "open",
    }


def test_the_policy_chooses_the_detectors(antkey: Antkey, tree: Path) -> None:
    (tree / "antkey.toml").write_text(
        '[scan]\ndetect_secrets = true\ndetect_secrets_plugins = ["SlackDetector"]\n'
    )
    assert scan(antkey) == {"a.env openrouter-api-key": "open"}
    (tree / "antkey.toml").write_text('[scan]\ndetect_secrets_plugins = ["SlackDetektor"]\n')
    done = antkey("scan")
    assert done.returncode == 2
    assert b'did you mean "SlackDetector"?' in done.stderr


def test_its_baseline_accepts_unless_nothing_is_trusted(antkey: Antkey, tree: Path) -> None:
    (tree / "antkey.toml").write_text("[scan]\ndetect_secrets = true\n")
    made = subprocess.run(
        [sys.executable, "-m", "detect_secrets", "scan", "--all-files", "--no-verify"],
        cwd=tree,
        capture_output=True,
        check=True,
    )
    (tree / ".secrets.baseline").write_bytes(made.stdout)
    assert scan(antkey)["b.env detect-secrets-aws-access-key"] == "baseline"
    found = scan(antkey, "--no-config", "--policy", "antkey.toml")
    assert found["b.env detect-secrets-aws-access-key"] == "open"


def test_a_broken_baseline_is_told_before_anything_is_read(antkey: Antkey, tree: Path) -> None:
    (tree / ".secrets.baseline").write_text("{")
    assert antkey("scan").returncode == 0
    (tree / "antkey.toml").write_text("[scan]\ndetect_secrets = true\n")
    done = antkey("scan")
    assert done.returncode == 2
    assert done.stderr.startswith(b"antkey: .secrets.baseline: is no JSON, line 1; make it anew")


def test_a_scanned_folder_s_own_baseline_is_not_taken(
    antkey: Antkey, tree: Path, aws_id: str
) -> None:
    (tree / "antkey.toml").write_text("[scan]\ndetect_secrets = true\n")
    foreign = tree / "foreign"
    foreign.mkdir()
    subprocess.run(["git", "init", "-q", str(foreign)], check=True)
    (foreign / "c.env").write_text(aws_id)
    (foreign / ".secrets.baseline").write_text("{ broken: it is never read")
    assert scan(antkey, "foreign") == {"c.env detect-secrets-aws-access-key": "open"}


def test_standard_input_is_searched_by_our_rules_and_the_gap_is_said(
    antkey: Antkey, tree: Path, openrouter: str
) -> None:
    (tree / "antkey.toml").write_text("[scan]\ndetect_secrets = true\n")
    done = antkey("scan", "-fjson", "-", stdin=openrouter.encode())
    document = json.loads(done.stdout)
    assert [each["rule"] for each in document["findings"]] == ["openrouter-api-key"]
    (skip,) = document["skipped"]
    assert (skip["path"], skip["counts"]) == ("<stdin>", True)
    assert not document["complete"]


def test_what_is_staged_is_searched_and_not_the_work_tree(
    antkey: Antkey, tree: Path, aws_id: str
) -> None:
    (tree / "antkey.toml").write_text("[scan]\ndetect_secrets = true\n")
    subprocess.run(["git", "add", "b.env"], cwd=tree, check=True)
    (tree / "b.env").write_text("harmless now")
    assert scan(antkey, "--staged") == {"b.env detect-secrets-aws-access-key": "open"}


def test_a_scan_for_anthropic_s_keys_imports_nothing_of_it(tmp_path: Path) -> None:
    (tmp_path / "clean.txt").write_text("nothing here\n")
    imported(tmp_path, "scan", "clean.txt")
    modules = imported(tmp_path, "scan", "clean.txt")
    assert not {name for name in modules if "bridge" in name or "detect_secrets" in name}
    assert "antkey_hooks.cli.others" not in modules
