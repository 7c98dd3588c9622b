"""A hook runs at every commit: the whole process imports nothing that it does not use."""

from __future__ import annotations

import subprocess
import sys

from tests.hooks.cli.test_startup import EXPENSIVE
from tests.hooks.githooks.scratch import Scratch, environment

PROGRAM = """\
import sys
before = set(sys.modules)
from antkey_hooks.cli import main
assert main(["hook", "pre-commit", "a.txt"]) == 0
print(*sorted(set(sys.modules) - before))
"""


def imported(scratch: Scratch) -> set[str]:
    """The modules that the hook brings in when all is well."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=scratch.path,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def test_a_harmless_commit_imports_nothing_expensive(repository: Scratch) -> None:
    for number in range(10):
        repository.add(f"{number}.txt", "old\n" * 100)
    repository.past_hooks()
    repository.add("a.txt", "harmless\n")
    repository.add("1.txt", "new\n" * 100)
    imported(repository)  # compiles the rules
    found = imported(repository)
    assert "antkey_scanner.sources.staged" in found
    assert not found & {*EXPENSIVE, "dulwich", "numpy", "sqlite3"}
    assert "antkey_scanner.git.walk" not in found  # whole histories are read by other commands
