"""Which files are looked at as source code and as settings is told in two places, which agree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antkey_rules.code import load_code_rules
from antkey_rules.configuration import code_parts, load_code_parts, load_file_rules
from antkey_scanner import sourcecode
from antkey_scanner.code.languages import LANGUAGES
from antkey_scanner.settings import search
from antkey_scanner.sourcecode import ENDINGS, SETTINGS_ENDINGS, SETTINGS_NAMES, may_be_settings


def test_every_language_is_looked_at() -> None:
    assert {ending[1:] for language in LANGUAGES for ending in language.endings} == ENDINGS


def test_every_ending_of_settings_is_looked_at() -> None:
    assert search._ENDINGS == SETTINGS_ENDINGS


@pytest.mark.parametrize(
    "name",
    [
        *("dockerfile", "dockerfile.prod", "api.dockerfile.dev", "containerfile", "makefile"),
        *("jenkinsfile.release", ".env", ".env.local", "prod.env.example", "env", ".envrc"),
        *("prod.tfvars.json", "x.tfstate.backup", *sorted(SETTINGS_NAMES)),
        *("procfile", "justfile", "vagrantfile", "caddyfile"),
    ],
)
def test_settings_that_are_told_by_their_names_are_looked_at(name: str) -> None:
    assert search.is_wanted(name)
    assert may_be_settings(name)


@given(st.from_regex(search._NAMES.pattern, fullmatch=True, alphabet=st.characters(codec="ascii")))
def test_no_name_of_settings_is_passed_over(name: str) -> None:
    assert may_be_settings(name.lower())


@pytest.mark.parametrize("name", ["picture.png", "library.so", "notes.md", "data.csv", "authors"])
def test_what_is_surely_no_settings_costs_no_look(name: str) -> None:
    assert not may_be_settings(name)


def test_all_rules_that_judge_source_code_are_loaded_for_it() -> None:
    some = load_code_parts()
    assert [one.rule.id for one in some] == [one.rule.id for one in code_parts(load_file_rules())]
    assert not any(one.needs_both for one in some)
    assert all(one.needs_both for one in load_code_rules())


def test_settings_have_one_largest_size() -> None:
    assert sourcecode.MOST_SETTINGS == search.MOST_BYTES
