"""What is said of options that a command does not take, and of values that an option does not take."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from antkey_hooks.cli import main


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    return err.splitlines()[0]


@pytest.mark.parametrize(
    ("arguments", "end"),
    [
        (("scan", "-f", "jsn"), "did you mean json? (given: jsn)"),
        (("scan", "--now", "2026"), "write it like 2026-11-20T12:00:00Z (given: 2026)"),
        (("scan", "--report", "html=a", "--report", "xyz"), "(given: xyz)"),
        (("scan", "--fail-on", "a\x1b[31m\n"), "(given: a\\x1b[31m\\n)"),
        (("scan", "--jobs", "9" * 60), f"(given: {'9' * 40}…)"),
    ],
)
def test_a_wrong_value_is_repeated(
    arguments: tuple[str, ...], end: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(capsys, *arguments).endswith(end)


def test_a_key_in_place_of_a_value_is_not(
    make_key: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    key = make_key()
    for value in (key, key[13:]):
        message = told(capsys, "scan", "--now", value)
        assert "…" in message
        assert not any(key[at : at + 12] in message for at in range(13, len(key) - 11))
    secret = "correct horse battery staple"
    assert secret not in told(capsys, "check", "--attest-key-fd", secret)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("report", "--no-history", "a"),
            "--no-history: no such option here; it belongs to: check",
        ),
        (
            ("report", "--now", "a"),
            "--now: no such option here; it belongs to: check, scan, verify, ",
        ),
        (("-q", "scan"), "-q: no such option; options stand behind the command"),
    ],
)
def test_an_option_of_another_command_says_whose_it_is(
    arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(capsys, *arguments).startswith(f"antkey: {message}")


@pytest.mark.parametrize("command", ["check", "verify"])
def test_the_help_has_an_example_and_the_exit_codes(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, "--help"]) == 0
    shown = capsys.readouterr().out
    assert f"Examples:\n  antkey {command} " in shown
    assert "Exit codes:\n    0  " in shown
