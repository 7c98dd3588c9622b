"""Pushes through real hooks: a key in what is new to the remote is refused, what is there passes."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.hooks.githooks.scratch import MakeKey, Scratch


@pytest.fixture
def remote(hooked: Scratch, tmp_path: Path) -> Scratch:
    """An empty repository that `hooked` calls origin."""
    return beside(hooked, tmp_path / "remote.git", "origin")


def beside(scratch: Scratch, path: Path, name: str) -> Scratch:
    bare = Scratch(path).init("--bare")
    scratch.git("remote", "add", name, str(path))
    return bare


def refuses(scratch: Scratch, remote: Scratch, *arguments: str) -> str:
    """What is said when a push is refused, and the remote is as it was."""
    before = remote.git("for-each-ref")
    done = scratch.try_git("push", *arguments)
    assert done.code != 0, done.text
    assert remote.git("for-each-ref") == before
    return done.text


def test_a_first_push_with_a_key_is_refused(
    hooked: Scratch, remote: Scratch, make_key: MakeKey
) -> None:
    key = make_key()
    hooked.add("a.txt", f"one\n{key}\n")
    commit = hooked.past_hooks()
    hooked.add("b.txt", "harmless\n")
    hooked.past_hooks()
    said = refuses(hooked, remote, "origin", "main")
    assert "a.txt:2:1" in said
    assert commit[:12] in said
    assert "The push was refused" in said
    assert "git rebase -i" in said
    assert key[16:28] not in said


def test_a_push_without_a_key_passes(hooked: Scratch, remote: Scratch) -> None:
    hooked.add("a.txt", "one\n")
    hooked.past_hooks()
    hooked.git("push", "origin", "main")
    hooked.add("a.txt", "two\n")
    hooked.past_hooks()
    hooked.git("push", "origin", "main", "main:other")
    assert remote.git("rev-parse", "main", "other").split() == [hooked.head()] * 2


def test_a_key_that_was_taken_away_again_is_refused(
    hooked: Scratch, remote: Scratch, make_key: MakeKey
) -> None:
    hooked.past_hooks()
    hooked.git("push", "origin", "main")
    hooked.add("a.txt", make_key())
    hooked.past_hooks()
    hooked.git("rm", "-q", "a.txt")
    hooked.past_hooks()
    refuses(hooked, remote, "origin", "main")


def test_what_the_remote_has_does_not_count(
    hooked: Scratch, remote: Scratch, make_key: MakeKey
) -> None:
    hooked.add("a.txt", make_key())
    hooked.past_hooks()
    hooked.git("push", "--no-verify", "origin", "main")
    hooked.git("switch", "-q", "-c", "topic")
    hooked.add("b.txt", "harmless\n")
    hooked.past_hooks()
    hooked.git("push", "origin", "topic")


def test_what_only_another_remote_has_counts(
    hooked: Scratch, remote: Scratch, tmp_path: Path, make_key: MakeKey
) -> None:
    beside(hooked, tmp_path / "internal.git", "internal")
    hooked.add("a.txt", make_key())
    hooked.past_hooks()
    hooked.git("push", "--no-verify", "internal", "main")
    refuses(hooked, remote, "origin", "main")


def test_a_key_in_a_commits_message_is_refused(
    hooked: Scratch, remote: Scratch, make_key: MakeKey
) -> None:
    key = make_key()
    hooked.past_hooks(f"use {key}")
    assert key[16:28] not in refuses(hooked, remote, "origin", "main")


def test_a_forced_push_is_judged(hooked: Scratch, remote: Scratch, make_key: MakeKey) -> None:
    hooked.past_hooks("root")
    hooked.add("a.txt", "one\n")
    hooked.past_hooks()
    hooked.git("push", "origin", "main")
    hooked.git("reset", "-q", "--hard", "HEAD^")
    hooked.add("b.txt", "other\n")
    hooked.past_hooks()
    hooked.git("push", "--force", "origin", "main")
    hooked.add("c.txt", make_key())
    hooked.past_hooks()
    hooked.git("commit", "--amend", "--no-verify", "-q", "-m", "again")
    refuses(hooked, remote, "--force", "origin", "main")


def test_a_branch_that_others_forced_elsewhere_is_judged(
    hooked: Scratch, remote: Scratch, tmp_path: Path, make_key: MakeKey
) -> None:
    hooked.past_hooks("root")
    hooked.git("push", "origin", "main")
    hooked.git("clone", "-q", str(remote.path), str(tmp_path / "colleague"))
    colleague = Scratch(tmp_path / "colleague")
    colleague.add("theirs.txt", "theirs\n")
    colleague.past_hooks("theirs")
    colleague.git("push", "-q", "origin", "main")
    hooked.add("a.txt", make_key())
    hooked.past_hooks()
    refuses(hooked, remote, "--force", "origin", "main")
    hooked.git("rm", "-q", "a.txt")
    hooked.git("commit", "--amend", "--no-verify", "-q", "-m", "harmless", "--allow-empty")
    hooked.git("push", "--force", "origin", "main")


def test_a_branch_can_be_deleted(hooked: Scratch, remote: Scratch) -> None:
    hooked.past_hooks()
    hooked.git("push", "origin", "main", "main:other")
    hooked.git("push", "origin", "--delete", "other")


def test_nothing_to_push_passes(hooked: Scratch, remote: Scratch) -> None:
    hooked.past_hooks()
    hooked.git("push", "origin", "main")
    hooked.git("push", "origin", "main")


def test_every_ref_of_a_push_is_judged(plain: Scratch, tmp_path: Path, make_key: MakeKey) -> None:
    remote = beside(plain, tmp_path / "remote.git", "origin")
    plain.add("a.txt", "harmless\n")
    plain.past_hooks()
    plain.git("branch", "a")
    plain.git("switch", "-q", "-c", "z")
    plain.add("z.txt", make_key())
    plain.past_hooks()
    assert "z.txt:1:1" in refuses(plain, remote, "--all", "origin")


def test_a_push_to_an_address_is_judged(plain: Scratch, tmp_path: Path, make_key: MakeKey) -> None:
    remote = Scratch(tmp_path / "remote.git").init("--bare")
    plain.add("a.txt", make_key())
    plain.past_hooks()
    refuses(plain, remote, "../remote.git", "main")


def test_a_key_in_a_tag_is_refused(plain: Scratch, tmp_path: Path, make_key: MakeKey) -> None:
    remote = beside(plain, tmp_path / "remote.git", "origin")
    plain.past_hooks()
    plain.git("push", "origin", "main")
    plain.git("tag", "-a", "v1", "-m", make_key())
    refuses(plain, remote, "origin", "v1")
    plain.git("tag", "-f", "-a", "v1", "-m", "harmless")
    plain.git("push", "origin", "v1")


def test_the_hook_before_reads_the_same_lines(
    repository: Scratch, tmp_path: Path, make_key: MakeKey
) -> None:
    remote = beside(repository, tmp_path / "remote.git", "origin")
    repository.add_hook("pre-push", '#!/bin/sh\necho "$@" > lines.txt\ncat >> lines.txt\n')
    assert repository.antkey("init", "--git-hooks").code == 0
    commit = repository.past_hooks()
    repository.git("push", "origin", "main")
    assert (repository.path / "lines.txt").read_text() == (
        f"origin {remote.path}\nrefs/heads/main {commit} refs/heads/main {'0' * 40}\n"
    )
    repository.add("a.txt", make_key())
    repository.past_hooks()
    refuses(repository, remote, "origin", "main")


def test_a_hook_before_that_reads_nothing_is_no_trouble(
    repository: Scratch, tmp_path: Path
) -> None:
    beside(repository, tmp_path / "remote.git", "origin")
    repository.add_hook("pre-push", "#!/bin/sh\nexit 0\n")
    assert repository.antkey("init", "--git-hooks").code == 0
    repository.past_hooks()
    assert "error" not in repository.git("push", "origin", "main")


def test_lines_that_are_none_of_gits_refuse(plain: Scratch) -> None:
    plain.past_hooks()
    done = plain.antkey("hook", "pre-push", "origin", "x")
    assert done.code == 0  # nothing is pushed
    broken = plain.path / "broken"
    broken.write_text("nonsense\n")
    done = plain.try_git("-c", "alias.x=!antkey hook pre-push origin x < broken", "x")
    assert done.code != 0
    assert "no line as git writes them" in done.text
