"""What becomes of each control over requests: never seen is never passed."""

from __future__ import annotations

import pytest
from tests.traffic import KEYS, OPTIONAL, PLATFORM, judge, life, sent

from antkey_rules.load import load_egress_controls
from antkey_scanner.egress.book import Book
from antkey_scanner.egress.judge import NO_TENANT, TWO_FIT
from antkey_scanner.egress.reach import (
    FAULT_SCENARIOS,
    out_of_reach_of_records,
    out_of_reach_of_run,
)
from antkey_scanner.egress.verdict import assess_requests
from antkey_scanner.model import Assessment, Finding, Outcome, Severity, Status
from antkey_scanner.policy.egress import EgressPolicy

CONTROLS = load_egress_controls()
MAIN = "requests-carry-the-tenants-key"


def found(*names: str) -> tuple[Finding, ...]:
    judged = judge(KEYS)
    for name in names:
        judged.take(sent(name))
    return judged.findings()


def assessed(findings: tuple[Finding, ...] = (), **circumstances: object) -> dict[str, Assessment]:
    given = {"requests": 9, **circumstances}
    return {one.control.id: one for one in assess_requests(CONTROLS, findings, **given)}  # type: ignore[arg-type]


def outcomes(**circumstances: object) -> dict[str, Outcome]:
    return {name: one.outcome for name, one in assessed(**circumstances).items()}  # type: ignore[arg-type]


def test_what_was_seen_and_in_order_passes() -> None:
    assert set(outcomes().values()) == {Outcome.PASS}
    assert assessed()[MAIN].evidence == "no violation in 9 requests"


def test_a_violation_fails_its_control_and_no_other() -> None:
    result = assessed(found("platform"))
    assert result[MAIN].outcome is Outcome.FAIL
    assert result[MAIN].findings == 1
    assert result[MAIN].evidence == "1 violation in 9 requests"
    assert sum(one.outcome is Outcome.FAIL for one in result.values()) == 1


def test_without_a_request_nothing_passes() -> None:
    assert set(outcomes(requests=0).values()) == {Outcome.NOT_ASSESSED}
    assert "no request was seen" in assessed(requests=0)[MAIN].evidence


def test_a_violation_counts_even_where_else_nothing_was_seen() -> None:
    findings = found("platform")
    assert assessed(findings, requests=0)[MAIN].outcome is Outcome.FAIL
    assert assessed(findings, unread=1, unjudged={TWO_FIT: 3})[MAIN].outcome is Outcome.FAIL


def test_a_request_that_could_not_be_judged_leaves_open_whose_key_it_was() -> None:
    result = assessed(unjudged={NO_TENANT: 2, TWO_FIT: 1})
    open_ones = {name for name, one in result.items() if one.outcome is Outcome.NOT_ASSESSED}
    assert open_ones == {
        *(MAIN, "no-fallback-on-errors", "old-keys-stop", "one-key-per-tenant-at-a-time"),
    }
    assert result[MAIN].evidence == (
        "no violation in 9 requests; 2 requests not judged: nothing says for which tenant it was"
        " made; 1 request not judged: the hint fits several keys"
    )


def test_a_command_that_failed_leaves_everything_open() -> None:
    why = "in scenario ok the command failed with exit code 1"
    result = assessed(unjudged={why: 1})
    assert {one.outcome for one in result.values()} == {Outcome.NOT_ASSESSED}
    assert result[MAIN].evidence.endswith(why)
    assert "not judged" not in result[MAIN].evidence


def test_what_was_not_read_leaves_everything_open() -> None:
    result = assessed(unread=2)
    assert {one.outcome for one in result.values()} == {Outcome.NOT_ASSESSED}
    assert result[MAIN].evidence.endswith("2 places in scope not read to the end")


def test_a_surface_that_was_not_seen_is_named() -> None:
    result = assessed(missing_surfaces=[f"s{number}" for number in range(7)])
    one = result["every-surface-was-seen"]
    assert one.outcome is Outcome.NOT_ASSESSED
    assert one.evidence.endswith("of the surfaces s0, s1, s2, s3, s4 and 2 more")
    assert result[MAIN].outcome is Outcome.PASS
    (single,) = [
        each
        for each in assess_requests(CONTROLS, (), requests=1, missing_surfaces=["chat"])
        if each.control.id == "every-surface-was-seen"
    ]
    assert single.evidence == "no violation in 1 request; no request was seen of the surface chat"


