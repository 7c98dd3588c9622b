"""Every promise is shown by a control or vouched for, and nothing names a promise that is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from antkey_rules.code import load_code_rules
from antkey_rules.configuration import load_file_rules
from antkey_rules.egress import load_egress_rules
from antkey_rules.keys import load_key_rules
from antkey_rules.known import Known, load_known
from antkey_rules.load import load_builtin, load_providers
from antkey_rules.requirement import Requirement, load_requirements, load_sources
from antkey_scanner.bridge import detectors
from antkey_scanner.model import Rule

ROWS = [
    *(f"M{n}" for n in range(1, 13)),
    *(f"V{n}" for n in range(1, 8)),
    *(f"P{n}" for n in range(1, 9)),
    *(f"A{n}" for n in range(1, 12)),
    *(f"T{n}" for n in range(1, 17)),
]
CONTROLS = load_known()
REQUIREMENTS = load_requirements(CONTROLS)


def all_rules() -> list[Rule]:
    patterns = (*load_builtin(), *load_providers()[0])
    by_code = (*load_code_rules(), *load_file_rules(), *load_key_rules(), *load_egress_rules())
    return [
        *(one.rule for one in patterns),
        *(one.rule for one in by_code),
        *detectors.rules(),
    ]


def test_there_is_a_row_for_each_promise_and_no_other() -> None:
    assert [one.id for one in REQUIREMENTS] == ROWS


def test_each_source_is_told() -> None:
    assert set(load_sources()) == {row[0] for row in ROWS}


@pytest.mark.parametrize("row", REQUIREMENTS, ids=lambda row: row.id)
def test_a_control_shows_it(row: Requirement) -> None:
    assert row.controls
    assert row.promise.endswith(".")
    assert row.how


@pytest.mark.parametrize("known", CONTROLS, ids=lambda known: known.control.id)
def test_controls_name_promises_that_there_are(known: Known) -> None:
    assert set(known.control.requirements) <= set(ROWS)
    assert known.control.requirements


def test_rules_name_promises_that_there_are() -> None:
    assert {name for rule in all_rules() for name in rule.requirements} <= set(ROWS)


def test_what_no_machine_sees_is_somebody_s_word() -> None:
    for row in ("M9", "V7", "T13", "T15"):
        assert any("attested" in how for how in REQUIREMENTS[ROWS.index(row)].how), row


def test_ids_of_controls_are_their_own() -> None:
    ids = [known.control.id for known in CONTROLS]
    assert len(ids) == len(set(ids))


def test_a_control_without_evidence_names_the_cure() -> None:
    for known in CONTROLS:
        assert "; " in known.missing, known.control.id


def test_the_page_in_docs_is_the_table(checkout: Path) -> None:
    page = (checkout / "docs" / "requirements.md").read_text()
    for one in REQUIREMENTS:
        controls = ", ".join(f"`{name}`" for name in one.controls)
        assert f"| {one.id} | {one.promise} | {controls} | {'; '.join(one.how)} |" in page
