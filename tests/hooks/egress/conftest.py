"""What tests of the wrapped command may ask for."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.hooks.egress.steered import Steered

from antkey_hooks.interceptor.authority import Authority


@pytest.fixture(scope="session")
def authority() -> bytes:
    """A certificate, as an interceptor has one."""
    return Authority().ca_pem


@pytest.fixture
def steered(tmp_path: Path, authority: bytes) -> Steered:
    """Runs programs whose connections lead to a port where nobody is."""
    return Steered(tmp_path / "files", authority)
