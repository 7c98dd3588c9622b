"""What every format promises, whichever it is."""

from __future__ import annotations

import csv
import json
import random
import re
import subprocess
import sys
from collections.abc import Callable
from types import ModuleType
from xml.etree import ElementTree

import pytest

from antkey_reports.registry import names, render
from antkey_scanner.errors import PolicyError
from antkey_scanner.model import Result, Run

STATES = [
    *("clean", "findings", "incomplete", "findings-incomplete", "tolerated"),
    *("exit-zero", "info-only", "undecided", "interrupted", "fixed-clock"),
    *("keys", "keys-clean", "keys-undecided", "recognised"),
    *("requests", "requests-clean", "requests-undecided", "compared"),
]


def exit_and_completeness(name: str, text: str) -> tuple[int, bool]:
    """What a program reads from each format. A new format needs its reader here."""
    match name:
        case "json":
            document = json.loads(text)
            return document["exit_code"], document["complete"]
        case "csv":
            (row,) = (row for row in csv.DictReader(text.splitlines()) if row["record"] == "run")
            return int(row["exit_code"]), row["complete"] == "true"
        case "gitlab":
            told = {one["name"]: one["value"] for one in json.loads(text)["scan"]["options"]}
            return told["exit_code"], told["complete"]
        case "gitlab-codequality":
            issues = json.loads(text) or [{"exit_code": 0, "complete": True}]
            assert len({(one["exit_code"], one["complete"]) for one in issues}) == 1
            return issues[0]["exit_code"], issues[0]["complete"]
        case "github":
            found = re.search(r"^::\w+ title=antkey [^:]*::.*exit code (\d+)%?", text, re.MULTILINE)
            assert found
            return int(found[1]), "INCOMPLETE" not in found[0] + text
        case "oscal":
            props = json.loads(text)["assessment-results"]["metadata"]["props"]
            told = {one["name"]: one["value"] for one in props}
            return int(told["exit-code"]), told["complete"] == "true"
        case "sarif":
            invocation = json.loads(text)["runs"][0]["invocations"][0]
            return invocation["exitCode"], invocation["properties"]["complete"]
        case "html":
            found = re.search(r'<body data-exit-code="(\d+)" data-complete="(true|false)">', text)
            assert found
            return int(found[1]), found[2] == "true"
        case "junit":
            suite = ElementTree.fromstring(text.partition("\n")[2])[0]  # noqa: S314 - our own
            told = {one.attrib["name"]: one.attrib["value"] for one in suite.iter("property")}
            return int(told["exit_code"]), told["complete"] == "true"
        case "markdown":
            found = re.search(r"^Exit code (\d+): ", text, re.MULTILINE)
            assert found
            return int(found[1]), "INCOMPLETE" not in text
        case "text":
            found = re.search(r"^exit (\d+): ", text, re.MULTILINE)
            assert found
            return int(found[1]), "INCOMPLETE" not in text
    pytest.fail(f"format {name} has no reader in this test")


def test_the_states_are_those_of_the_fixture(results: dict[str, Result]) -> None:
    assert set(STATES) == set(results)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", names())
def test_every_format_carries_exit_code_and_completeness(
    results: dict[str, Result], name: str, state: str
) -> None:
    run = results[state].run
    assert exit_and_completeness(name, render(name, results[state])) == (
        run.exit_code,
        run.complete,
    )


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", names())
def test_every_format_ends_with_one_newline(
    results: dict[str, Result], name: str, state: str
) -> None:
    text = render(name, results[state])
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


@pytest.mark.parametrize("name", names())
def test_order_of_the_workers_does_not_show(results: dict[str, Result], name: str) -> None:
    result = results["findings-incomplete"]
    dice = random.Random(3)
    expected = render(name, result)
    for _ in range(5):
        findings, skips = list(result.findings), list(result.skips)
        dice.shuffle(findings)
        dice.shuffle(skips)
        shuffled = result._replace(findings=tuple(findings), skips=tuple(skips))
        assert render(name, shuffled) == expected


@pytest.mark.parametrize("name", names())
def test_every_finding_and_skip_is_named(results: dict[str, Result], name: str) -> None:
    text = render(name, results["findings-incomplete"])
    for part in (
        "deploy/app.env",
        "app.pyc",
        "web/chat.ts",
        "src/old.py",
        "locked.zip",
        "huge.bin",
    ):
        assert part in text
    for part in (
        "anthropic-api-key",
        "anthropic-oauth-token",
        "key-in-browser",
        "encrypted member",
    ):
        assert part in text


