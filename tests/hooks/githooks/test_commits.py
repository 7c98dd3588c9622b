"""Commits through real hooks: one with a key is refused, one without passes, however it is made."""

from __future__ import annotations

import gzip
import shlex
import shutil
from pathlib import Path

import pytest
from tests.hooks.githooks.scratch import MakeKey, Scratch


def test_a_key_is_refused_and_the_message_says_where_and_what_to_do(
    hooked: Scratch, make_key: MakeKey
) -> None:
    key = make_key()
    hooked.add("README", "hello\n")
    hooked.past_hooks()
    hooked.add("config/app.env", f"# settings\nKEY={key}\n")
    said = hooked.refuses("commit", "-m", "settings")
    assert "config/app.env:2:5" in said
    assert "anthropic-api-key" in said
    assert f"{key[:16]}…{key[-4:]}" in said
    assert "Deactivate the key" in said
    assert "The commit was refused" in said
    assert "git restore --staged -- config/app.env" in said
    assert "antkey: ignore[anthropic-api-key] REASON" in said
    assert "antkey baseline create" in said
    assert key[16:28] not in said


def test_a_commit_without_a_key_passes(hooked: Scratch) -> None:
    hooked.add("a.txt", "nothing here\n")
    hooked.git("commit", "-m", "first")
    hooked.add("a.txt", "nor here\n")
    hooked.git("commit", "-m", "second")


def test_an_empty_commit_passes(hooked: Scratch) -> None:
    hooked.git("commit", "--allow-empty", "-m", "nothing at all")


@pytest.mark.parametrize("form", ["utf-16", "binary", "gzip", "without an end of line"])
def test_any_content_is_looked_into(plain: Scratch, make_key: MakeKey, form: str) -> None:
    key = make_key()
    content = {
        "utf-16": f"KEY={key}\r\n".encode("utf-16"),
        "binary": b"\0\x01\xff" + key.encode() + b"\0\0",
        "gzip": gzip.compress(f"KEY={key}\n".encode()),
        "without an end of line": key.encode(),
    }
    plain.add("data.bin", content[form])
    assert "data.bin" in plain.refuses("commit", "-m", "data")


def test_a_key_in_a_file_name_is_refused(plain: Scratch, make_key: MakeKey) -> None:
    key = make_key()
    plain.add(f"backup-{key}.txt", "harmless\n")
    assert key[16:28] not in plain.refuses("commit", "-m", "backup")


def test_the_target_of_a_link_is_content(hooked: Scratch, make_key: MakeKey) -> None:
    (hooked.path / "link").symlink_to(make_key())
    hooked.git("add", "link")
    hooked.refuses("commit", "-m", "link")


def test_the_index_counts_and_not_the_work_tree(hooked: Scratch, make_key: MakeKey) -> None:
    hooked.add("a.txt", "one\n")
    hooked.write("a.txt", f"{make_key()}\n")
    hooked.git("commit", "-m", "the key is not staged")
    hooked.git("add", "a.txt")
    hooked.write("a.txt", "one\n")
    assert "a.txt:1:1" in hooked.refuses("commit", "-m", "the key is staged")


def test_commit_all_is_judged(hooked: Scratch, make_key: MakeKey) -> None:
    hooked.add("a.txt", "one\n")
    hooked.git("commit", "-m", "first")
    hooked.write("a.txt", f"{make_key()}\n")
    said = hooked.refuses("commit", "-a", "-m", "second")
    assert "a.txt:1:1" in said
    assert "git restore" not in said  # nothing was staged
    assert "a.txt:1:1" in hooked.refuses("commit", "-m", "third", "--", "a.txt")


def test_only_the_chosen_part_of_a_file_is_judged(hooked: Scratch, make_key: MakeKey) -> None:
    lines = [f"{number}\n" for number in range(40)]
    hooked.add("a.txt", "".join(lines))
    hooked.git("commit", "-m", "first")
    lines[2] = "changed\n"
    lines[30] = f"{make_key()}\n"
    hooked.write("a.txt", "".join(lines))
    hooked.git("commit", "-p", "-m", "harmless part", stdin=b"y\nn\n")
    before = hooked.head()
    done = hooked.try_git("commit", "-p", "-m", "the other", stdin=b"y\n")
    assert done.code != 0
    assert "a.txt:31:1" in done.text
    assert hooked.head() == before


def test_an_amended_commit_is_judged(hooked: Scratch, make_key: MakeKey) -> None:
    hooked.add("a.txt", "one\n")
    hooked.git("commit", "-m", "first")
    hooked.git("commit", "--amend", "-m", "other words")
    hooked.add("a.txt", f"{make_key()}\n")
    hooked.refuses("commit", "--amend", "--no-edit")


def test_taking_a_key_away_passes(hooked: Scratch, make_key: MakeKey) -> None:
    hooked.add("a.txt", f"{make_key()}\n")
    hooked.add("b.txt", f"{make_key()}\n")
    hooked.past_hooks()
    hooked.add("a.txt", "gone\n")
    hooked.git("rm", "-q", "b.txt")
    hooked.git("commit", "-v", "-e", "-m", "take the keys away")


def test_a_renamed_file_is_judged(plain: Scratch, make_key: MakeKey) -> None:
    plain.add("a.txt", f"{make_key()}\n")
    plain.past_hooks()
    plain.git("mv", "a.txt", "b.txt")
    assert "b.txt:1:1" in plain.refuses("commit", "-m", "rename")


@pytest.mark.parametrize("name", ["-x.txt", "tab\there ä'\"$(x)`.txt"])
def test_any_file_name_will_do(hooked: Scratch, make_key: MakeKey, name: str) -> None:
    hooked.add(name, "harmless\n")
    hooked.git("commit", "-m", "first")
    hooked.add(name, make_key())
    hooked.refuses("commit", "-m", "second")


