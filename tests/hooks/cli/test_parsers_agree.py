"""The small parser and click make the same of every command line."""

from __future__ import annotations

import contextlib
import io
from typing import get_type_hints

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from antkey_hooks.cli.click_app import understand
from antkey_hooks.cli.commands import COMMANDS, Invocation
from antkey_hooks.cli.options import OPTIONS, Option, Options
from antkey_hooks.cli.parse import parse
from antkey_scanner.errors import ExitCode, PolicyError

VALUES = (
    "json",
    "text",
    "nonsense",
    "4",
    "0",
    "-1",
    "10MB",
    "high",
    "html=a=b",
    "",
    "=",
    "a b",
    "é",
)
WORDS = st.one_of(
    st.sampled_from([flag for option in OPTIONS for flag in option.flags]),
    st.sampled_from(["--", "-", "--help", "-h", "---", "--x", "-x", "--form", "a.txt", "-é"]),
    st.sampled_from(VALUES),
    st.builds(
        "{}={}".format,
        st.sampled_from([option.flags[-1] for option in OPTIONS]),
        st.sampled_from(VALUES),
    ),
    st.builds("-{}{}".format, st.text("qvjfhx", min_size=1, max_size=4), st.sampled_from(VALUES)),
)


def field_of(option: Option) -> str:
    return option.field or option.name


def by_click(arguments: list[str]) -> Invocation | None:
    """The invocation, None for a mistake or a question."""
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            answer = understand(arguments)
        except PolicyError:
            return None
    return None if isinstance(answer, ExitCode) else answer


@given(st.sampled_from([command.name for command in COMMANDS]), st.lists(WORDS, max_size=6))
@example("scan", ["-fjson", "-qv", "-j4", "a", "--", "-f"])
@example("scan", ["-f", "nonsense", "-f", "json"])
@example("scan", ["--format", "--", "x"])
@example("scan", ["-vvq", "-", "--exclude", "a", "--exclude=b"])
@example("rules show", ["--rules", "x", "id"])
def test_both_parsers_agree(command: str, words: list[str]) -> None:
    arguments = [*command.split(" "), *words]
    assert parse(arguments) == by_click(arguments)


@pytest.mark.parametrize(
    ("arguments", "operands", "options"),
    [
        (["scan"], (), {}),
        (["scan", "a", "-fjson", "b"], ("a", "b"), {"format": "json"}),
        (["scan", "-f", "json", "--format=text"], (), {"format": "text"}),
        (["scan", "-qvvj4"], (), {"quiet": True, "verbose": 2, "jobs": 4}),
        (["scan", "-qj", "4", "-"], ("-",), {"quiet": True, "jobs": 4}),
        (["scan", "--", "-q", "--"], ("-q", "--"), {}),
        (["scan", "--exclude", "-q"], (), {"exclude": ("-q",)}),
        (["scan", "--exclude=a=b", "--exclude", ""], None, {}),
        (["scan", "--report=html=a=b"], (), {"report": (("html", "a=b"),)}),
        (["scan", "--form", "json"], None, {}),
        (["scan", "-f=json"], None, {}),
        (["scan", "--max-file-size", "1.5MB"], None, {}),
        (["scan", "--max-file-size", "2 MiB"], (), {"max_file_size": 2 << 20}),
        (["scan", "--max-file-size", "10k"], (), {"max_file_size": 10_000}),
        (["scan", "--max-file-size", "7"], (), {"max_file_size": 7}),
        (["scan", "--now=1970-01-01T01:00:00.5+01:00"], (), {"now": 0.5}),
        (["scan", "--now=2026-02-30T00:00:00Z"], None, {}),
        (["scan", "--depth=0"], (), {"depth": 0}),
        (["scan", "--jobs=٤"], None, {}),
        (["rules", "show", "x"], ("x",), {}),
        (["rules", "show"], None, {}),
        (["rules", "show", "x", "y"], None, {}),
        (["rules", "list", "x"], None, {}),
        (["rules"], None, {}),
        (["report"], None, {}),
        (["nonsense"], None, {}),
        ([], None, {}),
    ],
)
def test_what_a_command_line_means(
    arguments: list[str], operands: tuple[str, ...] | None, options: dict[str, object]
) -> None:
    invocation = parse(arguments)
    if operands is None:
        assert invocation is None
    else:
        assert invocation is not None
        assert invocation.operands == operands
        assert invocation.options == Options(**options)  # type: ignore[arg-type]


def test_every_option_has_a_field_and_every_field_an_option() -> None:
    assert {field_of(option) for option in OPTIONS} == set(Options._fields)


def test_options_of_one_field_are_never_taken_by_one_command() -> None:
    by_name = {option.name: option for option in OPTIONS}
    assert len(by_name) == len(OPTIONS)
    for command in COMMANDS:
        fields = [field_of(by_name[name]) for name in command.options]
        assert len(fields) == len(set(fields)), command.name


def test_options_make_what_their_fields_hold() -> None:
    """`make_options` cannot be checked by mypy, so this is."""
    hints = get_type_hints(Options)
    for option in OPTIONS:
        match option.kind:
            case "flag":
                assert hints[field_of(option)] is bool
            case "count":
                assert hints[field_of(option)] is int
            case "last":
                made = get_type_hints(option.convert)["return"]
                assert hints[field_of(option)] in (made, made | None)
            case "many":
                made = get_type_hints(option.convert)["return"]
                assert hints[field_of(option)] == tuple[made, ...]


def test_every_option_is_taken_by_a_command() -> None:
    taken = {name for command in COMMANDS for name in command.options}
    assert taken == {option.name for option in OPTIONS}


def test_an_option_takes_a_value_exactly_when_it_has_a_metavar() -> None:
    for option in OPTIONS:
        assert (option.metavar is None) == (option.kind in ("flag", "count"))
