"""Runs the examples of rules about keys: inventories in TOML, read as a user's own file is.

An example is an inventory with a line `now = TIME` and, where the rule asks for it, lines of a policy
such as `policy.rotation.max_age_days = 30`, or a line `leaks = ["NAME"]` with the keys that scans have
found. These stand alone on their lines.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from typing import Any

from antkey_scanner.errors import PolicyError, RuleError
from antkey_scanner.inventory.files import read_sheet
from antkey_scanner.inventory.records import Inventory, KeyRecord
from antkey_scanner.inventory.rule import Breach, Case, KeyRule, Leak
from antkey_scanner.inventory.times import micros
from antkey_scanner.policy.keys import keys_policy
from antkey_scanner.policy.kinds import problems
from antkey_scanner.policy.schema import POLICY

_CIRCUMSTANCE = re.compile(r"^(?:now|leaks|policy\.[a-z_.]+) = .*$", re.MULTILINE)


def case(text: str) -> Case:
    """What an example is judged by. Raises RuleError where it is none."""
    circumstances = "\n".join(_CIRCUMSTANCE.findall(text))
    try:
        tables: dict[str, Any] = tomllib.loads(circumstances)
        now = micros(tables["now"])
        sheet = read_sheet(_CIRCUMSTANCE.sub("", text).encode(), "example.toml", ".toml")
    except (ValueError, KeyError, PolicyError) as error:
        raise RuleError(f"{text!r} is no example: {error!r}; mend it") from None
    policy = tables.get("policy", {})
    wrong = [problem.text for problem in problems(policy, POLICY, ())]
    if wrong:
        raise RuleError(f"{text!r} has no policy: {'; '.join(wrong)}")
    inventory = Inventory(sheet.keys, sheet.members, sheet.tenants)
    return Case(inventory, keys_policy(policy), now, _leaks(sheet.keys, tables.get("leaks")))


def _leaks(keys: Sequence[KeyRecord], names: list[str] | None) -> tuple[Leak, ...] | None:
    """Each key that is named as if it had been found in one place."""
    if names is None:
        return None
    return tuple(Leak(key, "exact", 1, "app.env", None) for key in keys if key.name in names)


def check(rule: KeyRule) -> list[str]:
    """Run a rule's own examples. One sentence for each that fails."""
    failures = (_failure(rule, example.text, example.matches) for example in rule.rule.examples)
    return [failure for failure in failures if failure is not None]


def _failure(rule: KeyRule, text: str, wanted: bool) -> str | None:
    name = rule.rule.id
    try:
        judged = case(text)
    except RuleError as error:
        return f"{name}: {error}"
    off = rule.off(judged)
    if off is not None:
        return f"{name}: example {text!r} gives it nothing to judge by: {off}"
    verdicts = list(rule.check(judged))
    breaches = [verdict for verdict in verdicts if isinstance(verdict, Breach)]
    if wanted:
        return None if breaches else f"{name}: example {text!r} must match and does not"
    return f"{name}: example {text!r} must not match and does" if verdicts else None
