"""A key of the inventory in text, JSON and SARIF: what is known of it, once, and read back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from antkey_reports.keys import about
from antkey_reports.load import load
from antkey_reports.registry import render
from antkey_scanner.errors import PolicyError
from antkey_scanner.fingerprint import fingerprint
from antkey_scanner.model import Severity, Skip

if TYPE_CHECKING:
    from tests.reports.conftest import Maker

FIELDS = (
    "name environment service tenant owner status role created_at age_days age_from due_at hint"
    " id sha256 match"
)


def test_a_finding_about_a_key_has_a_line_with_what_is_known(make: Maker) -> None:
    key = make.key("prod-api-2026", age_days=142, role="platform", tenant=None, status="inactive")
    first, second = render("text", make.audit(make.about(key), keys=(key,))).split("\n")[:2]
    assert first == (
        "keys.toml:1  high      key-past-rotation-age"
        "  prod-api-2026 is 142 days old; the limit is 90 days"
    )
    assert second == "    prod, service api, owner dana@example.com, platform key, inactive"


@pytest.mark.parametrize(
    ("message", "line"),
    [
        (
            "{name} has no limit",
            "prod, service api, tenant acme, owner dana@example.com, 5 days old, active",
        ),
        (
            "no limit",
            "{name}, prod, service api, tenant acme, owner dana@example.com, 5 days old, active",
        ),
        (
            "{name} of acme, created 5 days ago by dana@example.com, is active.",
            "prod, service api",
        ),
        ("{name} in prod: (api) acme dana@example.com 5 days active", None),
    ],
)
def test_what_the_message_says_is_not_repeated(make: Maker, message: str, line: str) -> None:
    key = make.key("prod-api-2026", age_days=5)
    expected = line.format(name=key.name) if line else None
    assert about(make.about(key, message=message.format(name=key.name))) == expected


def test_a_number_in_another_number_is_no_age(make: Maker) -> None:
    key = make.key("a-b-1", age_days=5)
    known = about(make.about(key, message="a-b-1 was not used for 15 days"))
    assert known is not None
    assert "5 days old" in known


def test_a_key_of_the_future_is_not_said_to_be_young(make: Maker) -> None:
    key = make.key("a-b-1", age_days=-11)
    known = about(make.about(key, message="a-b-1 is strange"))
    assert known is not None
    assert "created in the future" in known
    assert "old" not in known


def test_a_recognised_key_is_named(make: Maker) -> None:
    key = make.key("prod-api-2026", age_days=120)
    exact = make.finding()._replace(key=key._replace(match="exact"))
    probable = make.finding()._replace(key=key._replace(match="probable"))
    known = "prod, service api, tenant acme, owner dana@example.com, 120 days old, active"
    assert about(exact) == f"this is prod-api-2026 ({known})"
    assert about(probable) == (
        f"this is probably prod-api-2026 ({known}); only its hint could be compared"
    )


def test_a_finding_without_a_key_of_the_inventory_says_nothing(make: Maker) -> None:
    assert about(make.finding()) is None


def test_an_audit_counts_keys_and_not_bytes(make: Maker) -> None:
    text = render("text", make.audit(keys=(make.key(),), total=1_204))
    assert "\n1,204 keys judged in 2 inventory files; 0 skipped\n" in text
    assert "MB" not in text
    assert " B" not in text


def test_an_empty_inventory_says_so(make: Maker) -> None:
    assert "\nno key in 2 inventory files; 0 skipped\n" in render("text", make.audit(keys=()))


def test_what_of_an_inventory_is_left_out_is_named(make: Maker) -> None:
    skips = (Skip("export.json", "3 secrets have other names", counts=False),)
    text = render("text", make.audit(keys=(make.key(),), skips=skips))
    assert "Left out: 1 place\n  export.json: 3 secrets have other names\n" in text
    assert "links" not in text
    page = render("html", make.audit(keys=(make.key(),), skips=skips))
    assert "symbolic" not in page
    assert "links, special files" not in page


def test_the_page_of_an_audit_speaks_of_an_inventory(make: Maker) -> None:
    page = render("html", make.audit(keys=(make.key(),), total=1_204))
    assert "<dt>Inventory</dt>" in page
    assert "<dd>1,204 keys judged in 2 inventory files</dd>" in page
    assert "Scanned" not in page
    assert "Not scanned" not in page


def test_json_has_every_field_in_one_order(make: Maker) -> None:
    key = make.key(age_days=142)
    result = make.audit(make.about(key), make.finding(), keys=(key,))
    document = json.loads(render("json", result))
    assert list(document["keys"][0]) == FIELDS.split()
    by_rule = {finding["rule"]: finding["key"] for finding in document["findings"]}
    assert by_rule == {"key-past-rotation-age": document["keys"][0], "anthropic-api-key": None}


def test_keys_are_read_back_as_they_were(make: Maker) -> None:
    keys = (
        make.key(age_days=142, hint="sk-ant-api03-R2D…igAA"),
        make.key("x", age_days=None, tenant=None),
        make.key("y", age_days=-3, status="expired", match="probable"),
    )
    result = make.audit(*map(make.about, keys), keys=keys)
    saved = render("json", result)
    loaded = load(saved, "x")
    assert loaded.keys == keys
    assert {finding.key for finding in loaded.findings} == set(keys)
    assert render("json", loaded) == saved


def test_files_from_before_there_were_keys_load(make: Maker) -> None:
    document = json.loads(render("json", make.result(make.finding())))
    del document["keys"], document["findings"][0]["key"]
    loaded = load(json.dumps(document), "x")
    assert loaded.keys == ()
    assert loaded.findings[0].key is None


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("created_at", "yesterday", "created_at does not have the form"),
        ("age_days", 1.5, "age_days is not of type integer or null"),
        ("match", "perhaps", "match is not one of , exact, probable"),
        ("text", "x", "text is unknown"),
        ("name", None, "name is not of type string"),
    ],
)
def test_a_broken_key_is_refused_with_its_place(
    make: Maker, field: str, value: Any, message: str
) -> None:
    key = make.key(age_days=142)
    document = json.loads(render("json", make.audit(make.about(key), keys=(key, key))))
    document["keys"][1][field] = value
    with pytest.raises(PolicyError, match=r"^r\.json: keys\[1\]\.") as caught:
        load(json.dumps(document), "r.json")
    assert message in str(caught.value)
    document["keys"].pop()
    document["findings"][0]["key"][field] = value
    with pytest.raises(PolicyError, match=r"^r\.json: findings\[0\]\.key\.") as caught:
        load(json.dumps(document), "r.json")
    assert message in str(caught.value)


def test_the_key_does_not_change_a_fingerprint(make: Maker) -> None:
    finding = make.finding()
    assert fingerprint(finding._replace(key=make.key())) == fingerprint(finding)


def test_sarif_names_the_key_and_has_what_is_known(make: Maker) -> None:
    key = make.key("prod-api-2026", age_days=142, tenant=None)
    info = make.rule("k", severity=Severity.INFO)
    findings = (
        make.about(key, rule=info, message="no limit", line=4),
        make.finding("b")._replace(key=key._replace(match="probable")),
    )
    results = json.loads(render("sarif", make.audit(*findings, keys=(key,))))["runs"][0]["results"]
    texts = {result["ruleId"]: result["message"]["text"] for result in results}
    assert texts == {
        "k": "no limit (the key prod-api-2026)",
        "anthropic-api-key": "Anthropic API key in plain text: sk-ant-api03-R2D…igAA"
        " (probably the key prod-api-2026)",
    }
    known = {result["ruleId"]: result["properties"]["key"] for result in results}
    assert known["k"] == {
        "name": "prod-api-2026",
        "environment": "prod",
        "service": "api",
        "owner": "dana@example.com",
        "status": "active",
        "role": "tenant",
        "createdAt": "2026-07-01T12:00:00Z",
        "ageDays": 142,
        "ageFrom": "created_at",
        "dueAt": "2026-09-29T12:00:00Z",
    }
    assert known["anthropic-api-key"]["match"] == "probable"
