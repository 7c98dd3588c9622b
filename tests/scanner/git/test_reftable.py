"""Promises that refs in reftables are read, and that damage in one costs no more than what is damaged."""

from __future__ import annotations

import re
import struct
import subprocess
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from tests.scanner.git.conftest import Git

from antkey_scanner.git.discover import repositories
from antkey_scanner.git.refs import Ref, lookup, reflogs, refs
from antkey_scanner.git.repository import Repository
from antkey_scanner.model import Skip

MakeGit = Callable[..., Git]
Record = tuple[bytes, int, bytes]
"""Name, kind (0: deleted, 1: an id, 2: and what it is of, 3: symbolic), value."""


def number(value: int) -> bytes:
    found = bytes([value & 0x7F])
    while value := value >> 7:
        value -= 1
        found = bytes([value & 0x7F | 0x80]) + found
    return found


def records(entries: Sequence[Record], between: bytes) -> bytes:
    found, before = b"", b""
    for name, kind, value in entries:
        shared = 0
        while shared < min(len(name), len(before)) and name[shared] == before[shared]:
            shared += 1
        rest = name[shared:]
        found += number(shared) + number(len(rest) << 3 | kind) + rest + between + value
        before = name
    return found


def block(kind: bytes, body: bytes, head: int) -> bytes:
    body += (head + 4).to_bytes(3, "big") + b"\0\1"
    return kind + (head + 4 + len(body)).to_bytes(3, "big") + body


def table(
    blocks: Sequence[Sequence[Record]],
    logs: Sequence[Record] = (),
    *,
    size: int = 4096,
    version: int = 1,
) -> bytes:
    """A table as `reftable(5)` describes it, each block padded but the last."""
    head = struct.pack(">4sB3sQQ", b"REFT", version, size.to_bytes(3, "big"), 1, 9)
    head += b"s256" if version == 2 else b""
    found = head
    for place, entries in enumerate(blocks):
        found += block(b"r", records(entries, number(0)), 0 if place else len(head))
        if place < len(blocks) - 1:
            found = found.ljust(size * (place + 1), b"\0")
    log_at = len(found) if logs else 0
    if logs:
        plain = block(b"g", records(logs, b""), 0 if blocks else len(head))
        found += plain[:4] + zlib.compress(plain[4:])
    foot = head + struct.pack(">5Q", 0, 0, 0, log_at if blocks else 0, 0)
    return found + foot + struct.pack(">I", zlib.crc32(foot))


def log(name: bytes, update: int, old: bytes, new: bytes) -> Record:
    text = b"".join(number(len(word)) + word for word in (b"Ann", b"ann@example.com"))
    text += number(1_700_000_000) + b"\0\0" + number(6) + b"change"
    return name + b"\0" + struct.pack(">Q", 2**64 - 1 - update), 1, old + new + text


def oid(byte: int, size: int = 20) -> bytes:
    return bytes([byte]) * size


@pytest.fixture
def stored(git: Git) -> Callable[..., Repository]:
    """Makes a repository's refs be those of some tables, the oldest first."""

    def store(*tables: bytes) -> Repository:
        git.write(
            ".git/config",
            "[core]\nrepositoryformatversion = 1\n[extensions]\nrefStorage = reftable",
        )
        git.write(".git/HEAD", "ref: refs/heads/.invalid\n")
        for place, data in enumerate(tables):
            git.write(f".git/reftable/{place}.ref", data)
        names = "".join(f"{place}.ref\n" for place in range(len(tables)))
        git.write(".git/reftable/tables.list", names)
        return opened(git.path)

    return store


Stored = Callable[..., Repository]


def opened(path: Path) -> Repository:
    found = next(r for r in repositories([(str(path), "")]) if isinstance(r, Repository))
    assert found.reftable
    return found


def look(repository: Repository) -> tuple[dict[bytes, bytes], list[Skip]]:
    found = list(refs(repository))
    skips = [each for each in found if isinstance(each, Skip)]
    return {each.name: each.oid for each in found if isinstance(each, Ref)}, skips


MAIN: Sequence[Record] = (
    (b"HEAD", 3, number(15) + b"refs/heads/main"),
    (b"refs/heads/feature", 1, oid(1)),
    (b"refs/heads/main", 1, oid(2)),
    (b"refs/tags/v1", 2, oid(3) + oid(2)),
)


def test_refs_of_every_kind(stored: Stored) -> None:
    repository = stored(table([MAIN]))
    assert look(repository) == (
        {
            b"HEAD": oid(2),
            b"refs/heads/feature": oid(1),
            b"refs/heads/main": oid(2),
            b"refs/tags/v1": oid(3),
        },
        [],
    )
    assert lookup(repository, b"HEAD") == oid(2)
    assert lookup(repository, b"refs/heads/none") is None


