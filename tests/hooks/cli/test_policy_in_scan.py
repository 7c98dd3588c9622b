"""What the policy changes in a scan."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.hooks.cli.conftest import Antkey

from antkey_scanner.policy.anchor import root_below, seen_from


@pytest.fixture
def tree(tmp_path: Path, make_key: Callable[..., str]) -> Path:
    """A repository with a key in `src/a.env` and one in `tests/data/b.env`."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    for name in ("src/a.env", "tests/data/b.env"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(make_key())
    return tmp_path


def found(done: subprocess.CompletedProcess[bytes]) -> dict[str, str]:
    """Status by path."""
    findings = json.loads(done.stdout)["findings"]
    return {finding["location"]["path"]: finding["status"] for finding in findings}


def scan(antkey: Antkey, *arguments: str) -> dict[str, str]:
    return found(antkey("scan", "-fjson", *arguments))


def test_it_is_named_in_the_result(antkey: Antkey, tree: Path) -> None:
    (tree / "antkey.toml").write_text('profile = "strict-byok"\n')
    policy = json.loads(antkey("scan", "-fjson").stdout)["policy"]
    assert policy["path"] == "antkey.toml"
    assert policy["profile"] == "strict-byok"
    assert len(policy["sha256"]) == 64


def test_its_paths_are_scanned_when_none_is_named(antkey: Antkey, tree: Path) -> None:
    (tree / "antkey.toml").write_text('[scan]\npaths = ["src"]\n')
    assert scan(antkey) == {"a.env": "open"}
    assert scan(antkey, "tests") == {"data/b.env": "open"}


def test_what_it_excludes_is_left_out_from_wherever_one_scans(antkey: Antkey, tree: Path) -> None:
    (tree / "antkey.toml").write_text('[scan]\nexclude = ["tests/data/**"]\n')
    assert scan(antkey) == {"src/a.env": "open"}
    (tree / "tests" / "c.txt").write_text("fine")
    assert scan(antkey, "tests") == {}
    assert scan(antkey, "--exclude", "src") == {}


def test_no_config_trusts_only_what_is_named(antkey: Antkey, tree: Path) -> None:
    (tree / "antkey.toml").write_text('[scan]\nexclude = ["**"]\n')
    assert len(scan(antkey, "--no-config")) == 2
    (tree / "mine.toml").write_text('[scan]\nexclude = ["src"]\n')
    assert list(scan(antkey, "--no-config", "--policy", "mine.toml")) == ["tests/data/b.env"]


def test_a_scanned_folder_s_own_policy_is_not_taken(
    antkey: Antkey, tree: Path, make_key: Callable[..., str]
) -> None:
    foreign = tree / "vendor" / "foreign"
    foreign.mkdir(parents=True)
    subprocess.run(["git", "init", "-q", str(foreign)], check=True)
    (foreign / "antkey.toml").write_text('[scan]\nexclude = ["*.env"]\n')
    (foreign / "c.env").write_text(make_key())
    assert scan(antkey, "vendor/foreign") == {"c.env": "open"}


def test_a_waived_finding_is_shown_and_does_not_fail(antkey: Antkey, tree: Path) -> None:
    (tree / "antkey.toml").write_text(
        '[[waiver]]\nrule = "anthropic-api-key"\npath = "tests/data/b.env"\n'
        'reason = "sample"\nexpires = 2199-01-01\n'
    )
    assert scan(antkey) == {"src/a.env": "open", "tests/data/b.env": "waived"}
    done = antkey("scan", "-fjson", "tests")
    assert found(done) == {"data/b.env": "waived"}
    assert done.returncode == 0


def test_an_accepted_omission_is_shown_and_does_not_fail(antkey: Antkey, tree: Path) -> None:
    (tree / "cut.gz").write_bytes(b"\x1f\x8b\x08" + bytes(7) + b"\xff" * 20)
    assert antkey("scan", "-q", "--exclude", "*.env").returncode == 3
    (tree / "antkey.toml").write_text(
        '[[scan.accept]]\npath = "cut.gz"\nreason = "cut on purpose"\n'
    )
    done = antkey("scan", "-fjson", "--exclude", "*.env")
    assert done.returncode == 0
    skipped = {skip["path"]: skip for skip in json.loads(done.stdout)["skipped"]}
    assert skipped["cut.gz"]["counts"] is False
    assert skipped["cut.gz"]["reason"].endswith("; accepted: cut on purpose")


