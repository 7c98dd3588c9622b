"""OSCAL assessment results: valid by NIST's model, the same for the same result, and no kinder than it is."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from tests.clients.places import python_of
from tests.reports.test_hostile import ALL_AT_ONCE, HOSTILE, everywhere

from antkey_reports.registry import render
from antkey_scanner.model import Outcome, Result

if TYPE_CHECKING:
    from tests.reports.conftest import Maker

UUID5 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
TOKEN = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
VALIDATE = """
import json, sys, warnings
warnings.simplefilter("ignore")
from trestle.oscal.assessment_results import AssessmentResults
for name in sys.argv[1:]:
    with open(name, encoding="utf-8") as file:
        AssessmentResults.parse_obj(json.load(file)["assessment-results"])
"""


def document(result: Result) -> Any:
    return json.loads(render("oscal", result))["assessment-results"]


def values(node: object, name: str) -> Iterator[Any]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == name:
                yield value
            yield from values(value, name)
    elif isinstance(node, list):
        for value in node:
            yield from values(value, name)


@pytest.mark.slow
def test_every_state_is_valid_by_nist_s_model(
    results: dict[str, Result], make: Maker, tmp_path: Path
) -> None:
    python = python_of("oscal")
    hostile = {
        f"hostile-{number}": everywhere(make, text)
        for number, text in enumerate((ALL_AT_ONCE, "", " ", "\n", "0", "\udcff", "é" * 300))
    }
    files = []
    for state, result in {**results, **hostile}.items():
        files.append(tmp_path / f"{state}.json")
        files[-1].write_text(render("oscal", result))
    done = subprocess.run(
        [python, "-c", VALIDATE, *map(str, files)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_the_same_result_has_the_same_identifiers(results: dict[str, Result]) -> None:
    for result in results.values():
        assert render("oscal", result) == render("oscal", result)


def test_identifiers_are_made_from_the_content_and_differ(results: dict[str, Result]) -> None:
    ids = list(values(document(results["compared"]), "uuid"))
    assert all(UUID5.fullmatch(name) for name in ids)
    assert len(set(ids)) == len(ids)


def test_another_run_has_other_identifiers(results: dict[str, Result]) -> None:
    result = results["compared"]
    later = result._replace(run=result.run._replace(started_at="2026-11-21T12:00:00Z"))
    assert not set(values(document(result), "uuid")) & set(values(document(later), "uuid"))


def test_every_reference_leads_somewhere(results: dict[str, Result]) -> None:
    for result in results.values():
        told = document(result)
        known = set(values(told, "uuid"))
        assert set(values(told, "observation-uuid")) <= known
        assert {one for some in values(told, "party-uuids") for one in some} <= known
        assert told["import-ap"]["href"].removeprefix("#") in known


def test_only_what_passes_is_satisfied(results: dict[str, Result]) -> None:
    result = results["compared"]
    told = {
        finding["target"]["target-id"]: finding["target"]["status"]
        for finding in document(result)["results"][0]["findings"]
    }
    for one in result.assessments:
        status = told[one.control.id]
        assert (status["state"] == "satisfied") is (one.outcome is Outcome.PASS)
        assert status["remarks"].startswith(one.outcome.value)
    assert told["key-rotated"]["reason"] == "other"


def test_somebody_s_word_is_an_attestation_with_a_party(results: dict[str, Result]) -> None:
    told = document(results["compared"])
    (given_word,) = told["results"][0]["attestations"]
    assert "Console roles were reviewed" in given_word["parts"][0]["prose"]
    (party,) = told["metadata"]["parties"]
    assert given_word["responsible-parties"][0]["party-uuids"] == [party["uuid"]]


def test_every_finding_and_skip_is_an_observation(results: dict[str, Result]) -> None:
    result = results["findings-incomplete"]
    kinds = [kind for types in values(document(result), "types") for kind in types]
    assert kinds.count("finding") == len(result.findings)
    assert kinds.count("not-read") == len(result.skips)
    assert kinds.count("control-objective") == len(result.assessments)


@given(text=HOSTILE)
@example(text=ALL_AT_ONCE)
@example(text="")
@example(text=" ")
def test_whatever_a_text_says_it_fits_its_type(make: Maker, text: str) -> None:
    told = document(everywhere(make, text))
    for name in ("target-id", "control-id", "name"):
        for value in values(told["results"], name):
            assert TOKEN.fullmatch(value)
    for name in ("title", "description", "value", "remarks", "prose"):
        for value in values(told, name):
            assert value
            assert value == value.strip()


def test_what_oscal_reads_as_markdown_is_inert(make: Maker) -> None:
    hostile = "<b>@all</b> [x](http://a.example) *y* `z`"
    told = document(everywhere(make, hostile))
    for name in ("title", "description", "remarks", "prose"):
        for value in values(told, name):
            assert "<b>" not in re.sub("`[^`]*`", "", value)
            assert "](" not in re.sub("`[^`]*`", "", value)
