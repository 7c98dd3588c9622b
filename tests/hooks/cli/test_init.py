"""`antkey init`: what it writes is valid as it stands, and nothing that is there is lost."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest
import yaml
from tests.hooks.cli.conftest import Antkey
from tests.scanner.git.conftest import Git, snapshot

from antkey_hooks.cli.init_policy import SECTIONS, Found, policy_text, schema_text
from antkey_rules.catalogue import CATALOGUE
from antkey_scanner.policy import PROFILES, load_policy
from antkey_scanner.policy.kinds import Many, Named, Table
from antkey_scanner.policy.schema import POLICY

NOW = 1_795_000_000.0  # 2026-11-18


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A repository with one commit, in which antkey runs."""
    git = Git(tmp_path).init()
    (tmp_path / "app.py").write_text("print('hello')\n")
    git("add", ".")
    git("commit", "-qm", "Begin")
    return tmp_path


def written(antkey: Antkey, *arguments: str) -> str:
    done = antkey("init", *arguments)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


@pytest.mark.parametrize("profile", PROFILES)
def test_what_is_written_is_a_policy_that_scan_and_check_take(
    profile: str, fresh: Path, antkey: Antkey
) -> None:
    written(antkey, "--profile", profile)
    assert f'profile = "{profile}"' in (fresh / "antkey.toml").read_text()
    scanned = antkey("scan", "-f", "json")
    assert scanned.returncode == 0, scanned.stdout.decode()
    assert json.loads(scanned.stdout)["policy"]["path"] == "antkey.toml"
    checked = antkey("check", "-q", "-f", "json", "--report-dir", "out")
    assert checked.returncode in ((0,) if profile == "key-hygiene" else (4,)), checked.stderr
    assert json.loads(checked.stdout)["findings"] == []


@pytest.mark.parametrize("profile", PROFILES)
def test_editors_find_nothing_wrong_in_it(profile: str) -> None:
    text = policy_text(profile, Found(), NOW)
    values = json.loads(json.dumps(tomllib.loads(uncommented(text)), default=str))
    jsonschema.validate(values, json.loads(schema_text()))


@pytest.mark.parametrize("everything_is_on", [False, True])
def test_an_editor_s_own_checker_is_content(
    everything_is_on: bool, fresh: Path, antkey: Antkey
) -> None:
    taplo = shutil.which("taplo", path=os.path.dirname(sys.executable)) or shutil.which("taplo")
    if taplo is None:
        pytest.skip("no taplo here")
    written(antkey)
    policy = fresh / "antkey.toml"
    if everything_is_on:
        policy.write_text(uncommented(policy.read_text()))
    check = [taplo, "check", "antkey.toml"]
    assert subprocess.run(check, cwd=fresh, capture_output=True, check=False).returncode == 0
    policy.write_text(policy.read_text().replace("\n[scan]\n", "\n[scan]\nhistry = true\n"))
    done = subprocess.run(check, cwd=fresh, capture_output=True, check=False)
    assert done.returncode == 1
    assert b"'histry' was unexpected" in done.stderr


def uncommented(text: str) -> str:
    """The policy with everything in it turned on."""
    return re.sub(r"^#(?=[a-z\[])", "", text, flags=re.MULTILINE)


def read(text: str, folder: Path) -> None:
    (folder / "antkey.toml").write_text(text)
    load_policy(str(folder / "antkey.toml"), str(folder), NOW, CATALOGUE)


@pytest.mark.parametrize("profile", PROFILES)
def test_all_lines_that_are_off_can_be_turned_on_together(profile: str, tmp_path: Path) -> None:
    read(uncommented(policy_text(profile, Found(), NOW)), tmp_path)


def parts_that_are_off(lines: list[str]) -> Iterator[list[int]]:
    """The lines, from 0, that are turned on together: each by itself, those below a header with it."""
    below: list[int] = []
    for at, line in enumerate(lines):
        if below and not line:
            yield below
            below = []
        elif line.startswith("#[") or (below and re.match("#[a-z]", line)):
            below.append(at)
        elif re.match("#[a-z]", line):
            yield [at]
    if below:
        yield below


def test_no_table_of_a_policy_is_left_out() -> None:
    tables = {name for name, kind in POLICY.keys.items() if isinstance(kind, Table | Named)}
    tables |= {name for name, kind in POLICY.keys.items() if isinstance(kind, Many)}
    assert tables - {"code"} == {section.path[0] for section in SECTIONS}