def test_how_much_of_a_masked_key_may_be_seen_is_its_to_say(
    antkey: Antkey, tree: Path, make_key: Callable[..., str]
) -> None:
    (tree / "log").mkdir()
    (tree / "log" / "a.log").write_text(make_key()[:23] + "*" * 20)
    assert list(scan(antkey, "log")) == ["a.log"]
    (tree / "antkey.toml").write_text("[scan]\nvisible_key_characters = 10\n")
    assert scan(antkey, "log") == {}


def test_a_folder_without_the_history_that_is_asked_for_is_incomplete(
    antkey: Antkey, tree: Path
) -> None:
    shutil.rmtree(tree / ".git")
    (tree / "antkey.toml").write_text('[scan]\nhistory = true\nexclude = ["*.env"]\n')
    done = antkey("scan", "-fjson")
    assert done.returncode == 3
    assert b"no git repository at or below it, and the policy asks for its history" in done.stdout


def test_the_policy_can_ask_for_the_history(antkey: Antkey, tree: Path) -> None:
    identity = ("-c", "user.name=x", "-c", "user.email=x@example.com")
    for command in (
        ("add", "."),
        (*identity, "commit", "-qm", "one"),
        ("rm", "-qrf", "."),
        (*identity, "commit", "-qm", "two"),
    ):
        subprocess.run(["git", *command], cwd=tree, check=True)
    (tree / "antkey.toml").write_text("[scan]\nhistory = false\n")
    assert antkey("scan").returncode == 0
    (tree / "antkey.toml").write_text("[scan]\nhistory = true\n")
    assert list(scan(antkey, ".")) == ["src/a.env", "tests/data/b.env"]
    assert antkey("scan", "antkey.toml").returncode == 0


def test_who_names_a_folder_of_a_repository_asks_for_no_history(antkey: Antkey, tree: Path) -> None:
    (tree / "sub").mkdir()
    (tree / "sub" / "a.txt").write_text("nothing")
    (tree / "antkey.toml").write_text("[scan]\nhistory = true\n")

    named = antkey("scan", "sub", "-fjson")

    assert named.returncode == 0
    assert b"lies inside of a repository; name its top folder" in named.stdout
    assert antkey("scan", "--history", "sub").returncode == 3


def test_a_policy_that_names_such_a_folder_and_the_history_is_not_fulfilled(
    antkey: Antkey, tree: Path
) -> None:
    (tree / "sub").mkdir()
    (tree / "sub" / "a.txt").write_text("nothing")
    (tree / "antkey.toml").write_text('[scan]\npaths = ["sub"]\nhistory = true\n')

    assert antkey("scan").returncode == 3


def test_a_broken_policy_is_told_before_anything_is_read(antkey: Antkey, tree: Path) -> None:
    (tree / "antkey.toml").write_text('[scan]\nexclud = ["x"]\n[egress]\nfallback = "yes"\n')
    done = antkey("scan")
    assert done.returncode == 2
    assert done.stdout == b""
    assert done.stderr.decode() == (
        'antkey: antkey.toml:2: scan.exclud: unknown key; did you mean "exclude"?\n'
        "antkey: antkey.toml:4: egress.fallback: unknown value;"
        " use one of: never, when-no-tenant-key\n"
    )


@pytest.mark.parametrize(
    ("glob", "below", "expected"),
    [
        ("tests/data/**", "", "tests/data/**"),
        ("tests/data/**", "tests/", "/data/**"),
        ("/tests/data", "tests/", "/data"),
        ("!tests/data/x", "tests/", "!/data/x"),
        ("tests/data/x", "tests/data/", "/x"),
        ("src/**", "tests/", None),
        ("tests/data", "tests/data/", None),
        ("tests/data/x", "tests/other/", None),
        ("*.env", "tests/", "*.env"),
        ("fixtures/", "tests/", "fixtures/"),
        ("**/data/x", "tests/", "**/data/x"),
        ("*/data/x", "tests/", "*/data/x"),
    ],
)
def test_globs_follow_the_scanned_root(glob: str, below: str, expected: str | None) -> None:
    assert seen_from([glob], below) == ((expected,) if expected is not None else ())


def test_the_scanned_root_is_seen_from_the_policy_s_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "repo" / "sub").mkdir(parents=True)
    (tmp_path / "repo" / "a.txt").touch()
    monkeypatch.chdir(tmp_path / "repo")
    folder = str(tmp_path / "repo")
    assert root_below(folder, ["."]) == ""
    assert root_below(folder, ["sub"]) == "sub/"
    assert root_below(folder, ["a.txt"]) == ""
    assert root_below(folder, ["sub", "a.txt"]) == ""
    assert root_below(folder, [".."]) == ""
    assert root_below(None, ["sub"]) == ""
