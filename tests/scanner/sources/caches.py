"""A cache with something in it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from antkey_scanner.sources.cache import Cache, State

STORE, OTHER = b"s" * 32, b"o" * 32
RULES = b"r" * 32
IDS = b"".join(bytes([at]) * 20 for at in range(1, 9))
STATE = State(b"p" * 16, b"d" * 20, b"l" * 20, b"m" * 20, b"t", 8)
NOW = 1_800_000_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "antkey"


def opened(folder: Path, rules: bytes = RULES, now: int = NOW) -> Cache:
    return Cache(str(folder), rules, now)


def filled(folder: Path) -> Path:
    """A cache with ids and a state of one store; its file."""
    made = opened(folder)
    made.keep(STORE, 20, STATE, IDS)
    assert made.troubles == []
    return Path(made.path)


def change(path: Path, statement: str, *values: object) -> None:
    with sqlite3.connect(path) as db:
        assert db.execute(statement, values).rowcount != 0
    db.close()
