"""Keeps the documentation true: what it shows is run, what it points to exists."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from tests.clients.table import CLIENTS
from tests.hooks.egress.test_steering_clients import (
    ALL,
    BY_BASE_URL,
    BY_PROXY,
    ONLY_BY_PRELOAD,
    WITHOUT_A_PRELOAD,
)
from tests.pages import CHECKOUT, FENCE, agrees, blocks, commands, comparable, read, results, run

from antkey_hooks.cli.rulepages import of_keys
from antkey_hooks.egress.scenarios import SCENARIOS
from antkey_reports.registry import names
from antkey_rules.egress import load_egress_rules
from antkey_rules.load import load_key_controls
from antkey_scanner.containers import SIGNATURES
from antkey_scanner.errors import ExitCode
from antkey_scanner.inventory.shapes import KEY
from antkey_scanner.model import Rule, Severity

PAGES = sorted(
    path.relative_to(CHECKOUT).as_posix()
    for path in [
        *CHECKOUT.glob("*.md"),
        *CHECKOUT.glob("docs/**/*.md"),
        CHECKOUT / "benchmarks/README.md",
        CHECKOUT / "examples/README.md",
    ]
    if path.is_file()
)
LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")
PROJECT_PATH = re.compile(
    r"`((?:scanner|rules|reports|hooks|tests|docs|benchmarks|examples|\.ci)/[\w./-]+)`"
)
MODULE = re.compile(r"`(antkey_(?:scanner|rules|reports|hooks)(?:\.[a-z_]\w*)*)`")


@pytest.mark.parametrize(
    "page", [page for page in PAGES if any(block.language == "console" for block in blocks(page))]
)
def test_commands_print_what_the_page_shows(page: str, tmp_path: Path) -> None:
    for shown in results(page, tmp_path):
        assert shown.agrees(), f"{shown.where}: $ {shown.command}\nreally prints:\n{shown.real}"


def test_readme_shows_a_command_with_its_output() -> None:
    shown = [command for block in blocks("README.md") for command in commands(block.text)]
    assert any(command.startswith("antkey scan") and output for command, output in shown)


def test_examples_show_the_admin_api_with_its_requests() -> None:
    shown = [command for block in blocks("docs/commands.md") for command in commands(block.text)]
    (output,) = [output for command, output in shown if command.endswith("antkey keys sync")]
    requests = re.findall(r"^\d{3} (\w+) /v1/organizations/(\w+)", output, re.MULTILINE)
    assert {method for method, _ in requests} == {"GET"}
    assert {"api_keys", "users", "workspaces"} <= {name for _, name in requests}


def test_examples_count_the_rules_about_keys() -> None:
    (count,) = re.findall(r"(\d+) rules\s+look\s+at", read("docs/commands.md"))
    assert int(count) == len(of_keys())


def test_page_on_keys_shows_every_control_with_its_rules_and_values() -> None:
    """Names of the policy's values without what they are usually."""
    page = read("docs/keys.md").partition("\n| control |")[2]
    shown = re.findall(r"^\| `([a-z-]+)` \| (.*) \| (.*) \|$", page, re.MULTILINE)
    pages = {each.rule.id: each for each in of_keys()}
    real = []
    for control in load_key_controls():
        ours = [pages[name] for name in control.rules]
        told = [_rule_as_shown(each.rule) for each in ours]
        values = [value.partition(" ")[0] for each in ours for value in each.policy]
        quoted = [f"`{value}`" for value in dict.fromkeys(values)]
        real.append((control.id, ", ".join(told), ", ".join(quoted) or "none"))
    assert shown == real


def _rule_as_shown(rule: Rule) -> str:
    return f"{rule.id} (info)" if rule.severity is Severity.INFO else rule.id


def test_page_on_keys_shows_every_field() -> None:
    page = read("docs/keys.md").partition("\n| field |")[2].partition("\n\n")[0]
    cells = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", page, re.MULTILINE)
    assert set(re.findall(r"\w+", " ".join(cells))) == set(KEY.fields)


def test_page_on_egress_shows_by_which_means_each_client_is_led() -> None:
    """As the clients' own tests have it, which lead each by one way alone."""
    table = read("docs/egress.md").partition("\n| clients |")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| (`.*`) \| (.*) \|$", table, re.MULTILINE)
    shown = {name: means for names, means in rows for name in re.findall(r"`(.+?)`", names)}
    assert shown == {name: ", ".join(_means(name)) for name in ALL}


def _means(client: str) -> Iterator[str]:
    yield from ["base URL"] if client in BY_BASE_URL else []
    yield from ["proxy"] if client in BY_PROXY else []
    yield from ["preload"] if client not in WITHOUT_A_PRELOAD else []
    assert client in BY_BASE_URL or client in BY_PROXY or client in ONLY_BY_PRELOAD


def test_page_on_egress_names_every_client_that_is_tried_as_an_application() -> None:
    paragraph = read("docs/egress.md").partition("\nAs whole applications,")[2].partition("\n\n")[0]
    shown = re.findall(r"`(.+?)`", " ".join(paragraph.splitlines()))
    assert shown == [client.name for client in CLIENTS]


def test_page_on_egress_shows_every_scenario() -> None:
    table = read("docs/egress.md").partition("\n| `--scenario` |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `([\w-]+)`", table, re.MULTILINE) == list(SCENARIOS)