@pytest.mark.parametrize("name", names())
def test_a_result_without_anything_renders(results: dict[str, Result], name: str) -> None:
    clean = results["clean"]
    bare: Run = clean.run._replace(
        targets=(), policy=clean.run.policy._replace(path=None, sha256=None)
    )
    assert render(name, clean._replace(run=bare, skips=(), stats=type(clean.stats)()))


@pytest.mark.parametrize("state", STATES)
def test_only_a_complete_and_clean_run_is_good_news(results: dict[str, Result], state: str) -> None:
    good = state in {"clean", "info-only", "fixed-clock", "keys-clean", "requests-clean"}
    text = render("text", results[state], color=True)
    assert ("\x1b[1;32m" in text) is good
    assert ("CLEAN" in text) is good
    page = render("html", results[state])
    assert ('<header class="verdict pass">' in page) is good
    answers = ("Clear to deploy", "Keys are in order", "Requests are in order")
    assert any(answer in page for answer in answers) is good


@pytest.mark.parametrize("state", ["findings", "findings-incomplete", "interrupted"])
def test_bad_news_is_red(results: dict[str, Result], state: str) -> None:
    assert '<header class="verdict fail">' in render("html", results[state])


def test_skips_are_believed_over_a_run_that_says_complete(results: dict[str, Result]) -> None:
    skips = results["incomplete"].skips
    contradictory = results["clean"]._replace(skips=skips)
    assert "CLEAN" not in render("text", contradictory)
    assert 'verdict pass"' not in render("html", contradictory)


def test_unknown_format_names_those_that_are_there(results: dict[str, Result]) -> None:
    with pytest.raises(
        PolicyError,
        match="format xlsx: there is no such format; use csv, github, gitlab, gitlab-codequality, html,",
    ):
        render("xlsx", results["clean"])


def test_unknown_format_is_named_harmlessly(
    results: dict[str, Result], make_key: Callable[..., str]
) -> None:
    key = make_key()
    with pytest.raises(PolicyError) as caught:
        render(f"\x1b[2J../{key}", results["clean"])
    assert "\x1b" not in str(caught.value)
    assert key not in str(caught.value)


def modules_after(statement: str) -> set[str]:
    code = (
        f"import sys, antkey_scanner.model; old = set(sys.modules); {statement};"
        " print(*sorted(set(sys.modules) - old))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


def test_text_imports_nothing_but_its_own_few_modules() -> None:
    loaded = modules_after("import __future__, antkey_reports.formats.text") - {"__future__"}
    assert loaded == {
        "antkey_reports",
        "antkey_reports.escape",
        "antkey_reports.formats",
        "antkey_reports.formats.text",
        "antkey_reports.verdict",
        "antkey_reports.wording",
    }


def test_rendering_text_loads_no_other_format() -> None:
    statement = (
        "from antkey_scanner.model import *; from antkey_reports.registry import render;"
        " run = Run('scan', (), PolicyRef(None, None, 'x'), '', '', 0.0, '0', Severity.LOW, 0, True);"
        " assert 'CLEAN' in render('text', Result(run, (), (), (), Stats()))"
    )
    heavy = {"json", "jinja2", "datetime", "hashlib", "html", "urllib.parse", "textwrap", "inspect"}
    loaded = modules_after(statement)
    assert loaded & heavy == set()
    assert {module for module in loaded if module.startswith("antkey_reports.formats.")} == {
        "antkey_reports.formats.text"
    }


def test_a_format_is_one_file(results: dict[str, Result], monkeypatch: pytest.MonkeyPatch) -> None:
    class Tiny(ModuleType):
        @staticmethod
        def render(result: Result, color: bool, width: int) -> str:
            return f"{result.run.exit_code} {color} {width}\n"

    listed = [*(f"{name}.py" for name in names()), "tiny.py", "__init__.py", "__pycache__"]
    monkeypatch.setattr("os.listdir", lambda _folder: listed)
    monkeypatch.setitem(sys.modules, "antkey_reports.formats.tiny", Tiny("tiny"))
    assert "tiny" in names()
    assert render("tiny", results["clean"], color=True, width=70) == "0 True 70\n"
