"""The day git first saw a key's hash: real repositories, and histories that prove nothing."""

from __future__ import annotations

import base64
import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.scanner.git.conftest import Git, git, make_git, snapshot

from antkey_scanner.inventory import gitages
from antkey_scanner.inventory.ages import BY_GIT, complete
from antkey_scanner.inventory.gitages import from_git
from antkey_scanner.inventory.records import KeyRecord, Place
from antkey_scanner.inventory.stores.export import when
from antkey_scanner.policy.keys import KeysPolicy

__all__ = ["git", "make_git"]

FIRST, SECOND, THIRD = (when(f"2026-03-01T08:0{number}:00Z") for number in (1, 2, 3))
"""When the commits that `Git.commit` makes one after the other were written."""

PRINT = hashlib.sha256(b"one").hexdigest()
OTHER = hashlib.sha256(b"two").hexdigest()


def record(fingerprint: str | None = PRINT, hint: str | None = None) -> KeyRecord:
    return KeyRecord(Place("keys.toml", 2), name="gateway", fingerprint=fingerprint, hint=hint)


def entry(fingerprint: str = PRINT) -> str:
    return f'[[keys]]\nfingerprint = "sha256:{fingerprint}"\n'


def age(git: Git, name: str = "keys.toml", key: KeyRecord | None = None) -> int | None:
    key = key or record()
    return from_git([key], str(git.path / name)).get(key)


def test_the_first_commit_that_holds_the_fingerprint_counts(git: Git) -> None:
    git.commit(keys__toml="")
    git.commit(**{"keys.toml": entry(OTHER)})
    git.commit(**{"keys.toml": entry(OTHER) + entry()})
    git.commit(**{"keys.toml": entry() + entry(OTHER)})
    both = from_git([record(), record(OTHER)], str(git.path / "keys.toml"))
    assert both == {record(): THIRD, record(OTHER): SECOND}


def test_only_the_inventorys_own_file_counts(git: Git) -> None:
    git.commit(**{"other.toml": entry()})
    git.commit(**{"keys.toml": entry()})
    assert age(git) == SECOND


def test_renames_are_not_followed(git: Git) -> None:
    git.commit(**{"old.toml": entry()})
    git("mv", "old.toml", "keys.toml")
    git.commit()
    assert age(git) == SECOND


def test_a_file_in_folders_is_found(git: Git) -> None:
    git.commit(a__b="1")
    (git.path / "a" / "b").unlink()
    git.commit(**{"a/b/keys.toml": entry()})
    git.commit(**{"a/b/keys.toml": entry() + "\n"})
    assert age(git, "a/b/keys.toml") == SECOND


def test_capital_digits_are_the_same_fingerprint(git: Git) -> None:
    git.commit(**{"keys.toml": entry(PRINT.upper())})
    assert age(git) == FIRST


@pytest.mark.parametrize("gap", ["...", "…", r"\u2026"])
def test_a_hint_counts_where_there_is_no_fingerprint(git: Git, gap: str) -> None:
    git.commit(**{"keys.toml": ""})
    git.commit(**{"keys.toml": f'hint = "sk-ant-api03-R2D{gap}igAA"\n'})
    for mine in ("...", "…"):
        assert age(git, key=record(None, f"sk-ant-api03-R2D{mine}igAA")) == SECOND
    assert age(git, key=record(None, "sk-ant-api03-R2D…igBB")) is None
    assert age(git, key=record(None, None)) is None


def test_a_key_in_base64_is_known_by_its_hash(git: Git, make_key: Callable[..., str]) -> None:
    key = make_key()
    data = base64.b64encode(key.encode()).decode()
    git.commit(**{"secret.yaml": f"kind: Secret\ndata:\n  key: {data}\n"})
    fingerprint = hashlib.sha256(key.encode()).hexdigest()
    assert age(git, "secret.yaml", record(fingerprint)) == FIRST


def test_what_is_only_in_the_work_tree_has_no_age(git: Git) -> None:
    git.commit(**{"keys.toml": ""})
    git.write("keys.toml", entry())
    assert age(git) is None


def test_a_merge_does_not_count_as_new(git: Git) -> None:
    git.commit(**{"keys.toml": ""})
    git("checkout", "-q", "-b", "side")
    git.commit(**{"keys.toml": entry()})
    git("checkout", "-q", "main")
    git.commit(a="1")
    git("merge", "-q", "--no-ff", "-m", "merge", "side")
    assert age(git) == SECOND


def test_the_earlier_of_two_branches_counts(git: Git) -> None:
    git.commit(**{"keys.toml": ""})
    git("branch", "side")
    git.commit(**{"keys.toml": entry()})
    git("checkout", "-q", "side")
    git.commit(**{"keys.toml": "x\n" + entry()})
    assert age(git) == SECOND


def test_a_branch_that_is_not_checked_out_counts(git: Git) -> None:
    git.commit(**{"keys.toml": ""})
    git("checkout", "-q", "-b", "side")
    git.commit(**{"keys.toml": entry()})
    git("checkout", "-q", "main")
    git.commit(a="1")
    git.write("keys.toml", entry())
    assert age(git) == SECOND


def test_a_key_that_left_and_came_again_is_as_old_as_its_first_time(git: Git) -> None:
    git.commit(**{"keys.toml": entry()})
    git.commit(**{"keys.toml": ""})
    git.commit(**{"keys.toml": entry()})
    assert age(git) == FIRST


