"""Never seen is never a pass: a test that makes no request, or whose client antkey cannot see, proves none.

A marked test, a scenario or a surface that `surfaces` names made no request to an allowed host. A missing
surface or scenario ends in exit code 4 and no violation; a marked test without a request fails.

Policy: egress.surfaces, egress.allowed_hosts (api.anthropic.com)
"""

from __future__ import annotations

from antkey_scanner.egress.rule import Breach, EgressRule, View
from antkey_scanner.model import Confidence, Example, Rule, Severity


def _check(_view: View) -> Breach | None:
    return None


RULE = EgressRule(
    Rule(
        id="egress-not-seen",
        title="No request was seen",
        family="egress",
        severity=Severity.INFO,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "Make the test call the feature; check that its client is one that antkey can see "
            "(`antkey egress run --isolate` sees all); expect none with "
            "@pytest.mark.antkey(requests=0) where that is the point."
        ),
        requirements=("V3", "V7"),
        frameworks=("SOC2:CC7.2", "NIST800-53:CA-7"),
        examples=(
            Example(
                'policy.egress.surfaces = ["chat", "kb-drafts"]\n'
                'keys = [{name = "acme-1", tenant = "acme"}, {name = "platform", role = "platform"}]\n'
                'requests = [{tenant = "acme", surface = "chat", x-api-key = "acme-1"}]',
                matches=True,
            ),
            Example(
                'policy.egress.surfaces = ["chat"]\n'
                'keys = [{name = "acme-1", tenant = "acme"}, {name = "platform", role = "platform"}]\n'
                'requests = [{tenant = "acme", surface = "chat", x-api-key = "acme-1"}]',
                matches=False,
            ),
        ),
    ),
    _check,
)
