"""What a user reads who asks for help or has made a mistake."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.hooks.cli.conftest import Antkey

from antkey_hooks.cli import main
from antkey_hooks.cli.commands import COMMANDS, GROUPS


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "nonsense",
            "nonsense: no such command; use one of: check, scan, verify, report, init, url, baseline, egress,"
            " hook, keys, rules",
        ),
        ("scna", "scna: no such command; did you mean scan?"),
        ("rules foo", "foo: no such command; use one of: list, show, test"),
        ("scan --formt json", "--formt: no such option; did you mean --format?"),
        ("scan --form json", "--form: no such option; did you mean --format?"),
        ("scan --zzzz", "--zzzz: no such option; the help lists those that there are"),
        ("scan -qx", "-x: no such option; the help lists those that there are"),
        ("-q scan", "-q: no such option; options stand behind the command"),
        ("scan -f", "-f: needs a value; write -f NAME"),
        ("scan --quiet=1", "--quiet: takes no value; write it alone"),
        ("scan -f jsn", "--format: no such format; did you mean json?"),
        ("scan --report x", "--report: is not NAME=FILE; write a format and a file, such as "),
        ("scan --report xml=a", "--report: no such format; use one of: "),
        ("scan --report html=-", "--report: standard output is what --format is for; name a file"),
        ("scan --fail-on info", "--fail-on: no such severity; use one of: critical, high, medium"),
        ("scan --fail-on hihg", "--fail-on: no such severity; did you mean high?"),
        ("scan -j 0", "--jobs: is out of range; use a whole number from 1 to 1024"),
        ("scan --depth x", "--depth: is out of range; use a whole number from 0 to 100"),
        ("scan --max-file-size 1XB", "--max-file-size: is no size; write a whole number of bytes"),
        ("scan --now 2026", "--now: is no RFC 3339 time; write it like 2026-11-20T12:00:00Z"),
        ("scan --now 2026-11-20T12:00:00", "--now: has no UTC offset; add Z or one like +01:00"),
        ("scan --now 1960-11-20T12:00:00Z", "--now: lies before 1970; no key is that old"),
        (
            "check --now 9999-12-31T23:59:59-12:00",
            "--now: lies after the year 9899; no key gets that old",
        ),
        (
            "keys audit --now 9900-01-01T00:00:00Z",
            "--now: lies after the year 9899; no key gets that old",
        ),
        ("rules show", "ID: is missing; name one"),
        ("rules show a b", "b: is one operand too many; one ID is enough"),
        ("rules list x", "x: is one operand too many; it takes none"),
        ("report", "RESULTS.json: is missing; name one"),
        ("rules show anthropic-api-ky", "anthropic-api-ky: no such rule; did you mean anthropic-a"),
        ("scan gone", "gone: no such file or directory; name what exists"),
    ],
)
def test_each_mistake_is_told_with_its_cure(
    line: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(line.split()) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"antkey: {message}")


def test_an_empty_reason_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scan", "--allow-incomplete", " "]) == 2
    assert "--allow-incomplete: is empty" in capsys.readouterr().err


def test_a_mistake_says_where_the_help_is(capsys: pytest.CaptureFixture[str]) -> None:
    main(["rules", "show", "--bogus"])
    assert capsys.readouterr().err.endswith("antkey: see: antkey rules show --help\n")


def test_a_path_without_a_command_is_told_the_command(antkey: Antkey) -> None:
    (path := __import__("pathlib").Path("a.txt")).write_text("x")
    assert path.exists()
    assert b"to scan it: antkey scan a.txt" in antkey("a.txt").stderr


@pytest.mark.parametrize("arguments", [["scan", "{key}"], ["scan", "-f", "{key}"], ["{key}"]])
def test_a_key_on_the_command_line_is_not_repeated(
    arguments: list[str], make_key: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    key = make_key()
    assert main([part.format(key=key) for part in arguments]) == 2
    out, err = capsys.readouterr()
    random_part = key.removeprefix("sk-ant-api03-")
    assert not any(random_part[at : at + 12] in out + err for at in range(len(random_part) - 11))


def test_what_is_repeated_moves_no_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    main(["scan", "\x1b[2Jgone\x07\u202e\nantkey: all is well"])
    err = capsys.readouterr().err
    assert err.rstrip("\n").isprintable()
    assert "\\x1b[2Jgone\\x07\\u202e\\nantkey: all" in err


@pytest.mark.parametrize("command", ["", *(command.name for command in COMMANDS), *GROUPS])
def test_help_fits_80_columns(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert main([*command.split(), "--help"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.startswith(f"Usage: antkey {command}".rstrip())
    assert max(map(len, out.splitlines())) <= 80


def test_help_names_every_option_and_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    main(["scan", "-h"])
    out = capsys.readouterr().out
    for option in ("--exclude GLOB", "-f, --format NAME", "--report NAME=FILE", "-j, --jobs N"):
        assert option in out
    assert "1  violations" in out


@pytest.mark.parametrize("arguments", [[], ["rules"]])
def test_without_a_command_the_help_is_shown_as_a_mistake(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("Usage: antkey")


def test_the_version_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("antkey 0.")
    assert out.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "position", "expected"),
    [
        ("antkey sc", 1, b"scan"),
        ("antkey scan --for", 2, b"--format"),
        ("antkey scan --format sa", 3, b"sarif"),
        ("antkey scan --fail-on cr", 3, b"critical"),
    ],
)
def test_the_shell_completes(antkey: Antkey, words: str, position: int, expected: bytes) -> None:
    done = antkey(_ANTKEY_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=str(position))
    assert expected in done.stdout
    assert done.returncode == 0