def test_each_line_that_is_off_can_be_turned_on_alone(tmp_path: Path) -> None:
    lines = policy_text("strict-byok", Found(), NOW).splitlines()
    parts = list(parts_that_are_off(lines))
    assert len(parts) > len(SECTIONS)
    for part in parts:
        on = [line.removeprefix("#") if at in part else line for at, line in enumerate(lines)]
        read("\n".join(on), tmp_path)


def test_run_again_it_changes_nothing(fresh: Path, antkey: Antkey) -> None:
    (fresh / ".github/workflows").mkdir(parents=True)
    written(antkey)
    before = snapshot(fresh)
    said = written(antkey, "--profile", "strict-byok")
    assert snapshot(fresh) == before
    assert "antkey.toml: is there; left as it is" in said


def test_a_dry_run_writes_nothing_and_shows_all(fresh: Path, antkey: Antkey) -> None:
    (fresh / ".github/workflows").mkdir(parents=True)
    before = snapshot(fresh)
    said = written(antkey, "--dry-run")
    assert snapshot(fresh) == before
    for part in ('profile = "key-hygiene"', "id: antkey-pre-push", "run: antkey check"):
        assert part in said


def test_it_sets_up_the_top_of_the_repository_from_below(fresh: Path, command: list[str]) -> None:
    (fresh / "a/b").mkdir(parents=True)
    subprocess.run([*command, "init"], cwd=fresh / "a/b", check=True, capture_output=True)
    assert (fresh / "antkey.toml").is_file()
    assert list((fresh / "a/b").iterdir()) == []


def test_outside_of_git_only_the_policy_is_written(tmp_path: Path, antkey: Antkey) -> None:
    assert "is no git repository; no hooks" in written(antkey)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".antkey", "antkey.toml"]
    assert "#history = true" in (tmp_path / "antkey.toml").read_text()


def test_a_policy_in_the_project_file_is_left_alone(fresh: Path, antkey: Antkey) -> None:
    (fresh / "pyproject.toml").write_text('[tool.antkey]\nprofile = "strict-byok"\n')
    assert "pyproject.toml: is there; left as it is" in written(antkey)
    assert not (fresh / "antkey.toml").exists()


def test_a_policy_that_is_there_and_wrong_is_told(fresh: Path, antkey: Antkey) -> None:
    (fresh / "antkey.toml").write_text("profil = 1\n")
    done = antkey("init")
    assert done.returncode == 2
    assert b"antkey.toml:1: profil: unknown key" in done.stderr


def test_an_inventory_that_lies_there_is_named(fresh: Path, antkey: Antkey) -> None:
    (fresh / "keys.toml").write_text('[[keys]]\nname = "dev-chat-2026-11-01"\n')
    (fresh / "keys.json").write_text("{}")
    written(antkey)
    policy = tomllib.loads((fresh / "antkey.toml").read_text())
    assert policy["inventory"]["files"] == ["keys.toml"]


CONFIGURATIONS = {
    "plain": "repos:\n- repo: https://x.example/y\n  rev: v1  # pinned\n  hooks:\n  - id: z\n",
    "indented": "# ours\nrepos:\n  - repo: https://x.example/y\n    rev: 'v1'\n    hooks: [{id: z}]\n"
    "\n# the end\n",
    "keys behind": "repos:\n  - repo: local\n    hooks:\n"
    "      - {id: z, name: z, entry: z, language: system}\nci:\n  autofix_prs: false\n",
    "empty list": "repos: []  # none yet\nfail_fast: true\n",
    "no list": "fail_fast: true\n",
    "empty": "",
    "no line end": "repos:\n  - repo: meta\n    hooks:\n      - id: identity",
    "folded": "repos:\n  - repo: local\n    hooks:\n      - id: z\n        entry: >-\n          a\n"
    "          b\n        name: z\n        language: |\n          system\n\n\nfail_fast: true\n",
    "windows": "repos:\r\n  - repo: meta\r\n    hooks:\r\n      - id: identity\r\n# end\r\n",
}


@pytest.mark.parametrize("before", CONFIGURATIONS.values(), ids=CONFIGURATIONS)
def test_hooks_are_added_behind_those_that_are_there(
    before: str, fresh: Path, antkey: Antkey
) -> None:
    file = fresh / ".pre-commit-config.yaml"
    file.write_bytes(before.encode())
    written(antkey)
    after = file.read_bytes().decode()
    old, new = yaml.safe_load(before) or {}, yaml.safe_load(after)
    assert new == {**old, "repos": [*(old.get("repos") or []), new["repos"][-1]]}
    assert [hook["id"] for hook in new["repos"][-1]["hooks"]] == [
        "antkey",
        "antkey-commit-msg",
        "antkey-pre-push",
    ]
    kept = [line for line in before.splitlines() if "[]" not in line]
    lines = iter(after.splitlines())
    assert all(line in lines for line in kept)
    assert ("\r\n" in after) == ("\r\n" in before)
    assert "\n" not in after.replace("\r\n", "") or "\r\n" not in after


