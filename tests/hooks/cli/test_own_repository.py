"""This repository passes its own check, by the policy at its root."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.hooks.cli.conftest import Antkey


def test_our_own_files_pass_our_own_policy(
    antkey: Antkey, tmp_path: Path, checkout: Path, project_files: list[Path]
) -> None:
    for path in project_files:
        copy = tmp_path / path.relative_to(checkout)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    policy = tmp_path / "antkey.toml"
    policy.write_text(policy.read_text().replace("history = true\n", ""))
    (tmp_path / ".git").mkdir()  # the copy has no history, and nothing above it is ours
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (tmp_path / ".git" / "objects").mkdir()
    (tmp_path / ".git" / "refs").mkdir()
    done = antkey("check", "-q", "-f", "json", "--report-dir", str(tmp_path.parent / "out"))
    document = json.loads(done.stdout)
    found = [
        (one["rule"], one["location"]["path"])
        for one in document["findings"]
        if one["status"] == "open"
    ]
    assert (done.returncode, found) == (0, []), document["skipped"]
