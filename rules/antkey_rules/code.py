"""The rules about source code: the modules of `builtin/code`."""

from __future__ import annotations

from antkey_rules.pyrules import modules, placed, rule_in
from antkey_scanner.code.rule import CodeRule

_FAMILY = "code"


def load_code_rules() -> tuple[CodeRule, ...]:
    """All rules about source code, by id. Raises RuleError for a module without one, or with another's
    name."""
    return tuple(map(_load, modules(_FAMILY)))


def _load(name: str) -> CodeRule:
    found = rule_in(_FAMILY, name, CodeRule)
    return found._replace(rule=placed(found.rule, name))
