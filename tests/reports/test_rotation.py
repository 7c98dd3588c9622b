"""The table of keys: how each stands, the most urgent first, and no more than fits."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from tests.reports.conftest import NOW, rfc3339

from antkey_reports.moments import moment
from antkey_reports.registry import render
from antkey_reports.rotation import State, judged_at, rotation, standing
from antkey_scanner.model import Accepted, KeyRef, Severity, Status

if TYPE_CHECKING:
    from tests.reports.conftest import Maker

MEBIBYTE = 1 << 20
MICROSECOND = timedelta(microseconds=1)


def due(make: Maker, at: timedelta, **fields: Any) -> KeyRef:
    """A key that is due so long after now."""
    return make.key(**{"due_at": rfc3339(NOW + at), **fields})


def states(make: Maker, *keys: KeyRef) -> list[State]:
    return [standing(key, NOW).state for key in keys]


@pytest.mark.parametrize(
    ("at", "state"),
    [
        (timedelta(days=-30), State.OVERDUE),
        (-MICROSECOND, State.OVERDUE),
        (timedelta(0), State.SOON),
        (timedelta(days=14), State.SOON),
        (timedelta(days=14) + MICROSECOND, State.FINE),
    ],
)
def test_the_day_that_a_key_is_due_is_exact(make: Maker, at: timedelta, state: State) -> None:
    assert states(make, due(make, at)) == [state]


def test_a_key_without_an_age_is_not_judged_and_not_in_order(make: Maker) -> None:
    unknown = make.key(age_days=None)
    broken = make.key(due_at="2026-99-99T00:00:00Z")
    assert states(make, unknown, broken) == [State.UNKNOWN, State.UNKNOWN]


def test_a_key_that_is_not_active_is_not_due(make: Maker) -> None:
    assert states(make, make.key(age_days=400, status="archived")) == [State.OFF]


def test_a_clock_may_be_five_minutes_fast_and_no_more(make: Maker) -> None:
    fields = {"due_at": rfc3339(NOW + timedelta(days=90)), "age_days": -1}
    fast = make.key(**fields)._replace(created_at=rfc3339(NOW + timedelta(seconds=300)))
    wrong = make.key(**fields)._replace(
        created_at=rfc3339(NOW + timedelta(seconds=300) + MICROSECOND)
    )
    assert states(make, fast, wrong) == [State.FINE, State.AHEAD]


def test_what_a_rule_warns_of_is_due_soon_whatever_the_usual_days(make: Maker) -> None:
    key = make.key("prod-api", age_days=60)
    warning = make.about(key, rule=make.rule("key-due-for-rotation", severity=Severity.INFO))
    shown = rotation(make.audit(warning, keys=(key,)), {})
    assert shown is not None
    assert [row.badge for row in shown.rows] == ["due in 30 days"]


@pytest.mark.parametrize(
    ("at", "left"),
    [
        (timedelta(days=-1204), "1,204 days overdue"),
        (timedelta(days=-1), "1 day overdue"),
        (timedelta(hours=-3), "overdue today"),
        (timedelta(hours=3), "due within a day"),
        (timedelta(days=1), "due in 1 day"),
        (timedelta(days=52), "due in 52 days"),
    ],
)
def test_what_is_left_is_in_words(make: Maker, at: timedelta, left: str) -> None:
    shown = rotation(make.audit(keys=(due(make, at),)), {})
    assert shown is not None
    assert [row.left for row in shown.rows] == [left]


def test_the_most_urgent_come_first(make: Maker) -> None:
    keys = (
        make.key("fine", age_days=1),
        make.key("off", age_days=900, status="expired"),
        make.key("late", age_days=95),
        make.key("unknown", age_days=None),
        make.key("soon", age_days=85),
        make.key("latest", age_days=300),
        make.key("ahead", age_days=-20),
    )
    shown = rotation(make.audit(keys=keys), {})
    assert shown is not None
    order = [row.name for row in shown.rows]
    assert order == ["latest", "late", "ahead", "soon", "unknown", "fine", "off"]


def test_results_without_keys_have_no_table(make: Maker) -> None:
    assert rotation(make.result(make.finding()), {}) is None
    assert 'id="rotation"' not in render("html", make.result(make.finding()))


def test_a_printed_time_that_ages_contradict_is_not_what_they_were_judged_by(make: Maker) -> None:
    # SOURCE_DATE_EPOCH fixes what is printed, not what is judged.
    result = make.audit(keys=(make.key(age_days=91), make.key(age_days=3)))
    early = result._replace(run=result.run._replace(started_at="2020-01-01T00:00:00Z"))
    assert judged_at(result) == NOW
    assert judged_at(early) == NOW
    shown = rotation(early, {})
    assert shown is not None
    assert shown.rows[0].standing.state is State.OVERDUE


@pytest.mark.parametrize("age", [10**12, -(10**12), 2**62])
def test_an_impossible_age_in_a_file_breaks_nothing(make: Maker, age: int) -> None:
    result = make.audit(keys=(make.key()._replace(age_days=age),))
    assert judged_at(result) == NOW
    assert "Rotation" in render("html", result)


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "2026-13-01T00:00:00Z", "2026-11-20T23:59:60Z", "2026-11-20T00:00:00"],
)
def test_what_is_no_time_is_none(text: str) -> None:
    assert moment(text) is None


@pytest.mark.parametrize("created", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"])
def test_the_ends_of_time_are_drawn(make: Maker, created: str) -> None:
    first = make.key("first", age_days=5)._replace(created_at=created)
    last = make.key("last", age_days=5)._replace(due_at=created)
    assert "Rotation" in render("html", make.audit(keys=(first, last)))


def rows_of(page: str) -> list[str]:
    table = page[page.index('<table class="keys">') :]
    return re.findall(r"<tr><td>.*?</tr>", table[: table.index("</table>")])


def test_a_row_says_all_that_is_known_of_a_key(make: Maker) -> None:
    key = make.key("prod-api-2026", age_days=142, age_from="the date in its name")
    (row,) = rows_of(render("html", make.audit(keys=(key,))))
    text = " ".join(unescape(re.sub(r"<[^>]+>", " ", row)).split())
    assert text == (
        "overdue prod-api-2026 prod, api acme dana@example.com"
        " 2026-07-01 142 days the date in its name 2026-09-29"
    )


def test_a_row_leads_to_what_is_wrong_with_the_key(make: Maker) -> None:
    key = make.key("prod-api-2026", age_days=142)
    rules = [make.rule("key-without-owner"), make.rule("key-shared-by-tenants")]
    findings = [make.about(key, rule=rule, message=f"{rule.id}!") for rule in rules]
    page = render("html", make.audit(*findings, keys=(key,)))
    (row,) = rows_of(page)
    links = dict(re.findall(r'<a href="#([^"]+)">([^<]+)</a>', row))
    assert set(links.values()) == {"key-without-owner", "key-shared-by-tenants"}
    for anchor, rule in links.items():
        incident = page[page.index(f'<li id="{anchor}"') :]
        assert f"{rule}!" in incident[: incident.index("</li>")]


def test_every_rule_about_one_key_has_its_own_message_and_remedy(make: Maker) -> None:
    key = make.key("prod-api-2026", age_days=142)
    findings = [
        make.about(key, rule=make.rule(f"r{n}", title=f"T{n}", remedy=f"R{n}"), message=f"M{n}")
        for n in range(3)
    ]
    page = render("html", make.audit(*findings, keys=(key,)))
    for n in range(3):
        assert page.count(f">M{n}<") >= 1
        assert f"</strong> R{n}</p>" in page
    assert "prod, service api, tenant acme, owner dana@example.com, 142 days old" in page


def test_a_leaked_key_says_which_it_is(make: Maker) -> None:
    key = make.key("prod-api-2026", age_days=120, match="exact")
    page = render("html", make.result(make.finding()._replace(key=key)))
    assert "this is prod-api-2026 (prod, service api" in page


def test_10000_keys_make_a_small_page_that_says_what_it_leaves_out(make: Maker) -> None:
    keys = tuple(make.key(f"prod-api-{n}", age_days=n % 200) for n in range(10_000))
    findings = tuple(
        make.about(key, line=n + 1)
        for n, key in enumerate(keys)
        if key.age_days and key.age_days > 90
    )
    page = render("html", make.audit(*findings, keys=keys))
    assert len(page.encode()) < 3 * MEBIBYTE
    assert len(rows_of(page)) == 300
    assert "9,700 more keys, less urgent than these or not active" in page


def test_keys_that_a_result_does_not_name_are_counted(make: Maker) -> None:
    page = render("html", make.audit(keys=(make.key(), make.key("b-c-1")), total=1_204))
    assert "1,202 more keys are due later, or not active" in page
    assert "1,202 more keys, less urgent" in page
    assert "1,204 keys judged" in page


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>" * 400,
        "\u202e" * 10_000,
        "\x1b[2J\x00" * 1_500,
        "\u05d0" * 10_000,
    ],
    ids=["markup", "bidi", "control", "rtl"],
)
def test_no_name_makes_the_page_big_or_active(make: Maker, name: str) -> None:
    fields = {"owner": name, "tenant": name, "environment": name, "service": name}
    keys = tuple(make.key(f"{name}{n}", age_days=n, **fields) for n in range(400))
    page = render("html", make.audit(*map(make.about, keys), keys=keys))
    assert len(page.encode()) < 3 * MEBIBYTE
    assert page.count("<script") == 1
    assert all(line.isprintable() for line in page.split("\n"))
    assert rows_of(page)
    assert len(max(rows_of(page), key=len)) < 12_000


def test_counts_of_states_are_in_words(make: Maker) -> None:
    keys = (make.key("a", age_days=100), make.key("b", age_days=99), make.key("c", age_days=None))
    page = render("html", make.audit(keys=keys))
    assert '<li class="overdue"><strong>2</strong> overdue</li>' in page
    assert '<li class="not-judged"><strong>1</strong> not judged</li>' in page


def test_a_rule_that_is_accepted_is_still_named(make: Maker) -> None:
    key = make.key(age_days=142)
    waived = make.about(key)._replace(status=Status.WAIVED, accepted=Accepted("policy", "freeze"))
    (row,) = rows_of(render("html", make.audit(waived, keys=(key,), exit_code=0)))
    assert "key-past-rotation-age" in row
    assert ">overdue<" in row


def test_worst_finding_is_about_the_key_that_was_due_first(make: Maker) -> None:
    keys = [make.key(f"k-{age}", age_days=age) for age in (100, 300, 200)]
    page = render("html", make.audit(*map(make.about, keys), keys=tuple(keys)))
    first = page[page.index("Do this first") : page.index(">Found<")]
    assert "k-300 is 300 days old" in first
    order = [
        page.index(f">k-{age} is", page.index(">Findings by rule<")) for age in (300, 200, 100)
    ]
    assert all(one < other for one, other in pairwise(order))


def test_a_key_in_time_that_breaks_another_rule_is_not_in_order(make: Maker) -> None:
    keys = (make.key("a", age_days=1), make.key("b", age_days=1), make.key("c", age_days=1))
    shared = make.about(keys[0], rule=make.rule("key-in-two-tenants"))
    misdated = make.about(keys[1], rule=make.rule("key-name-misdated", severity=Severity.INFO))
    shown = rotation(make.audit(shared, misdated, keys=keys), {})
    assert shown is not None
    assert [(row.name, row.badge) for row in shown.rows] == [
        ("a", "not due"),
        ("b", "in order"),
        ("c", "in order"),
    ]


def test_a_leaked_key_that_is_active_goes_before_all_that_is_as_bad(make: Maker) -> None:
    key = make.key(age_days=142)
    rules = [make.rule(name) for name in ("key-in-two-tenants", "leaked-key-still-active")]
    page = render("html", make.audit(*(make.about(key, rule=rule) for rule in rules), keys=(key,)))
    shown = re.findall(r"<small><code>([\w-]+)</code></small></h3>", page)
    assert shown == ["leaked-key-still-active", "key-in-two-tenants"]


def test_a_reason_in_paragraphs_is_shown_in_paragraphs(make: Maker) -> None:
    rule = make.rule(why="One\nsentence.\n\nAnother <b>one</b>.\n")
    page = render("html", make.result(make.finding(rule=rule)))
    assert '<p class="why">One sentence.</p>' in page
    assert '<p class="why">Another &lt;b&gt;one&lt;/b&gt;.</p>' in page
