"""Where evidence is written to: a file that is made with its folder, or a message that helps."""

from __future__ import annotations

from pathlib import Path

import pytest

from antkey_hooks.egress.evidence import Evidence
from antkey_scanner.errors import PolicyError


def test_a_folder_that_is_not_there_is_made(tmp_path: Path) -> None:
    path = tmp_path / "evidence" / "ci" / "chat.jsonl"

    with Evidence(str(path)) as evidence:
        evidence.write_silence("no-key", ["acme"], 1_800_000_000_000_000)

    assert path.read_text().count("\n") == 1


def test_what_cannot_be_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "evidence").write_text("")

    with pytest.raises(PolicyError, match=r"--evidence: .*; name a file"):
        Evidence(str(tmp_path / "evidence" / "chat.jsonl"))


def test_no_file_takes_everything() -> None:
    with Evidence(None) as evidence:
        evidence.write_silence("no-key", [], 0)
