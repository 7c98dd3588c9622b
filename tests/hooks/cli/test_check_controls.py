"""What a policy, a profile and missing or broken parts make of controls in `antkey check`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.hooks.cli.conftest import Antkey

NOW = "2026-11-20T12:00:00Z"
KEYS = '[[keys]]\nname = "prod-api-2026-11-01"\ncreated_at = 2026-11-01T00:00:00Z\n'
OVERDUE = '[[keys]]\nname = "prod-api-2026-01-01"\ncreated_at = 2026-01-01T00:00:00Z\n'
INVENTORY = '[inventory]\nfiles = ["keys.toml"]\n'
WORD = """
[[attestation]]
control = "{control}"
statement = "It is so."
owner = "ann@example.com"
on = 2026-11-01
expires = {expires}
"""


class Checked:
    """A run of `antkey check`."""

    def __init__(self, code: int, told: str, document: dict[str, Any]) -> None:
        self.code, self.told, self.document = code, told, document
        self.controls = {one["id"]: one for one in document.get("controls", [])}

    def status(self, name: str) -> str:
        return str(self.controls[name]["status"])

    def evidence(self, name: str) -> str:
        return str(self.controls[name]["evidence"])


Check = Callable[..., Checked]


@pytest.fixture
def check(antkey: Antkey, tmp_path: Path) -> Check:
    """Checks a folder with a file, by a policy and an inventory."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "app.py").write_text("pass\n")

    def run(policy: str, keys: str | None = None, *options: str) -> Checked:
        (tmp_path / "antkey.toml").write_text(policy)
        if keys is not None:
            (tmp_path / "keys.toml").write_text(keys)
        arguments = ("check", "src", "--now", NOW, "--no-history", *options)
        done = antkey(*arguments, "-f", "json")
        assert b"Traceback" not in done.stderr
        document = json.loads(done.stdout) if done.stdout else {}
        return Checked(done.returncode, done.stderr.decode(), document)

    return run


def test_what_no_profile_names_is_not_told_of(check: Check) -> None:
    assert "requests-carry-the-tenants-key" not in check("").controls


def test_a_profile_s_required_control_without_evidence_leaves_the_run_undecided(
    check: Check,
) -> None:
    done = check('profile = "optional-byok"\n')
    assert (done.code, done.status("requests-carry-the-tenants-key")) == (4, "not-assessed")
    assert "antkey egress run --evidence FILE" in done.evidence("requests-carry-the-tenants-key")


def test_an_optional_one_does_not(check: Check) -> None:
    done = check("")
    assert (done.code, done.status("keys-are-rotated")) == (0, "not-assessed")
    assert done.evidence("keys-are-rotated").endswith("; not required")


def test_the_policy_requires_more(check: Check) -> None:
    done = check('[controls.keys-are-rotated]\nis = "required"\n')
    assert done.code == 4
    assert done.evidence("keys-are-rotated").endswith("required by the policy")


def test_what_the_policy_gives_values_for_is_required(check: Check) -> None:
    done = check(INVENTORY + '[keys]\nenvironments = ["prod", "dev"]\n', KEYS)
    assert done.code in (1, 4)
    plain = check(INVENTORY, KEYS)
    assert plain.code == 0, plain.told


def test_the_policy_takes_a_promise_back(check: Check) -> None:
    policy = 'profile = "optional-byok"\n[controls]\n'
    for name in (
        "requests-carry-the-tenants-key",
        "keys-go-only-to-anthropic",
        "no-fallback-on-errors",
    ):
        policy += f'{name} = {{is = "optional", reason = "no customer yet"}}\n'
    done = check(policy)
    assert done.code == 0
    assert "no customer yet" in done.evidence("no-fallback-on-errors")


def test_a_control_that_is_off_waives_its_findings_in_sight(check: Check) -> None:
    off = '[controls.keys-are-rotated]\nis = "off"\nreason = "freeze"\nowner = "ann"\n'
    assert check(INVENTORY, OVERDUE).code == 1
    done = check(INVENTORY + off, OVERDUE)
    assert (done.code, done.status("keys-are-rotated")) == (0, "waived")
    assert done.evidence("keys-are-rotated") == "switched off by the policy: freeze (ann)"
    (finding,) = [
        one for one in done.document["findings"] if one["rule"] == "key-past-rotation-age"
    ]
    assert finding["status"] == "waived"
    assert finding["accepted"]["reason"] == "the control is off: freeze"


def test_an_unknown_control_is_a_mistake(check: Check) -> None:
    done = check('[controls.keys-are-rotted]\nis = "required"\n')
    assert (done.code, done.document) == (2, {})
    assert 'did you mean "keys-are-rotated"?' in done.told


def test_how_bad_a_finding_is_may_be_changed_in_sight(check: Check) -> None:
    graded = '[rules.key-past-rotation-age]\nseverity = "info"\nreason = "freeze"\n'
    done = check(INVENTORY + graded, OVERDUE)
    assert (done.code, done.status("keys-are-rotated")) == (0, "pass")
    assert done.evidence("keys-are-rotated").endswith(
        "key-past-rotation-age counts as info by the policy: freeze"
    )
    (finding,) = [
        one for one in done.document["findings"] if one["rule"] == "key-past-rotation-age"
    ]
    assert (finding["severity"], finding["note"]) == (
        "info",
        "info by the policy, usually high: freeze",
    )


