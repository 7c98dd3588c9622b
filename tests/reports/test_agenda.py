"""The agenda: what is overdue first, then by month and day, and what is not known last."""

from __future__ import annotations

import json
import re

import pytest

from antkey_reports.agenda import closing, json_text, text
from antkey_reports.cells import columns
from antkey_scanner.inventory.calendar import Calendar, calendar
from antkey_scanner.inventory.records import Inventory, KeyRecord, Place
from antkey_scanner.inventory.times import DAY, HOUR
from antkey_scanner.policy.keys import KeysPolicy, Limits

NOW = 20_777 * DAY + 12 * HOUR
"""2026-11-20T12:00:00Z"""

POLICY = KeysPolicy(limits=Limits(90, 0))
KEY = KeyRecord(Place("keys.toml", 1), name="key", environment="prod")


def key(name: str, due_in: float, **fields: object) -> KeyRecord:
    """A key that is due in so many days."""
    created = NOW + round(due_in * DAY) - 90 * DAY
    return KEY._replace(name=name, created_at=created, **fields)  # type: ignore[arg-type]


def made(*keys: KeyRecord) -> Calendar:
    return calendar(Inventory(keys), POLICY, NOW)


def lines(*keys: KeyRecord, color: bool = False, width: int = 80) -> list[str]:
    return list(text(made(*keys), NOW, color, width))


def test_what_is_overdue_has_its_own_heading_and_comes_first() -> None:
    shown = lines(key("later", 5), key("late", -3), key("too late", -10))
    assert shown[0] == "Overdue"
    assert [line.split()[0] for line in shown[1:3]] == ["2026-11-10", "2026-11-17"]
    assert shown[3:5] == ["", "November 2026"]


def test_a_day_is_named_once() -> None:
    shown = lines(key("a", 11), key("b", 11.2), key("c", 12))
    assert [line[2:8] for line in shown] == ["cember", "Tue 01", "      ", "Wed 02"]


def test_months_have_headings_with_the_year() -> None:
    headings = [line for line in lines(key("a", 1), key("b", 15), key("c", 60)) if line[:1] > " "]
    assert headings == ["November 2026", "December 2026", "January 2027"]


@pytest.mark.parametrize(
    ("due_in", "said"),
    [
        (0, "today"),
        (0.4, "today"),
        (0.6, "tomorrow"),
        (12, "in 12 days"),
        (-0.1, "today"),
        (-1, "yesterday"),
        (-12, "12 days ago"),
    ],
)
def test_days_are_told_from_today(due_in: float, said: str) -> None:
    shown = lines(key("a", due_in))
    assert re.search(rf"  {said} +rotate ", shown[1])


def test_keys_without_age_are_named_at_the_end() -> None:
    shown = lines(KEY._replace(name="old one"), key("a", 1))
    assert shown[-2:] == ["Not known", "  old one: its age is not known; record created_at"]


def test_of_many_keys_without_age_the_first_are_named_and_the_rest_counted() -> None:
    shown = lines(*(KEY._replace(name=f"k{n}") for n in range(1_030)))
    assert len(shown) == 22
    assert shown[-1] == "  … and 1,010 more; -f json names all of them"


@pytest.mark.parametrize("width", [60, 80, 160])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    names = ("x" * 300, "生产-网关-钥匙-" * 20, "a\x1b[31m" * 30)
    shown = lines(
        *(key(name, 3) for name in names), *(KEY._replace(name=n) for n in names), width=width
    )
    assert max(map(columns, shown)) <= width


def test_a_pipe_gets_whole_names_and_messages() -> None:
    shown = lines(key("x" * 300, 3), width=0)
    assert "x" * 300 in shown[1]
    assert shown[1].endswith("prod  created on 2026-08-25; the limit is 90 days")


def test_no_name_reaches_the_terminal_with_its_escapes() -> None:
    shown = "".join(
        lines(key("a\x1b[31m\u202e\n::error::", 3), KEY._replace(name="\x9b1m"), width=0)
    )
    assert shown.isprintable()


def test_overdue_is_coloured_too() -> None:
    assert lines(key("late", -3), color=True)[0] == "\x1b[1;31mOverdue\x1b[0m"


def test_the_closing_line_counts() -> None:
    found = made(key("a", -1), key("b", 1), KEY)
    assert closing(found, None) == "2 dates: 1 overdue, 1 to come; 1 not known"
    assert closing(found, 30) == "2 dates: 1 overdue, 1 in the next 30 days; 1 not known"
    assert closing(made(), 1) == "Nothing is due in the next 1 day"


def test_json_says_all_of_an_event() -> None:
    found = json.loads(json_text(made(key("late", -3), KEY._replace(name="undated"))))
    assert found == {
        "events": [
            {
                "date": "2026-11-17",
                "time": "2026-11-17T12:00:00Z",
                "kind": "rotation",
                "key": "late",
                "environment": "prod",
                "message": "created on 2026-08-19; the limit is 90 days",
                "remedy": "Create a new key, deploy it, verify that requests run on it, and deactivate"
                " this one within 48 hours.",
                "overdue": True,
            }
        ],
        "unknown": [
            {
                "key": "undated",
                "environment": "prod",
                "message": "its age is not known; record created_at",
            }
        ],
    }


def test_json_of_nothing_is_still_an_object() -> None:
    assert json.loads(json_text(made())) == {"events": [], "unknown": []}


def test_json_gives_any_text_back_and_hides_keys() -> None:
    hostile = 'a"b\\c\n::error::\x1b é ##[group]'
    masked = "sk-ant-api03-" + "aB3" * 31 + "AA"
    text = json_text(made(key(hostile, 1, environment=hostile), KEY._replace(name=masked)))
    assert text.isascii()
    assert "##" not in text
    found = json.loads(text)
    assert [found["events"][0][field] for field in ("key", "environment")] == [hostile, hostile]
    assert found["unknown"][0]["key"] == "sk-ant-api03-aB3…B3AA"
