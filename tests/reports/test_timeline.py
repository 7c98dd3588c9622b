"""The timeline: bars where the dates are, readable without colour, at any width and by anybody."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.reports.conftest import NOW, rfc3339

from antkey_reports.registry import render
from antkey_reports.rotation import rotation
from antkey_reports.timeline import Bar, Timeline, timeline
from antkey_scanner.model import KeyRef

if TYPE_CHECKING:
    from tests.reports.conftest import Maker


def drawn(make: Maker, *keys: KeyRef) -> Timeline:
    shown = rotation(make.audit(keys=keys), {})
    assert shown is not None
    found = timeline(shown)
    assert found is not None
    return found


def bars(drawing: Timeline) -> list[Bar]:
    return [bar for block in drawing.blocks for bar in block.bars]


def number(percent: str) -> float:
    return float(percent.removesuffix("%"))


def test_a_bar_runs_from_creation_to_due_date(make: Maker) -> None:
    drawing = drawn(make, make.key(age_days=45))
    (bar,) = bars(drawing)
    # 90 days and a week of margin at both ends.
    assert number(bar.x) == pytest.approx(100 * 7 / 104, abs=0.01)
    assert number(bar.used) == pytest.approx(100 * 45 / 104, abs=0.01)
    assert number(bar.left) == pytest.approx(100 * 45 / 104, abs=0.01)
    assert number(drawing.now_x) == pytest.approx(50, abs=0.01)
    assert number(bar.late) == 0


def test_what_is_overdue_is_a_part_of_its_own_and_ends_now(make: Maker) -> None:
    drawing = drawn(make, make.key(age_days=120))
    (bar,) = bars(drawing)
    assert number(bar.late_x) + number(bar.late) == pytest.approx(number(drawing.now_x), abs=0.02)
    assert number(bar.late) == pytest.approx(100 * 30 / 134, abs=0.02)
    assert number(bar.left) == 0


def test_overdue_is_told_by_a_pattern_and_in_words_not_by_colour_alone(make: Maker) -> None:
    page = render("html", make.audit(keys=(make.key("a-late-one", age_days=120),)))
    chart = page[page.index('<svg class="chart"') :]
    chart = chart[: chart.index("</figure>")]
    assert 'class="stripes"' in chart
    assert "30 days overdue" in chart
    assert re.search(r"\.stripes \{[^}]*stroke-dasharray", page)


def test_in_order_has_no_stripes(make: Maker) -> None:
    page = render("html", make.audit(keys=(make.key(age_days=20),)))
    chart = page[page.index('<svg class="chart"') :]
    assert "stripes" not in chart[: chart.index("</figure>")]


def test_every_drawing_says_what_it_shows(make: Maker) -> None:
    keys = [make.key(f"k-{age}", age_days=age) for age in range(40, 120, 2)]
    page = render("html", make.audit(keys=tuple(keys)))
    charts = re.findall(r'<svg class="chart".*?<title id="([^"]+)">(.*?)</title>', page, re.DOTALL)
    assert [title for _, title in charts] == [
        "Timeline of rotation, keys 1 to 15 of 40",
        "Timeline of rotation, keys 16 to 30 of 40",
        "Timeline of rotation, keys 31 to 40 of 40",
        "Age of keys",
    ]
    for identity, _ in charts:
        assert f'role="img" aria-labelledby="{identity} {identity}-d"' in page
    assert "15 keys: 14 overdue, 1 due soon. The table has all dates." in page


def test_sixty_are_drawn_and_the_rest_is_in_the_table(make: Maker) -> None:
    keys = [make.key(f"k-{n}", age_days=n) for n in range(100)]
    drawing = drawn(make, *keys)
    assert len(bars(drawing)) == 60
    assert bars(drawing)[0].label == "k-99"
    assert "The 60 keys that are due first" in render("html", make.audit(keys=tuple(keys)))


def test_one_old_key_does_not_squeeze_the_others(make: Maker) -> None:
    old, new = bars(drawn(make, make.key("old", age_days=5_000), make.key("new", age_days=1)))
    assert old.before
    assert not new.before
    assert number(new.used) + number(new.left) > 15
    assert number(old.x) == 0


def test_keys_without_both_dates_are_in_the_table_only(make: Maker) -> None:
    page = render("html", make.audit(keys=(make.key("legacy", age_days=None),)))
    assert "<figure" not in page
    assert "<code>legacy</code>" in page


def test_labels_of_months_do_not_touch(make: Maker) -> None:
    drawing = drawn(make, *(make.key(f"k-{n}", age_days=n) for n in range(0, 400, 9)))
    now = number(drawing.now_x)
    wide = [number(tick.x) for tick in drawing.ticks if tick.label]
    narrow = [number(tick.x) for tick in drawing.ticks if tick.label and tick.narrow]
    assert 3 <= len(wide) <= 12
    assert 1 <= len(narrow) <= 4
    assert all(other - one >= 7 for one, other in pairwise(wide))
    assert all(other - one >= 20 for one, other in pairwise(narrow))
    assert not any(x <= now <= x + 7 for x in wide)


@given(
    st.lists(
        st.tuples(
            st.datetimes(timezones=st.just(NOW.tzinfo)),
            st.datetimes(timezones=st.just(NOW.tzinfo)),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_nothing_is_drawn_outside(make: Maker, dates: list[tuple[object, object]]) -> None:
    keys = [
        KeyRef(f"k{n}", created_at=rfc3339(created), due_at=rfc3339(due))  # type: ignore[arg-type]
        for n, (created, due) in enumerate(dates)
    ]
    shown = rotation(make.audit(keys=tuple(keys)), {})
    assert shown is not None
    drawing = timeline(shown)
    for bar in bars(drawing) if drawing else ():
        assert 0 <= number(bar.x) <= 100
        for start, width in ((bar.x, bar.used), (bar.left_x, bar.left), (bar.late_x, bar.late)):
            assert number(width) >= 0
            assert number(start) + number(width) <= 100.02


def test_a_drawing_needs_no_style_of_its_own_and_refers_to_nothing(make: Maker) -> None:
    page = render("html", make.audit(keys=tuple(make.key(f"k{n}", age_days=n) for n in range(99))))
    body = page[page.index("<body") : page.index("<script")]
    assert not re.search(r"\sstyle=|url\(|<use|<image|xlink", body)


def replaced(make: Maker) -> tuple[KeyRef, KeyRef]:
    """A key that was revoked two days after the one that replaced it had been made."""
    older = make.key("older", age_days=90, status="inactive")
    older = older._replace(due_at=None, revoked_at=rfc3339(NOW - timedelta(days=8)))
    return older, make.key("newer", age_days=10)._replace(replaces="older")


def test_both_bars_are_framed_for_the_time_in_which_both_keys_worked(make: Maker) -> None:
    drawing = drawn(make, *replaced(make))
    newer, older = bars(drawing)
    assert (newer.label, older.label) == ("newer", "older")
    assert newer.frames == older.frames
    (frame,) = newer.frames
    assert frame.x == newer.x
    end = number(older.x) + number(older.used)
    assert number(frame.x) + number(frame.width) == pytest.approx(end, abs=0.02)


def test_the_bar_of_a_revoked_key_ends_when_it_was_revoked(make: Maker) -> None:
    _, older = bars(drawn(make, *replaced(make)))
    assert (number(older.left), number(older.late)) == (0, 0)
    assert older.left_text == f"revoked {(NOW - timedelta(days=8)).date()}"


def test_keys_that_worked_beside_each_other_stand_together(make: Maker) -> None:
    others = [make.key(f"other-{age}", age_days=age) for age in (20, 60, 100)]
    labels = [bar.label for bar in bars(drawn(make, *others, *replaced(make)))]
    assert labels[labels.index("newer") + 1] == "older"
    assert sorted(labels) == sorted(["newer", "older", *(key.name for key in others)])


def test_keys_of_one_name_are_all_drawn(make: Maker) -> None:
    older, newer = replaced(make)
    assert len(bars(drawn(make, older, newer, newer._replace(id="2"), older))) == 4


def test_an_overlap_is_told_in_words_too(make: Maker) -> None:
    page = render("html", make.audit(keys=replaced(make)))
    day = (NOW - timedelta(days=10)).date()
    told = f"replaced by newer on {day}; both worked for 48 hours"
    drawing = page[page.index("<desc") : page.index("</desc>")]
    table = page[page.index('<table class="keys"') :]
    assert f"older was {told}." in drawing
    assert told in table
    assert "replaced older; both worked for 48 hours" in table
    assert page.count('class="frame"') == 3  # one of them in the legend


def test_without_an_overlap_nothing_is_said_of_one(make: Maker) -> None:
    page = render("html", make.audit(keys=(make.key(age_days=20),)))
    assert 'class="frame"' not in page
    assert "both work" not in page
