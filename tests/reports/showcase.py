"""A company's `antkey check` with everything in it that the page can show. All of it is made up."""

from __future__ import annotations

from datetime import timedelta

from tests.reports.conftest import NOW, Maker, rfc3339

from antkey_scanner.fingerprint import fingerprint
from antkey_scanner.model import (
    Accepted,
    Assessment,
    Attestation,
    Cell,
    Comparison,
    Control,
    Finding,
    KeyRef,
    Outcome,
    Repository,
    Result,
    SecretRef,
    Severity,
    Skip,
    Stats,
    Status,
)
from antkey_scanner.trend import Past, Trend

_NAMES = (
    ("prod", "api-gateway", "acme", 152),
    ("prod", "billing", "globex", 131),
    ("prod", "chat", "acme", 96),
    ("prod", "search", "initech", 83),
    ("staging", "api-gateway", None, 78),
    ("staging", "chat", "acme", 55),
    ("dev", "chat", "globex", 41),
    ("prod", "summaries", "initech", 33),
    ("prod", "kb-drafts", "acme", 20),
    ("dev", "api-gateway", None, 12),
    ("prod", "mail", "globex", 4),
)


def _keys(make: Maker) -> tuple[KeyRef, ...]:
    keys = []
    for number, (environment, service, tenant, days) in enumerate(_NAMES):
        day = (NOW - timedelta(days=days)).date().isoformat()
        keys.append(
            make.key(
                f"{environment}-{service}-{day}",
                age_days=days,
                service=service,
                tenant=tenant,
                owner=f"{('dana', 'lee', 'sam')[number % 3]}@example.com",
                id=f"apikey_01Example{number:02}",
            )
        )
    older = make.key(
        f"prod-mail-{(NOW - timedelta(days=80)).date().isoformat()}",
        age_days=80,
        due_at=None,
        tenant="globex",
        status="inactive",
        revoked_at=rfc3339(NOW - timedelta(hours=45)),
    )
    keys[-1] = keys[-1]._replace(replaces=older.name)
    unknown = make.key("legacy-import", age_days=None, tenant=None, owner=None)
    return (*keys, unknown, older)


def _leak(
    make: Maker, path: str, number: int, hint: str, key: KeyRef | None, **fields: object
) -> Finding:
    found = make.finding(path, number=number, **fields)  # type: ignore[arg-type]
    return found._replace(
        secret=SecretRef("api03", f"sk-ant-api03-{hint}", f"{number:064x}"),
        key=key._replace(match="exact") if key else None,
    )


def _leaks(make: Maker, keys: tuple[KeyRef, ...]) -> tuple[Finding, ...]:
    git = {
        "commit": "548de2e1628f" + "0" * 28,
        "first_seen": "2026-08-03T09:15:00Z",
        "refs": ("refs/heads/main", "refs/tags/v1.0"),
    }
    first = [
        _leak(make, path, 1, "R2D…igAA", keys[0], **git)
        for path in (
            "deploy/backup.tar.gz!/etc/app.env",
            "deploy/production/app.env",
            "services/gateway/config/local.env",
            "services/gateway/tests/fixtures/request.har",
            "docs/runbooks/incident-2026-08.md",
        )
    ]
    second = [
        _leak(make, path, 2, "k7Q…xwAA", None, first_seen="2026-11-12T16:40:00Z", refs=())
        for path in ("notebooks/try-claude.ipynb", "services/gateway/config/local.env")
    ]
    waived = _leak(
        make,
        "docs/example.md",
        3,
        "Zz9…00AA",
        None,
        status=Status.WAIVED,
        accepted=Accepted("policy", "sample of the docs", "security@example.com", "2026-12-31"),
    )
    return (*first, *second, waived)


