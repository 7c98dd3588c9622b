"""Once it is stored, a key is shown to nobody, not even to whom it belongs: whoever reads the answer, a
proxy's log or a screenshot has it.

A key shaped like Anthropic's stands in the body of an answer, from whatever host. Only recordings that keep
bodies show it.
"""

from __future__ import annotations

from antkey_scanner.egress import told
from antkey_scanner.egress.rule import Breach, EgressRule, View
from antkey_scanner.model import Confidence, Example, Rule, Severity


def _check(view: View) -> Breach | None:
    if not view.answered:
        return None
    one = view.answered[0]
    return Breach(f"the answer to {told.request(view)} holds {told.key(one)}", one.credential)


RULE = EgressRule(
    Rule(
        id="egress-key-in-response",
        title="Key in an answer",
        family="egress",
        severity=Severity.CRITICAL,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "Answer with a masked form only (prefix, three characters, the last four) made on the "
            "server when the key is saved; rotate the key that was shown."
        ),
        requirements=("M10", "A1"),
        frameworks=("SOC2:CC6.1", "ISO27001:A.8.12", "CWE-200"),
        examples=(
            Example(
                'keys = [{name = "acme-1", tenant = "acme"}, {name = "platform", role = "platform"}]\n'
                'requests = [{host = "app.example.com", path = "/settings", response = "acme-1"}]',
                matches=True,
            ),
            Example(
                'keys = [{name = "acme-1", tenant = "acme"}, {name = "platform", role = "platform"}]\n'
                "requests = [\n"
                '  {tenant = "acme", x-api-key = "acme-1"},\n'
                '  {host = "app.example.com", path = "/settings"},\n'
                "]",
                matches=False,
            ),
        ),
    ),
    _check,
    convicts=False,
)
