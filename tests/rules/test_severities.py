"""Every rule that a policy may speak of has a severity that is known."""

from __future__ import annotations

from antkey_rules.known import load_known
from antkey_rules.load import load_builtin
from antkey_rules.severities import severities


def test_the_rules_of_all_controls_are_among_them() -> None:
    found = severities({"no-such-rule"})
    rules = {name for known in load_known() for name in known.control.rules}
    assert rules - found.keys() == set()


def test_where_the_usual_ones_are_enough_no_others_are_loaded() -> None:
    usual = {each.rule.id for each in load_builtin()}
    assert severities({"anthropic-api-key"}).keys() == usual
