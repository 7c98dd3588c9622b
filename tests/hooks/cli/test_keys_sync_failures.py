"""`antkey keys sync` when something is wrong: before anything is sent, and on the way."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.admin_api import HANG, AdminApi, Fault, api_key, error, reply
from tests.hooks.cli.conftest import Antkey
from tests.hooks.cli.syncing import OPTIONS, QUICK, named_in_policy, policy, sync

from antkey_hooks.cli import keys_sync
from antkey_scanner.errors import EvidenceError, PolicyError


@pytest.fixture
def api(
    make_key: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[AdminApi]:
    with named_in_policy(make_key("admin01"), tmp_path, monkeypatch) as served:
        yield served


@pytest.mark.parametrize(
    ("output", "problem"),
    [
        ("keys.xml", "keys.xml: its ending names no format; use one of .json"),
        ("keys", "keys: its ending names no format"),
        ("-", "-: its ending names no format"),
        ("folder.json", "folder.json: is a folder"),
        ("antkey.toml/keys.json", "its folder cannot be written to"),
        ("fifo.json", "fifo.json: is no regular file"),
    ],
)
def test_wrong_output_is_told_before_anything_is_asked(
    api: AdminApi, tmp_path: Path, output: str, problem: str
) -> None:
    (tmp_path / "folder.json").mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "fifo.json")
    else:
        pytest.skip("no FIFOs on this system")
    with pytest.raises(PolicyError) as raised:
        sync(output=output)
    assert problem in str(raised.value)
    assert api.requests == []


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere"
)
def test_unwritable_folder_is_told_before_anything_is_asked(api: AdminApi, tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    with pytest.raises(PolicyError, match="its folder cannot be written to"):
        sync(output="locked/keys.json")
    assert api.requests == []


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("https://me:hunter2@gateway.example.com", "has a user name or password"),
        ("https://gateway.example.com:8443", "has a port other than 443"),
        ("https://10.0.0.1", "has an address for its host"),
        ("https://169.254.169.254", "has an address for its host"),
        ("https://metadata.google.internal", "has the name of a machine nearby"),
        ("http://localhost:80@evil.example.com", "has a user name or password"),
        ("https://gateway.example.com/?x=1", "has a query"),
    ],
)
def test_base_url_that_fails_the_url_policy_is_refused_and_not_repeated(
    api: AdminApi, tmp_path: Path, url: str, problem: str
) -> None:
    policy(tmp_path, url)
    with pytest.raises(PolicyError) as raised:
        sync()
    assert f"antkey.toml: inventory.base_url {problem}" in str(raised.value)
    assert "hunter2" not in str(raised.value)


def test_working_folder_that_is_gone_is_told(
    api: AdminApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(PolicyError, match="its folder cannot be written to"):
        sync()


def test_missing_admin_key_is_exit_2_with_its_cure(antkey: Antkey, api: AdminApi) -> None:
    done = antkey("keys", "sync", ANTHROPIC_ADMIN_KEY="")
    assert done.returncode == 2
    assert b"ANTHROPIC_ADMIN_KEY: holds no admin key; create one in Anthropic" in done.stderr
    assert api.requests == []


FAULTS = {
    "refused": ("/me", [error(401, "authentication_error")]),
    "no rights": ("/users", [error(403, "permission_error")]),
    "not found": ("/api_keys", [error(404, "not_found_error")]),
    "overloaded": ("/api_keys", [error(529, "overloaded_error")] * 5),
    "wait too long": ("/users", [error(429, "rate_limit_error", retry_after="61")]),
    "cut": ("/api_keys", [Fault(200, b'{"data": [', cut=True)] * 5),
    "no JSON": ("/workspaces", [Fault(200, b"<html>")] * 5),
    "redirect": ("/me", [Fault(302, b"", {"location": "https://evil.example.com"})]),
    "cursor": (
        "/api_keys",
        [reply({"data": [api_key(1)], "has_more": True, "last_id": "apikey_000001"})] * 2,
    ),
    "no cursor": ("/api_keys", [reply({"data": [], "has_more": True, "last_id": None})]),
    "usage": ("/usage_report/messages", [error(403, "permission_error")]),
}


@pytest.mark.parametrize(("path", "faults"), FAULTS.values(), ids=FAULTS.keys())
@pytest.mark.parametrize("before", [b"as it was \xff", None])
def test_failure_leaves_the_file_as_it_was(
    api: AdminApi, tmp_path: Path, path: str, faults: list[Fault], before: bytes | None
) -> None:
    snapshot = tmp_path / "antkey-keys.json"
    if before is not None:
        snapshot.write_bytes(before)
    api.play(path, *faults)
    with pytest.raises(EvidenceError) as raised:
        sync(usage=30)
    said = "was not written" if before is None else "is as it was"
    assert raised.value.args[-1] == f"antkey-keys.json: {said}"
    assert (snapshot.read_bytes() if snapshot.exists() else None) == before
    names = {"antkey.toml"} if before is None else {"antkey.toml", "antkey-keys.json"}
    assert set(os.listdir(tmp_path)) == names


def test_failure_is_exit_4(antkey: Antkey, api: AdminApi) -> None:
    api.play("/me", error(401, "authentication_error"))
    done = antkey("keys", "sync", ANTHROPIC_ADMIN_KEY=api.secret)
    assert done.returncode == 4
    assert done.stdout == b""
    assert b"answers 401 authentication_error (request req_011CTestTestTest)" in done.stderr
    assert done.stderr.count(b"\n") == 2


def test_interrupt_leaves_the_file_as_it_was(
    api: AdminApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    (tmp_path / "antkey-keys.json").write_text("old")
    api.play("/users", error(500, "api_error"))
    with pytest.raises(KeyboardInterrupt):
        keys_sync.run(OPTIONS, QUICK._replace(sleep=interrupt))
    assert (tmp_path / "antkey-keys.json").read_text() == "old"


def test_server_that_never_answers_is_given_up(api: AdminApi, tmp_path: Path) -> None:
    api.play("/users", *[HANG] * 5)
    with pytest.raises(EvidenceError, match="does not answer in time"):
        keys_sync.run(OPTIONS, QUICK._replace(silence=0.05))


def test_disk_that_is_full_is_told_and_leaves_the_file_as_it_was(
    api: AdminApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    (tmp_path / "antkey-keys.json").write_text("old")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(PolicyError, match=r"cannot be written \(no space left on device\)"):
        sync()
    assert (tmp_path / "antkey-keys.json").read_text() == "old"
    assert set(os.listdir(tmp_path)) == {"antkey.toml", "antkey-keys.json"}
