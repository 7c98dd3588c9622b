"""One tenant's work on another one's key: the other pays for it, sees it in its usage, and its data policy
applies. It happens where a client is kept for the next request, or a cache of keys has too short a name.

The request's tenant and the key's are both known and are not the same, spelled exactly.
"""

from __future__ import annotations

from antkey_scanner.egress import told
from antkey_scanner.egress.rule import Breach, EgressRule, View
from antkey_scanner.model import Confidence, Example, Rule, Severity


def _check(view: View) -> Breach | None:
    if not view.is_allowed_host or view.tenant is None:
        return None
    for one in view.carried:
        life = one.life
        if life is None or life.role != "tenant" or life.tenant is None:
            continue
        if life.tenant != view.tenant:
            return Breach(f"{told.request(view)} carries {told.key(one)}", one.credential)
    return None


RULE = EgressRule(
    Rule(
        id="egress-wrong-tenant",
        title="Another tenant's key on a request",
        family="egress",
        severity=Severity.CRITICAL,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "Make the client for each request from the key of that request's tenant, or keep "
            "clients in a map whose name is the tenant and the key's version; never in a module "
            "variable or a singleton."
        ),
        requirements=("A3", "V1"),
        frameworks=("SOC2:CC6.1", "ISO27001:A.5.15", "NIST800-53:AC-4", "CWE-488"),
        examples=(
            Example(
                "keys = [\n"
                '  {name = "acme-1", tenant = "acme"},\n'
                '  {name = "globex-1", tenant = "globex"},\n'
                '  {name = "platform", role = "platform"},\n'
                "]\n"
                'requests = [{tenant = "acme", x-api-key = "globex-1"}]',
                matches=True,
            ),
            Example(
                "keys = [\n"
                '  {name = "acme-1", tenant = "acme"},\n'
                '  {name = "globex-1", tenant = "globex"},\n'
                '  {name = "platform", role = "platform"},\n'
                "]\n"
                "requests = [\n"
                '  {tenant = "acme", x-api-key = "acme-1"},\n'
                '  {tenant = "globex", authorization = "globex-1"},\n'
                "]",
                matches=False,
            ),
        ),
    ),
    _check,
)
