"""`antkey url`: what it prints and which exit code it has."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.hooks.cli.conftest import Antkey

from antkey_hooks.cli import main, url
from antkey_hooks.cli.options import Options
from antkey_scanner.errors import PolicyError

GOOD = "https://gw.example.com/anthropic"
NORMAL = "https://gw.example.com/anthropic/v1/messages"
BAD = "http://localhost:8080"


class Names:
    """Resolves from a table. asked: the names, in order."""

    def __init__(self, **answers: Sequence[str]) -> None:
        self.asked: list[str] = []
        self._answers = answers

    def __call__(self, host: str) -> Sequence[str]:
        self.asked.append(host)
        name = host.partition(".")[0]
        if name not in self._answers:
            raise OSError(-2, "Name or service not known")
        return self._answers[name]


def urls(text: str) -> list[dict[str, Any]]:
    parsed = json.loads(text)
    assert list(parsed) == ["urls"]
    found: list[dict[str, Any]] = parsed["urls"]
    return found


def test_what_passes_is_shown_in_its_normal_form(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["url", GOOD]) == 0
    assert capsys.readouterr() == (f"ok       {GOOD}  {NORMAL}\n", "")


def test_one_refused_url_fails_and_all_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["url", BAD, GOOD, "https://10.0.0.1"]) == 1
    first, second, third = capsys.readouterr().out.splitlines()
    assert first.startswith(f"refused  {BAD} ")
    assert first.endswith("  is not HTTPS; write https://")
    assert second.split() == ["ok", GOOD, NORMAL]
    assert "has an address for its host" in third


def test_json_has_exactly_these_fields(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["url", "-f", "json", GOOD, BAD]) == 1
    assert json.loads(capsys.readouterr().out) == {
        "urls": [
            {"url": GOOD, "ok": True, "normal": NORMAL, "reason": None},
            {"url": BAD, "ok": False, "normal": None, "reason": "is not HTTPS; write https://"},
        ]
    }


@pytest.mark.parametrize(
    "line",
    [["url"], ["url", "-f", "csv", GOOD], ["url", "--format", "sarif", GOOD], ["url", "--x"]],
)
def test_mistakes_are_usage(line: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(line) == 2
    assert capsys.readouterr().out == ""


def test_quiet_shows_what_is_refused_only(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["url", "-q", GOOD]) == 0
    assert capsys.readouterr().out == ""
    assert main(["url", "-q", GOOD, BAD]) == 1
    assert GOOD not in capsys.readouterr().out


def test_dash_reads_a_url_from_each_line(antkey: Antkey) -> None:
    done = antkey(
        "url", "-f", "json", "-", BAD, stdin=f"{GOOD}\r\n\n  \n{BAD}\n\xff\x00".encode("latin-1")
    )
    assert done.returncode == 1
    assert [one["ok"] for one in urls(done.stdout.decode())] == [True, False, False, False]


def test_endless_line_is_one_refused_url(antkey: Antkey) -> None:
    done = antkey(
        "url", "-f", "json", "-", stdin=b"https://a.com/" + b"/x" * 100_000 + b"\n" + GOOD.encode()
    )
    first, second = urls(done.stdout.decode())
    assert (done.returncode, second["ok"]) == (1, True)
    assert "is longer than" in first["reason"]
    assert len(done.stdout) < 60_000


@pytest.mark.parametrize("stdin", [b"", b"\n\n", b" \r\n"])
def test_nothing_to_judge_is_a_mistake(antkey: Antkey, stdin: bytes) -> None:
    done = antkey("url", "-", stdin=stdin)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"standard input: holds no URL" in done.stderr


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize(
    "written",
    [
        *("https://me:hunter2@a.example.com", "https://a:b:hunter2@a.example.com/x@y"),
        *(
            "https://me:x@hunter2@a.example.com",
            "//me:hunter2@a.example.com",
            "me:hunter2@a.example.com",
        ),
        *("https:me:hunter2@a.example.com", "https:\\\\me:hunter2@a.example.com"),
        *("https://me:hunt/hunter2?#@a.example.com", "https://me:hunter2\uff20a.example.com"),
        *("https://me\uff1ahunter2@a.example.com", " https://me:hunter2@a.example.com"),
        *("https://:hunter2@a.example.com", "https://me:\nhunter2@a.example.com"),
        *("me:hunter2@a.example.com://x", "https://hunter2-hunter2@a.example.com"),
    ],
)
def test_passwords_are_not_repeated(
    written: str, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["url", "-f", form, written]) == 1
    out, err = capsys.readouterr()
    assert "hunter2" not in out + err
    assert "***" in out


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize(
    "place",
    [
        *("https://a.example.com/{}", "https://{}@a.example.com", "https://a.example.com/?key={}"),
        *(
            "https://me:{}@a.example.com",
            "{}",
            "https://a.example.com/#{}",
            "https://a.example.com/%2f{}",
        ),
    ],
)
@pytest.mark.parametrize(
    "change", [str, str.upper, lambda key: key.replace("-", "%2D", 3), lambda key: "x" * 300 + key]
)
def test_keys_are_not_repeated(
    place: str,
    form: str,
    change: Callable[[str], str],
    make_key: Callable[..., str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    key = change(make_key())
    assert main(["url", "-f", form, place.format(key)]) == 1
    shown = "".join(capsys.readouterr())
    secret = key[-95:]
    assert not any(secret[at : at + 12] in shown for at in range(len(secret) - 11))


@pytest.mark.parametrize("form", ["text", "json"])
def test_control_characters_are_shown_as_escapes(
    form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        main(["url", "-f", form, "https://a.com\x1b[31m\x07\u202e\u200b\x9b\n::error::x##[x]"]) == 1
    )
    out = capsys.readouterr().out
    assert out.replace("\n", "").isprintable()
    assert "##[" not in out
    if form == "text":
        assert out.count("\n") == 1
        assert "https://a.com\\x1b[31m\\x07\\u202e\\u200b" in out


def test_long_url_is_cut_for_people_only(capsys: pytest.CaptureFixture[str]) -> None:
    long = "https://a.example.com" + "/abc" * 600
    main(["url", long])
    assert len(capsys.readouterr().out) < 400
    main(["url", "-f", "json", long])
    assert urls(capsys.readouterr().out)[0]["url"] == long


@given(st.text(max_size=60) | st.text(":@/\uff20\uff1a.a", max_size=40))
@example(":" * 100_000)
@example("@" * 100_000)
@example("a" * 100_000 + "@")
@example("https://a.com\ud800")
def test_any_text_can_be_repeated(text: str) -> None:
    assert url.repeatable(text).isprintable()


def resolved(names: Names, *operands: str, form: str = "json") -> int:
    return url.run(operands, Options(resolve=True, format=form), names)


def test_resolved_addresses_are_what_a_client_connects_to(
    capsys: pytest.CaptureFixture[str],
) -> None:
    names = Names(gw=["160.79.104.10", "2607:6bc0::10", "160.79.104.10"])
    assert resolved(names, GOOD) == 0
    (one,) = urls(capsys.readouterr().out)
    assert (one["ok"], one["normal"]) == (True, NORMAL)
    assert one["addresses"] == ["160.79.104.10", "2607:6bc0::10"]
    assert resolved(names, GOOD, form="text") == 0
    assert capsys.readouterr().out.endswith("  connect only to 160.79.104.10, 2607:6bc0::10\n")


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fe80::1%eth0", "::ffff:10.0.0.1"),
        *("64:ff9b::a00:1", "nonsense\x1b[31m"),
    ],
)
def test_one_address_that_is_not_public_refuses_the_url(
    address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert resolved(Names(gw=["160.79.104.10", address]), GOOD) == 1
    (one,) = urls(capsys.readouterr().out)
    assert (one["ok"], one["normal"], one["addresses"]) == (False, None, [])
    assert "has a name that leads to" in one["reason"]
    assert one["reason"].isprintable()


def test_name_that_cannot_be_resolved_is_undecided(capsys: pytest.CaptureFixture[str]) -> None:
    assert resolved(Names(), GOOD) == 4
    (one,) = urls(capsys.readouterr().out)
    assert (one["ok"], one["normal"], one["addresses"]) == (False, None, [])
    assert "cannot be resolved (name or service not known)" in one["reason"]
    assert resolved(Names(), GOOD, form="text") == 4
    assert capsys.readouterr().out.startswith("unknown  ")


def test_name_without_an_address_is_undecided(capsys: pytest.CaptureFixture[str]) -> None:
    assert resolved(Names(gw=[]), GOOD) == 4


def test_violation_goes_before_missing_evidence(capsys: pytest.CaptureFixture[str]) -> None:
    assert resolved(Names(), GOOD, BAD) == 1


def test_each_name_is_resolved_once_and_only_if_it_passes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    names = Names(gw=["160.79.104.10"])
    resolved(
        names, GOOD, GOOD + "/v1", BAD, "https://127.0.0.1", "https://me:x@b.com", "https://u.com"
    )
    assert names.asked == ["gw.example.com", "u.com"]


def test_nothing_is_resolved_unasked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise AssertionError("resolved")

    monkeypatch.setattr("socket.getaddrinfo", fail)
    assert main(["url", GOOD]) == 0


def test_system_is_asked_by_default(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def answer(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        return [(2, 1, 6, "", ("160.79.104.10", port))]

    monkeypatch.setattr("socket.getaddrinfo", answer)
    assert main(["url", "--resolve", GOOD]) == 0
    assert "connect only to 160.79.104.10" in capsys.readouterr().out


def test_closed_standard_input_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(PolicyError, match="standard input: is closed"):
        url.run(["-"], Options())


def test_colour_is_for_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.TextIOWrapper):
        def isatty(self) -> bool:
            return True

    for options, coloured in ((Options(), True), (Options(no_color=True), False)):
        screen = Terminal(io.BytesIO(), encoding="utf-8")
        monkeypatch.setattr(sys, "stdout", screen)
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.delenv("NO_COLOR", raising=False)
        url.run([GOOD, BAD], options)
        buffer = screen.buffer
        assert isinstance(buffer, io.BytesIO)
        assert (b"\x1b[" in buffer.getvalue()) is coloured
