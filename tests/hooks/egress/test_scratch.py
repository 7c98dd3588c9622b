"""The run's folder is there for the run, for its owner, and no longer."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from antkey_hooks.egress.scratch import scratch_folder

LONG_AGO = time.time() - 3600


def age(path: Path) -> None:
    os.utime(path, (LONG_AGO, LONG_AGO))


def test_folder_is_its_owner_s_alone_and_gone_afterwards(tmp_path: Path) -> None:
    with scratch_folder(str(tmp_path)) as folder:
        assert stat.S_IMODE(os.stat(folder).st_mode) == 0o700
        Path(folder, "file").write_text("x")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="nothing is swept there")
def test_folder_of_a_run_that_was_killed_is_removed_by_the_next(tmp_path: Path) -> None:
    script = f"""
import os, signal
from antkey_hooks.egress.scratch import scratch_folder
with scratch_folder({str(tmp_path)!r}):
    os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", script], check=False)
    (left,) = tmp_path.iterdir()
    age(left)
    with scratch_folder(str(tmp_path)) as folder:
        assert [str(path) for path in tmp_path.iterdir()] == [folder]


def test_folder_of_a_run_that_goes_on_stays(tmp_path: Path) -> None:
    with scratch_folder(str(tmp_path)) as first:
        age(Path(first))
        with scratch_folder(str(tmp_path)) as second:
            assert {str(path) for path in tmp_path.iterdir()} == {first, second}


def test_what_only_looks_like_one_stays(tmp_path: Path) -> None:
    (tmp_path / "antkey-egress-file").write_text("x")
    (tmp_path / "antkey-egress-folder").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "in-use").write_text("")
    (tmp_path / "antkey-egress-link").symlink_to(tmp_path / "elsewhere")
    for path in tmp_path.iterdir():
        age(path)
    with scratch_folder(str(tmp_path)):
        assert len(list(tmp_path.iterdir())) == 5
