"""A key that is neither the tenant's nor the platform's is one that nobody rotates, limits or revokes: a
developer's own, one left in a file on disk, or one that the inventory has forgotten.

The request went to an allowed host, and no key of the run or the inventory has the hash or the hint of what
it carried. Where the record and the inventory tell different things of keys (one the hash, the other the
hint) it is undecided.

Policy: egress.allowed_hosts (api.anthropic.com)
"""

from __future__ import annotations

from antkey_scanner.egress import told
from antkey_scanner.egress.rule import Breach, EgressRule, View
from antkey_scanner.model import Confidence, Example, Rule, Severity


def _check(view: View) -> Breach | None:
    if not view.is_allowed_host:
        return None
    for one in view.carried:
        if one.life is None and not one.doubtful:
            return Breach(f"{told.request(view)} carries {told.key(one)}", one.credential)
    return None


RULE = EgressRule(
    Rule(
        id="egress-unknown-key",
        title="Key that nobody knows on a request",
        family="egress",
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "Find out where the key comes from: other variables, a profile below "
            "~/.config/anthropic, a mounted secret, a literal in the code. Take it out, or record "
            "it in the inventory with its role and tenant."
        ),
        requirements=("M1", "V1"),
        frameworks=("SOC2:CC6.1", "ISO27001:A.5.9", "NIST800-53:CM-8"),
        examples=(
            Example(
                'keys = [{name = "acme-1", tenant = "acme"}, {name = "platform", role = "platform"}]\n'
                'requests = [{tenant = "acme", x-api-key = "somebody-elses"}]',
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
)
