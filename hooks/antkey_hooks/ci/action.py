"""The step of the GitHub action that checks: inputs from the environment, outputs to the runner's files.

`python -m antkey_hooks.ci.action`, started by action.yml. No input ever is part of a script, and nothing
that is printed of the repository is taken for a workflow command.
"""

from __future__ import annotations

import json
import os
import secrets
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from antkey_scanner.errors import ExitCode

_MARK = "<!-- antkey -->\n"
"""How the text for a pull request begins, so that a later run finds and replaces it."""

_MOST_COMMENT = 65_536
_MOST_SUMMARY = 1 << 20
_VERDICTS = {0: "pass", 1: "fail", 3: "incomplete", 4: "undecided"}
_MADE = ("results.json", "results.sarif", "summary.md", "index.html", "junit.xml", "comment.md")
_ANNOTATIONS = "annotations.txt"


class Inputs(NamedTuple):
    """What the workflow asks for. folder: of the reports; cache: what is known of searched objects."""

    paths: tuple[str, ...]
    options: tuple[str, ...]
    folder: str
    cache: str


def main() -> int:
    """Check; the exit code is antkey's own."""
    try:
        inputs = read_inputs(os.environ)
    except ValueError as error:
        sys.stdout.write(f"::error title=antkey::args: {_data(str(error))}; mend their quotes\n")
        write_outputs(os.environ, {"exit-code": str(int(ExitCode.USAGE)), "verdict": "error"})
        return ExitCode.USAGE
    _forget(inputs.folder)
    code = _check(inputs)
    results = _results(inputs.folder)
    summary = _text(inputs.folder, "summary.md")
    _annotate(inputs.folder)
    _append(os.environ.get("GITHUB_STEP_SUMMARY"), summary or _no_verdict(code), _MOST_SUMMARY)
    write_outputs(os.environ, _outputs(inputs.folder, code, results, summary))
    return code


def read_inputs(environment: Mapping[str, str]) -> Inputs:
    """Raises ValueError when the quotes of `args` do not close."""

    def asked(name: str) -> str:
        return environment.get(f"ANTKEY_INPUT_{name}", "").strip()

    temporary = environment.get("RUNNER_TEMP") or os.getcwd()
    folder = asked("REPORT_DIR") or os.path.join(temporary, "antkey-report")
    options = [
        f"--{name.lower().replace('_', '-')}={asked(name)}"
        for name in ("POLICY", "RANGE", "FAIL_ON", "ATTEST")
        if asked(name)
    ]
    options += ["--no-history", f"--report-dir={folder}"]
    options.append(f"--report=github={os.path.join(folder, _ANNOTATIONS)}")
    paths = [line.strip() for line in asked("PATHS").splitlines()]
    return Inputs(
        tuple(path for path in paths if path),
        (*options, *shlex.split(asked("ARGS"))),
        folder,
        os.path.join(temporary, "antkey-cache"),
    )


def write_outputs(environment: Mapping[str, str], outputs: Mapping[str, str]) -> None:
    """Tell the runner outputs; what a value holds cannot end it."""
    text = ""
    for name, value in outputs.items():
        end = f"end-{secrets.token_hex(16)}"
        text += f"{name}<<{end}\n{value}\n{end}\n"
    _append(environment.get("GITHUB_OUTPUT"), text)


def _check(inputs: Inputs) -> int:
    """Run antkey, with workflow commands switched off for what it prints."""
    token = secrets.token_hex(16)
    command = [sys.executable, "-I", "-m", "antkey_hooks.cli", "check", *inputs.options]
    cache = {"XDG_CACHE_HOME": inputs.cache, "LOCALAPPDATA": inputs.cache}
    sys.stdout.write(f"::stop-commands::{token}\n")
    sys.stdout.flush()
    try:
        return subprocess.run(
            [*command, "--", *inputs.paths], env={**os.environ, **cache}, check=False
        ).returncode
    finally:
        sys.stdout.write(f"\n::{token}::\n")
        sys.stdout.flush()


def _forget(folder: str) -> None:
    """Take away what an earlier step left, which must not be taken for this one's."""
    for name in (*_MADE, _ANNOTATIONS):
        try:
            os.unlink(os.path.join(folder, name))
        except OSError:
            continue  # it is not there, or antkey will say what is wrong with it


def _results(folder: str) -> dict[str, object]:
    """The saved results, empty when there are none."""
    try:
        found = json.loads(_text(folder, "results.json"))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _text(folder: str, name: str) -> str:
    try:
        with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def _outputs(folder: str, code: int, results: Mapping[str, object], summary: str) -> dict[str, str]:
    outputs = {
        "exit-code": str(code),
        "verdict": _VERDICTS.get(code, "error"),
        "complete": "true" if results.get("complete") is True else "false",
        "findings": str(_opened(results.get("findings"))),
        "report": folder,
    }
    for name, made in (("results", "results.json"), ("sarif", "results.sarif")):
        path = os.path.join(folder, made)
        outputs[name] = path if os.path.isfile(path) else ""
    outputs["summary"] = os.path.join(folder, "summary.md") if summary else ""
    comment = _MARK + summary
    if summary and len(comment) <= _MOST_COMMENT:
        outputs["comment"] = os.path.join(folder, "comment.md")
        with open(outputs["comment"], "w", encoding="utf-8") as file:
            file.write(comment)
    return outputs


def _opened(findings: object) -> int:
    """How many findings are open, those for information aside."""
    if not isinstance(findings, Sequence):
        return 0
    return sum(
        isinstance(each, dict) and each.get("status") == "open" and each.get("severity") != "info"
        for each in findings
    )


def _annotate(folder: str) -> None:
    """Show findings beside the code: workflow commands, up to the text that follows them."""
    commands = _text(folder, _ANNOTATIONS).partition("\n\n")[0]
    sys.stdout.write(f"{commands}\n" if commands else "")
    sys.stdout.flush()


def _no_verdict(code: int) -> str:
    return f"### antkey: no verdict\n\nExit code {code}; the job's log says why.\n"


def _append(path: str | None, text: str, most: int | None = None) -> None:
    """Add to one of the runner's files. most: bytes beyond which it would not be shown."""
    if path and (most is None or len(text.encode()) <= most):
        with open(path, "a", encoding="utf-8") as file:
            file.write(text)


def _data(text: str) -> str:
    """A text in a workflow command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


if __name__ == "__main__":
    sys.exit(main())
