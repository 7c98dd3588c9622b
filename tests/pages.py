"""The commands that the documentation shows: finds them, runs them, and can write what they print.

* ` ```console ` blocks are run command by command (`$ ` lines) in an empty folder; the output has
  to be what is shown. `...` alone on a line stands for any lines; figures of time and speed may differ,
  and where a command is about evidence of requests also times, hashes and hints: its keys are made up.
* Other blocks with a file name behind the language, such as ` ```yaml rule.yaml `, are written to
  that file before the commands after them run.

`python -m tests.pages README.md` puts what the commands print now into the page; look at the diff.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

CHECKOUT = Path(__file__).resolve().parent.parent
FENCE = re.compile(r"^```(\S*)[ ]?(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MADE_UP = re.compile(
    r"(?<=sk-ant-api03-)[\w-]{3}…[\w-]{2}(?=AA)|\b[0-9a-f]{64}\b|\d{4}-\d\d-\d\dT[\d:.]+Z"
)
FIGURE = re.compile(r"(?:under )?\d+(?:[.,]\d+)*(?= ?(?:[kMG]i?B/s|ms|s|seconds?)\b)")


class Block(NamedTuple):
    """One fenced block. `line`: 1-based line of its opening fence."""

    line: int
    language: str
    name: str
    text: str


class Shown(NamedTuple):
    """One command of a page with the output that the page shows, and what it really prints."""

    where: str
    command: str
    output: str
    real: str

    def agrees(self) -> bool:
        """Whether the page tells the truth."""
        is_made_up = any(word in self.command for word in ("egress", "evidence", "antkey check"))
        return agrees(*(comparable(text, is_made_up) for text in (self.output, self.real)))


def read(page: str) -> str:
    return (CHECKOUT / page).read_text(encoding="utf-8")


def blocks(page: str) -> list[Block]:
    text = read(page)
    return [
        Block(text.count("\n", 0, found.start()) + 1, *found.groups())
        for found in FENCE.finditer(text)
    ]


def commands(text: str) -> Iterator[tuple[str, str]]:
    """(command as it is written, output) of each `$ ` line; a backslash continues a line."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        found = re.match(r"((?:.*\\\n)*.*)\n?((?s:.*))", part)
        assert found is not None
        yield found.group(1), found.group(2)


def results(page: str, folder: Path) -> Iterator[Shown]:
    """Run all commands of a page in order, in `folder`, where scripts and examples are as in a checkout."""
    (folder / "docs").mkdir()
    for script in sorted(CHECKOUT.glob("docs/*.py")):
        shutil.copy(script, folder / "docs")
    if "examples/" in read(page):
        shutil.copytree(CHECKOUT / "examples", folder / "examples")
    for block in blocks(page):
        if block.language == "console":
            for command, output in commands(block.text):
                yield Shown(f"{page}:{block.line}", command, output, run(command, folder))
        elif block.name:
            (folder / block.name).write_text(block.text, encoding="utf-8")


def run(command: str, folder: Path) -> str:
    """Both outputs of a shell command, as a reader sees them in a terminal without colour."""
    kept = ("HOME", "LANG", "SYSTEMROOT", "TMPDIR")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    environment |= {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "COLUMNS": "80",
        "NO_COLOR": "1",
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        **{
            f"GIT_{who}_{what}": value
            for who in ("AUTHOR", "COMMITTER")
            for what, value in (
                ("NAME", "Ann Other"),
                ("EMAIL", "ann@example.com"),
                ("DATE", "2026-05-04T12:00:00Z"),
            )
        },
        "XDG_CACHE_HOME": f"{folder}-cache",
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


def comparable(output: str, is_made_up: bool = False) -> list[str]:
    """Its lines without what differs each time. is_made_up: keys and times in it are new for each run."""
    if is_made_up:
        output = MADE_UP.sub("#", output)
    return [FIGURE.sub("#", line.rstrip()) for line in output.strip("\n").splitlines()]


def agrees(shown: list[str], real: list[str]) -> bool:
    """Whether the lines are the same, `...` standing for any number of them."""
    pattern = "".join(
        "(?:.*\n)*?" if line.strip() == "..." else re.escape(line) + "\n" for line in shown
    )
    return re.fullmatch(pattern, "".join(line + "\n" for line in real)) is not None


def refresh(page: str) -> None:
    """Put the real output into a page, except where it agrees with what is shown."""
    text = read(page)
    with tempfile.TemporaryDirectory() as outer:
        folder = Path(outer, "page")
        folder.mkdir()
        for shown in results(page, folder):
            if not shown.agrees():
                old = f"$ {shown.command}\n{shown.output}"
                text = text.replace(old, f"$ {shown.command}\n" + shown.real.strip("\n") + "\n", 1)
    (CHECKOUT / page).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        refresh(argument)