def test_what_nothing_could_have_shown_is_not_assessed_with_the_cure() -> None:
    why = "no key was changed; add --scenario rotate"
    one = assessed(off={"egress-stale-key": why})["old-keys-stop"]
    assert (one.outcome, one.evidence) == (Outcome.NOT_ASSESSED, why)


def test_a_control_of_which_one_rule_could_be_broken_is_assessed() -> None:
    why = "no page was recorded"
    one = assessed(off={"egress-key-in-browser": why})["keys-stay-on-the-server"]
    assert (one.outcome, one.evidence) == (Outcome.PASS, f"no violation in 9 requests; {why}")


@pytest.mark.parametrize("status", [Status.WAIVED, Status.BASELINE])
def test_what_is_tolerated_is_waived(status: Status) -> None:
    findings = tuple(finding._replace(status=status) for finding in found("platform"))
    one = assessed(findings)[MAIN]
    assert (one.outcome, one.findings) == (Outcome.WAIVED, 0)
    assert one.evidence == "no violation, 1 tolerated in 9 requests"


def test_fail_on_decides_what_is_a_violation() -> None:
    judged = judge(KEYS, EgressPolicy(allowed_models=("none",)))
    judged.take(sent("acme-1", model="claude-opus-5"))
    name = "allowed-models-only"
    assert assessed(judged.findings(), fail_on=Severity.MEDIUM)[name].outcome is Outcome.FAIL
    assert assessed(judged.findings(), fail_on=Severity.HIGH)[name].outcome is Outcome.PASS


def test_a_plain_run_reaches_whose_key_it_was_and_where_keys_went() -> None:
    policy = EgressPolicy(surfaces=("chat",), allowed_models=("claude-*",))
    off = out_of_reach_of_run(policy, ["ok"], rotations=0)
    assert set(off) == {
        *("egress-fallback-on-error", "egress-request-without-tenant-key", "egress-stale-key"),
        *("egress-many-keys", "egress-key-in-browser", "egress-key-in-response"),
    }
    assert all("; " in reason for reason in off.values())


@pytest.mark.parametrize("scenario", FAULT_SCENARIOS)
def test_any_fault_reaches_the_fallback(scenario: str) -> None:
    assert "egress-fallback-on-error" not in out_of_reach_of_run(EgressPolicy(), [scenario], 0)


def test_scenarios_reach_what_they_play() -> None:
    off = out_of_reach_of_run(EgressPolicy(), ["no-key", "rotate"], rotations=1)
    assert not {"egress-request-without-tenant-key", "egress-stale-key"} & off.keys()
    assert "egress-stale-key" in out_of_reach_of_run(EgressPolicy(), ["rotate"], rotations=0)
    reason = out_of_reach_of_run(OPTIONAL, ["no-key"], 0)["egress-request-without-tenant-key"]
    assert reason == "the policy lets tenants without a key use the platform's"


def test_records_reach_old_keys_where_the_inventory_has_any() -> None:
    current, ended = Book((PLATFORM,)), Book((life("a", "acme", end=1),))
    assert "egress-stale-key" in out_of_reach_of_records(EgressPolicy(), [current])
    assert "egress-stale-key" not in out_of_reach_of_records(EgressPolicy(), [current, ended])
    assert "egress-fallback-on-error" not in out_of_reach_of_records(EgressPolicy(), [current])


def test_records_reach_pages_where_a_recording_keeps_them() -> None:
    pages = {"egress-key-in-browser", "egress-key-in-response"}
    assert not pages & out_of_reach_of_records(EgressPolicy(), [], answers=True).keys()
    assert pages <= out_of_reach_of_records(EgressPolicy(), [], answers=False).keys()


def test_evidence_of_a_run_reaches_what_the_run_played() -> None:
    off = out_of_reach_of_records(EgressPolicy(), [], ["no-key", None])
    assert "egress-request-without-tenant-key" not in off
