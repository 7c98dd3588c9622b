"""`antkey keys audit` from a command line to an exit code, on real files."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.hooks.cli.conftest import Antkey

NOW = "2026-11-20T00:00:00Z"
FRESH = "2026-11-01T00:00:00Z"
OLD = "2026-01-01T00:00:00Z"


Audit = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    return tmp_path


@pytest.fixture
def audit(antkey: Antkey) -> Audit:
    def run(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        done = antkey("keys", "audit", "--now", NOW, *arguments, stdin=stdin.encode())
        return subprocess.CompletedProcess(
            done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
        )

    return run


def key(name: str = "prod-api-2026-11-01", created: str | None = FRESH, **more: str) -> str:
    lines = ["[[keys]]", f'name = "{name}"']
    lines += [f"created_at = {created}"] if created else []
    lines += [f"{field} = {json.dumps(value)}" for field, value in more.items()]
    return "\n".join(lines) + "\n"


def test_a_key_in_order_is_clean(folder: Path, audit: Audit) -> None:
    (folder / "keys.toml").write_text(key())
    done = audit("keys.toml")
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_old_key_fails(folder: Path, audit: Audit) -> None:
    (folder / "keys.toml").write_text(key("prod-api-2026-01-01", OLD))
    done = audit("keys.toml", "-f", "json")
    document = json.loads(done.stdout)
    assert done.returncode == document["exit_code"] == 1
    rules = {finding["rule"] for finding in document["findings"]}
    assert "key-past-rotation-age" in rules
    (finding,) = [one for one in document["findings"] if one["rule"] == "key-past-rotation-age"]
    assert finding["location"]["path"] == "keys.toml"
    assert finding["key"]["age_days"] == 323
    assert document["stats"]["keys"] == 1


def test_a_key_without_any_age_is_undecided(folder: Path, audit: Audit) -> None:
    (folder / "keys.toml").write_text(key("prod-api", None))
    done = audit("keys.toml", "--fail-on", "high")
    assert done.returncode == 4
    assert "not judged" in done.stdout


def test_the_date_in_a_name_is_an_age(folder: Path, audit: Audit) -> None:
    (folder / "keys.toml").write_text(key("prod-api-2026-11-01", None))
    assert audit("keys.toml").returncode == 0


def test_the_policy_s_inventory_is_read_and_its_limits_hold(folder: Path, audit: Audit) -> None:
    (folder / "antkey.toml").write_text(
        '[inventory]\nfiles = ["own/keys.toml"]\n[rotation]\nmax_age_days = 10\nwarn_days = 2\n'
    )
    (folder / "own").mkdir()
    (folder / "own" / "keys.toml").write_text(key())
    done = audit("-f", "json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["findings"][0]["location"]["path"] == "own/keys.toml"


def test_an_environment_has_limits_of_its_own(folder: Path, audit: Audit) -> None:
    (folder / "antkey.toml").write_text(
        '[inventory]\nfiles = ["keys.toml"]\n[rotation.environments.prod]\nmax_age_days = 10\n'
    )
    (folder / "keys.toml").write_text(key() + key("dev-api-2026-11-01"))
    document = json.loads(audit("-f", "json").stdout)
    overdue = [f for f in document["findings"] if f["rule"] == "key-past-rotation-age"]
    assert [finding["key"]["name"] for finding in overdue] == ["prod-api-2026-11-01"]


def test_a_waiver_by_the_key_s_name_covers_it(folder: Path, audit: Audit) -> None:
    (folder / "antkey.toml").write_text(
        '[inventory]\nfiles = ["keys.toml"]\n[[waiver]]\nrule = "key-past-rotation-age"\n'
        'key = "prod-api-2026-01-01"\nreason = "vendor freeze"\nexpires = 2026-12-31\n'
    )
    (folder / "keys.toml").write_text(key("prod-api-2026-01-01", OLD))
    done = audit("-f", "json")
    document = json.loads(done.stdout)
    assert done.returncode == 0, document["findings"]
    assert {one["rule"]: one["status"] for one in document["findings"]} == {
        "key-past-rotation-age": "waived",
        "key-never-rotated": "open",
    }


def test_a_baseline_accepts_what_it_names(folder: Path, audit: Audit) -> None:
    name = "prod-api-2026-01-01"
    (folder / "keys.toml").write_text(key(name, OLD) + key("dev-api-2026-01-01", OLD))
    entry = {
        "path": "keys.toml",
        "rule": "key-past-rotation-age",
        "sha256": hashlib.sha256(name.encode()).hexdigest(),
    }
    baseline = {"kind": "antkey-baseline", "schema": 1, "entries": [entry]}
    (folder / "known.json").write_text(json.dumps(baseline))
    document = json.loads(
        audit("keys.toml", "--baseline", "known.json", "-f", "json", "-j", "2").stdout
    )
    statuses = {
        one["key"]["name"]: one["status"]
        for one in document["findings"]
        if one["rule"] == "key-past-rotation-age"
    }
    assert statuses == {name: "baseline", "dev-api-2026-01-01": "open"}
    assert audit("keys.toml", "--baseline", "missing.json").returncode == 2


@pytest.mark.parametrize("verb", ["audit", "list", "calendar"])
def test_verbose_says_by_what_and_of_what(folder: Path, antkey: Antkey, verb: str) -> None:
    (folder / "keys.toml").write_text(key())
    (folder / "antkey.toml").write_text('[inventory]\nfiles = ["keys.toml"]\n')
    done = antkey("keys", verb, "-v", "--now", NOW)
    assert done.returncode == 0
    assert done.stderr.decode().splitlines() == [
        "antkey: policy: antkey.toml (profile key-hygiene)",
        "antkey: inventory: keys.toml",
    ]


def test_two_files_that_name_one_key_are_refused_with_both_places(
    folder: Path, audit: Audit
) -> None:
    (folder / "a.toml").write_text(key())
    (folder / "b.toml").write_text("\n" + key())
    done = audit("a.toml", "b.toml")
    assert done.returncode == 2
    assert "b.toml:2" in done.stderr
    assert "a.toml:1" in done.stderr


def test_all_that_is_wrong_in_all_files_is_told_at_once(folder: Path, audit: Audit) -> None:
    (folder / "a.toml").write_text('[[keys]]\nname = "a"\ncreated_at = 2026-11-01T00:00:00\n')
    (folder / "b.toml").write_text('[[keys]]\nname = "b"\nnonsense = 1\n')
    done = audit("a.toml", "b.toml")
    assert done.returncode == 2
    assert "a.toml:3: " in done.stderr
    assert "b.toml:3: " in done.stderr


@pytest.mark.parametrize("arguments", [[], ["missing.toml"], ["."]])
def test_nothing_to_judge_is_no_pass(folder: Path, audit: Audit, arguments: list[str]) -> None:
    done = audit(*arguments)
    assert done.returncode == 2
    assert done.stderr


@pytest.mark.parametrize("text", ["keys = []", "[[members]]\nid = 'ann'"])
def test_an_inventory_without_any_key_is_undecided(folder: Path, audit: Audit, text: str) -> None:
    (folder / "keys.toml").write_text(text)
    done = audit("keys.toml", "-f", "json")
    document = json.loads(done.stdout)
    assert done.returncode == document["exit_code"] == 4
    assert {control["status"] for control in document["controls"]} == {"not-assessed"}
    told = " ".join(audit("keys.toml").stdout.split())
    assert "the inventory holds no keys" in told


def test_what_an_empty_inventory_lacks_fails(folder: Path, audit: Audit) -> None:
    (folder / "antkey.toml").write_text('[keys]\nenvironments = ["prod"]\n')
    (folder / "keys.toml").write_text("keys = []")
    assert audit("keys.toml").returncode == 1


def test_an_inventory_comes_through_a_pipe(folder: Path, audit: Audit) -> None:
    done = audit("-", "-f", "json", stdin=key("prod-api-2026-01-01", OLD))
    assert done.returncode == 1
    assert json.loads(done.stdout)["findings"][0]["location"]["path"] == "<stdin>"


def test_anthropic_as_the_source_without_a_snapshot_is_undecided(
    folder: Path, audit: Audit
) -> None:
    (folder / "antkey.toml").write_text('[inventory]\nsource = "anthropic"\n')
    done = audit()
    assert done.returncode == 4
    assert "antkey keys sync" in done.stderr


def test_reports_of_a_fixed_time_are_byte_identical(folder: Path, audit: Audit) -> None:
    (folder / "keys.toml").write_text(key("prod-api-2026-01-01", OLD) + key())
    for name in ("html", "json", "sarif"):
        outputs = {audit("keys.toml", "-f", name).stdout for _ in range(2)}
        assert len(outputs) == 1


def test_a_table_that_is_no_inventory_is_refused(folder: Path, audit: Audit) -> None:
    (folder / "pyproject.toml").write_text('[project]\nname = "x"\n')
    assert audit("pyproject.toml").returncode == 2


def test_results_name_the_keys_that_active_ones_have_replaced(folder: Path, audit: Audit) -> None:
    old, gone = "prod-api-2026-10-01", "prod-old-2026-01-01"
    revoked = {"status": "inactive"}
    times = f"created_at = {OLD}\nrevoked_at = 2026-11-02T00:00:00Z\n"
    (folder / "keys.toml").write_text(
        key(gone, None, **revoked)
        + times
        + key(old, None, **revoked)
        + times
        + key(replaces=old, environment="prod")
    )
    document = json.loads(audit("keys.toml", "-f", "json").stdout)
    newer, older = document["keys"]
    assert newer["replaces"] == older["name"] == old
    assert older["revoked_at"] == "2026-11-02T00:00:00Z"
    assert "replaces" not in older
    assert "revoked_at" not in newer


@pytest.fixture
def baseline(antkey: Antkey) -> Audit:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        done = antkey("baseline", *arguments)
        return subprocess.CompletedProcess(
            done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
        )

    return run


def test_a_baseline_is_made_of_saved_results(folder: Path, audit: Audit, baseline: Audit) -> None:
    (folder / "keys.toml").write_text(key("prod-api-2026-01-01", OLD))
    (folder / "audit.json").write_text(audit("keys.toml", "-f", "json").stdout)
    (folder / "below").mkdir()
    file = "below/known.json"

    done = baseline("create", "--results", "audit.json", "--baseline", file)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{file}: 2 added, 0 kept\n"
    again = baseline("create", "--results", "audit.json", "--baseline", file)
    assert again.stdout == f"{file}: 0 added, 2 kept\n"

    accepted = audit("keys.toml", "--baseline", file, "-f", "json")
    statuses = {one["status"] for one in json.loads(accepted.stdout)["findings"]}
    assert (accepted.returncode, statuses) == (0, {"baseline"})
    (folder / "keys.toml").write_text(
        key("prod-api-2026-01-01", OLD) + key("dev-api-2026-01-01", OLD)
    )
    assert audit("keys.toml", "--baseline", file).returncode == 1

    assert baseline("prune", "--baseline", file).stdout == f"{file}: 0 removed, 2 kept\n"


def test_results_that_cannot_make_a_baseline_are_refused(
    antkey: Antkey, folder: Path, baseline: Audit
) -> None:
    (folder / "readme.txt").write_text("nothing")
    (folder / "scan.json").write_bytes(antkey("scan", "readme.txt", "-f", "json").stdout)
    for arguments, told in [
        (("--results", "scan.json"), "scan.json: is of antkey scan; name results of keys audit"),
        (("--results", "none.json"), "none.json: no such file or directory"),
        (("--results", "scan.json", "."), "--results: nothing is scanned with it; take it or PATH"),
    ]:
        done = baseline("create", *arguments)
        assert done.returncode == 2
        assert told in done.stderr
    assert not (folder / ".antkey-baseline.json").exists()