def test_the_authors_clock_counts_and_not_the_committers(git: Git) -> None:
    git.write("keys.toml", entry())
    git("add", "-A")
    git("commit", "-q", "-m", "x", env={"GIT_AUTHOR_DATE": "2025-12-31T23:30:00-02:00"})
    assert age(git) == when("2026-01-01T01:30:00Z")


def test_packed_objects_and_refs_are_read(git: Git) -> None:
    git.commit(**{"keys.toml": ""})
    git.commit(**{"keys.toml": entry()})
    git("gc", "-q")
    assert age(git) == SECOND


def test_a_shallow_history_proves_nothing_of_its_first_commit(
    git: Git, make_git: Callable[..., Git], tmp_path: Path
) -> None:
    git.commit(**{"keys.toml": ""})
    git.commit(**{"keys.toml": entry()})
    git.commit(**{"keys.toml": entry() + entry(OTHER)})
    git("clone", "-q", "--depth", "2", f"file://{git.path}", str(tmp_path / "shallow"))
    path = str(tmp_path / "shallow" / "keys.toml")
    assert from_git([record(), record(OTHER)], path) == {record(OTHER): THIRD}


def test_an_unreadable_version_before_proves_nothing(git: Git) -> None:
    git.commit(**{"keys.toml": "before"})
    git.commit(**{"keys.toml": entry()})
    oid = git.blob("before").hex()
    place = git.path / ".git" / "objects" / oid[:2] / oid[2:]
    place.chmod(0o600)
    place.write_bytes(b"broken")
    assert age(git) is None


def test_a_missing_commit_proves_nothing(git: Git) -> None:
    first = git.commit(**{"keys.toml": ""}).hex()
    git.commit(**{"keys.toml": entry()})
    (git.path / ".git" / "objects" / first[:2] / first[2:]).unlink()
    assert age(git) is None


def test_a_ref_to_nothing_proves_nothing(git: Git) -> None:
    git.commit(**{"keys.toml": entry()})
    (git.path / ".git" / "refs" / "heads" / "gone").write_text("1" * 40 + "\n")
    assert age(git) is None


def test_versions_beyond_the_budget_prove_nothing(
    git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    git.commit(**{"keys.toml": "x" * 1000})
    git.commit(**{"keys.toml": entry()})
    monkeypatch.setattr(gitages, "_BUDGET", 500)
    assert age(git) is None


def test_without_a_repository_there_is_no_age(tmp_path: Path) -> None:
    (tmp_path / "keys.toml").write_text(entry())
    assert from_git([record()], str(tmp_path / "keys.toml")) == {}
    assert from_git([record()], str(tmp_path / "none" / "keys.toml")) == {}


def test_a_file_beside_a_repository_or_in_a_bare_one_has_no_age(
    git: Git, make_git: Callable[..., Git], tmp_path: Path
) -> None:
    git.commit(**{"keys.toml": entry()})
    (tmp_path / "keys.toml").write_text(entry())
    assert from_git([record()], str(tmp_path / "keys.toml")) == {}
    bare = make_git("bare.git", "--bare")
    (bare.path / "keys.toml").write_text(entry())
    assert from_git([record()], str(bare.path / "keys.toml")) == {}


def test_a_repository_without_commits_or_a_broken_one_gives_no_age(git: Git) -> None:
    git.write("keys.toml", entry())
    assert age(git) is None
    shutil.rmtree(git.path / ".git" / "objects")
    assert age(git) is None


def test_a_link_to_the_file_leads_to_its_history(git: Git, tmp_path: Path) -> None:
    git.commit(**{"keys.toml": entry()})
    (tmp_path / "link.toml").symlink_to(git.path / "keys.toml")
    assert from_git([record()], str(tmp_path / "link.toml")) == {record(): FIRST}


def test_nothing_is_written_and_the_environment_does_not_lead_elsewhere(
    git: Git, make_git: Callable[..., Git], monkeypatch: pytest.MonkeyPatch
) -> None:
    git.commit(**{"keys.toml": entry()})
    other = make_git("other")
    monkeypatch.setenv("GIT_DIR", str(other.path / ".git"))
    before = snapshot(git.path)
    assert age(git) == FIRST
    assert snapshot(git.path) == before


def test_a_linked_worktree_and_sha256_are_read(make_git: Callable[..., Git]) -> None:
    git = make_git("new", "--object-format=sha256")
    git.commit(**{"keys.toml": entry()})
    git("worktree", "add", "-q", "../linked", "-b", "linked")
    found = from_git([record()], str(git.path.parent / "linked" / "keys.toml"))
    assert found == {record(): FIRST}


def test_records_are_completed_by_the_earliest_of_their_files(git: Git) -> None:
    git.commit(**{"b.toml": entry()})
    git.commit(**{"a.toml": entry()})
    here, there = Place("a.toml", 1), Place("b.toml", 1)
    key = KeyRecord(here, name="gateway", fingerprint=PRINT, also=(there,))
    dated = KeyRecord(here, name="x-2026-02-03", fingerprint=PRINT)
    paths = {name: str(git.path / name) for name in ("a.toml", "b.toml")}
    found = complete([key, dated], KeysPolicy(), paths)
    assert (found[0].created_at, found[0].age_from) == (FIRST, BY_GIT)
    assert found[1].created_at == when("2026-02-03T00:00:00Z")
    assert complete([key], KeysPolicy(), {}) == (key,)
