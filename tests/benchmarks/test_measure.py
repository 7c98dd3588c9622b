"""Measurements of single processes, and what is read from what programs print."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from benchmarks.doubling import Growth
from benchmarks.measure import peak_memory, run
from benchmarks.startup import Import, imports

MIB = 1 << 20
THREE_CHILDREN = """
import os
go, hold = os.pipe()
for _ in range(3):
    if not os.fork():
        os.close(hold)
        block = b"x" * (40 << 20)
        os.write(1, b".")
        os.read(go, 1)
        os._exit(0)
while os.fstat(1).st_size < 3:
    pass
import time
time.sleep(0.3)  # long enough to be looked at
os.close(hold)
for _ in range(3):
    os.wait()
"""


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_run_gives_outputs_and_exit_code(tmp_path: Path) -> None:
    cost = run(
        python("import sys; print('out'); print('err', file=sys.stderr); sys.exit(7)"),
        tmp_path,
        os.environ,
        60,
    )
    assert (cost.code, cost.output, cost.errors) == (7, b"out\n", b"err\n")
    assert not cost.timed_out
    assert cost.wall > 0
    assert cost.cpu > 0


def test_run_is_stopped_at_its_limit(tmp_path: Path) -> None:
    cost = run(python("import time; time.sleep(600)"), tmp_path, os.environ, 0.2)
    assert cost.timed_out
    assert cost.code == -9


def test_memory_of_a_single_process_is_seen(tmp_path: Path) -> None:
    peak = peak_memory(python(f"block = b'x' * {200 * MIB}"), tmp_path, os.environ, 60)
    assert 200 * MIB <= peak < 260 * MIB


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc to see a tree of processes")
def test_memory_of_all_descendants_is_summed(tmp_path: Path) -> None:
    peak = peak_memory(python(THREE_CHILDREN), tmp_path, os.environ, 60)
    assert 120 * MIB <= peak < 200 * MIB


def test_imports_are_read_from_pythons_listing() -> None:
    listing = (
        b"import time: self [us] | cumulative | imported package\n"
        b"import time:       120 |        120 |     _re\n"
        b"import time:       200 |        320 |   re\n"
        b"some other line\n"
    )
    assert imports(listing) == (Import("_re", 120, 120), Import("re", 200, 320))


@pytest.mark.parametrize(
    ("times", "suspicious"),
    [
        ((0.1, 0.2, 0.4), False),
        ((0.1, 0.2, 0.8), True),
        ((0.1, 0.4, 0.8), True),
        ((0.001, 0.004, 0.016), False),  # all of it is noise
        ((0.1, 0.2), True),  # the third was stopped
    ],
)
def test_growth_faster_than_the_input_is_suspicious(
    times: tuple[float, ...], suspicious: bool
) -> None:
    assert Growth("x", times).suspicious is suspicious
