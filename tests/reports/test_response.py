"""Plans for leaked keys: who has one, by when, and counted from when."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from tests.reports.conftest import NOW, rfc3339

from antkey_reports.registry import render
from antkey_reports.response import Plan, plans
from antkey_scanner.fingerprint import fingerprint
from antkey_scanner.model import Comparison, Finding, KeyRef, Result, Status

if TYPE_CHECKING:
    from tests.reports.conftest import Maker


def leak(make: Maker, key: KeyRef | None = None, **fields: object) -> Finding:
    found = make.finding(**fields)  # type: ignore[arg-type]
    return found._replace(key=key._replace(match="exact") if key else None)


def only(result: Result) -> Plan:
    (plan,) = plans(result).shown
    return plan


def facts(plan: Plan) -> dict[str, str]:
    return dict(plan.facts)


def test_the_time_runs_from_the_run_that_found_it(make: Maker) -> None:
    plan = only(make.result(leak(make)))
    assert plan.detected == NOW
    assert [phase.by for phase in plan.phases] == [
        NOW + timedelta(minutes=5),
        NOW + timedelta(hours=1),
        NOW + timedelta(days=7),
    ]
    assert not any(phase.late for phase in plan.phases)


def test_the_time_runs_from_an_earlier_run_that_had_it_too(make: Maker) -> None:
    before = NOW - timedelta(hours=2)
    result = make.result(leak(make))
    plan = only(result._replace(comparison=Comparison(rfc3339(before), (), ())))
    assert plan.detected == before
    assert [phase.late for phase in plan.phases] == [True, True, False]


def test_what_is_new_is_not_counted_from_the_earlier_run(make: Maker) -> None:
    found = leak(make)
    before = rfc3339(NOW - timedelta(days=30))
    compared = Comparison(before, (fingerprint(found),), ())
    assert only(make.result(found)._replace(comparison=compared)).detected == NOW


def test_the_time_runs_from_when_the_history_knows_it(make: Maker) -> None:
    told = NOW - timedelta(days=2)
    found = [leak(make, path=name) for name in ("a.env", "b.env")]
    found[1] = found[1]._replace(detected=rfc3339(told))
    where = found[1].location._replace(first_seen="2026-11-18T08:00:00Z")
    found[1] = found[1]._replace(location=where)
    result = make.result(*found)
    plan = only(result)
    assert (plan.detected, plan.told_by) == (told, "by the history of runs")
    assert facts(plan)["In the open since"] == "2026-11-18 (2 days)"
    assert [phase.late for phase in plan.phases] == [True, True, False]
    later = Comparison(rfc3339(told + timedelta(hours=5)), (), ())
    assert only(result._replace(comparison=later)).detected == told


def test_the_page_says_by_what_the_detection_is_known(make: Maker) -> None:
    result = make.result(leak(make))
    assert "by this run; no history tells of an earlier one" in render("html", result)
    earlier = result.findings[0]._replace(detected=rfc3339(NOW - timedelta(days=2)))
    page = render("html", result._replace(findings=(earlier,)))
    assert "2026-11-18 12:00 UTC, by the history of runs" in page


def test_places_of_merged_results_say_from_which(make: Maker) -> None:
    twins = [
        leak(make)._replace(note=note) for note in ("from api; open since 2026-11-01", "from web")
    ]
    where = facts(only(make.result(*twins)))["Where"]
    assert where == "deploy/app.env:3:9 (from api), deploy/app.env:3:9 (from web)"
    assert "deploy/app.env:3:9 (from api)</code> and 1 more place" in render(
        "html", make.result(*twins)
    )


def test_nothing_is_detected_after_the_run(make: Maker) -> None:
    found = leak(make)._replace(detected=rfc3339(NOW + timedelta(days=1)))
    assert only(make.result(found)).detected == NOW


def test_a_key_that_nobody_names_is_taken_for_active(make: Maker) -> None:
    known = facts(only(make.result(leak(make))))
    assert "take it for active" in known["Works"]
    assert known["Whose"].startswith("not known")
    assert known["In the open since"] == "not known; scan the history to learn it"


def test_a_key_of_the_inventory_has_a_name_and_an_owner(make: Maker) -> None:
    key = make.key("prod-api-2026", owner="dana@example.com", tenant="acme", service="api")
    found = leak(make, key, first_seen="2026-11-01T08:00:00Z", refs=("refs/heads/main",))
    known = facts(only(make.result(found)))
    assert known["Works"] == "yes, it is active"
    assert known["Whose"] == "tenant acme, owner dana@example.com"
    assert known["In the inventory"].startswith("prod-api-2026 (")
    assert known["In the open since"] == "2026-11-01 (19 days)"
    assert known["Reached by"] == "refs/heads/main"


@pytest.mark.parametrize("status", ["inactive", "archived", "expired"])
def test_a_key_that_is_off_has_no_plan(make: Maker, status: str) -> None:
    key = make.key(status=status)
    assert plans(make.result(leak(make, key))).shown == ()


def test_an_accepted_leak_has_no_plan(make: Maker) -> None:
    assert plans(make.result(make.finding(status=Status.BASELINE), exit_code=0)).shown == ()


def test_what_requests_carried_has_no_plan(make: Maker) -> None:
    assert plans(make.result(make.carried("the platform's key"))).shown == ()


def test_an_audit_that_tells_of_a_leaked_key_makes_a_plan(make: Maker) -> None:
    rule = make.rule("leaked-key-still-active")
    told = make.about(make.key("prod-api-2026"), rule=rule, message="prod-api-2026 leaked")
    assert only(make.audit(told, keys=())).label == "prod-api-2026 leaked"


def test_one_key_that_scan_and_audit_tell_of_has_one_plan(make: Maker) -> None:
    key = make.key("prod-api-2026")
    told = make.about(key, rule=make.rule("leaked-key-still-active"), message="it leaked")
    assert only(make.result(told, leak(make, key))).is_key


def test_the_page_links_findings_and_plans_both_ways(make: Maker) -> None:
    result = make.result(leak(make))
    plan = only(result)
    page = render("html", result)
    assert f'<h3 id="{plan.id}">' in page
    assert page.count(f'href="#{plan.id}"') == 2
    assert f'href="#{plan.anchor}">its findings' in page


def test_more_keys_than_plans_are_counted(make: Maker) -> None:
    result = make.result(*(leak(make, path=f"{n}.env", number=n) for n in range(50)))
    assert len(plans(result).shown) == 20
    assert plans(result).hidden == 30
    assert "30 more keys are among" in render("html", result)


@pytest.mark.parametrize(
    "at", ["", "yesterday", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z"]
)
def test_a_time_that_is_none_leaves_out_what_follows_from_it(make: Maker, at: str) -> None:
    result = make.result(leak(make))
    result = result._replace(run=result.run._replace(started_at=at, finished_at=at))
    assert "Within 5 minutes" in render("html", result)
