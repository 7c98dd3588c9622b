"""A refused key is a message to the tenant: its limit is reached, its key is revoked. Going on with another
key hides it, and spends the platform's money while the tenant believes that it pays.

After a fault on a tenant's key (401, 403, 429, 529, no answer, a stream that was cut) a request for the same
tenant carries a key that is not its own. Another tenant's request on that one's own key is none; in a wrapped
run one of which nobody knows for whom it was, and that is on no tenant's key, is one. In records the fault
counts for five minutes. It stands beside egress-platform-key, which tells whose key it was.

Policy: egress.allowed_hosts (api.anthropic.com)
"""

from __future__ import annotations

from antkey_scanner.egress import told
from antkey_scanner.egress.rule import Breach, EgressRule, View
from antkey_scanner.model import Confidence, Example, Rule, Severity


def _check(view: View) -> Breach | None:
    fault = view.fault
    if fault is None or not view.is_allowed_host:
        return None
    for one in view.strangers:
        after = (
            f"after {fault.what} on {told.short(fault.key)}" if fault.key else f"after {fault.what}"
        )
        return Breach(f"{told.request(view)} carries {told.key(one)} {after}", one.credential)
    return None


RULE = EgressRule(
    Rule(
        id="egress-fallback-on-error",
        title="Another key after an error",
        family="egress",
        severity=Severity.CRITICAL,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "Where the request fails, show a structured error (out of limit, key refused, try "
            "later) and stop; retry on the same key only. Look for a catch that builds a second "
            "client."
        ),
        requirements=("M4", "A7"),
        frameworks=("SOC2:CC6.1", "ISO27001:A.5.15", "NIST800-53:SI-11", "CWE-636"),
        examples=(
            Example(
                "live = true\n"
                'keys = [{name = "acme-1", tenant = "acme"}, {name = "platform", role = "platform"}]\n'
                "requests = [\n"
                '  {tenant = "acme", scenario = "429", x-api-key = "acme-1", fault = "429"},\n'
                '  {tenant = "acme", scenario = "429", x-api-key = "platform"},\n'
                "]",
                matches=True,
            ),
            Example(
                'keys = [{name = "acme-1", tenant = "acme"}, {name = "platform", role = "platform"}]\n'
                "requests = [\n"
                '  {tenant = "acme", time = 2026-11-20T12:00:00Z, x-api-key = "acme-1", status = 401},\n'
                '  {tenant = "acme", time = 2026-11-20T12:00:01Z, x-api-key = "somebody-elses"},\n'
                "]",
                matches=True,
            ),
            Example(
                "live = true\n"
                "keys = [\n"
                '  {name = "acme-1", tenant = "acme"},\n'
                '  {name = "globex-1", tenant = "globex"},\n'
                '  {name = "platform", role = "platform"},\n'
                "]\n"
                "requests = [\n"
                '  {tenant = "acme", scenario = "429", x-api-key = "acme-1", fault = "429"},\n'
                '  {tenant = "acme", scenario = "429", x-api-key = "acme-1"},\n'
                '  {tenant = "globex", scenario = "429", x-api-key = "globex-1"},\n'
                "]",
                matches=False,
            ),
        ),
    ),
    _check,
)
