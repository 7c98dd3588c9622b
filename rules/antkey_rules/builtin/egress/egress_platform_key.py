"""A tenant that brings its own key pays for its own requests, and sees all of them on its own bill. A request
for it on the platform's key breaks that promise, and nobody notices: it succeeds.

Under `fallback = "never"` no request for a tenant may carry a key of the platform or an admin key. Under
`"when-no-tenant-key"` those of a tenant may that had no key in force when the request started, and for
`grace_seconds` after its first key came into force. In a wrapped run under `"never"` the key convicts a
request of which nobody knows for whom it was; in a record such a request is undecided. Calls of the Admin
API with an admin key are the organisation's own and no tenant's.

Policy: egress.fallback (never), egress.grace_seconds (60), egress.allowed_hosts (api.anthropic.com)
"""

from __future__ import annotations

from antkey_scanner.egress import told
from antkey_scanner.egress.rule import Breach, EgressRule, View
from antkey_scanner.model import Confidence, Example, Rule, Severity


def _check(view: View) -> Breach | None:
    if not view.is_allowed_host or view.may_use_platform_key:
        return None
    if view.tenant is None and not (view.live and view.policy.fallback == "never"):
        return None
    for one in view.carried:
        life = one.life
        if life is None or life.role == "tenant":
            continue
        if life.role == "admin" and view.request.path.startswith("/v1/organizations/"):
            continue
        allowed = "the policy allows no fallback"
        if view.policy.fallback != "never":
            allowed = f"{told.short(view.tenant or '')} had a key of its own"
        return Breach(f"{told.request(view)} carries {told.key(one)}; {allowed}", one.credential)
    return None


RULE = EgressRule(
    Rule(
        id="egress-platform-key",
        title="Platform key on a tenant's request",
        family="egress",
        severity=Severity.CRITICAL,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "Find where the client for this request is built and give it the tenant's key "
            "explicitly; where there is none, refuse with an error instead of building a client "
            "without a key, which the SDKs fill in from ANTHROPIC_API_KEY, ANTHROPIC_AUTH_TOKEN "
            "or a profile on disk."
        ),
        requirements=("M1", "V1", "V2", "P7"),
        frameworks=("SOC2:CC6.1", "ISO27001:A.5.15", "NIST800-53:AC-4", "CWE-1188"),
        examples=(
            Example(
                'keys = [{name = "acme-1", tenant = "acme"}, {name = "platform", role = "platform"}]\n'
                'requests = [{tenant = "acme", x-api-key = "platform"}]',
                matches=True,
            ),
            Example(
                'policy.egress.fallback = "when-no-tenant-key"\n'
                'keys = [{name = "acme-1", tenant = "acme"}, {name = "platform", role = "platform"}]\n'
                'requests = [{tenant = "acme", authorization = "platform"}]',
                matches=True,
            ),
            Example(
                "live = true\n"
                "keys = [\n"
                '  {name = "acme-1", tenant = "acme"},\n'
                '  {name = "globex-1", tenant = "globex"},\n'
                '  {name = "platform", role = "platform"},\n'
                "]\n"
                'requests = [{x-api-key = "platform"}]',
                matches=True,
            ),
            Example(
                'keys = [{name = "acme-1", tenant = "acme"}, {name = "platform", role = "platform"}]\n'
                'requests = [{tenant = "acme", x-api-key = "acme-1"}]',
                matches=False,
            ),
            Example(
                'policy.egress.fallback = "when-no-tenant-key"\n'
                "keys = [\n"
                '  {name = "acme-1", tenant = "acme", created_at = 2026-11-20T12:00:00Z},\n'
                '  {name = "platform", role = "platform"},\n'
                "]\n"
                'requests = [{tenant = "acme", time = 2026-11-20T12:01:00Z, x-api-key = "platform"}]',
                matches=False,
            ),
        ),
    ),
    _check,
)
