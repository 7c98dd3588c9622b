"""A key that is nobody's is nobody's to rotate, and stays when everyone who knew of it has gone.

Judged once `members` are listed: an active key has no `created_by`, or is bound to nobody at Anthropic
(`principal` is null, as for the older kind of workspace key, which outlives its creator). Where the source
cannot tell who created a key, that is missing evidence and no violation.
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.inventory.rule import Breach, Case, Gap, KeyRule
from antkey_scanner.model import Confidence, Example, Rule, Severity


def _check(case: Case) -> Iterator[Breach | Gap]:
    for key in case.inventory.keys:
        if key.status != "active":
            continue
        if key.principal == "" and "principal" not in key.unknown:
            yield Breach(key, f"{key.label} is bound to nobody: its principal is null")
        elif key.created_by:
            continue
        elif "created_by" not in key.unknown:
            yield Breach(key, f"{key.label} has nobody as its owner: no created_by is recorded")
        elif not key.principal:
            yield Gap(key, "its source cannot tell who created it; record created_by in a file")


def _off(case: Case) -> str | None:
    if case.inventory.members is None:
        return "no members are listed; add members, or read them with antkey keys sync"
    return None


RULE = KeyRule(
    Rule(
        id="key-without-owner",
        title="Key without an owner",
        family="rotation",
        severity=Severity.MEDIUM,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "Find out who needs the key and record them in created_by. Replace a workspace key that is bound"
            " to nobody by a personal or a service account's key (Anthropic Console: API keys, Create key)."
        ),
        requirements=("M5",),
        frameworks=("SOC2:CC6.2", "ISO27001:A.5.9", "ISO27001:A.5.16", "NIST800-53:AC-2"),
        examples=(
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                'keys = [{name = "prod-api-2026-11-01"}]\n'
                'members = [{id = "user_01", status = "active"}]',
                matches=True,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                'keys = [{name = "prod-api-2026-11-01", created_by = "user_01", principal = "none"}]\n'
                'members = [{id = "user_01", status = "active"}]',
                matches=True,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                'keys = [{name = "prod-api-2026-11-01", created_by = "user_01"}]\n'
                'members = [{id = "user_01", status = "active"}]',
                matches=False,
            ),
        ),
    ),
    _check,
    _off,
)
