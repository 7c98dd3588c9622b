"""The table of keys: nothing hostile in it, nothing wider than the terminal, what matters last to go."""

from __future__ import annotations

import re
import secrets

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antkey_reports.cells import columns
from antkey_reports.keytable import Row, table

ROWS = (
    Row(
        name="prod-api-gateway-2026-04-25",
        environment="prod",
        service="api-gateway",
        tenant="acme",
        owner="alice@example.com",
        status="active",
        age=209,
        due="2026-07-24",
        late="overdue",
        hint="sk-ant-api03-R2D…igAA",
    ),
    Row(name="生产-网关-钥匙", status="inactive", age=7, guessed=True),
)
ESCAPE = re.compile("\x1b\\[[0-9;]*m")


def titles(heading: str) -> list[str]:
    return ESCAPE.sub("", heading).split()


def test_numbers_stand_on_the_right_and_the_mark_behind_them() -> None:
    lines = table(ROWS, color=False, width=0).lines
    at = lines[0].index("age") + 3
    assert lines[1][at - 4 : at] == "209 "
    assert lines[2].endswith("  inactive    7*")


def test_columns_of_nothing_are_not_shown() -> None:
    rows = [Row(name="a", status="active", age=1, due="2026-07-24")]
    assert titles(table(rows, color=False, width=0).lines[0]) == ["name", "status", "age", "due"]


def test_wide_names_keep_the_columns_in_line() -> None:
    lines = table(ROWS, color=False, width=0).lines
    starts = [
        columns(line[: line.index(word)])
        for line, word in zip(lines[1:], ("active", "inactive"), strict=True)
    ]
    assert starts[0] == starts[1]


@pytest.mark.parametrize("width", [40, 60, 80, 100, 160])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    made = table(ROWS, color=False, width=width)
    assert max(map(columns, made.lines)) <= width


def test_what_is_left_out_is_named() -> None:
    made = table(ROWS, color=False, width=80)
    every = titles(table(ROWS, color=False, width=0).lines[0])
    assert sorted([*titles(made.lines[0]), *made.left_out]) == sorted(every)
    assert "hint" in made.left_out


def test_name_and_due_date_stay_in_the_narrowest_terminal() -> None:
    assert titles(table(ROWS, color=False, width=20).lines[0]) == ["name", "due"]


def test_everything_is_shown_where_there_is_room() -> None:
    assert table(ROWS, color=False, width=160).left_out == ()


def test_without_a_terminal_nothing_is_cut() -> None:
    made = table([Row(name="x" * 300, status="active")], color=False, width=0)
    assert made.lines[1].startswith("x" * 300 + "  active")


def test_one_endless_name_does_not_fill_the_other_lines_with_blanks() -> None:
    rows = [Row(name="x" * 10_000, status="active"), Row(name="y", status="active")]
    assert len(table(rows, color=False, width=0).lines[2]) < 100


def test_overdue_is_a_word_and_a_colour() -> None:
    plain, colour = (table(ROWS, color=color, width=0) for color in (False, True))
    assert "2026-07-24 overdue" in plain.lines[1]
    assert "\x1b[1;31m2026-07-24 overdue\x1b[0m" in colour.lines[1]


def test_colour_changes_no_column() -> None:
    plain, colour = (table(ROWS, color=color, width=100).lines for color in (False, True))
    assert [ESCAPE.sub("", line).rstrip() for line in colour] == plain


def test_without_colour_there_is_no_escape() -> None:
    assert not any("\x1b" in line for line in table(ROWS, color=False, width=80).lines)


def test_no_name_reaches_the_terminal_with_its_escapes() -> None:
    rows = [Row(name="a\x1b[31m\u202e\n##[error] ::error::x", owner="\x9b31m", status="active")]
    text = "\n".join(table(rows, color=False, width=0).lines)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]|##| ::", text)
    assert text.count("\n") == 1


def test_a_name_that_is_a_key_is_masked() -> None:
    random_part = secrets.token_urlsafe(70)[:93] + "AA"
    rows = [Row(name="sk-ant-api03-" + random_part, status="active")]
    for width in (0, 80):
        shown = "\n".join(table(rows, color=False, width=width).lines)
        assert not any(random_part[at : at + 12] in shown for at in range(len(random_part) - 11))


@settings(max_examples=50)
@given(
    st.lists(st.tuples(*[st.text(max_size=60)] * 3), min_size=1, max_size=5),
    st.integers(34, 200),
)
def test_any_names_fit(texts: list[tuple[str, str, str]], width: int) -> None:
    rows = [Row(name=name, environment=where, owner=who) for name, where, who in texts]
    made = table(rows, color=False, width=width)
    assert len(made.lines) == len(rows) + 1
    assert max(map(columns, made.lines)) <= width
