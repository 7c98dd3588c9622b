"""The rules about keys: finds the modules that hold one, and takes their docstrings apart.

A rule is a module of `builtin/rotation` that ends in `RULE = …`; its docstring is the rule's page. It says
why the rule is there and how it judges, and ends in `Policy: …` where values of a policy change that.
"""

from __future__ import annotations

import os
import re
from importlib import import_module

from antkey_scanner.errors import RuleError
from antkey_scanner.inventory.rule import KeyRule
from antkey_scanner.model import Rule

_PACKAGE = "antkey_rules.builtin.rotation"
_FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "builtin", "rotation")

_POLICY = re.compile(r"\n\s*\nPolicy: (?P<values>.+)\Z", re.DOTALL)
_VALUE = re.compile(r"[A-Za-z_]+(?:\.[A-Za-z_]+)+(?: \([^()]*\))?")


def load_key_rules() -> tuple[KeyRule, ...]:
    """All rules about keys, by id. Raises RuleError for a module without one, or with another's name."""
    names = sorted(name.removesuffix(".py") for name in os.listdir(_FOLDER) if name.endswith(".py"))
    return tuple(_load(name) for name in names if name != "__init__")


def load_key_rule(identity: str) -> KeyRule:
    """One rule about keys, by its id. Raises RuleError."""
    return _load(identity.replace("-", "_"))


def page_of(rule: Rule) -> tuple[str, tuple[str, ...]]:
    """Why a rule is there, and the values of a policy that it takes, such as
    `rotation.max_age_days (90)`, which its docstring ends with where it takes any."""
    why = rule.why.strip()
    found = _POLICY.search(why)
    if found is None:
        return why, ()
    values = _VALUE.findall(" ".join(found["values"].split()))
    return why[: found.start()], tuple(values)


def _load(name: str) -> KeyRule:
    rule = getattr(import_module(f"{_PACKAGE}.{name}"), "RULE", None)
    if not isinstance(rule, KeyRule) or rule.rule.id != name.replace("_", "-"):
        raise RuleError(f"{name}.py: holds no RULE of that name; end it in RULE = KeyRule(…)")
    source = f"builtin/rotation/{name}.py"
    return rule._replace(rule=rule.rule._replace(source=source))
