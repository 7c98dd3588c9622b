"""`antkey init --detect-secrets`, and the real detect-secrets with what it has written."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.hooks.cli.conftest import Antkey

PLUGIN = ".antkey/detect_secrets_plugin.py"


def detect_secrets(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "detect_secrets", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def hook(folder: Path, *files: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            *(sys.executable, "-m", "detect_secrets.pre_commit_hook"),
            *("--baseline", ".secrets.baseline", *files),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with a baseline that detect-secrets has made."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / "a.py").write_text("x = 1\n")
    subprocess.run(["git", "add", "a.py"], cwd=tmp_path, check=True)
    made = detect_secrets(tmp_path, "scan")
    (tmp_path / ".secrets.baseline").write_text(made.stdout)
    subprocess.run(["git", "add", "."], cwd=tmp_path, check=True)
    return tmp_path


def test_the_hook_then_refuses_anthropic_s_keys(
    antkey: Antkey, repository: Path, make_key: Callable[..., str]
) -> None:
    (repository / "b.env").write_text(f"K={make_key()}\n")
    assert "Anthropic" not in hook(repository, "b.env").stdout
    assert antkey("init", "--detect-secrets").returncode == 0
    refused = hook(repository, "b.env")
    assert refused.returncode == 1
    assert "Secret Type: Anthropic Credential\nLocation:    b.env:1" in refused.stdout


@pytest.mark.parametrize(
    "text", ["sk-ant-api03-" + "x" * 93 + "AA", "sk-ant-api03-YOUR-KEY", "sk-ant-..."]
)
def test_the_hook_lets_placeholders_pass(antkey: Antkey, repository: Path, text: str) -> None:
    antkey("init", "--detect-secrets")
    subprocess.run(["git", "add", "."], cwd=repository, check=True)
    (repository / "b.txt").write_text(f"{text}\n")
    done = hook(repository, "b.txt")
    assert (done.returncode, done.stdout) == (0, "")


def test_the_path_is_relative_and_stays_so(antkey: Antkey, repository: Path) -> None:
    antkey("init", "--detect-secrets")
    assert detect_secrets(repository, "scan", "--baseline", ".secrets.baseline").returncode == 0
    used = json.loads((repository / ".secrets.baseline").read_text())["plugins_used"]
    assert {"name": "AntkeyAnthropicDetector", "path": f"file://{PLUGIN}"} in used
    assert str(repository) not in (repository / ".secrets.baseline").read_text()
    elsewhere = repository.with_name(repository.name + "-moved")
    shutil.move(repository, elsewhere)
    assert detect_secrets(elsewhere, "scan", "--baseline", ".secrets.baseline").returncode == 0


def test_what_is_accepted_then_is_accepted_by_antkey_too(
    antkey: Antkey, repository: Path, make_key: Callable[..., str]
) -> None:
    antkey("init", "--detect-secrets")
    (repository / "b.env").write_text(f"K={make_key()}\n")
    (repository / "antkey.toml").write_text("[scan]\ndetect_secrets = true\n")
    subprocess.run(["git", "add", "."], cwd=repository, check=True)
    detect_secrets(repository, "scan", "--baseline", ".secrets.baseline")
    document = json.loads(antkey("scan", "-fjson", "b.env").stdout)
    assert [(f["rule"], f["status"]) for f in document["findings"]] == [
        ("anthropic-api-key", "baseline")
    ]
    assert document["complete"]


def test_twice_changes_nothing(antkey: Antkey, repository: Path) -> None:
    assert b"wrote it\n" in antkey("init", "--detect-secrets").stdout
    files = [repository / PLUGIN, repository / ".secrets.baseline"]
    before = [(file.read_bytes(), file.stat().st_mtime_ns) for file in files]
    done = antkey("init", "--detect-secrets")
    assert done.stdout.decode() == (
        f"{PLUGIN}: is as it should be\n.secrets.baseline: is as it should be\n"
    )
    assert [(file.read_bytes(), file.stat().st_mtime_ns) for file in files] == before


def test_an_absolute_path_is_made_relative(antkey: Antkey, repository: Path) -> None:
    antkey("init", "--detect-secrets")
    path = repository / ".secrets.baseline"
    path.write_text(path.read_text().replace(f"file://{PLUGIN}", f"file://{repository}/{PLUGIN}"))
    assert b".secrets.baseline: wrote it anew" in antkey("init", "--detect-secrets").stdout
    assert str(repository) not in path.read_text()


def test_what_somebody_else_wrote_is_left_alone(antkey: Antkey, repository: Path) -> None:
    (repository / ".antkey").mkdir()
    (repository / PLUGIN).write_text("mine = True\n")
    before = (repository / ".secrets.baseline").read_bytes()
    done = antkey("init", "--detect-secrets")
    assert done.returncode == 2
    assert b"was not written by antkey; move it away" in done.stderr
    assert (repository / PLUGIN).read_text() == "mine = True\n"
    assert (repository / ".secrets.baseline").read_bytes() == before


def test_without_a_baseline_the_cure_is_told(antkey: Antkey, tmp_path: Path) -> None:
    done = antkey("init", "--detect-secrets")
    assert done.returncode == 2
    assert b"make one with `detect-secrets scan > .secrets.baseline`" in done.stderr
    assert not (tmp_path / ".antkey").exists()


def test_a_broken_baseline_is_left_alone(antkey: Antkey, repository: Path) -> None:
    (repository / ".secrets.baseline").write_text("{")
    assert antkey("init", "--detect-secrets").returncode == 2
    assert (repository / ".secrets.baseline").read_text() == "{"


def test_it_works_from_a_folder_below(antkey: Antkey, repository: Path) -> None:
    (repository / "sub").mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "antkey_hooks.cli", "init", "--detect-secrets"],
        cwd=repository / "sub",
        capture_output=True,
        text=True,
        check=True,
    )
    assert "next, in ..: detect-secrets scan --baseline .secrets.baseline" in done.stdout
    assert (repository / PLUGIN).is_file()