def test_page_on_egress_shows_every_rule_with_its_severity() -> None:
    table = read("docs/egress.md").partition("\n| rule | severity |")[2].partition("\n\n")[0]
    shown = re.findall(r"^\| `([a-z-]+)` \| (\w+) \|", table, re.MULTILINE)
    assert shown == [(e.rule.id, e.rule.severity.name.lower()) for e in load_egress_rules()]


def test_readme_runs_the_demo_before_and_after_its_mend() -> None:
    shown = [command for block in blocks("README.md") for command in commands(block.text)]
    runs = [output for command, output in shown if "antkey egress run" in command]
    assert ["VIOLATIONS" in output for output in runs] == [True, False]
    assert ["CLEAN" in output for output in runs] == [False, True]


def test_readme_names_every_output_format() -> None:
    text = FENCE.sub("", read("README.md"))
    table = text.partition("| `-f`, `--report` | for |")[2].partition("\n\n")[0]
    assert names() == tuple(sorted(re.findall(r"^\| `([\w-]+)` \|", table, re.MULTILINE)))


def test_page_on_scanning_names_every_container() -> None:
    page = read("docs/scanning.md")
    rows = re.findall(r"^\| (?:compression|archives|images|other) \| (.*) \|$", page, re.MULTILINE)
    words = set(re.findall(r"\w+", " ".join(rows).lower()))
    assert {signature.format.name.lower() for signature in SIGNATURES} <= words


def test_readme_names_every_exit_code() -> None:
    rows = re.findall(r"^\| ([\d, ]+) \|", read("README.md"), re.MULTILINE)
    assert {int(code) for row in rows for code in row.split(",")} == set(map(int, ExitCode))


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    broken = []
    for target in LINK.findall(FENCE.sub("", read(page))):
        if target.startswith(("https://", "mailto:")):
            continue
        path, _, section = target.partition("#")
        file = (CHECKOUT / page).parent / path if path else CHECKOUT / page
        if not file.exists() or (section and section not in sections(file)):
            broken.append(target)
    assert broken == []


def sections(file: Path) -> set[str]:
    """The anchors that GitHub makes of a page's headings."""
    headings = re.findall(
        r"^#+ (.+)$", FENCE.sub("", file.read_text(encoding="utf-8")), re.MULTILINE
    )
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES)
def test_files_and_modules_that_are_named_exist(page: str) -> None:
    text = FENCE.sub("", read(page))
    files = [path for path in PROJECT_PATH.findall(text) if not (CHECKOUT / path).exists()]
    modules = [name for name in MODULE.findall(text) if not stands_in_the_code(name)]
    assert (files, modules) == ([], [])


def stands_in_the_code(dotted: str) -> bool:
    """Whether `package.module` or `package.module.name` is there."""
    package, *rest = dotted.split(".")
    root = CHECKOUT / package.removeprefix("antkey_") / package
    while rest:
        name = rest.pop(0)
        if (root / name).is_dir():
            root /= name
        elif (root / f"{name}.py").is_file():
            root /= f"{name}.py"
        else:
            source = root / "__init__.py" if root.is_dir() else root
            return bool(re.search(rf"\b{name}\b", source.read_text(encoding="utf-8")))
    return root.exists()


@pytest.mark.parametrize("page", PAGES)
def test_make_targets_that_are_named_exist(page: str) -> None:
    named = set(re.findall(r"`make ([a-z]+)", read(page)))
    assert named <= set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))


def test_every_decision_is_in_the_list() -> None:
    pages = {path.name for path in (CHECKOUT / "docs/adr").glob("[0-9]*.md")}
    assert pages == set(re.findall(r"\]\((\d+-[\w-]+\.md)\)", read("docs/adr/README.md")))


def test_dependencies_are_explained_with_their_bounds() -> None:
    project = tomllib.loads(read("pyproject.toml"))["project"]
    declared = {
        (each.name, str(each.specifier)) for each in map(Requirement, project["dependencies"])
    }
    rows = re.findall(
        r"^\| ([\w.-]+) \| ([\d.]+) \|", read("docs/adr/006-dependencies.md"), re.MULTILINE
    )
    assert {(name, f">={bound}") for name, bound in rows} == declared


def test_changelog_has_a_place_for_the_next_release() -> None:
    assert "\n## [Unreleased]\n" in read("CHANGELOG.md")


def test_comparison_notices_a_changed_line(tmp_path: Path) -> None:
    real = comparable(run("printf 'one\\ntwo 3.5 MB/s\\nthree\\n'", tmp_path))
    assert agrees(comparable("one\ntwo 9 MB/s\nthree\n"), real)
    assert agrees(comparable("one\n...\n"), real)
    assert not agrees(comparable("one\ntwo\nthree\n"), real)
    assert not agrees(comparable("one\n...\nfour\n"), real)


def test_comparison_takes_only_made_up_keys_for_the_same() -> None:
    shown, real = "key sk-ant-api03-{}AA of acme", ["key sk-ant-api03-x-1…_zAA of acme"]
    other = shown.format("abc…yz")
    assert agrees(comparable(other, True), comparable(real[0], True))
    assert not agrees(comparable(other), real)
    assert not agrees(comparable(other.replace("acme", "globex"), True), comparable(real[0], True))
