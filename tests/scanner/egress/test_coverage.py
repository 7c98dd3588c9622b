"""The coverage matrix: what each cell showed, and that silence is told."""

from __future__ import annotations

from tests.traffic import KEYS, OPTIONAL, PLATFORM, judge, sent

from antkey_scanner.egress.coverage import coverage_of
from antkey_scanner.egress.judge import REST, Judge
from antkey_scanner.model import Cell
from antkey_scanner.policy.egress import EgressPolicy


def played(*requests: object, policy: EgressPolicy | None = None) -> Judge:
    judged = judge(KEYS, policy, live=True, tenants=("acme", "globex"))
    for request in requests:
        judged.take(request)  # type: ignore[arg-type]
    return judged


def test_each_cell_says_the_worst_of_its_requests() -> None:
    judged = played(
        sent("acme-1", surface="chat"),
        sent("acme-1", surface="chat"),
        sent("platform", surface="chat"),
        sent("globex-1", tenant="globex", surface="chat"),
        sent("globex-1", tenant=None, surface="kb"),
    )
    assert coverage_of([judged]) == (
        Cell("acme", "chat", None, "failed", 3),
        Cell("acme", "kb", None, "not-seen", 0),
        Cell("globex", "chat", None, "proven", 1),
        Cell("globex", "kb", None, "not-seen", 0),
        Cell(None, "kb", None, "undecided", 1),
    )


def test_the_platform_s_key_is_shown_where_the_policy_allows_it() -> None:
    judged = played(
        sent("platform", scenario="no-key"), sent("acme-1", scenario="ok"), policy=OPTIONAL
    )
    assert coverage_of([judged], ["acme"], [], ["ok", "no-key"]) == (
        Cell("acme", None, "ok", "proven", 1),
        Cell("acme", None, "no-key", "platform", 1),
    )


def test_what_had_to_be_seen_is_in_the_order_in_which_it_was_asked_for() -> None:
    cells = coverage_of([played()], ["globex", "acme"], ["kb", "chat"], ["ok", "429"])
    assert [cell[:3] for cell in cells] == [
        (tenant, surface, scenario)
        for tenant in ("globex", "acme")
        for surface in ("kb", "chat")
        for scenario in ("ok", "429")
    ]
    assert {cell.outcome for cell in cells} == {"not-seen"}


def test_of_a_tenant_that_was_asked_for_nothing_is_told_as_nothing() -> None:
    assert coverage_of([played()], ["acme"]) == (Cell("acme", None, None, "not-seen", 0),)
    assert coverage_of([played()]) == ()


def test_without_a_key_silence_is_what_is_asked_for() -> None:
    silent = played()
    assert coverage_of([silent], ["acme"], [], ["ok", "no-key"]) == (
        Cell("acme", None, "ok", "not-seen", 0),
        Cell("acme", None, "no-key", "proven", 0),
    )
    (cell,) = coverage_of([silent], ["acme"], [], ["no-key"], failed=["no-key"])
    assert cell.outcome == "not-seen"
    (cell,) = coverage_of([played(policy=OPTIONAL)], ["acme"], [], ["no-key"])
    assert cell.outcome == "not-seen"


def test_judges_of_several_scenarios_are_one_matrix() -> None:
    judges = [played(sent("acme-1", scenario=name)) for name in ("ok", "429")]
    judges.append(played(sent("acme-1", scenario="ok")))
    assert coverage_of(judges, ["acme"], [], ["ok", "429"]) == (
        Cell("acme", None, "ok", "proven", 2),
        Cell("acme", None, "429", "proven", 1),
    )


def test_a_request_to_another_host_is_in_no_cell_unless_it_breaks_a_rule() -> None:
    judged = played(sent(host="example.com"), sent("acme-1", host="localhost"))
    assert coverage_of([judged]) == ()
    judged.take(sent("acme-1", host="example.com"))
    assert coverage_of([judged]) == (Cell("acme", None, None, "failed", 1),)


def test_the_cell_of_all_others_expects_nothing() -> None:
    judged = played(sent("acme-1"))
    judged.seen[REST] = judged.seen[next(iter(judged.seen))].copy()
    assert [cell.tenant for cell in coverage_of([judged])] == ["acme", "…"]


def test_endless_products_end() -> None:
    names = [f"n{number}" for number in range(1_000)]
    assert len(coverage_of([judge((PLATFORM,))], names, names, names)) == 10_000
