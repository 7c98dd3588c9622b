"""Keeps the documentation true: what it shows is run, what it points to exists.

* ` ```console ` blocks are run command by command (`$ ` lines) in an empty folder; the output has
  to be what is shown. `...` alone on a line stands for any lines; figures of time and speed may differ.
* Other blocks with a file name behind the language, such as ` ```yaml rule.yaml `, are written to
  that file before the commands after them run.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
PAGES = sorted(
    path.relative_to(CHECKOUT).as_posix()
    for path in [
        *CHECKOUT.glob("*.md"),
        *CHECKOUT.glob("docs/**/*.md"),
        CHECKOUT / "benchmarks/README.md",
    ]
    if path.is_file()
)
FENCE = re.compile(r"^```(\S*)[ ]?(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FIGURE = re.compile(r"\d+(?:[.,]\d+)*(?= ?(?:[kMG]i?B/s|ms|s|seconds?)\b)")
LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")
PROJECT_PATH = re.compile(
    r"`((?:scanner|rules|reports|hooks|tests|docs|benchmarks|\.ci)/[\w./-]+)`"
)
MODULE = re.compile(r"`(antkey_\w+(?:\.[a-z_]\w*)*)`")


class Block(NamedTuple):
    """One fenced block. `line`: 1-based line of its opening fence."""

    line: int
    language: str
    name: str
    text: str


def blocks(page: str) -> list[Block]:
    text = read(page)
    return [
        Block(text.count("\n", 0, found.start()) + 1, *found.groups())
        for found in FENCE.finditer(text)
    ]


def read(page: str) -> str:
    return (CHECKOUT / page).read_text(encoding="utf-8")


def commands(block: Block) -> Iterator[tuple[str, str]]:
    """(command, output) of each `$ ` line; a line that ends in a backslash goes on."""
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, _, output = re.sub(r"\\\n\s*", " ", part).partition("\n")
        yield command, output


def run(command: str, folder: Path) -> str:
    """Both outputs of a shell command, as a reader sees them in a terminal without colour."""
    kept = ("HOME", "LANG", "SYSTEMROOT", "TMPDIR")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    environment |= {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "COLUMNS": "80",
        "NO_COLOR": "1",
        "LC_ALL": "C.UTF-8",
    }
    return subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=120,
        check=False,
    ).stdout.decode()


def comparable(output: str) -> list[str]:
    return [FIGURE.sub("#", line.rstrip()) for line in output.strip("\n").splitlines()]


def agrees(shown: list[str], real: list[str]) -> bool:
    """Whether the lines are the same, `...` standing for any number of them."""
    pattern = "".join(
        "(?:.*\n)*?" if line.strip() == "..." else re.escape(line) + "\n" for line in shown
    )
    return re.fullmatch(pattern, "".join(line + "\n" for line in real)) is not None


@pytest.mark.parametrize(
    "page", [page for page in PAGES if any(block.language == "console" for block in blocks(page))]
)
def test_commands_print_what_the_page_shows(page: str, tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    shutil.copy(CHECKOUT / "docs/demo.py", tmp_path / "docs")
    for block in blocks(page):
        if block.language == "console":
            for command, shown in commands(block):
                real = run(command, tmp_path)
                where = f"{page}:{block.line}: $ {command}"
                assert agrees(comparable(shown), comparable(real)), (
                    f"{where}\nreally prints:\n{real}"
                )
        elif block.name:
            (tmp_path / block.name).write_text(block.text, encoding="utf-8")


def test_readme_shows_a_command_with_its_output() -> None:
    shown = [command for block in blocks("README.md") for command in commands(block)]
    assert any(command.startswith("antkey scan") and output for command, output in shown)


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


def test_changelog_has_a_place_for_the_next_release() -> None:
    assert "\n## [Unreleased]\n" in read("CHANGELOG.md")


def test_comparison_notices_a_changed_line(tmp_path: Path) -> None:
    real = comparable(run("printf 'one\\ntwo 3.5 MB/s\\nthree\\n'", tmp_path))
    assert agrees(comparable("one\ntwo 9 MB/s\nthree\n"), real)
    assert agrees(comparable("one\n...\n"), real)
    assert not agrees(comparable("one\ntwo\nthree\n"), real)
    assert not agrees(comparable("one\n...\nfour\n"), real)
