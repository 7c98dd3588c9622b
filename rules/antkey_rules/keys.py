"""The rules about keys: finds the modules that hold one, and runs their examples.

A rule is a module of `builtin/rotation` that ends in `RULE = …`; its docstring is the rule's page.
"""

from __future__ import annotations

import os
from importlib import import_module

from antkey_scanner.errors import RuleError
from antkey_scanner.inventory.rule import KeyRule

_PACKAGE = "antkey_rules.builtin.rotation"
_FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "builtin", "rotation")


def load_key_rules() -> tuple[KeyRule, ...]:
    """All rules about keys, by id. Raises RuleError for a module without one, or with another's name."""
    names = sorted(name.removesuffix(".py") for name in os.listdir(_FOLDER) if name.endswith(".py"))
    return tuple(_load(name) for name in names if name != "__init__")


def load_key_rule(identity: str) -> KeyRule:
    """One rule about keys, by its id. Raises RuleError."""
    return _load(identity.replace("-", "_"))


def _load(name: str) -> KeyRule:
    rule = getattr(import_module(f"{_PACKAGE}.{name}"), "RULE", None)
    if not isinstance(rule, KeyRule) or rule.rule.id != name.replace("_", "-"):
        raise RuleError(f"{name}.py: holds no RULE of that name; end it in RULE = KeyRule(…)")
    source = f"builtin/rotation/{name}.py"
    return rule._replace(rule=rule.rule._replace(source=source))
