"""Rules that are modules: finds those of a family, and takes their docstrings apart.

Such a rule is a module of `builtin/FAMILY` that ends in `RULE = …`; its docstring is the rule's page. It
says why the rule is there and how it judges, and ends in `Policy: …` where values of a policy change that.
"""

from __future__ import annotations

import os
import re
from importlib import import_module
from typing import Protocol, TypeVar

from antkey_scanner.errors import RuleError
from antkey_scanner.model import Rule

_BUILTIN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "builtin")

_POLICY = re.compile(r"\n\s*\nPolicy: (?P<values>.+)\Z", re.DOTALL)
_VALUE = re.compile(r"[A-Za-z_]+(?:\.[A-Za-z_]+)+(?: \([^()]*\))?")


class HasRule(Protocol):
    """Code with a rule's head."""

    @property
    def rule(self) -> Rule: ...


_Kind = TypeVar("_Kind", bound=HasRule)


def modules(family: str) -> tuple[str, ...]:
    """The names of a family's modules, in order."""
    files = os.listdir(os.path.join(_BUILTIN, family))
    names = sorted(name.removesuffix(".py") for name in files if name.endswith(".py"))
    return tuple(name for name in names if name != "__init__")


def rule_in(family: str, name: str, kind: type[_Kind]) -> _Kind:
    """The rule of a module. Raises RuleError for a module without one, or with another's name."""
    found = getattr(import_module(f"antkey_rules.builtin.{family}.{name}"), "RULE", None)
    if not isinstance(found, kind) or found.rule.id != name.replace("_", "-"):
        problem = f"{name}.py: holds no RULE of that name"
        raise RuleError(f"{problem}; end it in RULE = {kind.__name__}(…)")
    return found


def is_in(family: str, identity: str) -> bool:
    """Whether a family has the rule of an id."""
    return os.path.exists(os.path.join(_BUILTIN, family, f"{module_of(identity)}.py"))


def module_of(identity: str) -> str:
    """The name of the module of a rule's id."""
    return identity.replace("-", "_")


def placed(rule: Rule, name: str) -> Rule:
    """A module's rule with the file that it is in."""
    return rule._replace(source=f"builtin/{rule.family}/{name}.py")


def page_of(rule: Rule) -> tuple[str, tuple[str, ...]]:
    """Why a rule is there, and the values of a policy that it takes, such as
    `rotation.max_age_days (90)`, which its docstring ends with where it takes any."""
    why = rule.why.strip()
    found = _POLICY.search(why)
    if found is None:
        return why, ()
    values = _VALUE.findall(" ".join(found["values"].split()))
    return why[: found.start()], tuple(values)