def test_a_newer_table_changes_and_removes(stored: Stored) -> None:
    newer: Sequence[Record] = ((b"refs/heads/feature", 0, b""), (b"refs/heads/main", 1, oid(9)))
    repository = stored(table([MAIN]), table([newer]))
    found, skips = look(repository)
    assert (found[b"HEAD"], found[b"refs/heads/main"], skips) == (oid(9), oid(9), [])
    assert b"refs/heads/feature" not in found


def test_many_blocks(stored: Stored) -> None:
    names = [b"refs/heads/branch-%05d" % place for place in range(900)]
    blocks = [
        [(name, 1, oid(place % 250 + 1)) for place, name in list(enumerate(names))[at : at + 90]]
        for at in range(0, 900, 90)
    ]
    found, skips = look(stored(table(blocks)))
    assert skips == []
    assert sorted(found) == names


def test_blocks_without_padding(stored: Stored) -> None:
    found, skips = look(stored(table([MAIN], size=0)))
    assert (len(found), skips) == (4, [])


def test_logs(stored: Stored) -> None:
    entries = [
        log(b"HEAD", 7, oid(1), oid(2)),
        log(b"refs/heads/main", 7, oid(1), oid(2)),
        log(b"refs/heads/main", 6, bytes(20), oid(1)),
        (b"refs/heads/main\0" + b"\xff" * 8, 0, b""),
    ]
    assert list(reflogs(stored(table([MAIN], entries)))) == [
        (b"HEAD", [oid(1), oid(2)]),
        (b"refs/heads/main", [oid(1), oid(2)]),
    ]
    assert len(list(reflogs(stored(table([], entries))))) == 2


def test_ids_of_32_bytes(make_git: MakeGit) -> None:
    git = make_git("a", "--object-format=sha256")
    git("config", "extensions.refstorage", "reftable")
    git.write(".git/reftable/tables.list", "0.ref\n")
    git.write(".git/reftable/0.ref", table([[(b"refs/heads/main", 1, oid(7, 32))]], version=2))
    assert look(opened(git.path))[0] == {b"refs/heads/main": oid(7, 32)}


@pytest.mark.parametrize("place", range(3))
def test_a_broken_table_is_named_and_the_others_are_read(stored: Stored, place: int) -> None:
    good = table([MAIN])
    bad = [good[:50], b"JUNK" + good[4:], good[:-1] + b"x"][place]
    found, skips = look(stored(bad, good))
    assert len(found) == 4
    assert [(skip.path, skip.counts) for skip in skips] == [(".git/reftable/0.ref", True)]


@pytest.mark.slow
def test_damage_anywhere_ends_in_refs_or_skips(stored: Stored, git: Git) -> None:
    good = table([MAIN, MAIN], [log(b"HEAD", 7, oid(1), oid(2))], size=256)
    repository = stored(good)
    for at in range(24, len(good) - 68):
        for value in (0, 0x7F, 0xFF):
            git.write(".git/reftable/0.ref", good[:at] + bytes([value]) + good[at + 1 :])
            look(repository)
            list(reflogs(repository))


def test_a_list_that_leads_elsewhere_is_refused(stored: Stored, git: Git) -> None:
    repository = stored(table([MAIN]))
    git.write(".git/reftable/tables.list", "../../elsewhere\n0.ref\nmissing.ref\n")
    found, skips = look(repository)
    assert len(found) == 4
    assert [skip.reason for skip in skips] == [
        "names a file in another folder; not followed",
        "no such file or directory",
    ]


def test_symbolic_refs_in_a_circle_end(stored: Stored) -> None:
    circle: Sequence[Record] = (
        (b"refs/heads/a", 3, number(12) + b"refs/heads/b"),
        (b"refs/heads/b", 3, number(12) + b"refs/heads/a"),
    )
    assert look(stored(table([circle])))[0] == {}


def test_repositories_that_git_itself_has_made(tmp_path: Path) -> None:
    said = subprocess.run(["git", "version"], capture_output=True, text=True, check=True).stdout
    version = tuple(int(digits) for digits in re.findall(r"\d+", said)[:2])
    if version < (2, 45):
        pytest.skip(f"git {version[0]}.{version[1]} cannot keep refs in tables; 2.45 can")
    git = Git(tmp_path / "a").init("--ref-format=reftable")
    first = git.commit(a="1")
    second = git.commit(a="2")
    for place in range(300):
        git("branch", f"b{place:03}")
    git("tag", "-a", "v1", "-m", "x")
    found, skips = look(opened(git.path))
    assert skips == []
    assert len(found) == 303
    assert (found[b"HEAD"], found[b"refs/tags/v1"]) == (second, git.oid("v1"))
    logs = dict(each for each in reflogs(opened(git.path)) if not isinstance(each, Skip))
    assert logs[b"HEAD"] == [first, second]
