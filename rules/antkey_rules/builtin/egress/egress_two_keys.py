"""Which of two keys Anthropic bills is its own choice, and may change. Older SDKs send both when a key is
given to them and the other kind stands in the environment (ANTHROPIC_AUTH_TOKEN): the tenant's request
then hands over the platform's key as well.

Different credentials, by their hash, in the headers and the URL of one request to an allowed host. The same
key in `x-api-key` and `Authorization` is one key.

Policy: egress.allowed_hosts (api.anthropic.com)
"""

from __future__ import annotations

from antkey_scanner.egress import told
from antkey_scanner.egress.book import alike
from antkey_scanner.egress.records import Credential
from antkey_scanner.egress.rule import Breach, EgressRule, View
from antkey_scanner.model import Confidence, Example, Rule, Severity


def _check(view: View) -> Breach | None:
    if len(view.carried) < 2 or not view.is_allowed_host:
        return None
    first = view.carried[0]
    for other in view.carried[1:]:
        if _differ(first.credential, other.credential):
            both = f"{told.key(first)} and {told.key(other)}"
            return Breach(f"{told.request(view)} carries two keys: {both}", other.credential)
    return None


def _differ(one: Credential, other: Credential) -> bool:
    if one.sha256 is not None and other.sha256 is not None:
        return one.sha256 != other.sha256
    return bool(one.hint and other.hint) and alike(one.hint) != alike(other.hint)


RULE = EgressRule(
    Rule(
        id="egress-two-keys",
        title="Two keys on one request",
        family="egress",
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "Unset ANTHROPIC_API_KEY and ANTHROPIC_AUTH_TOKEN where tenants' requests are made, "
            "or upgrade the SDK: the Python one sends both before version 1."
        ),
        requirements=("M1", "V1", "A8"),
        frameworks=("SOC2:CC6.1", "ISO27001:A.5.15", "NIST800-53:AC-4"),
        examples=(
            Example(
                'keys = [{name = "acme-1", tenant = "acme"}, {name = "platform", role = "platform"}]\n'
                'requests = [{tenant = "acme", x-api-key = "acme-1", authorization = "platform"}]',
                matches=True,
            ),
            Example(
                'keys = [{name = "acme-1", tenant = "acme"}, {name = "platform", role = "platform"}]\n'
                'requests = [{tenant = "acme", x-api-key = "acme-1", authorization = "acme-1"}]',
                matches=False,
            ),
        ),
    ),
    _check,
)
