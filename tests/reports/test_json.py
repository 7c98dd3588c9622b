"""JSON, schema 1: the contract with other programs, and the way back into a result."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from antkey_reports.conformance import KEYWORDS, Conformance
from antkey_reports.load import load, schema
from antkey_reports.registry import names, pieces, render
from antkey_scanner.errors import PolicyError
from antkey_scanner.fingerprint import fingerprint
from antkey_scanner.model import Result

if TYPE_CHECKING:
    from tests.reports.conftest import Maker

# The order and the names of CONTRACT's example.
CONTRACT = {
    "": (
        "schema tool command policy started_at finished_at exit_code complete"
        " stats controls findings skipped"
    ),
    "policy": "path sha256 profile",
    "stats": "files blobs bytes commits requests keys",
    "controls": "id title status severity findings evidence requirements frameworks",
    "findings": "fingerprint rule title severity confidence status message remedy location secret",
    "location": "path line column commit blob first_seen decoded",
    "secret": "kind hint sha256",
    "skipped": "path reason counts",
}


@pytest.fixture(scope="session")
def documents(results: dict[str, Result]) -> dict[str, Any]:
    return {state: json.loads(render("json", result)) for state, result in results.items()}


def test_schema_is_a_valid_schema() -> None:
    Draft202012Validator.check_schema(schema())


def test_every_state_fits_the_schema(documents: dict[str, Any]) -> None:
    validator = Draft202012Validator(schema())
    for document in documents.values():
        validator.validate(document)


def test_fields_are_those_of_the_contract_in_its_order(documents: dict[str, Any]) -> None:
    document = documents["findings-incomplete"]
    finding = document["findings"][0]
    parts = {
        "": document,
        "policy": document["policy"],
        "stats": document["stats"],
        "controls": document["controls"][0],
        "findings": finding,
        "location": finding["location"],
        "secret": finding["secret"],
        "skipped": document["skipped"][0],
    }
    for part, value in parts.items():
        promised = CONTRACT[part].split()
        assert [name for name in value if name in promised] == promised


def test_a_document_with_nothing_but_the_contracts_fields_loads(documents: dict[str, Any]) -> None:
    document = copy.deepcopy(documents["findings-incomplete"])
    for extra in ("targets", "seconds", "fail_on", "allow_incomplete", "rules"):
        del document[extra]
    for finding in document["findings"]:
        del finding["anchor"]
    for control in document["controls"]:
        del control["rules"]
    Draft202012Validator(schema()).validate(document)
    loaded = load(json.dumps(document), "x.json")
    assert [finding.location.path for finding in loaded.findings] == [
        finding["location"]["path"] for finding in document["findings"]
    ]


def test_fingerprint_is_the_fingerprint(make: Maker) -> None:
    finding = make.finding()
    document = json.loads(render("json", make.result(finding)))
    assert document["findings"][0]["fingerprint"] == fingerprint(finding)


def test_it_is_ascii(make: Maker) -> None:
    assert render("json", make.result(make.finding("é\udcff日本"))).isascii()


@pytest.mark.parametrize("count", [999, 1000, 1001, 2000, 2001])
def test_a_long_list_says_the_same_in_fewer_lines(
    results: dict[str, Result], make: Maker, count: int
) -> None:
    found = tuple(
        make.about(make.key(f"prod-## a{number}"), line=number) for number in range(1, count + 1)
    )
    result = results["keys"]._replace(findings=found)
    text = render("json", result)
    assert "".join(pieces("json", result)) == text
    assert "##" not in text
    assert text.count("\n") < 1001 * 60 + count
    document = json.loads(text)
    assert list(Conformance(schema()).problems(document)) == []
    assert [one["anchor"] for one in document["findings"]] == [one.anchor for one in found]
    assert load(text, "x").findings == found


def test_allow_incomplete_is_there(documents: dict[str, Any]) -> None:
    assert documents["tolerated"]["allow_incomplete"] == "vault is sealed"
    assert documents["clean"]["allow_incomplete"] is None


@pytest.mark.parametrize("name", names())
def test_a_saved_result_renders_as_the_first_time(results: dict[str, Result], name: str) -> None:
    for result in results.values():
        loaded = load(render("json", result), "results.json")
        assert render(name, loaded) == render(name, result)


def test_bytes_load_as_well(results: dict[str, Result]) -> None:
    text = render("json", results["findings"])
    assert load(text.encode(), "x") == load(text, "x")


def change(document: Any, path: list[str | int], value: object) -> Any:
    changed = copy.deepcopy(document)
    target = changed
    for step in path[:-1]:
        target = target[step]
    if value is ...:
        del target[path[-1]]
    else:
        target[path[-1]] = value
    return changed


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (["schema"], 2, "schema is not 1"),
        (["complete"], 1, "complete is not of type boolean"),
        (["complete"], ..., "the document has no 'complete'"),
        (["exit_code"], 5, "exit_code is not one of 0, 1, 2, 3, 4, 70, 130, 143"),
        (["exit_code"], True, "exit_code is not one of"),
        (["stats", "bytes"], -1, "stats.bytes is below 0"),
        (["stats", "bytes"], 10**400, "stats.bytes is above"),
        (["stats"], {}, "stats has no 'files'; stats has no 'blobs'"),
        (["started_at"], "yesterday", "started_at does not have the form"),
        (["findings", 1, "location", "line"], 0, "findings[1].location.line is below 1"),
        (
            ["findings", 1, "location", "line"],
            "3",
            "findings[1].location.line is not of type integer or null",
        ),
        (
            ["findings", 1, "location", "decoded"],
            ["hex", 1],
            "findings[1].location.decoded[1] is not of type",
        ),
        (["findings", 0, "severity"], "awful", "findings[0].severity is not one of critical, high"),
        (
            ["findings", 0, "secret", "sha256"],
            "AB" * 32,
            "findings[0].secret.sha256 does not have the form",
        ),
        (["findings", 0, "secret", "text"], "x", "findings[0].secret.text is unknown"),
        (["findings", 0, "rule"], "", "findings[0].rule is empty"),
        (["findings"], {}, "findings is not of type array"),
        (["skipped", 0], None, "skipped[0] is not of type object"),
    ],
)
def test_a_broken_document_is_refused_with_its_place(
    documents: dict[str, Any], path: list[str | int], value: object, message: str
) -> None:
    changed = change(documents["findings-incomplete"], path, value)
    with pytest.raises(PolicyError) as caught:
        load(json.dumps(changed), "old/results.json")
    text = str(caught.value)
    assert text.startswith(f"old/results.json: {message}")
    assert "; use a file that `antkey scan -f json`" in text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "r.json:1:1: not JSON (Expecting value)"),
        ('{"schema": 1,\n "complete": tru}', "r.json:2:14: not JSON (Expecting value)"),
        (b"\xff\xfe\xfd", "r.json: not UTF-"),
        (b'"\xe9"', "r.json: not UTF-8 at byte 1"),
        ("[1]", "r.json: the document is not of type object"),
        ('{"complete": true, "complete": false}', "r.json: a field stands twice in one object"),
        ('{"seconds": NaN}', "r.json: NaN is not JSON"),
        ("[" * 100_000, "r.json: number or nesting out of bounds"),
        ("9" * 5000, "r.json: number or nesting out of bounds"),
    ],
)
def test_what_is_no_json_is_refused(text: str | bytes, message: str) -> None:
    with pytest.raises(PolicyError) as caught:
        load(text, "r.json")
    assert str(caught.value).startswith(message)


def test_a_refusal_repeats_nothing_of_the_file(
    documents: dict[str, Any], make_key: Callable[..., str]
) -> None:
    key = make_key()
    changed = change(documents["clean"], [f"\x1b[2J{key}"], key) | {"started_at": key}
    with pytest.raises(PolicyError) as caught:
        load(json.dumps(changed), f"\x1b{key}")
    assert key[13:25] not in str(caught.value)
    assert "\x1b" not in str(caught.value)


def subschemas(value: Any) -> Any:
    yield value
    for group in ("properties", "$defs"):
        for inner in value.get(group, {}).values():
            yield from subschemas(inner)
    for inner in (*value.get("anyOf", ()), *([value["items"]] if "items" in value else ())):
        yield from subschemas(inner)


def test_the_schema_uses_only_what_the_check_understands() -> None:
    annotations = {"$schema", "$id", "$defs", "title", "description"}
    for one in subschemas(schema()):
        assert set(one) <= KEYWORDS | annotations
        # In 2020-12 what stands beside a $ref counts; here it would not.
        assert "$ref" not in one or set(one) <= {"$ref", "description"}


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 200)
    | st.text(max_size=3)
    | st.just("ab" * 32)
    | st.just(1e20),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=4,
)


@given(st.data())
def test_the_check_agrees_with_jsonschema(documents: dict[str, Any], data: st.DataObject) -> None:
    document = documents["findings-incomplete"]
    path: list[str | int] = []
    here = document
    while isinstance(here, dict | list) and here and (not path or data.draw(st.booleans())):
        steps = list(here) if isinstance(here, dict) else list(range(len(here)))
        path.append(data.draw(st.sampled_from(steps)))
        here = here[path[-1]]
    changed = change(document, path, data.draw(VALUES | st.just(...)))
    ours = next(Conformance(schema()).problems(changed), None) is None
    assert ours == Draft202012Validator(schema()).is_valid(changed)
