"""What rules and controls name of frameworks is known, with a source and with what they do not show."""

from __future__ import annotations

import pytest
from tests.rules.test_requirements import CONTROLS, all_rules

from antkey_rules.framework import Framework, load_frameworks

FRAMEWORKS = load_frameworks()
ENTRIES = {entry.id: entry for framework in FRAMEWORKS for entry in framework.entries}
ISSUE = {
    *("SOC2:CC6.1", "SOC2:CC6.6", "SOC2:CC6.7", "SOC2:CC7.2"),
    *("ISO27001:A.5.17", "ISO27001:A.8.12", "ISO27001:A.8.24"),
    *("NIST800-53:IA-5", "NIST800-53:AC-4", "NIST800-53:AU-9", "NIST800-53:SC-12"),
    *("NIST800-53:SC-28", "PCIDSS4:8.6.2", "PCIDSS4:8.6.3"),
}


@pytest.mark.parametrize("framework", FRAMEWORKS, ids=lambda one: one.id)
def test_it_has_a_source_and_limits(framework: Framework) -> None:
    assert framework.source
    assert framework.limits.endswith(".")
    for entry in framework.entries:
        assert entry.title
        assert entry.shows
        assert entry.does_not_show


def test_controls_and_rules_name_entries_that_there_are() -> None:
    named = {name for known in CONTROLS for name in known.control.frameworks}
    named |= {name for rule in all_rules() for name in rule.frameworks}
    assert named <= ENTRIES.keys()


def test_every_entry_but_weaknesses_has_a_control_or_rule() -> None:
    named = {name for known in CONTROLS for name in known.control.frameworks}
    named |= {name for rule in all_rules() for name in rule.frameworks}
    assert ENTRIES.keys() <= named


def test_what_the_issue_names_is_shown_by_controls() -> None:
    assert {name for known in CONTROLS for name in known.control.frameworks} >= ISSUE
    assert {name.split(":")[0] for name in ENTRIES} >= {"ASVS5", "OWASP-API", "CIS8"}
