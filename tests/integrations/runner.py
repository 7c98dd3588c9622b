"""Imitates the runner of GitHub Actions as far as a composite action sees it.

Expressions, the files for outputs, variables and summaries, the shell, workflow commands and when they are
switched off, and which steps still run after one that failed. Actions of others are noted, not run.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_NAME = re.compile(r"\b(inputs|github|runner|steps)((?:\.[A-Za-z_][\w-]*)+)")


class Finished(NamedTuple):
    """What a run of an action leaves. code: 0, or that of the first step that failed; commands: the names
    of workflow commands that the runner carried out; used: the actions of others with their inputs."""

    code: int
    outputs: dict[str, str]
    summary: str
    log: str
    commands: list[str]
    used: list[tuple[str, dict[str, str]]]
    steps: dict[str, dict[str, str]]


class Runner:
    """One job. temp: RUNNER_TEMP; environment: what the event and the job set."""

    def __init__(self, temp: Path, workspace: Path, environment: Mapping[str, str]) -> None:
        self.temp = temp
        self.workspace = workspace
        self.environment = dict(environment)
        temp.mkdir(parents=True, exist_ok=True)

    def use(
        self,
        action: Path,
        inputs: Mapping[str, str] | None = None,
        done: Mapping[str, dict[str, str]] | None = None,
    ) -> Finished:
        """Run the action in a folder. done: steps that ran before, with their outputs."""
        document = yaml.safe_load((action / "action.yml").read_text(encoding="utf-8"))
        assert document["runs"]["using"] == "composite"
        given = dict(inputs or {})
        assert set(given) <= set(document["inputs"])
        values = {name: str(each["default"]) for name, each in document["inputs"].items()} | given
        job = _Job(self, action, values, dict(done or {}))
        for step in document["runs"]["steps"]:
            job.step(step)
        outputs = {name: job.filled(each["value"]) for name, each in document["outputs"].items()}
        return job.finished(outputs)


class _Job:
    def __init__(
        self, runner: Runner, action: Path, inputs: dict[str, str], done: dict[str, dict[str, str]]
    ) -> None:
        self._runner = runner
        self._action = action
        self._done = set(done)
        self._inputs = inputs
        self._steps = done
        self._code = 0
        self._log = self._summary = ""
        self._commands: list[str] = []
        self._used: list[tuple[str, dict[str, str]]] = []

    def finished(self, outputs: dict[str, str]) -> Finished:
        return Finished(
            self._code,
            outputs,
            self._summary,
            self._log,
            self._commands,
            self._used,
            self._steps,
        )

    def step(self, step: Mapping[str, Any]) -> None:
        name = step.get("id", "")
        if name in self._done or not self._is_wanted(step.get("if")):
            return
        if "uses" in step:
            given = {key: self.filled(str(text)) for key, text in step.get("with", {}).items()}
            self._used.append((step["uses"], given))
            return
        assert step["shell"] == "bash"
        files = {
            variable: self._runner.temp
            / f"{variable.lower()}-{len(self._steps)}-{os.urandom(4).hex()}"
            for variable in ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STEP_SUMMARY")
        }
        for path in files.values():
            path.touch()
        script = self._runner.temp / "step.sh"
        script.write_text(step["run"], encoding="utf-8")
        own = {key: self.filled(str(text)) for key, text in step.get("env", {}).items()}
        ended = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)],
            cwd=self._runner.workspace / self.filled(step.get("working-directory", ".")),
            env={
                **self._runner.environment,
                "GITHUB_ACTION_PATH": str(self._action),
                "GITHUB_WORKSPACE": str(self._runner.workspace),
                "RUNNER_TEMP": str(self._runner.temp),
                "CI": "true",
                **{variable: str(path) for variable, path in files.items()},
                **own,
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=600,
            check=False,
        )
        log = ended.stdout.decode("utf-8", "replace")
        self._log += log
        self._commands += carried_out(log)
        self._summary += files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8")
        self._steps[name] = assignments(files["GITHUB_OUTPUT"].read_text(encoding="utf-8"))
        self._runner.environment |= assignments(files["GITHUB_ENV"].read_text(encoding="utf-8"))
        self._code = self._code or ended.returncode

    def filled(self, text: str) -> str:
        """A text with the values of its expressions."""
        return _EXPRESSION.sub(lambda found: self._value(found[1].strip()), text)

    def _value(self, dotted: str) -> str:
        context, *path = dotted.split(".")
        match context, path:
            case "inputs", [name]:
                return self._inputs[name]
            case "steps", [step, "outputs", name]:
                return self._steps.get(step, {}).get(name, "")
            case "runner", ["temp"]:
                return str(self._runner.temp)
            case "runner", ["os"]:
                return "Linux"
            case "github", [name]:
                return self._runner.environment.get(f"GITHUB_{name.upper()}", "")
        raise AssertionError(f"{dotted}: not known to this runner")

    def _is_wanted(self, condition: str | None) -> bool:
        if condition is None:
            return not self._code
        text = condition.strip().removeprefix("${{").removesuffix("}}")
        if self._code and not re.search(r"\b(always|cancelled|failure)\(\)", text):
            return False
        python = _NAME.sub(lambda found: repr(self._value(found[0])), text)
        python = python.replace("&&", " and ").replace("||", " or ")
        python = re.sub(r"!(?!=)", " not ", python).strip()
        names = {"startsWith": str.startswith, "cancelled": lambda: False, "always": lambda: True}
        return bool(eval(python, {"__builtins__": {}}, names))  # noqa: S307 - our own action.yml


def assignments(text: str) -> dict[str, str]:
    """What a step wrote to GITHUB_OUTPUT or GITHUB_ENV: `name=value`, or `name<<END`, lines, `END`."""
    found: dict[str, str] = {}
    lines = iter(text.splitlines())
    for line in lines:
        name, heredoc, end = line.partition("<<")
        if heredoc and "=" not in name:
            value = []
            for inner in lines:
                if inner == end:
                    break
                value.append(inner)
            else:
                raise AssertionError(f"{name}: its value has no end")
            found[name] = "\n".join(value)
        else:
            name, equals, value_text = line.partition("=")
            assert equals, f"{line}: is no assignment"
            found[name] = value_text
    return found


def carried_out(log: str) -> list[str]:
    """The workflow commands in a log that a runner carries out, in order; none while they are off."""
    names = []
    token: str | None = None
    for line in log.splitlines():
        line = line.lstrip()
        found = re.match(r"::([\w-]+)[^:]*(?:::|$)|##\[([\w-]+)", line) or re.match(
            r"::([\w-]+) .*::", line
        )
        if token is not None:
            token = None if line.rstrip() == f"::{token}::" else token
        elif line.startswith("::stop-commands::"):
            token = line.removeprefix("::stop-commands::").strip()
        elif found is not None:
            names.append(next(name for name in found.groups() if name))
    assert token is None, "workflow commands stay switched off"
    return names
