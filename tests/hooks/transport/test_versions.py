"""The tests of the transports pass with other versions of the SDK than this Python has."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from tests.clients.places import python_of

CHECKOUT = Path(__file__).resolve().parents[3]
ROOTS = ("scanner", "rules", "reports", "hooks")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["pytest-plugin", "pytest-sdk-1.17", "pytest-sdk-0.60"])
def test_transports_pass_with(name: str) -> None:
    kept = {key: text for key, text in os.environ.items() if not key.startswith("PYTEST_")}
    done = subprocess.run(
        [python_of(name), "-m", "pytest", "-q", "-p", "no:cacheprovider", *_files()],
        cwd=CHECKOUT,
        env={
            **kept,
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": os.pathsep.join(str(CHECKOUT / root) for root in ROOTS),
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]


def _files() -> list[str]:
    folder = Path(__file__).parent
    return [str(folder / name) for name in ("test_transport.py", "test_sdk.py")]
