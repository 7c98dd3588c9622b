"""`antkey keys sync`, against a server on a socket of this machine: what is written, and by which key."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.admin_api import AdminApi, Fault, api_key, service_account
from tests.hooks.cli.conftest import Antkey
from tests.hooks.cli.syncing import named_in_policy, policy, sync

from antkey_hooks.cli import keys_sync
from antkey_scanner.errors import ExitCode
from antkey_scanner.inventory import files


@pytest.fixture
def api(
    make_key: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[AdminApi]:
    with named_in_policy(make_key("admin01"), tmp_path, monkeypatch) as served:
        yield served


def test_snapshot_goes_beside_the_policy(
    api: AdminApi,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    below = tmp_path / "below"
    below.mkdir()
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(below)
    assert sync() is ExitCode.OK
    assert (tmp_path / "antkey-keys.json").is_file()
    assert capsys.readouterr() == ("../antkey-keys.json: 1 key (1 active), 1 member of Acme\n", "")


def test_snapshot_goes_into_the_working_folder_without_a_policy(
    api: AdminApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "antkey.toml").unlink()
    monkeypatch.setattr(keys_sync, "BASE_URL", api.url)
    sync()
    assert (tmp_path / "antkey-keys.json").is_file()


def test_snapshot_says_where_it_is_from(api: AdminApi, tmp_path: Path) -> None:
    sync()
    snapshot = json.loads((tmp_path / "antkey-keys.json").read_text())
    assert snapshot["schema"] == 1
    assert snapshot["source"] == {
        "kind": "anthropic",
        "api_version": "2026-10-21",
        "organization": "12345678-1234-5678-1234-567812345678",
        "organization_name": "Acme",
        "base_url": api.url,
        "fetched_at": "2026-11-20T12:00:00Z",
    }
    assert snapshot.keys() == {"schema", "source", "keys", "members"}


def test_usual_base_url_is_not_said(
    api: AdminApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys_sync, "BASE_URL", api.url)
    sync()
    assert "base_url" not in json.loads((tmp_path / "antkey-keys.json").read_text())["source"]


@pytest.mark.parametrize("ending", ["json", "toml", "yaml", "yml", "csv", "JSON"])
def test_ending_chooses_the_format(api: AdminApi, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"keys.{ending}"
    sync(output=str(path))
    (key,) = files.read(str(path), "keys").keys
    assert (key.id, key.origin, key.workspace) == ("apikey_000001", "anthropic", "Workspace 1")


def test_csv_is_said_to_hold_no_members(api: AdminApi, capsys: pytest.CaptureFixture[str]) -> None:
    sync(output="keys.csv")
    assert "keys.csv: CSV holds no members" in capsys.readouterr().err


def test_same_organisation_and_time_give_the_same_file(api: AdminApi, tmp_path: Path) -> None:
    api.lists["api_keys"] = [api_key(number) for number in range(2500)]
    sync()
    first = (tmp_path / "antkey-keys.json").read_bytes()
    api.lists["api_keys"].reverse()
    sync()
    assert (tmp_path / "antkey-keys.json").read_bytes() == first


def test_hostile_names_are_read_again(
    api: AdminApi, tmp_path: Path, make_key: Callable[..., str]
) -> None:
    names = [
        make_key(),
        make_key("ort01")[:40],
        "\x00",
        "  ",
        "a\x1b]0;title\x07\u202e\ud800",
        "x" * 9000,
        "sk-ant-" + "abcdefghijklmnopqrst1234-xyzxyzxyz",
        "\\u0073k-ant-",
    ]
    api.lists["api_keys"] = [api_key(at, name=name) for at, name in enumerate(names)]
    for ending in ("json", "toml", "yaml", "csv"):
        sync(output=f"keys.{ending}")
        assert len(files.read(str(tmp_path / f"keys.{ending}"), "keys").keys) == len(names)


def test_hostile_names_reach_no_terminal_raw(
    api: AdminApi, capsys: pytest.CaptureFixture[str]
) -> None:
    api.organization["name"] = "\x1b[2J\n::error::\u202eevil"
    sync()
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    assert out.rstrip("\n").isprintable()
    assert " ::error" not in out


def test_quiet_says_nothing(api: AdminApi, capsys: pytest.CaptureFixture[str]) -> None:
    sync(quiet=True)
    assert capsys.readouterr() == ("", "")


def test_verbose_says_how(api: AdminApi, capsys: pytest.CaptureFixture[str]) -> None:
    sync(verbose=1)
    assert capsys.readouterr().err == f"antkey: {api.url}: API version 2026-10-21, 5 requests\n"


def test_undecided_owners_are_told(api: AdminApi, capsys: pytest.CaptureFixture[str]) -> None:
    owner = {"type": "service_account_actor", "service_account_id": "svac_01"}
    api.lists["api_keys"] = [api_key(1, principal=owner), api_key(2)]
    sync()
    assert "1 key of service accounts: whether these still exist" in capsys.readouterr().err


def test_service_accounts_are_counted(
    api: AdminApi,
    make_key: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    api.secret = make_key("oat01")
    monkeypatch.setenv("ANTHROPIC_ADMIN_KEY", api.secret)
    api.lists["service_accounts"] = [service_account(1), service_account(2)]
    sync()
    assert "1 key (1 active), 1 member, 2 service accounts of Acme" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("unused_days", "days", "is_known", "is_warned"),
    [(30, 30, True, False), (30, 90, True, False), (90, 30, False, True), (None, 30, False, False)],
)
def test_usage_tells_unused_keys_when_the_policys_days_are_covered(
    api: AdminApi,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    unused_days: int | None,
    days: int,
    is_known: bool,
    is_warned: bool,
) -> None:
    more = "" if unused_days is None else f"[keys]\nunused_days = {unused_days}\n"
    policy(tmp_path, api.url, more)
    api.lists["api_keys"] = [api_key(1, created_at="2025-01-01T00:00:00Z")]
    sync(usage=days)
    (key,) = json.loads((tmp_path / "antkey-keys.json").read_text())["keys"]
    assert ("last_used_at" not in key["unknown"]) is is_known
    assert ("use --usage 90" in capsys.readouterr().err) is is_warned


def test_link_is_followed_and_stays_a_link(api: AdminApi, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere" / "keys.json"
    target.parent.mkdir()
    target.write_text("old")
    (tmp_path / "antkey-keys.json").symlink_to(target)
    sync()
    assert (tmp_path / "antkey-keys.json").is_symlink()
    assert json.loads(target.read_text())["schema"] == 1


def test_permissions_of_the_file_are_kept(api: AdminApi, tmp_path: Path) -> None:
    snapshot = tmp_path / "antkey-keys.json"
    snapshot.write_text("old")
    snapshot.chmod(0o640)
    sync()
    assert stat.S_IMODE(snapshot.stat().st_mode) == 0o640


def test_folders_on_the_way_are_made(api: AdminApi, tmp_path: Path) -> None:
    sync(output="a/b/keys.json")
    assert (tmp_path / "a" / "b" / "keys.json").is_file()


def holds(data: bytes, key: str) -> bool:
    secret = key.split("-", 3)[3].encode()
    return any(secret[at : at + 12] in data for at in range(len(secret) - 11))


@pytest.mark.parametrize(
    "fault",
    [
        None,
        lambda key: Fault(403, json.dumps({"error": {"type": key}, "request_id": key}).encode()),
    ],
)
def test_admin_key_is_in_no_output_and_no_file(
    antkey: Antkey, api: AdminApi, tmp_path: Path, fault: Callable[[str], Fault] | None
) -> None:
    api.organization["name"] = api.secret
    api.lists["api_keys"] = [api_key(1, name=f"my {api.secret}", partial_key_hint=api.secret)]
    if fault is not None:
        api.play("/users", fault(api.secret))
    done = antkey("keys", "sync", "-v", ANTHROPIC_ADMIN_KEY=api.secret)
    assert done.returncode == (0 if fault is None else 4)
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert not holds(done.stdout + done.stderr + written, api.secret)


def test_admin_key_comes_from_a_descriptor(
    api: AdminApi, tmp_path: Path, command: list[str], environment: dict[str, str]
) -> None:
    end, start = os.pipe()
    try:
        os.write(start, f"{api.secret}\n".encode())
        os.close(start)
        done = subprocess.run(
            [*command, "keys", "sync", "--admin-key-fd", str(end)],
            env={**environment, "ANTHROPIC_ADMIN_KEY": "wrong"},
            pass_fds=[end],
            capture_output=True,
            cwd=tmp_path,
            timeout=60,
            check=False,
        )
    finally:
        os.close(end)
    assert (done.returncode, done.stderr) == (0, b"")


def test_admin_key_is_no_option(antkey: Antkey, api: AdminApi) -> None:
    assert antkey("keys", "sync", "--admin-key", api.secret).returncode == 2


def test_what_is_refused_before_the_network_imports_no_network() -> None:
    code = (
        "import sys; from antkey_hooks.cli import main; main(['keys', 'sync']);"
        " sys.exit('httpx' in sys.modules)"
    )
    environment = {name: value for name, value in os.environ.items() if "ANTHROPIC" not in name}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, check=False
    )
    assert done.returncode == 0


def test_audit_reads_the_snapshot_without_the_network(antkey: Antkey, api: AdminApi) -> None:
    assert antkey("keys", "sync", ANTHROPIC_ADMIN_KEY=api.secret).returncode == 0
    api.requests.clear()
    done = antkey("keys", "audit", "--now", "2026-10-02T00:00:00Z", "-f", "json")
    assert done.returncode in (0, 4), done.stderr
    assert json.loads(done.stdout)["stats"]["keys"] == 1
    assert api.requests == []
