"""What tests of attestations share: a key that is none, a policy, how antkey is run."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from typing import Protocol

SECRET = "only for this test, and not a secret at all"
POLICY = 'profile = "key-hygiene"\n'

Run = Callable[..., subprocess.CompletedProcess[str]]


class Antkey(Protocol):
    """Runs antkey in the repository, with a key for attestations."""

    def __call__(
        self, *arguments: str, secret: str = SECRET, at: str = "."
    ) -> subprocess.CompletedProcess[str]: ...