def _others(make: Maker, keys: tuple[KeyRef, ...]) -> tuple[Finding, ...]:
    fallback = make.rule(
        "tenant-key-or-platform-key",
        severity=Severity.HIGH,
        title="A tenant's request can go out on the platform's key",
        why="Where the tenant's key is missing, the platform pays and the tenant's data leaves under"
        " another account.",
        remedy="Raise an error where the tenant has no key; never name the platform's key there.",
    )
    code = make.finding("services/chat/client.py", line=41, column=12, rule=fallback)
    code = code._replace(
        secret=None,
        anchor="tenant.api_key or settings.ANTHROPIC_API_KEY",
        message="tenant.api_key or settings.ANTHROPIC_API_KEY falls back to the platform's key",
    )
    rotate = (
        "Create a new key, deploy it, verify it, and deactivate the old one after 24 to 48 hours."
    )
    old = make.rule(
        "key-past-rotation-age",
        severity=Severity.HIGH,
        title="Key past its rotation age",
        why="The longer a key is in use, the more people and places have seen it.",
        remedy=f"{rotate} `antkey keys calendar` prints what is due when.",
    )
    soon = make.rule(
        "key-due-for-rotation", severity=Severity.INFO, title="Key due soon", remedy=rotate
    )
    aged = [make.about(key, rule=old, line=4 + 9 * at) for at, key in enumerate(keys[:3])]
    due = make.about(keys[3], rule=soon, line=31, message=f"{keys[3].name} is due in 7 days")
    carried = make.carried(
        "POST api.anthropic.com/v1/messages for globex (surface chat, scenario 429) carries the"
        " platform's key ANTHROPIC_API_KEY in x-api-key (sk-ant-api03-k7Q…xwAA)"
    )._replace(tenants=("globex",))
    return (code, *aged, due, carried)


def _control(
    name: str,
    title: str,
    severity: Severity,
    outcome: Outcome,
    evidence: str,
    requirements: str,
    frameworks: str,
    rules: tuple[str, ...] = (),
    attestation: Attestation | None = None,
) -> Assessment:
    control = Control(
        name, title, severity, rules, tuple(requirements.split()), tuple(frameworks.split())
    )
    found = 0 if outcome is not Outcome.FAIL else 2
    return Assessment(control, outcome, found, evidence, attestation)


def _assessments() -> tuple[Assessment, ...]:
    c, h, m = Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM
    word = Attestation(
        "Only the two people of the platform team may create keys in the Console.",
        "security@example.com",
        "2026-09-01",
        "2027-03-01",
    )
    old = word._replace(
        statement="The workspace's spend limit alerts at 80 %.",
        on="2025-10-01",
        expires="2026-10-01",
    )
    rows = (
        ("no-leaked-key", "No key lies in plain sight or in any encoding", c, Outcome.FAIL,
         "7 open findings, 1 waived, everything in scope was read", "M10 P1 A1 A4 T2 T8",
         "SOC2:CC6.1 ISO27001:A.5.17 NIST800-53:IA-5 PCIDSS4:8.6.2", ("anthropic-api-key",)),
        ("keys-are-rotated", "Every key in use is younger than its rotation age", h, Outcome.FAIL,
         "3 open findings; 1 key not judged, its age is not known", "M5 T9 T10",
         "SOC2:CC6.1 NIST800-53:IA-5 PCIDSS4:8.6.3", ("key-past-rotation-age",)),
        ("no-fallback-on-errors", "No other key is tried when a tenant's key fails", c, Outcome.FAIL,
         "1 request of 1,211 carried the platform's key", "M1 M4 A7", "SOC2:CC6.6 NIST800-53:AC-4",
         ("egress-platform-key",)),
        ("no-fallback-in-code", "No code takes the platform's key for a tenant", h, Outcome.FAIL,
         "1 open finding", "M1 V1", "SOC2:CC6.6 NIST800-53:AC-4", ("tenant-key-or-platform-key",)),
        ("spending-is-limited", "Each key has a spend limit with alerts", m, Outcome.NOT_ASSESSED,
         "the inventory has no spend_limit; record it or run `antkey keys sync`", "M8 T12",
         "SOC2:CC7.2", (), old),
        ("every-surface-was-seen", "Each declared surface was observed", h, Outcome.NOT_ASSESSED,
         "surface kb-drafts was never seen; run `antkey egress run -- COMMAND` so that it sends a request",
         "V1 V3", "SOC2:CC7.2"),
        ("keys-are-set-by-allowed-roles", "Only allowed roles set keys", m, Outcome.PASS,
         "attested", "M12", "SOC2:CC6.1 ISO27001:A.5.17", (), word),
        ("base-urls-are-public-and-encrypted", "Base URLs are public and encrypted", h, Outcome.PASS,
         "nothing open found, everything in scope was read", "P5 P6", "NIST800-53:SC-12"),
        ("keys-have-owners", "Each key has an owner who is still there", m, Outcome.WAIVED,
         "1 waived until 2026-12-31", "M5", "SOC2:CC6.1 CIS8:5.1"),
        ("keys-are-encrypted-at-rest", "Stored keys are encrypted, with a nonce each", h, Outcome.PASS,
         "12 keys judged", "A2", "NIST800-53:SC-28 ISO27001:A.8.24"),
    )  # fmt: skip
    return tuple(_control(*row) for row in rows)


