"""Scans of one history, one after the other."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.scanner.git.conftest import Git

from antkey_rules.load import load_builtin
from antkey_scanner.engine import Scanned, Settings, scan
from antkey_scanner.model import PatternRule
from antkey_scanner.sources.cache import Cache
from antkey_scanner.sources.cachekey import rules_key
from antkey_scanner.sources.history import History
from antkey_scanner.sources.recall import Memory

Maker = Callable[..., str]
LATER = 3600 * 10**9
"""Packs that are an hour old are told apart by their times alone."""


@pytest.fixture
def git(make_git: Callable[..., Git], make_key: Maker) -> Git:
    """A packed history of many versions, one with a key that is gone again."""
    repository = make_git()
    for number in range(20):
        repository.commit(a=f"{number}\n" * 50, b=f"b {number}\n")
    repository.commit(secret=make_key())
    repository("rm", "-q", "secret")
    repository.commit("gone")
    repository("repack", "-adq")
    repository("prune-packed", "-q")
    return repository


@pytest.fixture
def again(tmp_path: Path) -> Again:
    return Again(tmp_path / "cache")


class Again:
    """Scans a history as often as wanted, and remembers each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cache: Cache
        self._keys: dict[str, bytes] = {}

    def __call__(
        self,
        git: Git,
        *,
        rules: tuple[PatternRule, ...] | None = None,
        settings: Settings | None = None,
        later: int = LATER,
        jobs: int = 1,
        forget: bool = False,
        apart: bool = False,
    ) -> Scanned:
        rules = load_builtin() if rules is None else rules
        settings = Settings() if settings is None else settings
        now = time.time_ns() + later
        # Made once, as somebody may work on the scanner while its tests run.
        key = self._keys.setdefault(repr((rules, settings)), rules_key(rules, settings))
        self.cache = Cache(str(self.folder), key, now // 10**9)
        history = History([(f"{git.path}/", "")])
        memory = Memory(self.cache, now)
        if forget:
            for repository in history.repositories:
                memory.forget(repository)
        elif not apart:
            history.remember(memory)
        scanned = scan((), rules, settings, jobs=jobs, source=history)
        assert self.cache.troubles == []
        return scanned


def same(one: Scanned, other: Scanned) -> bool:
    return one[:2] == other[:2]
