"""The first thing on the page is the first thing to do: the worst, or what a verdict needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.reports.showcase import showcase

from antkey_reports.changes import changes
from antkey_reports.first import First, first
from antkey_reports.incidents import incidents
from antkey_reports.registry import render
from antkey_reports.verdict import verdict
from antkey_scanner.fingerprint import fingerprint
from antkey_scanner.model import (
    Assessment,
    Comparison,
    Control,
    Outcome,
    Result,
    Severity,
    Status,
)

if TYPE_CHECKING:
    from tests.reports.conftest import Maker


def of(result: Result) -> First | None:
    return first(result, tuple(one for one in incidents(result.findings) if one.is_open))


def told(result: Result) -> First:
    found = of(result)
    assert found is not None
    return found


def test_a_leaked_key_comes_with_owner_time_remedy_and_command(make: Maker) -> None:
    found = told(showcase(make))
    assert found.severity is Severity.CRITICAL
    assert found.is_key
    assert found.whose == "tenant acme, owner dana@example.com"
    assert found.since == "2026-08-03 (109 days), by its first commit"
    assert found.remedy.startswith("Deactivate the key")
    assert found.command == "antkey scan --history -- ."
    assert found.more_places == 4
    assert found.as_bad == 2


def test_what_no_commit_dates_is_open_since_the_run_that_told_of_it(make: Maker) -> None:
    found = make.finding()._replace(detected="2026-11-18T12:00:00Z")
    assert told(make.result(found)).since == "2026-11-18, when antkey first told of it"


def test_what_is_not_required_is_not_the_first_thing_to_do(make: Maker) -> None:
    controls = [
        Assessment(Control(name, name, Severity.LOW, ()), Outcome.NOT_ASSESSED, 0, said, None, must)
        for name, said, must in (
            ("other-keys", "not looked for", False),
            ("requests", "no request was seen", True),
        )
    ]
    result = make.result(exit_code=4)._replace(assessments=tuple(controls))
    assert told(result).rule == "requests"
    assert verdict(result).reason.endswith("; 2 controls not judged, 1 of them required")
    before = tuple(
        one._replace(
            required=None, evidence=one.evidence + ("" if one.required else "; not required")
        )
        for one in controls
    )
    assert told(result._replace(assessments=before)).rule == "requests"


@pytest.mark.parametrize("name", ["text", "markdown", "html"])
def test_what_is_required_stands_before_what_nobody_asks_for(make: Maker, name: str) -> None:
    controls = [
        Assessment(
            Control(which, which, Severity.LOW, ()), outcome, 0, f"{which}: said", None, must
        )
        for which, outcome, must in (
            ("nobody-asks", Outcome.NOT_ASSESSED, False),
            ("it-holds", Outcome.PASS, True),
            ("asked-for", Outcome.NOT_ASSESSED, True),
        )
    ]
    text = render(name, make.result(exit_code=4)._replace(assessments=tuple(controls)))
    shown = text[text.index('id="controls"') :] if name == "html" else text
    order = sorted(("asked-for: said", "it-holds: said", "nobody-asks: said"), key=shown.find)
    assert order[-1] == "nobody-asks: said"
    assert shown.index("asked-for: said") < shown.index("nobody-asks: said")


def test_a_key_that_is_overdue_is_so_since_it_was_due(make: Maker) -> None:
    key = make.key(age_days=142)
    assert told(make.audit(make.about(key), keys=(key,))).since == (
        "2026-09-29, when it was due (52 days)"
    )


def test_what_an_audit_says_of_a_leaked_key_stands_with_its_places(make: Maker) -> None:
    key = make.key("prod-api-2026")
    rule = make.rule("leaked-key-still-active", title="Leaked key still active")
    said = make.about(key, rule=rule, message="prod-api-2026 leaked and is still active")
    leak = make.finding(first_seen="2026-11-01T08:00:00Z")._replace(key=key._replace(match="exact"))
    result = make.result(said, leak)
    found = told(result)
    assert (found.what, found.where, found.more_places) == (
        "sk-ant-api03-R2D…igAA",
        "deploy/app.env:3:9",
        0,
    )
    assert found.since == "2026-11-01 (19 days), by its first commit"
    page = render("html", result)
    assert page.count('<li id="i-') == 1
    assert '<span class="tag">prod-api-2026 leaked and is still active</span>' in page


def test_what_is_no_key_is_nobodys(make: Maker) -> None:
    code = make.finding("a.py")._replace(secret=None, anchor="x or y")
    found = told(make.result(code))
    assert (found.whose, found.since, found.command) == (None, None, None)


def test_without_findings_it_is_what_was_not_read(results: dict[str, Result]) -> None:
    found = told(results["incomplete"])
    assert found.what == "2 places in scope could not be read to the end"
    assert found.anchor == "skipped"


def test_without_findings_it_is_the_evidence_that_is_missing(results: dict[str, Result]) -> None:
    found = told(results["undecided"])
    assert found.what == "Keys are rotated"
    assert found.remedy == "no inventory was given"


def test_where_all_is_well_there_is_nothing_to_do(results: dict[str, Result]) -> None:
    assert of(results["clean"]) is None
    assert "Do this first" not in render("html", results["clean"])


def test_what_changed_is_counted_of_open_findings(make: Maker) -> None:
    old, new = make.finding("old"), make.finding("new", number=2)
    accepted = make.finding("accepted", number=3, status=Status.BASELINE)
    gone = make.finding("gone", number=4)
    names = (fingerprint(new), fingerprint(accepted), "ab" * 32)
    result = make.result(old, new, accepted)
    found = changes(result._replace(comparison=Comparison("2026-11-13T12:00:00Z", names, (gone,))))
    assert found is not None
    assert (found.new, found.still_open, found.fixed, found.hidden) == (1, 1, 1, 0)
    assert found.shown[0].where == "gone:3:9"


def test_without_an_earlier_run_nothing_has_changed(make: Maker) -> None:
    assert changes(make.result()) is None
    assert 'id="changes"' not in render("html", make.result())


def test_fixed_findings_without_room_are_counted(make: Maker) -> None:
    gone = tuple(make.finding(f"{n}/{'long' * 50}") for n in range(2000))
    found = changes(make.result()._replace(comparison=Comparison("2026-11-13T12:00:00Z", (), gone)))
    assert found is not None
    assert found.hidden > 0
    assert found.hidden + len(found.shown) == 2000
