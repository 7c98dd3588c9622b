"""Reading a text as the policy of a folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from antkey_scanner.errors import ExitCode, PolicyError
from antkey_scanner.policy import Policy, load_policy

NOW = 1_795_000_000.0  # 2026-11-18


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Policy]:
    """Reads a text as the policy of the working folder."""
    monkeypatch.chdir(tmp_path)

    def read(text: str, *, now: float = NOW, name: str = "antkey.toml") -> Policy:
        (tmp_path / name).write_bytes(text.encode())
        return load_policy(None, str(tmp_path), now)

    return read


@pytest.fixture
def refusal(read: Callable[..., Policy]) -> Callable[..., str]:
    """The message with which a text is refused."""

    def refusal(text: str, **options: float | str) -> str:
        with pytest.raises(PolicyError) as caught:
            read(text, **options)
        assert caught.value.exit_code == ExitCode.USAGE
        return "\n".join(caught.value.args)

    return refusal
