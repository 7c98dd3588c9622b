"""numpy is loaded without threads of its own, and nothing else is changed for it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

_LOAD = """
import os
from antkey_scanner import arrays
print(arrays.load())
print(os.environ.get("OPENBLAS_NUM_THREADS"))
print(len(os.listdir("/proc/self/task")))
"""


def _told(setting: str | None, folder: Path | None = None) -> list[str]:
    environment = {name: value for name, value in os.environ.items() if "NUM_THREADS" not in name}
    if setting is not None:
        environment["OPENBLAS_NUM_THREADS"] = setting
    if folder is not None:
        environment["PYTHONPATH"] = str(folder)
    done = subprocess.run(
        [sys.executable, "-c", _LOAD], env=environment, capture_output=True, check=True, text=True
    )
    return done.stdout.split()


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="threads are listed on Linux only")
def test_it_starts_no_threads() -> None:
    pytest.importorskip("numpy", reason="numpy is not installed")
    assert _told(None) == ["True", "None", "1"]


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="threads are listed on Linux only")
def test_what_the_caller_has_set_stays() -> None:
    pytest.importorskip("numpy", reason="numpy is not installed")
    assert _told("2")[:2] == ["True", "2"]


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="threads are listed on Linux only")
def test_it_tells_when_numpy_cannot_be_imported(tmp_path: Path) -> None:
    (tmp_path / "numpy.py").write_text("raise ImportError\n")
    assert _told(None, tmp_path)[:2] == ["False", "None"]
