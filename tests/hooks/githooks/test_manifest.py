"""`.pre-commit-hooks.yaml`: what frameworks are told about the hooks."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.hooks.githooks.conftest import the_pages_configuration

from antkey_hooks.cli.commands import COMMANDS
from antkey_hooks.cli.parse import parse

IDS = ("antkey", "antkey-commit-msg", "antkey-pre-push", "antkey-manual")


@pytest.fixture(scope="module")
def manifest(checkout: Path) -> dict[str, dict[str, Any]]:
    text = (checkout / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    return {hook["id"]: hook for hook in yaml.safe_load(text)}


def test_the_hooks_are_those_of_the_contract(manifest: dict[str, dict[str, Any]]) -> None:
    assert tuple(manifest) == IDS


def test_the_page_names_every_hook() -> None:
    (repository,) = yaml.safe_load(the_pages_configuration("x", "y"))["repos"]
    assert tuple(hook["id"] for hook in repository["hooks"]) == IDS


@pytest.mark.parametrize("hook", IDS)
def test_an_entry_is_a_command_line(manifest: dict[str, dict[str, Any]], hook: str) -> None:
    program, *words = manifest[hook]["entry"].split(" ")
    assert program == "antkey"
    needed = ["message"] if hook == "antkey-commit-msg" else []
    assert parse([*words, *needed]) is not None


@pytest.mark.parametrize("hook", IDS)
def test_no_kind_of_file_is_left_out(manifest: dict[str, dict[str, Any]], hook: str) -> None:
    assert manifest[hook]["types"] == []
    assert manifest[hook]["always_run"] is True
    assert manifest[hook]["require_serial"] is True


def test_the_page_names_every_stage_of_the_command(checkout: Path) -> None:
    page = (checkout / "docs/hooks.md").read_text(encoding="utf-8")
    stages = {each.name.split(" ")[1] for each in COMMANDS if each.name.startswith("hook ")}
    assert stages <= set(re.findall(r"pre-\w+|commit-msg", page))
