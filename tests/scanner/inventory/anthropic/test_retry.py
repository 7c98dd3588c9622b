"""How long to wait before asking again."""

from __future__ import annotations

import pytest

from antkey_scanner.inventory.anthropic.retry import is_passing, pause, retry_after


def test_pauses_double_up_to_a_limit() -> None:
    assert [pause(attempt, 1.0) for attempt in range(1, 8)] == [0.5, 1, 2, 4, 8, 8, 8]


def test_chance_takes_up_to_half_of_a_pause() -> None:
    assert pause(3, 0.0) == 1.0
    assert 1.0 < pause(3, 0.5) < 2.0


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0.0),
        ("7", 7.0),
        ("1.5", 1.5),
        (" 60 ", 60.0),
        ("999999999", 999_999_999.0),
        ("Thu, 01 Jan 1970 00:01:40 GMT", 90.0),
        ("Thu, 01 Jan 1970 00:00:05 GMT", 0.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("inf", None),
        ("nan", None),
        ("1e3", None),
        ("9" * 400, None),
        ("Thu, 99 Jan 1970 00:00:05 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(text: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": text}, wall=10.0) == seconds


def test_date_is_measured_by_the_servers_clock() -> None:
    headers = {
        "retry-after": "Thu, 01 Jan 1970 00:01:40 GMT",
        "date": "Thu, 01 Jan 1970 00:01:35 GMT",
    }
    assert retry_after(headers, wall=10.0) == 5.0


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504, 529, 599])
def test_passing_statuses(status: int) -> None:
    assert is_passing(status)


@pytest.mark.parametrize("status", [200, 301, 400, 401, 402, 403, 404, 409, 413])
def test_lasting_statuses(status: int) -> None:
    assert not is_passing(status)
