"""What editors are told of a policy agrees with what antkey takes."""

from __future__ import annotations

import datetime
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.scanner.policy.test_reading_the_policy import CONTRACT_EXAMPLE

from antkey_scanner.policy import jsonschema as ours
from antkey_scanner.policy.kinds import Kind, Many, Named, Table, Text
from antkey_scanner.policy.schema import POLICY

SCHEMA = ours.json_schema()
CHECKOUT = Path(__file__).resolve().parents[3]
EDITORS_SEE = jsonschema.Draft7Validator(SCHEMA, format_checker=jsonschema.FormatChecker())

CANNOT_BE_SAID = {"_attestation", "_regular_expression", "_rotation"}
"""Checks that a schema has no words for."""


def as_editors_read(text: str) -> Any:
    """TOML as JSON values, in which a date is a text."""
    return json.loads(json.dumps(tomllib.loads(text), default=datetime.date.isoformat))


def is_fine(text: str) -> bool:
    return bool(EDITORS_SEE.is_valid(as_editors_read(text)))


def test_it_is_a_schema() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)


def test_what_the_contract_shows_is_fine() -> None:
    EDITORS_SEE.validate(as_editors_read(CONTRACT_EXAMPLE))


@pytest.mark.parametrize(
    "path",
    sorted(CHECKOUT.glob("examples/**/*.toml")),
    ids=lambda path: path.relative_to(CHECKOUT).as_posix(),
)
def test_policies_of_the_examples_are_fine(path: Path) -> None:
    if path.name == "antkey.toml" or "profile" in path.read_text(encoding="utf-8"):
        EDITORS_SEE.validate(as_editors_read(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("page", sorted(CHECKOUT.glob("docs/**/*.md")), ids=lambda path: path.stem)
def test_policies_of_the_documentation_are_fine(page: Path) -> None:
    for text in re.findall(
        r"^```toml antkey\.toml\n(.*?)^```$", page.read_text("utf-8"), re.M | re.S
    ):
        EDITORS_SEE.validate(as_editors_read(text))


@pytest.mark.parametrize(
    "text",
    [
        "profil = 1",
        "profile = 'strict'",
        "profile = ''",
        "[scan]\npaths = '.'",
        "[scan]\npaths = []",
        "[scan]\npaths = ['.', 3]",
        "[scan]\nexclude = ['a\\b']",
        "[scan]\nhistory = 'yes'",
        "[scan]\nvisible_key_characters = -1",
        "scan = 3",
        "[[scan]]",
        "[scan.accept]\npath = 'x'",
        "[[scan.accept]]\npath = 'x'",
        "[[scan.accept]]\npath='a'\nreason='  '",
        "[rotation]\nmax_age_days = 0",
        "[rotation]\nmax_age_days = 1.5",
        "[rotation.environments]\nprod = 3",
        "[rotation.environments.prod]\nage = 3",
        "[egress]\nfallback = 'always'",
        "[egress]\nallowed_hosts = ['https://x.example']",
        "[egress]\nplatform_env = ['A-B']",
        "[egress]\ntenant_from = ['cookie:x']",
        "[egress]\ntenant_from = 'host:x.example'",
        "[egress.fields]\nwhen = 'ts'",
        "[inventory]\nsource = 'aws'",
        "[inventory]\nbase_url = 'http://x.example'",
        "[keys]\nalerts_percent = [50, 101]",
        "waiver = {rule = 'a'}",
        "[[waiver]]\nrule='a'\nreason='b'\nkey='c'",
        "[[waiver]]\nrule='a'\nreason='b'\nexpires=2027-01-01",
        "[[waiver]]\nrule='A b'\nreason='b'\nkey='c'\nexpires=2027-01-01",
        "[[waiver]]\nrule='a'\nreason='b'\nkey='c'\nexpires='soon'",
    ],
)
def test_what_antkey_refuses_is_marked_in_editors_too(text: str) -> None:
    assert not is_fine(text)


def test_every_check_is_said_or_known_to_be_unsayable() -> None:
    known = {*ours._PATTERNS, *ours._NEEDED, *CANNOT_BE_SAID}
    assert set(checks(POLICY)) <= known


def checks(kind: Kind) -> list[str]:
    match kind:
        case Many() | Named():
            return checks(kind.of)
        case Table():
            below = [name for element in kind.keys.values() for name in checks(element)]
            return below + ([kind.check.__name__] if kind.check else [])
        case Text(check=check) if check:
            return [check.__name__]
        case _:
            return []


def test_every_key_is_explained() -> None:
    assert "description" in SCHEMA["properties"]["scan"]["properties"]["paths"]
    text = json.dumps(SCHEMA)
    for table in ("scan", "rotation", "egress", "keys", "inventory", "waiver"):
        assert f'"{table}": {{"description":' in text
