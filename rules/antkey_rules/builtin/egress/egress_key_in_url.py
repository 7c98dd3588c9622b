"""URLs are what logs, proxies, browser histories and error reports keep: a key in one is in all of them.

A key shaped like Anthropic's in the path, the query or the user part of a URL, whatever the host.
"""

from __future__ import annotations

from antkey_scanner.egress import told
from antkey_scanner.egress.rule import Breach, EgressRule, View
from antkey_scanner.model import Confidence, Example, Rule, Severity


def _check(view: View) -> Breach | None:
    for one in view.carried:
        if one.credential.carrier == "url":
            return Breach(f"{told.request(view)} has {told.key(one)}", one.credential)
    return None


RULE = EgressRule(
    Rule(
        id="egress-key-in-url",
        title="Key in a URL",
        family="egress",
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "Send the key in a header (x-api-key, or Authorization: Bearer); rotate this one, and "
            "look for it in the access logs on the way."
        ),
        requirements=("P1", "M10"),
        frameworks=("SOC2:CC6.1", "ISO27001:A.8.12", "CWE-598"),
        examples=(
            Example(
                'keys = [{name = "acme-1", tenant = "acme"}, {name = "platform", role = "platform"}]\n'
                'requests = [{tenant = "acme", url = "acme-1"}]',
                matches=True,
            ),
            Example(
                'keys = [{name = "acme-1", tenant = "acme"}, {name = "platform", role = "platform"}]\n'
                'requests = [{tenant = "acme", x-api-key = "acme-1"}]',
                matches=False,
            ),
        ),
    ),
    _check,
    convicts=False,
)
