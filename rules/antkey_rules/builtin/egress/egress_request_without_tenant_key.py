"""Without a key of its own, a tenant has no AI features: that is what "bring your own key" says. A request
nonetheless, on whatever key, is one that somebody else pays for, or that fails where nothing should be tried.

In the scenario `no-key` under `fallback = "never"` every request to an allowed host is one too many.

Policy: egress.fallback (never), egress.allowed_hosts (api.anthropic.com)
"""

from __future__ import annotations

from antkey_scanner.egress import told
from antkey_scanner.egress.rule import NOT_CALLS, Breach, EgressRule, View
from antkey_scanner.model import Confidence, Example, Rule, Severity


def _check(view: View) -> Breach | None:
    if not view.is_unkeyed or not view.is_allowed_host or view.request.method in NOT_CALLS:
        return None
    which = "carries no key"
    if view.carried:
        which = f"carries {told.key(view.carried[0])}"
    about = view.carried[0].credential if view.carried else None
    return Breach(f"{told.request(view)} {which}, though no tenant has a key", about)


RULE = EgressRule(
    Rule(
        id="egress-request-without-tenant-key",
        title="Request though the tenant has no key",
        family="egress",
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "Check for the key before anything else, where the feature is entered and not where "
            "the request is made: without one the feature is off. Background jobs and health "
            "checks need the same check."
        ),
        requirements=("M2", "V6"),
        frameworks=("SOC2:CC6.1", "ISO27001:A.5.15", "NIST800-53:AC-3"),
        examples=(
            Example(
                "live = true\n"
                'keys = [{name = "acme-1", tenant = "acme"}, {name = "platform", role = "platform"}]\n'
                'requests = [{tenant = "acme", scenario = "no-key", x-api-key = "platform"}]',
                matches=True,
            ),
            Example(
                "live = true\n"
                'keys = [{name = "acme-1", tenant = "acme"}, {name = "platform", role = "platform"}]\n'
                'requests = [{tenant = "acme", scenario = "no-key"}]',
                matches=True,
            ),
            Example(
                "live = true\n"
                'policy.egress.fallback = "when-no-tenant-key"\n'
                'keys = [{name = "acme-1", tenant = "acme"}, {name = "platform", role = "platform"}]\n'
                'requests = [{tenant = "acme", scenario = "no-key", x-api-key = "platform"}]',
                matches=False,
            ),
            Example(
                "live = true\n"
                'keys = [{name = "acme-1", tenant = "acme"}, {name = "platform", role = "platform"}]\n'
                'requests = [{tenant = "acme", scenario = "no-key", host = "example.com"}]',
                matches=False,
            ),
        ),
    ),
    _check,
)
