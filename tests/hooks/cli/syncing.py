"""What tests of `antkey keys sync` share: a server that the policy in the working folder names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.admin_api import AdminApi, serving

from antkey_hooks.cli import keys_sync
from antkey_hooks.cli.options import Options
from antkey_scanner.errors import ExitCode
from antkey_scanner.inventory.anthropic.retry import Patience

NOON = 1_795_176_000.0
"""2026-11-20T12:00:00Z"""

QUICK = Patience(sleep=lambda _: None)
OPTIONS = Options(now=NOON)


@contextmanager
def named_in_policy(key: str, folder: Path, patch: pytest.MonkeyPatch) -> Iterator[AdminApi]:
    """A server that takes this admin key, which is in the environment."""
    patch.chdir(folder)
    patch.setenv("ANTHROPIC_ADMIN_KEY", key)
    patch.delenv("SOURCE_DATE_EPOCH", raising=False)
    with serving(AdminApi(key)) as served:
        policy(folder, served.url)
        yield served


def policy(folder: Path, url: str, more: str = "") -> None:
    text = f'[inventory]\nsource = "anthropic"\nbase_url = "{url}"\n{more}'
    (folder / "antkey.toml").write_text(text)


def sync(**options: object) -> ExitCode:
    """Run the command in this process, without waiting."""
    return keys_sync.run(OPTIONS._replace(**options), QUICK)  # type: ignore[arg-type]
