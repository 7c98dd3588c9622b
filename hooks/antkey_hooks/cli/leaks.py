"""Says of what a scan found which keys of the inventory they are, and which of these are still active.

Imported only when something was found and the policy names an inventory.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from antkey_hooks.cli import output
from antkey_hooks.cli.inventory import inventory_of, now_of
from antkey_rules.keys import load_key_rule
from antkey_rules.load import load_key_controls
from antkey_scanner.errors import AntkeyError, EvidenceError, ExitCode, PolicyError
from antkey_scanner.inventory.judge import judge
from antkey_scanner.inventory.leaks import leaks_of, recognised
from antkey_scanner.inventory.rule import Case
from antkey_scanner.inventory.verdict import assess_keys
from antkey_scanner.model import Assessment, Finding
from antkey_scanner.policy.anchor import root_below
from antkey_scanner.suppress import waive_findings, weigh_findings

if TYPE_CHECKING:
    from antkey_hooks.cli.clock import Clock
    from antkey_hooks.cli.options import Options
    from antkey_scanner.inventory.load import Loaded
    from antkey_scanner.policy import Policy
    from antkey_scanner.policy.keys import KeysPolicy

_RULE = "leaked-key-still-active"


class Joined(NamedTuple):
    """Findings that know their keys, and those about leaked keys. keys: how many the inventory has;
    error: what its reading ended with."""

    findings: tuple[Finding, ...]
    assessments: tuple[Assessment, ...] = ()
    keys: int = 0
    error: ExitCode = ExitCode.OK


def join(
    findings: Sequence[Finding],
    policy: Policy,
    targets: Sequence[str],
    clock: Clock,
    options: Options,
    read: tuple[KeysPolicy, Loaded] | None = None,
) -> Joined:
    """The findings with what the inventory knows of them. read: the inventory, if it was read already.

    An inventory that cannot be read takes nothing away from what the scan found: it is told, and it is
    the exit code of a run that is otherwise clean.
    """
    try:
        keys_policy, loaded = read or inventory_of(policy, now_of(clock))
    except (PolicyError, EvidenceError) as error:
        return _without(findings, error)
    case = Case(loaded.inventory, keys_policy, now_of(clock))
    known = list(recognised(findings, case))
    case = case._replace(leaks=leaks_of(known, loaded.inventory))
    verdicts = judge(case, [load_key_rule(_RULE)])
    below = root_below(policy.folder, targets)
    found = waive_findings(known, policy.waivers, below)
    active = weigh_findings(verdicts.findings, policy, root_below(policy.folder, [os.curdir]))
    controls = [control for control in load_key_controls() if _RULE in control.rules]
    count = len(loaded.inventory.keys)
    assessments = assess_keys(controls, verdicts, active, count, 0, options.fail_on)
    return Joined((*found, *active), assessments, count)


def _without(findings: Sequence[Finding], error: AntkeyError) -> Joined:
    output.say(*map(str, error.args), "the inventory was not compared with what was found")
    return Joined(tuple(findings), error=error.exit_code)