def _coverage() -> tuple[Cell, ...]:
    scenarios = ("ok", "no-key", "401", "429", "529", "timeout", "rotate")
    cells = []
    for tenant in ("acme", "globex"):
        for surface in ("chat", "search", "kb-drafts"):
            for number, scenario in enumerate(scenarios):
                seen = 3 + 7 * number if scenario != "no-key" else 0
                cell = Cell(tenant, surface, scenario, "proven", seen)
                if surface == "kb-drafts":
                    cell = cell._replace(outcome="not-seen", requests=0)
                elif (tenant, surface, scenario) == ("globex", "chat", "429"):
                    cell = cell._replace(outcome="failed", requests=2)
                elif (tenant, surface, scenario) == ("globex", "search", "timeout"):
                    cell = cell._replace(outcome="undecided", requests=1)
                cells.append(cell)
    return tuple(cells)


def _trend(findings: tuple[Finding, ...]) -> Trend:
    counts = [(0, 2, 4, 3, 1)] * 3 + [(1, 3, 4, 3, 1)] * 4 + [(1, 3, 2, 1, 1), (0, 3, 2, 1, 1)] * 2
    counts += [(0, 2, 1, 0, 1)] * 3 + [(0, 3, 1, 0, 1), (0, 3, 0, 0, 1)]
    runs = [
        Past(
            rfc3339(NOW - timedelta(days=7 * (len(counts) - number))),
            1,
            number != 9,
            of,
            max(sum(of) - sum(before), 0),
            max(sum(before) - sum(of), 0),
        )
        for number, (before, of) in enumerate(zip([counts[0], *counts], counts, strict=False))
    ]
    opened = [one.rule.severity for one in findings if one.status is Status.OPEN]
    now = tuple(opened.count(severity) for severity in reversed(Severity))
    last = Past(rfc3339(NOW), 1, True, now, 8, 1)  # type: ignore[arg-type]
    return Trend((*runs, last), 12.4)


def showcase(make: Maker) -> Result:
    """Two tenants, a leak in history, overdue keys, a fallback on 429, a waiver, evidence missing."""
    keys = _keys(make)
    findings = (*_leaks(make, keys), *_others(make, keys))
    gone = _leak(make, "legacy/deploy.sh", 9, "aB3…QQAA", None)
    result = make.result(
        *findings,
        skips=(
            Skip("archive/2024.zip!/vault.kdbx", "encrypted member"),
            Skip("current", "symbolic link", counts=False),
        ),
        assessments=_assessments(),
        targets=(".",),
        seconds=14.2,
    )
    return result._replace(
        run=result.run._replace(
            command="check",
            policy=result.run.policy._replace(profile="strict-byok"),
            started_at=rfc3339(NOW),
            finished_at=rfc3339(NOW + timedelta(seconds=14)),
            undecided=True,
        ),
        stats=Stats(
            files=1_204,
            blobs=19_812,
            bytes=412_345_678,
            commits=3_120,
            requests=1_211,
            keys=12,
            objects=18_608,
        ),
        keys=keys,
        coverage=_coverage(),
        repositories=(
            Repository(".", "548de2e1628f7c11" + "ab" * 12, "refs/heads/main"),
            Repository("vendor/gateway", "91c0ffee" + "cd" * 16, None),
        ),
        hosts=("api.anthropic.com", "gateway.example.com"),
        trend=_trend(findings),
        comparison=Comparison(
            rfc3339(NOW - timedelta(days=7)),
            tuple(fingerprint(one) for one in findings[5:9]),
            (gone,),
        ),
    )


def many(make: Maker, findings: int = 10_000, keys: int = 4_000) -> Result:
    """So many findings of so many keys, in folders as repositories have them."""
    folder = "services/team/deploy/production"
    return make.result(
        *(make.finding(f"{folder}/{n % 700}-{n}.env", number=n % keys) for n in range(findings)),
        assessments=_assessments(),
    )
