"""A recording that holds nothing, or nothing that can be read, needs no inventory to be told from a proof."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.hooks.cli.conftest import Antkey

POLICY = 'profile = "strict-byok"\n[egress]\nevidence = ["e.jsonl"]\n'
NOTHING = [b"", b"\n\n \n", b"\xef\xbb\xbf"]
BROKEN = [
    b"\xff\xfe\x00",
    b"\x00\x01\x02",
    b"\x1f\x8b\x08cut",
    b"hello\n",
    b'{"antkey_evid',
    b'{"a": ',
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "antkey.toml").write_text(POLICY)
    (tmp_path / "app.py").write_text("print('fine')\n")
    return tmp_path


@pytest.mark.parametrize("data", NOTHING)
def test_what_is_empty_leaves_the_run_undecided(antkey: Antkey, folder: Path, data: bytes) -> None:
    (folder / "e.jsonl").write_bytes(data)
    assert antkey("egress", "replay", "e.jsonl").returncode == 4
    assert antkey("check").returncode == 4


@pytest.mark.parametrize("data", BROKEN)
def test_what_is_broken_or_cut_leaves_it_incomplete(
    antkey: Antkey, folder: Path, data: bytes
) -> None:
    (folder / "e.jsonl").write_bytes(data)
    done = antkey("egress", "replay", "e.jsonl")
    assert done.returncode == 3, done.stdout
    assert antkey("check").returncode == 3


def test_a_request_without_an_inventory_still_asks_for_one(antkey: Antkey, folder: Path) -> None:
    line = {
        "host": "api.anthropic.com",
        "path": "/v1/messages",
        "key_hint": "sk-ant-api03-abc…igAA",
    }
    (folder / "e.jsonl").write_text(json.dumps({"time": "2026-11-20T12:00:00Z", **line}) + "\n")
    done = antkey("egress", "replay", "e.jsonl")
    assert done.returncode == 2
    assert b"only an inventory tells" in done.stderr
