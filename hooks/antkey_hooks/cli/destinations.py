"""Refuses report files that would overwrite what the run goes by, or one another. Writes nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from antkey_hooks.cli import output
from antkey_hooks.cli.inventory import SNAPSHOT_NAME
from antkey_hooks.cli.request import baseline_path
from antkey_scanner.errors import PolicyError
from antkey_scanner.inventory.load import shown

if TYPE_CHECKING:
    from antkey_hooks.cli.options import Options
    from antkey_scanner.policy import Policy

_CURE = "name another file by --report"


def refuse_clashes(reports: Sequence[tuple[str, str]]) -> None:
    """Refuse folders, and two reports in one file. reports: formats and paths. Raises PolicyError."""
    for _, path in reports:
        output.check_report_path(path)
    for (one, path), (other, second) in combinations(reports, 2):
        if is_same(path, second):
            raise PolicyError(
                f"{shown(path)}: two reports ({one} and {other}) would be written to it; {_CURE}"
            )


def refuse_all(options: Options, policy: Policy) -> None:
    """Refuse clashes, and to write over what a run by a policy goes by. Raises PolicyError."""
    refuse_clashes(options.report)
    inputs = list(_inputs(options, policy))
    for _, path in options.report:
        for what, used in inputs:
            if is_same(path, used):
                raise PolicyError(
                    f"{shown(path)}: is {what} that is in use, and no report may overwrite it; {_CURE}"
                )


def is_same(one: str, other: str) -> bool:
    """Whether two paths lead to one file, or will. Devices and pipes take from many."""
    real, second = os.path.realpath(one), os.path.realpath(other)
    if os.path.exists(real) and not os.path.isfile(real):
        return False
    if real == second:
        return True
    try:
        return os.path.samefile(real, second)
    except (OSError, ValueError):
        return False


def _inputs(options: Options, policy: Policy) -> Iterator[tuple[str, str]]:
    """What a run goes by, and its files."""
    folder = policy.folder or os.curdir
    if policy.ref.path is not None:
        name = os.path.basename(options.policy or policy.ref.path)
        yield "the policy", os.path.join(folder, name)
    baseline = baseline_path(policy, options)
    if baseline is not None:
        yield "the baseline", baseline
    if policy.keys is not None:
        for path in (*policy.keys.files, SNAPSHOT_NAME):
            yield "the inventory", os.path.join(folder, path)
    for rules in options.rules:
        yield "a file of rules", rules
