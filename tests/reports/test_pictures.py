"""Ages, the trend and where keys lie: the pictures show the numbers, and a table has them too."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from tests.reports.conftest import NOW, rfc3339
from tests.reports.showcase import showcase

from antkey_reports.ages import Ages, ages
from antkey_reports.registry import render
from antkey_reports.spread import spread
from antkey_reports.trend import HEIGHT, shown_trend
from antkey_scanner.model import KeyRef
from antkey_scanner.trend import Past, Trend

if TYPE_CHECKING:
    from tests.reports.conftest import Maker


def histogram(make: Maker, *keys: KeyRef, total: int | None = None) -> Ages:
    found = ages(make.audit(keys=keys, total=total))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("days", "label"),
    [
        (0, "0 to 29 days"),
        (29, "0 to 29 days"),
        (30, "30 to 59 days"),
        (89, "60 to 89 days"),
        (90, "90 to 119 days"),
        (364, "180 to 364 days"),
        (365, "365 days and more"),
        (4000, "365 days and more"),
    ],
)
def test_a_key_is_counted_in_the_range_of_its_age(make: Maker, days: int, label: str) -> None:
    buckets = histogram(make, make.key(age_days=days)).buckets
    assert [bucket.label for bucket in buckets if bucket.total] == [label]


def test_what_is_overdue_is_told_apart(make: Maker) -> None:
    keys = (
        make.key("a", age_days=95),
        make.key("b", age_days=95, most=365),
        make.key("c", age_days=1),
    )
    by_label = {bucket.label: bucket for bucket in histogram(make, *keys).buckets}
    assert (by_label["90 to 119 days"].fine, by_label["90 to 119 days"].late) == (1, 1)
    assert by_label["90 to 119 days"].late_width == "50.00%"


def test_keys_of_unknown_age_are_neither_in_order_nor_overdue(make: Maker) -> None:
    last = histogram(make, make.key("a", age_days=3), make.key("b", age_days=None)).buckets[-1]
    assert (last.label, last.total, last.fine, last.late) == ("not known", 1, None, None)


def test_keys_that_are_not_active_are_not_counted(make: Maker) -> None:
    found = histogram(make, make.key("a", age_days=3), make.key("b", age_days=3, status="archived"))
    assert sum(bucket.total for bucket in found.buckets) == 1


def test_ages_need_keys_whose_age_is_known(make: Maker) -> None:
    assert ages(make.result()) is None
    assert ages(make.audit(keys=(make.key(age_days=None),))) is None


def test_keys_that_the_result_does_not_name_are_counted(make: Maker) -> None:
    assert histogram(make, make.key(age_days=3), total=50).unnamed == 49


def past(days_ago: int, *counts: int, complete: bool = True) -> Past:
    critical, high = (*counts, 0, 0)[:2]
    return Past(
        rfc3339(NOW - timedelta(days=days_ago)), 1, complete, (critical, high, 0, 0, 0), 0, 0
    )


def test_the_trend_needs_two_runs(make: Maker) -> None:
    assert shown_trend(make.result()) is None
    assert shown_trend(make.result()._replace(trend=Trend((past(0, 1),), None))) is None


def test_the_highest_bar_fills_the_height_and_the_others_are_in_proportion(make: Maker) -> None:
    runs = (past(2, 1, 3), past(1, 0, 2), past(0))
    found = shown_trend(make.result()._replace(trend=Trend(runs, None)))
    assert found is not None
    heights = [sum(float(part.height) for part in bar.parts) for bar in found.bars]
    assert heights == [pytest.approx(HEIGHT), pytest.approx(HEIGHT / 2), 0]
    assert [bar.total for bar in found.bars] == [4, 2, 0]
    assert [severity.value for severity in found.severities] == ["critical", "high"]


def test_a_run_that_was_incomplete_is_marked(make: Maker) -> None:
    runs = (past(1, 4), past(0, 1, complete=False))
    page = render("html", make.result()._replace(trend=Trend(runs, 3.25)))
    assert ">1?</text>" in page
    assert "the run was incomplete" in page
    assert "open for <strong>3.2 days</strong> on average" in page


def test_the_last_thirty_runs_are_drawn(make: Maker) -> None:
    runs = tuple(past(100 - n, n) for n in range(100))
    found = shown_trend(make.result()._replace(trend=Trend(runs, 0.4)))
    assert found is not None
    assert len(found.bars) == 30
    assert found.earlier == 70
    assert found.to_fix == "less than a day"


@pytest.mark.parametrize("counts", [(-5, 2), (0, 0), (10**12, 1)])
def test_no_number_breaks_the_drawing(make: Maker, counts: tuple[int, int]) -> None:
    found = shown_trend(make.result()._replace(trend=Trend((past(1, *counts), past(0, 1)), None)))
    assert found is not None
    for bar in found.bars:
        assert all(0 <= float(part.y) <= HEIGHT for part in bar.parts)


def test_one_key_in_one_place_needs_no_drawing(make: Maker) -> None:
    assert spread(make.result(make.finding())) is None


def test_each_key_has_a_line_to_each_of_its_places(make: Maker) -> None:
    findings = (make.finding("a"), make.finding("b"), make.finding("b", number=2, line=9))
    found = spread(make.result(*findings))
    assert found is not None
    assert (len(found.keys), len(found.places), len(found.lines)) == (2, 2, 3)
    assert sorted((row.place, row.findings) for row in found.rows) == [("a", 1), ("b", 1), ("b", 1)]


def test_many_places_are_drawn_as_folders(make: Maker) -> None:
    findings = [make.finding(f"team/{n % 5}/deep/{n}.env") for n in range(60)]
    found = spread(make.result(*findings))
    assert found is not None
    assert found.grouped
    assert [node.label for node in found.places] == [f"team/{n}/deep/" for n in range(5)]


def test_what_no_folders_hold_together_is_elsewhere(make: Maker) -> None:
    findings = [make.finding(f"{n}/{n}.env") for n in range(60)]
    found = spread(make.result(*findings))
    assert found is not None
    assert len(found.places) == 12
    assert (found.places[-1].label, found.places[-1].findings) == ("elsewhere", 49)


def test_each_picture_says_what_it_shows_and_has_a_table(make: Maker) -> None:
    page = render("html", showcase(make))
    pictures = re.findall(r'<figure class="picture">.*?</figure>', page, re.DOTALL)
    assert len(pictures) == 3
    for picture in pictures:
        named = re.search(r'role="img" aria-labelledby="([\w-]+) ([\w-]+)"', picture)
        assert named
        assert f'<title id="{named[1]}">' in picture
        assert f'<desc id="{named[2]}">' in picture
        assert "<summary>The same as a table</summary>" in picture
