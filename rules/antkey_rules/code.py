"""The rules about source code: the modules of `builtin/code`."""

from __future__ import annotations

from antkey_rules.pyrules import is_in, module_of, modules, placed, rule_in
from antkey_scanner.code.rule import CodeRule

_FAMILY = "code"


def load_code_rules() -> tuple[CodeRule, ...]:
    """All rules about source code, by id. Raises RuleError for a module without one, or with another's
    name."""
    return tuple(map(_load, modules(_FAMILY)))


def load_code_rule(identity: str) -> CodeRule | None:
    """The rule about source code of an id, None where it is of another family."""
    return _load(module_of(identity)) if is_in(_FAMILY, identity) else None


def _load(name: str) -> CodeRule:
    found = rule_in(_FAMILY, name, CodeRule)
    return found._replace(rule=placed(found.rule, name))
