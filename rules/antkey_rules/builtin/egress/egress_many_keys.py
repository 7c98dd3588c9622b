"""The prompt cache is kept for each key's workspace: requests that go out on two keys in turn pay for the
same prompt twice, and limits and usage per key mean nothing any more.

Two keys of one tenant are used within five minutes of each other. Keys of which one replaced the other are
left alone, those of different environments too.

Policy: egress.allowed_hosts (api.anthropic.com)
"""

from __future__ import annotations

from antkey_scanner.egress import told
from antkey_scanner.egress.rule import Breach, EgressRule, View
from antkey_scanner.model import Confidence, Example, Rule, Severity


def _check(view: View) -> Breach | None:
    if not view.others:
        return None
    for one in view.carried:
        life = one.life
        if life is None or life.role != "tenant" or life.tenant != view.tenant:
            continue
        for other in view.others:
            if life.environment is None or other.environment in (None, life.environment):
                beside = f"{told.key(one)} while {told.short(other.source)} is in use, too"
                return Breach(f"{told.request(view)} carries {beside}", one.credential)
    return None


RULE = EgressRule(
    Rule(
        id="egress-many-keys",
        title="Several keys of one tenant at a time",
        family="egress",
        severity=Severity.MEDIUM,
        confidence=Confidence.MEDIUM,
        why=__doc__,
        remedy=(
            "Give each tenant one key for each environment. If one of the two is to replace the "
            "other, record replaces in the inventory; if they serve different environments, "
            "record those."
        ),
        requirements=("A8",),
        frameworks=("SOC2:CC6.1", "ISO27001:A.5.16", "NIST800-53:IA-4"),
        examples=(
            Example(
                'keys = [{name = "acme-1", tenant = "acme"}, {name = "acme-b", tenant = "acme"}]\n'
                "requests = [\n"
                '  {tenant = "acme", time = 2026-11-20T12:00:00Z, x-api-key = "acme-1"},\n'
                '  {tenant = "acme", time = 2026-11-20T12:05:00Z, x-api-key = "acme-b"},\n'
                "]",
                matches=True,
            ),
            Example(
                'keys = [{name = "acme-1", tenant = "acme"}, {name = "acme-b", tenant = "acme"}]\n'
                "requests = [\n"
                '  {tenant = "acme", time = 2026-11-20T12:00:00Z, x-api-key = "acme-1"},\n'
                '  {tenant = "acme", time = 2026-11-20T12:05:01Z, x-api-key = "acme-b"},\n'
                "]",
                matches=False,
            ),
            Example(
                "keys = [\n"
                '  {name = "acme-1", tenant = "acme"},\n'
                '  {name = "new", tenant = "acme", created_at = 2026-11-20T12:00:00Z, replaces = "acme-1"},\n'
                "]\n"
                "requests = [\n"
                '  {tenant = "acme", time = 2026-11-20T12:00:00Z, x-api-key = "acme-1"},\n'
                '  {tenant = "acme", time = 2026-11-20T12:00:30Z, x-api-key = "new"},\n'
                "]",
                matches=False,
            ),
            Example(
                "keys = [\n"
                '  {name = "acme-1", tenant = "acme", environment = "prod"},\n'
                '  {name = "acme-b", tenant = "acme", environment = "dev"},\n'
                "]\n"
                "requests = [\n"
                '  {tenant = "acme", x-api-key = "acme-1"},\n'
                '  {tenant = "acme", x-api-key = "acme-b"},\n'
                "]",
                matches=False,
            ),
        ),
    ),
    _check,
    convicts=False,
)
