"""`antkey verify`: only a pass of that commit opens the gate."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.hooks.ci.gate import POLICY, SECRET, Antkey, Run
from tests.scanner.git.conftest import ENVIRONMENT, Git


def test_a_pass_of_this_commit_opens_the_gate(attest: Run, verify: Run, git: Git) -> None:
    assert attest().returncode == 0
    done = verify()
    assert done.returncode == 0
    assert done.stdout.startswith(f"PASS  commit {git.oid('HEAD').hex()}, signed 20")


def test_the_statement_names_commit_tree_and_policy(attest: Run, git: Git, file: Path) -> None:
    attest()
    said = json.loads(base64.b64decode(json.loads(file.read_text())["payload"]))
    assert said["_type"] == "https://in-toto.io/Statement/v1"
    assert said["subject"] == [
        {
            "digest": {
                "gitCommit": git.oid("HEAD").hex(),
                "gitTree": git.oid("HEAD^{tree}").hex(),
            }
        }
    ]
    policy = said["predicate"]["policy"]
    assert (policy["path"], policy["profile"]) == ("antkey.toml", "key-hygiene")
    results = (git.path / "antkey-report" / "results.json").read_bytes()

    assert policy["sha256"] == hashlib.sha256(POLICY.encode()).hexdigest()
    assert said["predicate"]["resultsSha256"] == hashlib.sha256(results).hexdigest()


def test_violations_are_attested_and_close_the_gate(
    attest: Run, verify: Run, git: Git, make_key: Callable[..., str]
) -> None:
    git.commit("leak", **{"app.env": make_key()})
    assert attest().returncode == 1
    done = verify()
    assert (done.returncode, done.stdout.split()[0]) == (1, "FAIL")


def test_an_incomplete_run_closes_the_gate_unless_it_is_allowed_twice(
    attest: Run, verify: Run, git: Git
) -> None:
    git.commit("broken", **{"broken.zip": "PK\x03\x04 and no more"})
    assert attest().returncode == 3
    assert verify().returncode == 3
    assert attest("--allow-incomplete", "an old archive").returncode == 0
    assert verify().returncode == 3
    assert verify("--allow-incomplete", "known").returncode == 0


def test_what_is_undecided_closes_the_gate(attest: Run, verify: Run, git: Git) -> None:
    git.commit("stricter", **{"antkey.toml": 'profile = "strict-byok"\n'})
    assert attest().returncode == 4
    assert verify().returncode == 4


def test_another_commit_is_no_evidence(attest: Run, verify: Run, git: Git) -> None:
    attest()
    git.commit("more", readme="more\n")
    done = verify()
    assert done.returncode == 4
    assert "it is about commit" in done.stderr


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--policy-sha256", "1" * 64), "the policy was another"),
        (("--profile", "strict-byok"), "the profile was key-hygiene"),
        (("--max-age", "1h", "--now", "2100-01-01T00:00:00Z"), "longer ago than --max-age"),
        (("--now", "2100-01-01T00:00:00Z"), "longer ago than --max-age"),
        (("--now", "2020-01-01T00:00:00Z"), "not yet"),
    ],
    ids=["policy", "profile", "age", "default age", "future"],
)
def test_evidence_of_something_else_closes_the_gate(
    attest: Run, verify: Run, options: tuple[str, ...], words: str
) -> None:
    attest()
    done = verify(*options)
    assert (done.returncode, done.stdout) == (4, "")
    assert words in done.stderr


def test_what_was_asked_for_opens_the_gate(attest: Run, verify: Run, file: Path) -> None:
    attest()
    told = json.loads(verify("-f", "json").stdout)
    assert (told["exit_code"], told["verdict"], told["complete"]) == (0, "pass", True)
    policy = told["policy"]
    done = verify(
        *("--policy-sha256", policy["sha256"], "--profile", policy["profile"], "--max-age", "10m")
    )
    assert done.returncode == 0


def test_a_higher_fail_on_has_to_be_allowed(attest: Run, verify: Run) -> None:
    attest("--fail-on", "high")
    assert verify().returncode == 4
    assert verify("--fail-on", "medium").returncode == 4
    assert verify("--fail-on", "high").returncode == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [(None, "no such file"), ("", "is no attestation"), ("{}", "is no attestation")],
)
def test_what_cannot_be_read_closes_the_gate(
    verify: Run, file: Path, text: str | None, words: str
) -> None:
    if text is not None:
        file.write_text(text)
    done = verify()
    assert done.returncode == 2
    assert words in done.stderr


def test_a_changed_verdict_closes_the_gate(
    attest: Run, verify: Run, git: Git, file: Path, make_key: Callable[..., str]
) -> None:
    git.commit("leak", **{"app.env": make_key()})
    attest()
    envelope = json.loads(file.read_text())
    said = base64.b64decode(envelope["payload"])
    said = said.replace(b'"fail"', b'"pass"').replace(b'"exitCode": 1', b'"exitCode": 0')
    envelope["payload"] = base64.b64encode(said).decode()
    file.write_text(json.dumps(envelope) + "\n")
    done = verify()
    assert done.returncode == 2
    assert "its signature does not hold" in done.stderr


def test_another_key_closes_the_gate(attest: Run, verify: Run) -> None:
    attest()
    done = verify(secret=SECRET[::-1])
    assert done.returncode == 2
    assert "signed with another key" in done.stderr


@pytest.mark.parametrize("command", ["check", "verify"])
def test_without_a_key_nothing_is_signed_or_believed(
    attest: Run, verify: Run, command: str
) -> None:
    done = (attest if command == "check" else verify)(secret="")
    assert done.returncode == 2
    assert "ANTKEY_ATTEST_KEY: holds no key; create a secret" in done.stderr


def test_whoever_verifies_need_not_be_able_to_sign(
    git: Git, file: Path, verify: Run, tmp_path: Path
) -> None:
    """With keys as openssl makes them: the private one by a descriptor, the public one as text."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl")
    private = tmp_path / "private.pem"
    subprocess.run([openssl, "genpkey", "-algorithm", "ed25519", "-out", private], check=True)
    public = subprocess.run(
        [openssl, "pkey", "-in", private, "-pubout"], check=True, capture_output=True, text=True
    ).stdout
    command = [sys.executable, "-m", "antkey_hooks.cli", "check", "--attest", str(file)]
    with private.open() as key:
        subprocess.run(
            [*command, "--attest-key-fd", str(key.fileno())],
            cwd=git.path,
            env=ENVIRONMENT,
            pass_fds=[key.fileno()],
            check=True,
            timeout=60,
        )
    assert verify(secret=public).returncode == 0
    assert verify(secret=SECRET).returncode == 2
    told = subprocess.run(
        command,
        cwd=git.path,
        env={**ENVIRONMENT, "ANTKEY_ATTEST_KEY": public},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (told.returncode, file.exists()) == (2, False)
    assert "is a public key, which verifies" in told.stderr


@pytest.mark.parametrize("commit", ["HEAD", "main", "1234567", "g" * 40, "1" * 39, ""])
def test_a_commit_is_named_in_full(attest: Run, verify: Run, commit: str) -> None:
    attest()
    assert verify(commit=commit).returncode == 2


def test_a_commit_has_to_be_named(antkey: Antkey, attest: Run, file: Path) -> None:
    attest()
    done = antkey("verify", str(file))
    assert done.returncode == 2
    assert "--commit: is missing" in done.stderr
