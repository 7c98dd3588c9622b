"""The reference pages are those that the rules and the policy's schema make today."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.docs.references import CHECKOUT, COMMAND, PAGES, all_rules, policy_page

from antkey_scanner.policy import load_policy

NOW = 1_795_000_000.0  # 2026-11-18


@pytest.mark.parametrize("page", PAGES)
def test_page_is_up_to_date(page: str) -> None:
    is_same = (CHECKOUT / page).read_text(encoding="utf-8") == PAGES[page]()
    assert is_same, f"{page} is older than what it describes; run: {COMMAND}"


def test_every_example_of_the_policy_is_valid(tmp_path: Path) -> None:
    blocks = re.findall(r"^```toml\n(.*?)^```$", policy_page(), re.MULTILINE | re.DOTALL)
    assert len(blocks) > 8
    for number, text in enumerate(blocks):
        file = tmp_path / f"{number}.toml"
        file.write_text(text, encoding="utf-8")
        load_policy(str(file), str(tmp_path), NOW)


def test_every_rule_stands_on_the_page_once() -> None:
    _, _, text = PAGES["docs/rules.md"]().partition("\n## Leaked keys\n")
    rows = re.findall(r"^\| \[?`([\w-]+)`", text, re.MULTILINE)
    assert sorted(rows) == sorted(each.rule.id for each in all_rules())
    sections = re.findall(r"^### ([\w-]+)$", text, re.MULTILINE)
    assert set(sections) <= set(rows)