@pytest.mark.parametrize("name", ["--exit-zero", "--exclude=*"])
def test_a_file_name_switches_nothing_off(hooked: Scratch, make_key: MakeKey, name: str) -> None:
    hooked.add(name, "harmless\n")
    hooked.add("a.txt", make_key())
    hooked.refuses("commit", "-m", "both")


def test_a_merge_is_judged_with_what_was_resolved(hooked: Scratch, make_key: MakeKey) -> None:
    hooked.add("a.txt", "one\n")
    hooked.git("commit", "-m", "first")
    hooked.git("switch", "-q", "-c", "side")
    hooked.add("a.txt", "side\n")
    hooked.git("commit", "-m", "side")
    hooked.git("switch", "-q", "main")
    hooked.add("a.txt", "main\n")
    hooked.git("commit", "-m", "main")
    assert hooked.try_git("merge", "side").code != 0
    hooked.add("a.txt", make_key())
    assert "a.txt:1:1" in hooked.refuses("commit", "--no-edit")
    hooked.add("a.txt", "both\n")
    hooked.git("commit", "--no-edit")


def test_a_submodule_is_no_content_of_this_repository(
    hooked: Scratch, tmp_path: Path, make_key: MakeKey
) -> None:
    inner = Scratch(tmp_path / "inner").init()
    inner.add("a.txt", make_key())
    inner.past_hooks()
    local = ("-c", "protocol.file.allow=always")
    hooked.git(*local, "submodule", "--quiet", "add", str(inner.path), "module")
    hooked.git("commit", "-m", "add a submodule")


@pytest.mark.parametrize("where", ["linked worktree", "folder below"])
def test_commits_are_judged_from_anywhere(
    plain: Scratch, tmp_path: Path, make_key: MakeKey, where: str
) -> None:
    plain.past_hooks()
    place = Scratch(plain.path / "below", **plain.extra)
    if where == "linked worktree":
        place = Scratch(tmp_path / "linked", **plain.extra)
        plain.git("worktree", "add", "-q", str(place.path), "-b", "other")
    place.add("a.txt", "harmless\n")
    place.git("commit", "-m", "harmless")
    place.add("b.txt", make_key())
    said = place.refuses("commit", "-m", "a key")
    assert "b.txt:1:1" in said
    (command,) = (line.strip() for line in said.splitlines() if "git restore --staged" in line)
    place.git(*shlex.split(command)[1:])
    place.git("commit", "--allow-empty", "-m", "left out")


def test_the_message_can_be_written_anew_from_a_folder_below(
    plain: Scratch, make_key: MakeKey
) -> None:
    place = Scratch(plain.path / "below")
    place.add("a.txt", "harmless\n")
    said = place.refuses("commit", "-m", make_key())
    (line,) = (line for line in said.splitlines() if "git commit -e -F" in line)
    file = Path(shlex.split(line)[-1])
    place.write("editor", '#!/bin/sh\necho harmless > "$1"\n').chmod(0o755)
    place.git("commit", "-e", "-F", file, GIT_EDITOR=str(place.path / "editor"))


def test_a_key_in_the_message_is_refused(hooked: Scratch, make_key: MakeKey) -> None:
    key = make_key()
    hooked.add("a.txt", "one\n")
    said = hooked.refuses("commit", "-m", f"use {key}")
    assert "COMMIT_EDITMSG:1:5" in said
    assert "git commit -e -F" in said
    assert key[16:28] not in said


def test_a_key_is_reported_once_by_a_verbose_commit(hooked: Scratch, make_key: MakeKey) -> None:
    hooked.add("a.txt", f"{make_key()} # antkey: ignore[anthropic-api-key] a sample\n")
    hooked.git("commit", "-v", "-e", "-m", "accepted in the file, shown below the message")


def test_a_mark_accepts_a_false_alarm(plain: Scratch, make_key: MakeKey) -> None:
    plain.add("a.txt", f"# antkey: ignore[anthropic-api-key] a sample\n{make_key()}\n")
    plain.git("commit", "-m", "a sample")


def test_a_baseline_accepts_what_lies_there(plain: Scratch, make_key: MakeKey) -> None:
    plain.add("old.txt", f"{make_key()}\n")
    plain.past_hooks()
    made = plain.antkey("baseline", "create")
    assert made.code == 0, made.text
    plain.add("old.txt", plain.path.joinpath("old.txt").read_text() + "more\n")
    plain.git("add", ".antkey-baseline.json")
    plain.git("commit", "-m", "known")
    plain.add("old.txt", f"{make_key()}\n")
    plain.refuses("commit", "-m", "another")


def test_what_cannot_be_read_refuses(plain: Scratch) -> None:
    data = gzip.compress(b"x" * 100_000)
    plain.add("cut.gz", data[: len(data) // 2])
    said = plain.refuses("commit", "-m", "cut")
    assert "cut.gz" in said
    assert "[[scan.accept]]" in said


def test_a_broken_policy_refuses(plain: Scratch) -> None:
    plain.add("antkey.toml", "[scan\n")
    assert "antkey.toml" in plain.refuses("commit", "-m", "policy")


@pytest.mark.skipif(shutil.which("dash") is None, reason="dash is not installed")
def test_scripts_run_in_dash(plain: Scratch, make_key: MakeKey) -> None:
    for name in ("pre-commit", "commit-msg", "pre-push"):
        text = plain.hook(name).read_text()
        plain.hook(name).write_text(text.replace("#!/bin/sh", f"#!{shutil.which('dash')}", 1))
    plain.add("a.txt", make_key())
    assert "a.txt:1:1" in plain.refuses("commit", "-m", "a key")
