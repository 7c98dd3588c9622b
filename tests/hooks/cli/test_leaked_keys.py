"""Keys that a scan finds are recognised in the inventory, by the scan itself and by a later audit."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.hooks.cli.conftest import Antkey
from tests.scanner.git.conftest import Git

NOW = "2026-11-20T12:00:00Z"
MakeKey = Callable[..., str]
Documents = Callable[..., dict[str, Any]]

RECORD = (
    '[[keys]]\nname = "{name}"\ncreated_at = 2026-10-25T00:00:00Z\ncreated_by = "ann@x.example"\n'
)


def recorded(name: str, *fields: str) -> str:
    return RECORD.format(name=name) + "".join(f"{field}\n" for field in fields)


def by_hash(key: str) -> str:
    return f'fingerprint = "sha256:{hashlib.sha256(key.encode()).hexdigest()}"'


def by_hint(key: str) -> str:
    return f'hint = "{key[:16]}...{key[-4:]}"'


@pytest.fixture
def found(tmp_path: Path, antkey: Antkey) -> Documents:
    (tmp_path / ".git").mkdir()

    def run(*arguments: str) -> dict[str, Any]:
        done = antkey(*arguments, "-f", "json", "--now", NOW)
        document: dict[str, Any] = json.loads(done.stdout)
        assert document["exit_code"] == done.returncode
        return document

    return run


def told(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """By name, the findings about leaked keys."""
    about = [one for one in document["findings"] if one["rule"] == "leaked-key-still-active"]
    return {one["key"]["name"]: one for one in about}


def test_an_audit_joins_the_results_of_a_scan_of_the_history(
    tmp_path: Path, git: Git, found: Documents, make_key: MakeKey
) -> None:
    exact, probable, gone = make_key(), make_key(), make_key()
    git.commit("one", **{"app.env": f"{exact}\n", "old.env": f"{probable} {gone}\n"})
    git.commit("two", **{"app.env": "", "old.env": ""})
    (tmp_path / "keys.toml").write_text(
        recorded("prod-api-2026-10-25", by_hash(exact))
        + recorded("dev-api-2026-10-25", by_hint(probable))
        + recorded("dev-old-2026-10-25", by_hash(gone), 'status = "inactive"')
    )
    scanned = found("scan", "--history", "repo")
    (tmp_path / "results.json").write_text(json.dumps(scanned))
    document = found("keys", "audit", "keys.toml", "--leaks", "results.json")
    leaked = told(document)
    assert document["exit_code"] == 1
    assert {name: one["key"]["match"] for name, one in leaked.items()} == {
        "prod-api-2026-10-25": "exact",
        "dev-api-2026-10-25": "probable",
    }
    first_seen = scanned["findings"][0]["location"]["first_seen"][:10]
    assert (
        f"stands in app.env, in git since {first_seen} ("
        in leaked["prod-api-2026-10-25"]["message"]
    )
    assert "so probably" in leaked["dev-api-2026-10-25"]["message"]
    (control,) = [one for one in document["controls"] if one["id"] == "leaked-keys-are-revoked"]
    assert control["status"] == "fail"


def test_a_scan_says_whose_the_keys_are(
    tmp_path: Path, found: Documents, make_key: MakeKey
) -> None:
    key = make_key()
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "app.env").write_text(key)
    (tmp_path / "keys.toml").write_text(recorded("prod-api-2026-10-25", by_hash(key)))
    (tmp_path / "antkey.toml").write_text('[inventory]\nfiles = ["keys.toml"]\n')
    document = found("scan", "src")
    about = {one["rule"]: one["key"] for one in document["findings"]}
    assert about.keys() == {"anthropic-api-key", "leaked-key-still-active"}
    for known in about.values():
        assert (known["name"], known["match"]) == ("prod-api-2026-10-25", "exact")
        assert (known["owner"], known["age_days"], known["status"]) == (
            "ann@x.example",
            26,
            "active",
        )


@pytest.mark.parametrize("inventory", ['[[keys]]\nnam = "a"\n', None])
def test_a_broken_inventory_hides_nothing_that_was_found(
    tmp_path: Path, found: Documents, make_key: MakeKey, inventory: str | None
) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "app.env").write_text(make_key())
    (tmp_path / "antkey.toml").write_text('[inventory]\nfiles = ["keys.toml"]\n')
    if inventory is not None:
        (tmp_path / "keys.toml").write_text(inventory)
    document = found("scan", "src")
    assert [one["rule"] for one in document["findings"]] == ["anthropic-api-key"]
    assert document["exit_code"] == 2


def test_results_that_cannot_be_read_are_refused(tmp_path: Path, antkey: Antkey) -> None:
    (tmp_path / "keys.toml").write_text(recorded("prod-api-2026-10-25"))
    (tmp_path / "bad.json").write_text("{}")
    for name in ("bad.json", "missing.json"):
        done = antkey("keys", "audit", "keys.toml", "--leaks", name, "--now", NOW)
        assert done.returncode == 2
        assert name.encode() in done.stderr
        assert done.stdout == b""
