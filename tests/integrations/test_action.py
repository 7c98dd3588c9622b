"""The GitHub action: its steps run in an imitated runner, on real repositories."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from tests.hooks.ci.services import github
from tests.integrations.conftest import Workflow
from tests.integrations.runner import Runner, assignments, carried_out

Maker = Callable[..., str]
OUTPUTS = ("exit-code", "verdict", "complete", "findings")


@pytest.fixture(scope="session")
def action(checkout: Path) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = yaml.safe_load((checkout / "action.yml").read_text())
    return found


def push(workflow: Workflow, tmp_path: Path, before: str) -> dict[str, str]:
    head = workflow.git.oid("HEAD").hex()
    return github(tmp_path, "push", head, {"before": before}, GITHUB_REF="refs/heads/main")


def test_a_push_without_a_key_passes(workflow: Workflow, tmp_path: Path) -> None:
    before = workflow.git.oid("HEAD").hex()
    workflow.git.commit("more", readme="more\n")
    finished = workflow.run(push(workflow, tmp_path, before))
    assert finished.code == 0, finished.log
    assert [finished.outputs[name] for name in OUTPUTS] == ["0", "pass", "true", "0"]
    assert f"files and what is new (since {before[:12]})" in finished.log
    assert finished.summary
    assert "error" not in finished.commands


def test_a_push_that_brings_and_removes_a_key_fails(
    workflow: Workflow, tmp_path: Path, make_key: Maker
) -> None:
    key = make_key()
    before = workflow.git.oid("HEAD").hex()
    leak = workflow.git.commit("leak", **{"app.env": f"KEY={key}\n"}).hex()
    workflow.git("rm", "-q", "app.env")
    workflow.git.commit("gone")
    finished = workflow.run(push(workflow, tmp_path, before))
    assert finished.code == 1
    assert [finished.outputs[name] for name in OUTPUTS] == ["1", "fail", "true", "1"]
    assert "error" in finished.commands
    assert "app.env" in finished.summary
    results = json.loads(Path(finished.outputs["results"]).read_text())
    assert [one["location"]["commit"] for one in results["findings"]] == [leak]
    said = finished.log + finished.summary + Path(finished.outputs["comment"]).read_text()
    assert key[20:32] not in said


def test_reports_are_files_and_the_repository_stays_as_it_is(
    workflow: Workflow, tmp_path: Path
) -> None:
    finished = workflow.run(push(workflow, tmp_path, "0" * 40))
    for name in ("results", "sarif", "summary", "comment"):
        path = Path(finished.outputs[name])
        assert path.is_relative_to(tmp_path / "temp")
        assert path.stat().st_size > 0
    assert Path(finished.outputs["report"], "index.html").is_file()
    assert Path(finished.outputs["comment"]).read_text().startswith("<!-- antkey -->\n")
    assert workflow.git("status", "--porcelain", "--ignored") == b""


def test_inputs_become_options(workflow: Workflow, tmp_path: Path, make_key: Maker) -> None:
    workflow.git.commit("leak", **{"old__app.env": make_key(), "new__readme": "nothing\n"})
    (tmp_path / "other.toml").write_text('profile = "key-hygiene"\n')
    finished = workflow.run(
        {},
        paths="new\n",
        range="",
        policy=str(tmp_path / "other.toml"),
        fail_on="high",
        args="--max-file-size '10 MB' -v",
        report_dir=str(tmp_path / "reports"),
    )
    assert finished.code == 0, finished.log
    assert finished.outputs["report"] == str(tmp_path / "reports")
    results = json.loads(Path(finished.outputs["results"]).read_text())
    assert results["targets"] == ["new"]
    assert results["policy"]["path"].endswith("other.toml")


@pytest.mark.parametrize(
    "text",
    [
        '"; touch "$RUNNER_TEMP/owned"; "',
        "$(touch $RUNNER_TEMP/owned)",
        "`touch $RUNNER_TEMP/owned`",
        "'; touch $RUNNER_TEMP/owned #",
        "x\ntouch $RUNNER_TEMP/owned",
        "${{ github.token }}",
    ],
)
@pytest.mark.parametrize("name", ["paths", "policy", "range", "args", "fail-on", "report-dir"])
def test_no_input_is_run(workflow: Workflow, tmp_path: Path, name: str, text: str) -> None:
    if name == "report-dir":
        text = str(tmp_path / "temp") + "/" + text.replace("/", "_")
    given = {"range": "", name.replace("-", "_"): text}
    finished = workflow.run({}, **given)
    assert finished.code in {0, 2}
    assert not list(tmp_path.rglob("owned"))
    assert not list(workflow.git.path.rglob("owned"))


def test_a_hostile_name_is_no_workflow_command(
    workflow: Workflow, tmp_path: Path, make_key: Maker
) -> None:
    """Text that begins a line with `::` would set outputs, hide words and switch commands off."""
    for name in ("::set-output name=verdict::pass", "::stop-commands::x", "##[error]x"):
        workflow.git.write(name, make_key())
    workflow.git.write("a\n::set-output name=verdict::pass\n::add-mask::e", make_key())
    workflow.git.commit("hostile")
    finished = workflow.run({}, range="")
    assert finished.code == 1
    assert set(finished.commands) <= {"error", "warning", "notice"}
    assert finished.outputs["verdict"] == "fail"


def test_a_shallow_clone_names_the_cure_and_gives_no_verdict(
    workflow: Workflow, tmp_path: Path
) -> None:
    before = workflow.git.oid("HEAD").hex()
    workflow.git.commit("more", readme="more\n")
    clone = tmp_path / "clone"
    workflow.git("clone", "-q", "--depth=1", f"file://{workflow.git.path}", str(clone))
    finished = workflow.run(push(workflow, tmp_path, before), at=clone)
    assert finished.code == 3
    assert [finished.outputs[name] for name in OUTPUTS] == ["3", "incomplete", "false", "0"]
    assert "set `fetch-depth: 0` in the step actions/checkout" in finished.log


def test_what_an_earlier_step_left_is_not_this_verdict(workflow: Workflow, tmp_path: Path) -> None:
    workflow.run({}, range="")
    finished = workflow.run({}, range="", policy="no-such.toml")
    assert finished.code == 2
    assert finished.outputs["verdict"] == "error"
    assert [finished.outputs[name] for name in ("results", "sarif", "summary")] == ["", "", ""]
    assert "no verdict" in finished.summary


def test_modules_of_the_repository_are_never_imported(workflow: Workflow, tmp_path: Path) -> None:
    evil = "open(__import__('os').environ['RUNNER_TEMP'] + '/owned', 'w')\n"
    for name in ("json.py", "antkey_hooks/__init__.py", "sitecustomize.py", "pip/__init__.py"):
        workflow.git.write(name, evil)
    workflow.git.commit("modules")
    finished = workflow.run({"PYTHONPATH": str(workflow.git.path)}, range="")
    assert finished.code == 0, finished.log
    assert not (tmp_path / "temp" / "owned").exists()


def test_a_second_run_knows_what_was_searched(workflow: Workflow, tmp_path: Path) -> None:
    """The folder that the step before it caches."""
    event = github(tmp_path, "schedule", workflow.git.oid("HEAD").hex(), {})
    workflow.run(event)
    finished = workflow.run(event)
    results = json.loads(Path(finished.outputs["results"]).read_text())
    assert results["stats"]["known"] > 0
    ((uses, given),) = finished.used
    assert uses.startswith("actions/cache@")
    assert Path(given["path"], "antkey").is_dir()


@pytest.mark.parametrize(
    ("event", "inputs", "used"),
    [
        ("push", {}, ["actions/cache"]),
        ("pull_request", {}, []),
        ("pull_request_target", {}, []),
        ("push", {"cache": "false"}, []),
        ("push", {"upload_sarif": "true"}, ["actions/cache", "github/codeql-action/upload-sarif"]),
        ("pull_request", {"upload_sarif": "true"}, ["github/codeql-action/upload-sarif"]),
    ],
)
def test_actions_of_others_are_used_where_they_may_be(
    workflow: Workflow, event: str, inputs: dict[str, str], used: list[str]
) -> None:
    environment = {"GITHUB_EVENT_NAME": event}
    finished = workflow.run(environment, range="", **inputs)
    assert [uses.partition("@")[0] for uses, _ in finished.used] == used


def test_findings_are_uploaded_when_the_check_fails(workflow: Workflow, make_key: Maker) -> None:
    workflow.git.commit("leak", **{"app.env": make_key()})
    finished = workflow.run({}, range="", cache="false", upload_sarif="true")
    assert finished.code == 1
    ((_, given),) = finished.used
    assert json.loads(Path(given["sarif_file"]).read_text())["version"] == "2.1.0"


def test_the_verdict_can_be_signed(workflow: Workflow, tmp_path: Path) -> None:
    file = tmp_path / "attestation.json"
    finished = workflow.run({"ANTKEY_ATTEST_KEY": "k" * 32}, range="", attest=str(file))
    assert finished.code == 0, finished.log
    assert file.is_file()


def test_an_old_python_is_refused_with_the_cure(
    checkout: Path, tmp_path: Path, clean_environment: dict[str, str]
) -> None:
    old = tmp_path / "python"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    finished = Runner(tmp_path / "temp", tmp_path, clean_environment).use(
        checkout, {"python": str(old), "cache": "false"}
    )
    assert finished.code == 2
    assert finished.commands == ["error"]
    assert "add actions/setup-python" in finished.log


def test_quotes_that_do_not_close_are_told(workflow: Workflow) -> None:
    finished = workflow.run({}, range="", args="--exclude 'x")
    assert (finished.code, finished.outputs["verdict"]) == (2, "error")
    assert finished.commands == ["error"]


def test_no_expression_stands_in_a_script(action: dict[str, dict[str, object]]) -> None:
    steps = action["runs"]["steps"]
    assert isinstance(steps, list)
    assert [step["run"] for step in steps if "${{" in step.get("run", "")] == []


def test_every_output_is_one_that_a_step_writes(
    workflow: Workflow, action: dict[str, dict[str, object]]
) -> None:
    finished = workflow.run({}, range="")
    assert set(finished.steps["check"]) == set(action["outputs"])


def test_actions_of_others_are_named_by_their_commit(checkout: Path) -> None:
    """With the version behind it, as tools that update them expect it."""
    files = [checkout / "action.yml", *checkout.glob(".github/**/*.yml")]
    files += [*checkout.glob("integrations/**/*.yml"), checkout / "docs/gate.md"]
    for file in files:
        for line in re.findall(r"(?m)^ *(?:- )?uses: (?!\./)(.*)", file.read_text()):
            if not line.startswith(("https://", "OWNER/")):
                assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40} +# v[\d.]+", line), f"{file}: {line}"


@pytest.mark.network
@pytest.mark.slow
def test_the_whole_action_with_everything_from_the_index(
    workflow: Workflow, checkout: Path, tmp_path: Path, clean_environment: dict[str, str]
) -> None:
    runner = Runner(tmp_path / "real", workflow.git.path, clean_environment)
    finished = runner.use(checkout, {"range": "", "cache": "false"})
    if finished.code and "pip" in finished.log:
        pytest.skip("no package index answers")
    assert finished.outputs["verdict"] == "pass", finished.log


def test_the_runner_reads_assignments_as_github_does() -> None:
    assert assignments("a=b=c\nd<<END\none\ntwo=2\nEND\n") == {"a": "b=c", "d": "one\ntwo=2"}


def test_the_runner_carries_commands_out_unless_they_are_off() -> None:
    log = "::error file=a::x\n::stop-commands::t\n::error::y\n::t::\ntext ::no::\n::notice::z\n"
    assert carried_out(log) == ["error", "notice"]


def test_the_page_shows_every_input_and_output(
    checkout: Path, action: dict[str, dict[str, dict[str, str]]]
) -> None:
    page = (checkout / "docs/ci.md").read_text()
    inputs = page.partition("\n| input |")[2].partition("\n\n")[0]
    shown = dict(re.findall(r"^\| `([a-z-]+)` \| (?:`(.*?)`)? ?\|", inputs, re.MULTILINE))
    defaults = {name: str(each["default"]) for name, each in action["inputs"].items()}
    assert shown == defaults
    outputs = page.partition("\n| output |")[2].partition("\n\n")[0]
    cells = " ".join(re.findall(r"^\| ((?:`[a-z-]+`(?:, )?)+) \|", outputs, re.MULTILINE))
    assert set(re.findall(r"[a-z-]+", cells)) == set(action["outputs"])
