"""Refuses to write where the run would overwrite what it goes by, what it reads, or what is not antkey's.

Asked before any work is done: whoever is refused has lost nothing, no time either. Writes nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from antkey_hooks.cli import output
from antkey_hooks.cli.earlier import may_be_replaced, may_hold_inventory
from antkey_hooks.cli.inventory import SNAPSHOT_NAME
from antkey_hooks.cli.request import baseline_path
from antkey_scanner.errors import PolicyError
from antkey_scanner.inventory.load import shown
from antkey_scanner.policy import FILE_NAME, PROJECT_FILE_NAME

if TYPE_CHECKING:
    from antkey_hooks.cli.options import Options
    from antkey_scanner.policy import Policy

REPORT_CURE = "name another file by --report"
_POLICIES = (FILE_NAME, PROJECT_FILE_NAME)


def refuse_clashes(reports: Sequence[tuple[str, str]], cure: str = REPORT_CURE) -> None:
    """Refuse folders, and two reports in one file. reports: formats and paths. Raises PolicyError."""
    for _, path in reports:
        output.check_report_path(path)
    for (one, path), (other, second) in combinations(reports, 2):
        if is_same(path, second):
            raise PolicyError(
                f"{shown(path)}: two reports ({one} and {other}) would be written to it; {cure}"
            )


def refuse_all(
    options: Options, policy: Policy, read: Iterable[str] = (), *, cure: str = REPORT_CURE
) -> None:
    """Refuse clashes, to write over what a run by a policy goes by, and over whatever antkey has not
    written. read: the files that the run was told to read; cure: what to do instead. Raises PolicyError."""
    refuse_over(options.report, (*used_by(options, policy), *inputs(read)), cure)


def refuse_over(
    reports: Sequence[tuple[str, str]], used: Sequence[tuple[str, str]], cure: str = REPORT_CURE
) -> None:
    """Refuse clashes, to write over what is used, and over whatever antkey has not written. used: what is
    there, and its path. Raises PolicyError."""
    refuse_clashes(reports, cure)
    for _, path in reports:
        refuse_used(path, used, cure)
        if os.path.basename(path) in _POLICIES or not may_be_replaced(path):
            raise PolicyError(
                f"{shown(path)}: is no report of antkey, and none may overwrite it; {cure}"
            )


def refuse_used(path: str, used: Iterable[tuple[str, str]], cure: str) -> None:
    """Refuse a place that the run goes by. used: as for `refuse_over`. Raises PolicyError."""
    for what, other in used:
        if is_same(path, other):
            raise PolicyError(
                f"{shown(path)}: is {what} that is in use, and no report may overwrite it; {cure}"
            )


def refuse_no_inventory(path: str) -> None:
    """Refuse a place for an inventory where something else lies. Raises PolicyError."""
    if os.path.basename(path) in _POLICIES or not may_hold_inventory(path):
        raise PolicyError(
            f"{shown(path)}: is no inventory, and none may overwrite it; name another file by --output"
        )


def inputs(read: Iterable[str]) -> Iterator[tuple[str, str]]:
    """What a run was told to read, but for standard input."""
    return (("a file", path) for path in read if path != "-")


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


def used_by(options: Options, policy: Policy) -> Iterator[tuple[str, str]]:
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
