"""A server that runs antkey before it takes a push: keys stay out, and the pusher is told why."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.hooks.githooks.scratch import MakeKey, Scratch


@pytest.fixture
def server(tmp_path: Path) -> Scratch:
    """A bare repository with the hook that antkey installs."""
    bare = Scratch(tmp_path / "server.git").init("--bare")
    done = bare.antkey("init", "--git-hooks")
    assert done.code == 0, done.text
    return bare


@pytest.fixture
def client(repository: Scratch, server: Scratch) -> Scratch:
    repository.git("remote", "add", "origin", str(server.path))
    return repository


def refuses(client: Scratch, server: Scratch, *arguments: str) -> str:
    before = server.git("for-each-ref")
    done = client.try_git("push", "origin", *arguments)
    assert done.code != 0, done.text
    assert server.git("for-each-ref") == before
    return done.text


def test_a_bare_repository_gets_pre_receive_alone(server: Scratch) -> None:
    hooks = {path.name for path in (server.path / "hooks").iterdir() if path.suffix != ".sample"}
    assert hooks == {"pre-receive"}
    assert os.access(server.path / "hooks/pre-receive", os.X_OK)


def test_a_push_with_a_key_is_refused_and_the_pusher_is_told(
    client: Scratch, server: Scratch, make_key: MakeKey
) -> None:
    key = make_key()
    client.add("conf/app.env", f"one\nKEY={key}\n")
    commit = client.past_hooks()
    said = refuses(client, server, "main")
    assert "remote: conf/app.env:2:5" in said
    assert commit[:12] in said
    assert "remote: The push was refused; nothing was stored." in said
    assert "it has left your machine" in said
    assert "pre-receive hook declined" in said
    assert key[16:28] not in said


def test_a_push_without_a_key_passes(client: Scratch, server: Scratch) -> None:
    client.add("a.txt", "one\n")
    client.past_hooks()
    client.git("push", "origin", "main")
    client.add("a.txt", "two\n")
    client.past_hooks()
    client.git("push", "origin", "main", "main:refs/heads/other", "main:refs/notes/x")


def test_what_the_server_has_does_not_count(
    client: Scratch, server: Scratch, make_key: MakeKey
) -> None:
    client.add("old.txt", make_key())
    client.past_hooks()
    hook = server.path / "hooks/pre-receive"
    hook.chmod(0o644)
    client.git("push", "origin", "main")
    hook.chmod(0o755)
    client.git("switch", "-q", "-c", "topic")
    client.add("new.txt", "harmless\n")
    client.past_hooks()
    client.git("push", "origin", "topic")


@pytest.mark.parametrize("unpack_limit", [1, 1000])
def test_loose_and_packed_quarantines_are_read(
    client: Scratch, server: Scratch, make_key: MakeKey, unpack_limit: int
) -> None:
    server.git("config", "receive.unpackLimit", str(unpack_limit))
    client.past_hooks()
    client.git("push", "origin", "main")
    client.add("a.txt", make_key())
    client.past_hooks()
    assert "a.txt:1:1" in refuses(client, server, "main")


def test_a_key_that_was_taken_away_again_is_refused(
    client: Scratch, server: Scratch, make_key: MakeKey
) -> None:
    client.add("a.txt", make_key())
    client.past_hooks()
    client.git("rm", "-q", "a.txt")
    client.past_hooks()
    refuses(client, server, "main")


def test_a_key_in_a_message_is_refused(client: Scratch, server: Scratch, make_key: MakeKey) -> None:
    key = make_key()
    client.past_hooks(f"use {key}")
    assert key[16:28] not in refuses(client, server, "main")


def test_a_key_in_a_tag_is_refused(client: Scratch, server: Scratch, make_key: MakeKey) -> None:
    client.past_hooks()
    client.git("push", "origin", "main")
    client.git("tag", "-a", "v1", "-m", make_key())
    refuses(client, server, "v1")


def test_one_bad_ref_refuses_the_whole_push(
    client: Scratch, server: Scratch, make_key: MakeKey
) -> None:
    client.past_hooks()
    client.git("branch", "good")
    client.add("a.txt", make_key())
    client.past_hooks()
    refuses(client, server, "good", "main")


def test_refs_can_be_deleted(client: Scratch, server: Scratch) -> None:
    client.past_hooks()
    client.git("push", "origin", "main", "main:other")
    client.git("push", "origin", "--delete", "other")


def test_what_cannot_be_read_is_refused(client: Scratch, server: Scratch) -> None:
    client.add("cut.gz", b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x01")
    client.past_hooks()
    assert "cut.gz" in refuses(client, server, "main")


def test_a_tag_on_a_file_is_judged(client: Scratch, server: Scratch, make_key: MakeKey) -> None:
    client.past_hooks()
    client.git("push", "origin", "main")
    for name, content in (("good", "harmless\n"), ("bad", make_key())):
        client.write(f"{name}.txt", content)
        blob = client.git("hash-object", "-w", f"{name}.txt")
        client.git("tag", name, blob)
    client.git("push", "origin", "good")
    refuses(client, server, "bad")


def test_the_hook_before_reads_the_same_lines_and_its_refusal_stays(
    client: Scratch, server: Scratch, tmp_path: Path
) -> None:
    assert server.antkey("init", "--git-hooks", "--uninstall").code == 0
    hooks = server.path / "hooks"
    server.add_hook("pre-receive", f"#!/bin/sh\ncat > '{tmp_path}/lines'\n", hooks)
    assert server.antkey("init", "--git-hooks").code == 0
    commit = client.past_hooks()
    client.git("push", "origin", "main")
    assert (tmp_path / "lines").read_text() == f"{'0' * 40} {commit} refs/heads/main\n"
    server.add_hook("pre-receive.before-antkey", "#!/bin/sh\necho not today\nexit 3\n", hooks)
    client.past_hooks()
    assert "remote: not today" in refuses(client, server, "main")


def test_a_policy_in_the_push_is_not_obeyed(
    client: Scratch, server: Scratch, make_key: MakeKey
) -> None:
    client.add("antkey.toml", '[scan]\nexclude = ["**"]\n')
    client.add("a.txt", make_key())
    client.past_hooks()
    assert "a.txt:1:1" in refuses(client, server, "main")


def test_the_servers_own_policy_is(client: Scratch, server: Scratch, make_key: MakeKey) -> None:
    (server.path / "antkey.toml").write_text('[scan]\nexclude = ["samples/**"]\n')
    client.add("samples/a.txt", make_key())
    client.past_hooks()
    client.git("push", "origin", "main")
    client.add("a.txt", make_key())
    client.past_hooks()
    refuses(client, server, "main")
