"""Anthropic refuses a request without a key, so something that the tenant pays for does not work; and an
empty key is what some clients take as leave to look for another one.

All headers of the request are known, it went to an allowed host, and nothing in them or in the URL is a
credential. What browsers and proxies ask beforehand (OPTIONS, CONNECT) never carries one. In a run without
keys under `fallback = "never"` egress-request-without-tenant-key tells it.

Policy: egress.allowed_hosts (api.anthropic.com)
"""

from __future__ import annotations

from antkey_scanner.egress import told
from antkey_scanner.egress.rule import NOT_CALLS, Breach, EgressRule, View
from antkey_scanner.model import Confidence, Example, Rule, Severity


def _check(view: View) -> Breach | None:
    request = view.request
    if view.carried or not view.is_allowed_host or not request.complete:
        return None
    if request.method in NOT_CALLS or view.is_unkeyed:
        return None
    return Breach(f"{told.request(view)} carries no key")


RULE = EgressRule(
    Rule(
        id="egress-no-key",
        title="Request without any key",
        family="egress",
        severity=Severity.MEDIUM,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "Make sure that the tenant's key is loaded before the client is built, and refuse "
            "with an error of your own where there is none; an empty text is no key."
        ),
        requirements=("M1", "M2", "V1"),
        frameworks=("SOC2:CC6.1", "NIST800-53:IA-5", "CWE-306"),
        examples=(
            Example(
                'keys = [{name = "acme-1", tenant = "acme"}, {name = "platform", role = "platform"}]\n'
                'requests = [{tenant = "acme"}]',
                matches=True,
            ),
            Example(
                'keys = [{name = "acme-1", tenant = "acme"}, {name = "platform", role = "platform"}]\n'
                'requests = [{tenant = "acme", x-api-key = "acme-1"}, {tenant = "acme", method = "OPTIONS"}]',
                matches=False,
            ),
            Example(
                'keys = [{name = "acme-1", tenant = "acme"}, {name = "platform", role = "platform"}]\n'
                'requests = [{tenant = "acme", host = "example.com"}]',
                matches=False,
            ),
        ),
    ),
    _check,
)
