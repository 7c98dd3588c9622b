"""The rules about keys: the modules of `builtin/rotation`."""

from __future__ import annotations

from antkey_rules.pyrules import module_of, modules, placed, rule_in
from antkey_scanner.inventory.rule import KeyRule

_FAMILY = "rotation"


def load_key_rules() -> tuple[KeyRule, ...]:
    """All rules about keys, by id. Raises RuleError for a module without one, or with another's name."""
    return tuple(map(_load, modules(_FAMILY)))


def load_key_rule(identity: str) -> KeyRule:
    """One rule about keys, by its id. Raises RuleError."""
    return _load(module_of(identity))


def _load(name: str) -> KeyRule:
    found = rule_in(_FAMILY, name, KeyRule)
    return found._replace(rule=placed(found.rule, name))