@pytest.mark.parametrize(
    "text",
    [
        "repos: [{repo: meta, hooks: [{id: identity}]}]\n",
        "repos: {}\n",
        "- a\n",
        "repos: [\n",
        "a: 1\n---\nrepos: []\n",
        "repos: &x []\nother: *x\n",
        "\x00",
        "a: &a [x, x]\n"
        + "".join(
            f"b{n}: &b{n} [{', '.join(['*' + (f'b{n - 1}' if n else 'a')] * 9)}]\n"
            for n in range(30)
        )
        + "repos: []\n",
        "repos: &r\n  - repo: *r\n",
        "repos:\n  - " + "[" * 5000 + "\n",
    ],
    ids=range(10),
)
def test_what_cannot_be_added_to_is_left_and_told(text: str, fresh: Path, antkey: Antkey) -> None:
    file = fresh / ".pre-commit-config.yaml"
    file.write_text(text)
    done = antkey("init")
    assert done.returncode == 2
    assert b"add under repos:" in done.stderr
    assert file.read_text() == text
    assert (fresh / "antkey.toml").is_file()


def test_links_are_not_followed(
    fresh: Path, antkey: Antkey, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "config.yaml").write_text("repos: []\n")
    (fresh / ".pre-commit-config.yaml").symlink_to(outside / "config.yaml")
    (fresh / ".antkey").symlink_to(outside)
    (fresh / ".github").symlink_to(outside)
    (fresh / "antkey.toml").symlink_to(outside / "antkey.toml")
    before = snapshot(outside)
    done = antkey("init", "--ci", "github")
    assert done.returncode == 2
    assert snapshot(outside) == before
    os.remove(fresh / "antkey.toml")
    done = antkey("init", "--ci", "github")
    assert done.returncode == 2
    assert b"would lie behind a link" in done.stderr
    assert snapshot(outside) == before


@pytest.mark.parametrize("name", ["lefthook.yml", ".husky/pre-commit"])
def test_other_managers_of_hooks_are_left_and_told(name: str, fresh: Path, antkey: Antkey) -> None:
    file = fresh / name
    file.parent.mkdir(exist_ok=True)
    file.write_text("npm test\n")
    said = written(antkey)
    assert 'antkey hook pre-commit "$@"' in said
    assert not (fresh / ".pre-commit-config.yaml").exists()
    file.write_text('antkey hook pre-commit "$@"\n')
    assert "runs antkey already" in written(antkey)


def test_git_s_own_hooks_of_antkey_are_enough(fresh: Path, antkey: Antkey) -> None:
    assert antkey("init", "--git-hooks").returncode == 0
    assert ".git/hooks/pre-commit: runs antkey already" in written(antkey)
    assert not (fresh / ".pre-commit-config.yaml").exists()


def test_the_schema_is_printed_and_nothing_else(fresh: Path, antkey: Antkey) -> None:
    before = snapshot(fresh)
    assert json.loads(written(antkey, "--schema")) == json.loads(schema_text())
    assert snapshot(fresh) == before


def test_git_sees_the_schema_and_not_the_history_of_runs(fresh: Path, antkey: Antkey) -> None:
    assert antkey("check", "-q").returncode == 0
    written(antkey)
    git = Git(fresh)
    git("add", ".")
    assert ".antkey/policy.schema.json" in git("ls-files").decode()
    (fresh / ".antkey/history.sqlite").touch()
    assert "history" not in git("status", "--porcelain", "--untracked-files=all").decode()


def test_an_old_schema_is_brought_up_to_date(fresh: Path, antkey: Antkey) -> None:
    written(antkey)
    schema = fresh / ".antkey/policy.schema.json"
    schema.write_text('{"title": "antkey\'s policy"}')
    assert "added what is new in it" in written(antkey)
    assert schema.read_text() == schema_text()
    schema.write_text("{}")
    assert "is none of antkey's" in written(antkey)
    assert schema.read_text() == "{}"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--profile", "strict"), b"--profile: no such profile; did you mean strict-byok?"),
        (("--ci", "jenkins"), b"--ci: no such service; use one of: github, gitlab, none"),
    ],
)
def test_wrong_values_are_told(arguments: tuple[str, ...], message: bytes, antkey: Antkey) -> None:
    done = antkey("init", *arguments)
    assert done.returncode == 2
    assert message in done.stderr
