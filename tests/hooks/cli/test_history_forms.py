"""`antkey scan --history` reads what git stores in any form: deltas, binary files, archives, large files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from tests.hooks.cli.histories import (
    Maker,
    Scan,
    date,
    head,
    held_and_removed,
    zipped,
)
from tests.scanner.git.conftest import Git

if TYPE_CHECKING:
    pass

MAIN = ["refs/heads/main"]


@pytest.mark.parametrize("offsets", ["true", "false"])
def test_deep_chains_of_deltas(git: Git, history: Scan, make_key: Maker, offsets: str) -> None:
    """By offset and by name of the base."""
    keys = [make_key() for _ in range(3)]
    lines = [f"setting_{number}: value, {number * 7919}\n" for number in range(400)]
    for version in range(30):
        lines[version * 11] = f"setting: {version}, changed\n"
        if version % 10 == 5:
            lines[200] = f"key: {keys[version // 10]}\n"
        elif version % 10 == 6:
            lines[200] = "key: none\n"
        git.commit(f"version {version}", **{"app.yaml": "".join(lines)})
    git("-c", f"repack.useDeltaBaseOffset={offsets}", "repack", "-adfq", "--depth=50")
    assert b"chain length = 1" in git("verify-pack", "-v", *_indexes(git))
    report = history()
    for number, key in enumerate(keys):
        commit = head(git, f"main~{29 - (10 * number + 5)}")
        assert (report.place(key)["path"], report.place(key)["commit"]) == ("app.yaml", commit)
        assert report.place(key)["line"] == 201
    assert report.stats["objects"] == 90


def _indexes(git: Git) -> list[str]:
    return [str(path) for path in (git.path / ".git/objects/pack").glob("*.idx")]


FORMS: dict[str, Callable[[str], bytes]] = {
    "plain.txt": lambda key: f"x {key} y\n".encode(),
    "dump.bin": lambda key: b"\0\1\2" + bytes(range(128, 256)) + key.encode() + b"\0\0",
    "wide.txt": lambda key: f"\ufeffclé = {key}\r\n".encode("utf-16-le"),
    "encoded.txt": lambda key: key.encode().hex().encode(),
    "over-1-MiB.log": lambda key: b"line of a log\n" * 90_000 + key.encode() + b"\n" + b"z\n" * 99,
    "backup.zip": lambda key: zipped("inner.zip", zipped("app.env", key.encode())),
}
INSIDE = {"backup.zip": "!/inner.zip!/app.env"}


@pytest.mark.parametrize("packed", [True, False], ids=["packed", "loose"])
@pytest.mark.parametrize("name", FORMS)
def test_any_form_of_file(
    git: Git, history: Scan, make_key: Maker, name: str, packed: bool
) -> None:
    key = make_key()
    git("config", "core.bigFileThreshold", "100k")
    git.write(".gitattributes", "*.bin -diff\n*.txt binary\n")
    commit = held_and_removed(git, name, FORMS[name](key))
    if packed:
        git("gc", "-q", "--prune=now")
    report = history()
    place = report.place(key)
    assert (place["path"], place["commit"]) == (name + INSIDE.get(name, ""), commit)
    assert report.missed == {}


def test_the_name_of_a_file(git: Git, history: Scan, make_key: Maker) -> None:
    """It stands in a tree; the report does not show it, as it would show the key."""
    key = make_key()
    commit = held_and_removed(git, f"exports/{key}.txt", b"nothing\n")
    report = history()
    place = report.place(key)
    assert place["path"] == "exports/"
    assert place["commit"] == commit


def _lfs(git: Git, content: bytes) -> bytes:
    """Put a file into the large file storage; its pointer."""
    name = hashlib.sha256(content).hexdigest()
    git.write(f".git/lfs/objects/{name[:2]}/{name[2:4]}/{name}", content)
    size = len(content)
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{name}\nsize {size}\n".encode()


@pytest.mark.parametrize("form", ["plain.txt", "backup.zip"])
def test_a_large_file_has_the_path_of_its_pointer(
    git: Git, history: Scan, make_key: Maker, form: str
) -> None:
    key = make_key()
    content = FORMS[form](key)
    commit = held_and_removed(git, f"data/{form}", _lfs(git, content))
    report = history()
    found = [each["location"] for each in report.findings]
    assert [place["path"] for place in found] == [f"data/{form}{INSIDE.get(form, '')}"]
    assert (found[0]["commit"], found[0]["refs"]) == (commit, MAIN)
    assert found[0]["first_seen"] == date(git, commit)


def test_a_large_file_that_is_checked_out_is_one_finding(
    git: Git, history: Scan, make_key: Maker
) -> None:
    key = make_key()
    content = FORMS["plain.txt"](key)
    git.write("data.txt", _lfs(git, content))
    commit = git.commit("pointer").hex()
    git.write("data.txt", b"\n" + content)
    assert [each["location"]["path"] for each in history().findings] == ["data.txt"]
    place = history().findings[0]["location"]
    assert (place["line"], place["commit"]) == (2, commit)


def test_a_large_file_without_a_pointer_has_its_own_path(
    git: Git, history: Scan, make_key: Maker
) -> None:
    key = make_key()
    git.commit("first", readme="nothing\n")
    _lfs(git, key.encode())
    (found,) = history().findings
    assert found["location"]["path"].startswith(".git/lfs/objects/")
    assert found["location"]["commit"] is None
