"""A result with all that `check` and a comparison add: scope, attestations, history, what changed."""

from __future__ import annotations

from antkey_scanner.fingerprint import fingerprint
from antkey_scanner.model import (
    Assessment,
    Attestation,
    Comparison,
    Control,
    Finding,
    Outcome,
    Repository,
    Result,
    Severity,
)
from antkey_scanner.trend import Past, Trend

BEFORE = "2026-11-18T12:00:00Z"
WORD = Attestation("Console roles were reviewed", "dana@example.com", "2026-11-01", "2027-05-01")


def compared(result: Result, gone: Finding) -> Result:
    """The result with its first finding new, and one that is gone."""
    roles = Control(
        "super-admin-only", "Only a super admin sets keys", Severity.MEDIUM, (), ("M12",)
    )
    vouched = Assessment(roles, Outcome.PASS, 0, "attested", WORD)
    past = Past(BEFORE, 1, True, (3, 1, 0, 0, 2), 0, 0)
    latest = past._replace(at="2026-11-20T12:00:00Z", open=(2, 1, 1, 0, 0), new=1, fixed=2)
    return result._replace(
        run=result.run._replace(command="check"),
        assessments=(*result.assessments, vouched),
        repositories=(Repository(".", "5a" * 20, "main"), Repository("vendor/lib", None)),
        hosts=("api.anthropic.com", "gateway.example.com"),
        trend=Trend((past, latest), 3.25),
        comparison=Comparison(BEFORE, (fingerprint(result.findings[0]),), (gone,)),
    )