def test_a_rule_that_is_none_is_a_mistake(check: Check) -> None:
    done = check('[rules.key-past-rotation]\nseverity = "info"\n')
    assert done.code == 2
    assert "rules.key-past-rotation: is no rule's id; did you mean \"key-past" in done.told


def test_somebody_s_word_stands_where_no_machine_sees(check: Check) -> None:
    name = "incidents-are-answered-in-time"
    required = f'[controls.{name}]\nis = "required"\n'
    assert check(required).code == 4
    done = check(required + WORD.format(control=name, expires="2027-10-31"))
    assert (done.code, done.status(name)) == (0, "pass")
    assert done.controls[name]["attestation"] == {
        "statement": "It is so.",
        "owner": "ann@example.com",
        "on": "2026-11-01",
        "expires": "2027-10-31",
    }
    assert "holds until" not in done.told


def test_a_word_that_ends_soon_is_told_of_and_holds(check: Check) -> None:
    name = "incidents-are-answered-in-time"
    done = check(WORD.format(control=name, expires="2026-12-01"))
    assert (done.code, done.status(name)) == (0, "pass")
    assert f"the attestation of {name} by ann@example.com holds until 2026-12-01" in done.told
    assert done.evidence(name).endswith("have it confirmed soon")


def test_a_word_that_has_ended_is_a_mistake(check: Check) -> None:
    done = check(WORD.format(control="incidents-are-answered-in-time", expires="2026-11-19"))
    assert done.code == 2
    assert "expired on 2026-11-19" in done.told


def test_a_word_does_not_outweigh_what_was_measured(check: Check) -> None:
    word = WORD.format(control="spending-is-limited", expires="2027-10-31")
    done = check(INVENTORY + "[keys]\nrequire_spend_limit = true\n" + word, KEYS)
    assert (done.code, done.status("spending-is-limited")) == (1, "fail")
    assert "also attested" in done.evidence("spending-is-limited")
    lone = check(word)
    assert (lone.code, lone.status("spending-is-limited")) == (0, "pass")


def test_a_broken_inventory_takes_nothing_else_with_it(
    check: Check, tmp_path: Path, make_key: Callable[..., str]
) -> None:
    (tmp_path / "src" / "leak.env").write_text(f"KEY={make_key()}\n")
    done = check(INVENTORY, "[[keys]]\nname = 3\n")
    assert done.code == 2
    assert done.status("no-leaked-key") == "fail"
    assert done.status("keys-are-rotated") == "error"
    assert "keys.toml:2" in done.evidence("keys-are-rotated")
    assert done.told.count("keys.toml:2") == 1


def test_an_inventory_that_was_never_read_is_missing_evidence(check: Check) -> None:
    done = check('[inventory]\nsource = "anthropic"\n')
    assert (done.code, done.status("keys-are-rotated")) == (4, "not-assessed")
    assert "antkey keys sync" in done.evidence("keys-are-rotated")


def test_evidence_without_an_inventory_to_read_it_by_is_an_error(
    check: Check, tmp_path: Path
) -> None:
    (tmp_path / "log.jsonl").write_text(
        '{"time":"2026-11-19T00:00:00Z","tenant":"acme","host":"api.anthropic.com",'
        '"method":"POST","path":"/v1/messages","key_sha256":"' + "ab" * 32 + '"}\n'
    )
    done = check('[egress]\nevidence = ["log.jsonl"]\n')
    assert (done.code, done.status("requests-carry-the-tenants-key")) == (2, "error")
    assert done.status("no-leaked-key") == "pass"


def test_evidence_that_is_named_and_not_there_leaves_the_run_undecided(check: Check) -> None:
    done = check('[egress]\nevidence = ["log.jsonl"]\n')
    assert (done.code, done.status("requests-carry-the-tenants-key")) == (4, "not-assessed")
    assert "egress.evidence in the policy asks for it" in done.evidence(
        "requests-carry-the-tenants-key"
    )


def test_code_that_is_not_judged_is_not_passed(check: Check) -> None:
    done = check("[scan]\ncode = false\n")
    assert (done.code, done.status("keys-stay-out-of-logs")) == (4, "not-assessed")
    assert "code = false" in done.evidence("keys-stay-out-of-logs")


def test_what_was_not_read_may_be_tolerated_and_is_no_missing_evidence(
    check: Check, tmp_path: Path
) -> None:
    (tmp_path / "src" / "cut.gz").write_bytes(b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x4b\x4c")
    done = check("")
    assert (done.code, done.status("no-leaked-key")) == (3, "not-assessed")
    assert check("", None, "--allow-incomplete", "it is cut").code == 0


def test_keys_of_the_inventory_are_counted_once(
    check: Check, tmp_path: Path, make_key: Callable[..., str]
) -> None:
    (tmp_path / "src" / "leak.env").write_text(f"KEY={make_key()}\n")
    assert check(INVENTORY, KEYS).document["stats"]["keys"] == 1


def test_without_configuration_no_policy_is_read(check: Check) -> None:
    done = check('profile = "strict-byok"\n', None, "--no-config")
    assert (done.code, done.document["policy"]["profile"]) == (0, "key-hygiene")
