"""Results to render: fixed ones, and a maker for others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.reports.comparisons import compared

from antkey_scanner.model import (
    Accepted,
    Assessment,
    Cell,
    Confidence,
    Control,
    Finding,
    KeyRef,
    Location,
    Outcome,
    PolicyRef,
    Result,
    Rule,
    Run,
    SecretRef,
    Severity,
    Skip,
    Stats,
    Status,
)

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def rfc3339(time: datetime) -> str:
    return time.isoformat().replace("+00:00", "Z")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "browser: needs Chromium; skipped with the reason without it"
    )


class Maker:
    """Makes parts of a result with everything filled in; a test names only what it is about."""

    def rule(
        self,
        name: str = "anthropic-api-key",
        *,
        severity: Severity = Severity.CRITICAL,
        title: str = "Anthropic API key",
        why: str = "Whoever reads the file can spend on the account.",
        remedy: str = "Deactivate the key in the Console and create a new one.",
    ) -> Rule:
        return Rule(
            id=name,
            title=title,
            family="leak",
            severity=severity,
            confidence=Confidence.HIGH,
            why=why,
            remedy=remedy,
            requirements=("P1", "T2"),
            frameworks=("SOC2:CC6.1",),
        )

    def secret(self, number: int = 1) -> SecretRef:
        return SecretRef("api03", "sk-ant-api03-R2D…igAA", f"{number:064x}")

    def finding(
        self,
        path: str = "deploy/app.env",
        *,
        line: int | None = 3,
        column: int | None = 9,
        decoded: tuple[str, ...] = (),
        commit: str | None = None,
        first_seen: str | None = None,
        refs: tuple[str, ...] | None = None,
        rule: Rule | None = None,
        message: str = "Anthropic API key in plain text",
        number: int = 1,
        status: Status = Status.OPEN,
        accepted: Accepted | None = None,
        note: str | None = None,
    ) -> Finding:
        secret = self.secret(number)
        return Finding(
            rule=rule or self.rule(),
            location=Location(
                path, line, column, decoded, commit, first_seen=first_seen, refs=refs
            ),
            message=message,
            anchor=secret.sha256,
            secret=secret,
            status=status,
            accepted=accepted,
            note=note,
        )

    def key(
        self,
        name: str = "prod-api-gateway-2026-04-25",
        *,
        age_days: int | None = 90,
        most: int = 90,
        **fields: Any,
    ) -> KeyRef:
        """A key of so many whole days at the time of `result`; without an age, of no known date."""
        dates: dict[str, Any] = {}
        if age_days is not None:
            created = NOW - timedelta(days=age_days)
            dates = {
                "created_at": rfc3339(created),
                "age_days": age_days,
                "age_from": "created_at",
                "due_at": rfc3339(created + timedelta(days=most)),
            }
        environment, service, *_ = f"{name}--".split("-")
        known: dict[str, Any] = {
            "environment": environment or None,
            "service": service or None,
            "tenant": "acme",
            "owner": "dana@example.com",
        }
        return KeyRef(name, **{**known, **dates, **fields})

    def about(
        self, key: KeyRef, *, rule: Rule | None = None, line: int = 1, **text: str
    ) -> Finding:
        """A finding about a key of the inventory."""
        old = self.rule(
            "key-past-rotation-age", severity=Severity.HIGH, title="Key past its rotation age"
        )
        message = text.get(
            "message", f"{key.name} is {key.age_days} days old; the limit is 90 days"
        )
        rule = (rule or old)._replace(family="rotation")
        return Finding(rule, Location("keys.toml", line), message, key.name, key=key)

    def audit(
        self,
        *findings: Finding,
        keys: tuple[KeyRef, ...],
        total: int | None = None,
        exit_code: int | None = None,
        skips: tuple[Skip, ...] = (),
        assessments: tuple[Assessment, ...] = (),
    ) -> Result:
        """The result of `keys audit`."""
        result = self.result(
            *findings, exit_code=exit_code, skips=skips, assessments=assessments, seconds=0.02
        )
        return result._replace(
            run=result.run._replace(command="keys audit", targets=("keys.toml", "export.json")),
            stats=Stats(files=2, keys=len(keys) if total is None else total),
            keys=keys,
        )

    def carried(
        self, message: str, *, where: str = "scenario-429/acme/chat", line: int | None = None
    ) -> Finding:
        """A finding about a key that a request carried."""
        rule = self.rule("egress-platform-key", title="Platform key on a tenant's request")
        secret = self.secret(7)
        return Finding(
            rule._replace(family="egress"), Location(where, line), message, f"a {message}", secret
        )

    def judged(
        self,
        *findings: Finding,
        coverage: tuple[Cell, ...],
        command: str = "egress run",
        files: int = 0,
        exit_code: int | None = None,
        skips: tuple[Skip, ...] = (),
        assessments: tuple[Assessment, ...] = (),
    ) -> Result:
        """The result of `egress run`, or of `egress replay` of so many recordings."""
        result = self.result(*findings, exit_code=exit_code, skips=skips, assessments=assessments)
        requests = sum(cell.requests for cell in coverage)
        return result._replace(
            run=result.run._replace(command=command, targets=("npm test",)),
            stats=Stats(files=files, bytes=files * 4_200_000, requests=requests),
            coverage=coverage,
        )

    def result(
        self,
        *findings: Finding,
        skips: tuple[Skip, ...] = (),
        assessments: tuple[Assessment, ...] = (),
        exit_code: int | None = None,
        complete: bool | None = None,
        allow_incomplete: str | None = None,
        fail_on: Severity = Severity.LOW,
        seconds: float = 0.5,
        targets: tuple[str, ...] = ("deploy",),
    ) -> Result:
        whole = not any(skip.counts for skip in skips) if complete is None else complete
        code = (1 if findings else 0 if whole else 3) if exit_code is None else exit_code
        return Result(
            run=Run(
                command="scan",
                targets=targets,
                policy=PolicyRef("antkey.toml", "cd" * 32, "key-hygiene"),
                started_at="2026-11-20T12:00:00Z",
                finished_at="2026-11-20T12:00:01Z",
                seconds=seconds,
                version="0.1.0",
                fail_on=fail_on,
                exit_code=code,
                complete=whole,
                allow_incomplete=allow_incomplete,
            ),
            findings=findings,
            assessments=assessments,
            skips=skips,
            stats=Stats(files=10, blobs=12, bytes=12_345_678, commits=3),
        )


@pytest.fixture(scope="session")
def make() -> Maker:
    return Maker()


@pytest.fixture(scope="session")
def results(make: Maker) -> dict[str, Result]:
    """One result for each state that a run can end in."""
    token = make.rule(
        "anthropic-oauth-token", severity=Severity.HIGH, title="Anthropic OAuth token"
    )
    browser = make.rule("key-in-browser", severity=Severity.MEDIUM, title="Key used in a browser")
    notice = make.rule("key-age-due", severity=Severity.INFO, title="Key is due soon")
    message = "dangerouslyAllowBrowser is set, so the key goes to every visitor"
    freeze = Accepted("policy", "vendor freeze", "security@example.com", "2026-12-31")
    unexplained = "`antkey: ignore` without a reason does not count"
    call = make.finding("web/chat.ts", line=12, column=3, rule=browser, message=message)
    findings = (
        make.finding("deploy/backup.tar.gz!/etc/app.env", decoded=("gzip", "base64")),
        make.finding("deploy/app.env"),
        make.finding("deploy/app.env", line=14, column=1, rule=token, number=2, note=unexplained),
        make.finding(
            "image.tar!/layer/app.pyc",
            line=None,
            column=None,
            commit="ab" * 20,
            first_seen="2026-03-01T09:15:00Z",
            refs=("refs/heads/main", "refs/tags/v1.0"),
        ),
        make.finding("logs/caf\\xe9 été.log", line=120_331, number=3, status=Status.BASELINE),
        make.finding("src/old.py", number=3, status=Status.WAIVED, accepted=freeze, refs=()),
        make.finding(
            "docs/a.md",
            number=4,
            status=Status.WAIVED,
            accepted=Accepted("inline", "made up for the <docs>"),
        ),
        call._replace(secret=None, anchor="new Anthropic({dangerouslyAllowBrowser:true})"),
    )
    skips = (
        Skip("vault/locked.zip!/a.txt", "encrypted member"),
        Skip("var/huge.bin", "unreadable: permission denied"),
        Skip("current", "symbolic link", counts=False),
    )
    leak = Control(
        "no-leaked-key",
        "No key in files",
        Severity.CRITICAL,
        ("anthropic-api-key",),
        ("P1",),
        ("SOC2:CC6.1",),
    )
    age = Control(
        "key-rotated", "Keys are rotated", Severity.HIGH, ("key-past-rotation-age",), ("M5",)
    )
    failed = (
        Assessment(leak, Outcome.FAIL, 4, "4 open findings"),
        Assessment(age, Outcome.NOT_ASSESSED, 0, "no inventory was given"),
    )
    due = make.finding("keys.toml", rule=notice)
    old, soon = make.key("prod-api-2026-07-01", age_days=142), make.key("dev-chat-x", age_days=80)
    unknown = make.key("legacy", age_days=None, tenant=None, owner=None)
    keys = (old, soon, unknown, make.key("staging-api-2026-11-01", age_days=19, age_from="git"))
    leaked = make.finding("deploy/app.env")._replace(key=old._replace(match="exact"))
    guessed = make.finding("deploy/b.env", number=2)._replace(key=soon._replace(match="probable"))
    aged = (
        make.about(old, line=2),
        make.about(soon, rule=notice, line=9, message="dev-chat-x is due in 10 days"),
    )
    gap = Assessment(
        age, Outcome.NOT_ASSESSED, 0, "1 key not judged, its age is not known; record created_at"
    )
    platform = make.carried(
        "POST api.anthropic.com/v1/messages for acme (surface chat, scenario 429) carries the"
        " platform's key ANTHROPIC_API_KEY in x-api-key (sk-ant-api03-R2D…igAA)"
    )
    seen = (
        Cell("acme", "chat", "ok", "proven", 3),
        Cell("acme", "chat", "no-key", "proven", 0),
        Cell("acme", "chat", "429", "failed", 2),
        Cell("globex", "chat", "ok", "proven", 1204),
        Cell("globex", "chat", "no-key", "proven", 0),
        Cell("globex", "chat", "429", "not-seen", 0),
        Cell(None, None, "ok", "undecided", 1),
    )
    recorded = (Cell("acme", None, None, "proven", 7), Cell("globex", None, None, "platform", 2))
    unattributed = Assessment(
        age,
        Outcome.NOT_ASSESSED,
        0,
        "1 request not judged: nothing says for which tenant it was made",
    )
    note = (Skip("export.json", "3 secrets have other names than [inventory] names", counts=False),)
    return {
        "keys": make.audit(*aged, keys=keys, total=1204, skips=note, assessments=(gap,)),
        "keys-clean": make.audit(keys=keys[3:]),
        "keys-undecided": make.audit(keys=keys[2:], exit_code=4, assessments=(gap,)),
        "requests": make.judged(platform, coverage=seen, assessments=(unattributed,)),
        "requests-clean": make.judged(
            coverage=recorded, command="egress replay", files=2, skips=skips[2:]
        ),
        "requests-undecided": make.judged(
            coverage=seen[5:], exit_code=4, assessments=(unattributed,)
        ),
        "recognised": make.result(leaked, guessed),
        "clean": make.result(skips=skips[2:]),
        "findings": make.result(*findings, assessments=failed, skips=skips[2:]),
        "incomplete": make.result(skips=skips),
        "findings-incomplete": make.result(*findings, assessments=failed, skips=skips),
        "tolerated": make.result(skips=skips, exit_code=0, allow_incomplete="vault is sealed"),
        "exit-zero": make.result(*findings[:2], exit_code=0),
        "info-only": make.result(due, exit_code=0),
        "undecided": make.result(assessments=failed[1:], exit_code=4),
        "interrupted": make.result(exit_code=130, complete=False),
        "fixed-clock": make.result(seconds=0.0),
        "compared": compared(
            make.result(*findings, assessments=failed, skips=skips[2:]),
            make.finding("deploy/gone.env", number=9),
        ),
    }
