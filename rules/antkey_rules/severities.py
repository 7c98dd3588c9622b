"""How bad what each rule finds is, by the rules' ids: what a policy that speaks of rules is read by."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from antkey_rules.load import load_builtin, load_providers
from antkey_scanner.model import Rule, Severity


def severities(wanted: Collection[str]) -> Mapping[str, Severity]:
    """Those of all rules that ship; of the usual ones alone where all that are wanted are among them."""
    usual = {each.rule.id: each.rule.severity for each in load_builtin()}
    if usual.keys() >= set(wanted):
        return usual
    return {**usual, **{rule.id: rule.severity for rule in _others()}}


def _others() -> Iterator[Rule]:
    """The rules that a scan of text does not load. They are many modules."""
    from antkey_rules.code import load_code_rules
    from antkey_rules.configuration import load_file_rules
    from antkey_rules.egress import load_egress_rules
    from antkey_rules.keys import load_key_rules
    from antkey_scanner.bridge import detectors

    yield from (each.rule for each in load_providers()[0])
    yield from (each.rule for each in load_code_rules())
    yield from (each.rule for each in load_file_rules())
    yield from (each.rule for each in load_egress_rules())
    yield from (each.rule for each in load_key_rules())
    yield from detectors.rules()
