"""A key that was revoked, replaced or taken away and is still sent means that some process keeps a copy:
after a leak that process fails, or keeps working for whoever has the copy too.

A request counts at its start. It may carry a replaced key until `grace_seconds` after the new one came to
be, the last moment included; a tenant's own key as long after the tenant has gone over to the platform's.
Revocation and expiry have no grace. Without a key's end in the inventory it is not judged.

Policy: egress.grace_seconds (60), egress.allowed_hosts (api.anthropic.com)
"""

from __future__ import annotations

from antkey_scanner.egress import told
from antkey_scanner.egress.book import KeyLife
from antkey_scanner.egress.rule import NO_KEY_SCENARIO, Breach, EgressRule, View
from antkey_scanner.inventory.spoken import counted
from antkey_scanner.inventory.times import Micros, rfc3339
from antkey_scanner.model import Confidence, Example, Rule, Severity


def _check(view: View) -> Breach | None:
    time = view.request.time
    if time is None or not view.is_allowed_host:
        return None
    for one in view.carried:
        reason = None if one.life is None else _reason(one.life, time, view)
        if reason is not None:
            message = f"{told.request(view)} at {rfc3339(time)} carries {told.key(one)}, {reason}"
            return Breach(message, one.credential)
    return None


def _reason(life: KeyLife, time: Micros, view: View) -> str | None:
    if life.end is not None and life.end <= time:
        return f"which ended at {rfc3339(life.end)}"
    replaced = life.replaced_at
    if replaced is not None and replaced <= time and not view.is_within_grace(replaced):
        by = f" by {told.short(life.successor)}" if life.successor else ""
        return f"which was replaced{by} at {rfc3339(replaced)}{_grace(view)}"
    if life.role != "tenant" or life.tenant != view.tenant or view.has_key:
        return None
    if view.request.scenario == NO_KEY_SCENARIO:
        return "which the tenant has no longer"
    # A tenant that is not on its own key although this one is in force was taken off it.
    is_in_force = life.start is None or life.start <= time
    if is_in_force and view.since is not None and not view.is_within_grace(view.since):
        return f"though the tenant is on the platform's since {rfc3339(view.since)}{_grace(view)}"
    return None


def _grace(view: View) -> str:
    return f"; the grace is {counted(view.policy.grace_seconds, 'second')}"


RULE = EgressRule(
    Rule(
        id="egress-stale-key",
        title="Key used after its time",
        family="egress",
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "Read the tenant's key for each request, or drop kept clients and cached keys when a "
            "key changes; restart workers that read it at their start. Then check that no request "
            "runs on the old key and deactivate it."
        ),
        requirements=("M6", "V5", "V6", "A5", "A6", "P7"),
        frameworks=("SOC2:CC6.1", "ISO27001:A.5.17", "NIST800-53:IA-5", "CWE-613"),
        examples=(
            Example(
                'keys = [{name = "acme-1", tenant = "acme", revoked_at = 2026-11-20T12:00:00Z}]\n'
                'requests = [{tenant = "acme", time = 2026-11-20T12:00:00Z, x-api-key = "acme-1"}]',
                matches=True,
            ),
            Example(
                "keys = [\n"
                '  {name = "acme-1", tenant = "acme"},\n'
                '  {name = "new", tenant = "acme", created_at = 2026-11-20T12:00:00Z, replaces = "acme-1"},\n'
                "]\n"
                'requests = [{tenant = "acme", time = 2026-11-20T12:01:01Z, x-api-key = "acme-1"}]',
                matches=True,
            ),
            Example(
                'keys = [{name = "acme-1", tenant = "acme"}]\n'
                'tenants = [{name = "acme", history = [{mode = "managed", from = 2026-11-20T12:00:00Z}]}]\n'
                'requests = [{tenant = "acme", time = 2026-11-20T13:00:00Z, x-api-key = "acme-1"}]',
                matches=True,
            ),
            Example(
                "keys = [\n"
                '  {name = "acme-1", tenant = "acme"},\n'
                '  {name = "new", tenant = "acme", created_at = 2026-11-20T12:00:00Z, replaces = "acme-1"},\n'
                "]\n"
                'requests = [{tenant = "acme", time = 2026-11-20T12:01:00Z, x-api-key = "acme-1"}]',
                matches=False,
            ),
            Example(
                'keys = [{name = "acme-1", tenant = "acme", revoked_at = 2026-11-20T12:00:00Z}]\n'
                'requests = [{tenant = "acme", time = 2026-11-20T11:59:59Z, x-api-key = "acme-1"}]',
                matches=False,
            ),
        ),
    ),
    _check,
)
