"""The rules about outgoing requests: the modules of `builtin/egress`."""

from __future__ import annotations

from antkey_rules.pyrules import module_of, modules, placed, rule_in
from antkey_scanner.egress.rule import EgressRule
from antkey_scanner.inventory.records import Place
from antkey_scanner.model import Finding, Location

_FAMILY = "egress"

NOT_SEEN = "egress-not-seen"
"""The rule that no request can break: it is broken where there is none."""


def load_egress_rules() -> tuple[EgressRule, ...]:
    """All rules about requests, by id. Raises RuleError for a module without one, or with another's
    name."""
    return tuple(map(_load, modules(_FAMILY)))


def load_egress_rule(identity: str) -> EgressRule:
    """One rule about requests, by its id. Raises RuleError."""
    return _load(module_of(identity))


def not_seen(what: str, place: Place) -> Finding:
    """The finding that something was never seen.

    what: in the form `the surface chat of acme in the scenario 429`; place: what should have sent it.
    """
    rule = load_egress_rule(NOT_SEEN).rule
    location = Location(place.path, place.line)
    return Finding(rule, location, f"no request was seen of {what}", what)


def _load(name: str) -> EgressRule:
    found = rule_in(_FAMILY, name, EgressRule)
    return found._replace(rule=placed(found.rule, name))
