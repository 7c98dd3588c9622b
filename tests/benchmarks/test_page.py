"""The table of the page: its bounds, and that a page that shows less than all meets none."""

from __future__ import annotations

from benchmarks.page import FINDINGS, SIZE, Opened, bounds, table


def opened(shown: int = FINDINGS, loaded: float = 0.2, size: int = SIZE) -> Opened:
    times = (loaded, loaded, loaded * 2)
    return Opened((1.4,), times, (0.1,), (0.15,), shown, size, "Chrome/1.2")


def test_bounds_are_inclusive() -> None:
    assert [line.endswith("| met |") for line in bounds(opened(loaded=1.0))] == [True, True]
    assert "**not met**" in bounds(opened(loaded=1.001))[0]
    assert "**not met**" in bounds(opened(size=SIZE + 1))[1]


def test_a_page_that_shows_less_meets_no_bound() -> None:
    assert all("**not met**: shows 9,999 findings" in line for line in bounds(opened(FINDINGS - 1)))


def test_every_figure_is_in_the_table() -> None:
    text = "\n".join(table(opened()))
    assert "| all loaded | 200 ms | 200 ms to 400 ms | 3 |" in text
    assert "Chrome/1.2" in text
