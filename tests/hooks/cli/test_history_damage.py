"""Damaged objects are named in the report and the rest is read: no crash, and never exit code 0."""

from __future__ import annotations

import hashlib
import os
import random
import struct
import zlib
from typing import TYPE_CHECKING

import pytest
from tests.hooks.cli.histories import (
    Maker,
    Scan,
    damage,
    head,
    incomplete,
    packed,
)
from tests.scanner.git.conftest import Git
from tests.scanner.git.packmaker import REF_DELTA, PackMaker, insert, name

if TYPE_CHECKING:
    pass


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.99])
def test_a_pack_that_was_cut(git: Git, history: Scan, share: float) -> None:
    pack = packed(git)
    os.truncate(pack, int(pack.stat().st_size * share))
    incomplete(history(), pack.name)


@pytest.mark.parametrize("end", [".pack", ".idx"])
def test_a_bad_checksum(git: Git, history: Scan, end: str) -> None:
    pack = packed(git)
    damage(pack.with_suffix(end), -5, b"\x5a\xa5")
    incomplete(history(), "checksum")


@pytest.mark.parametrize("seed", range(6))
def test_flipped_bytes_in_a_pack(git: Git, history: Scan, seed: int) -> None:
    pack = packed(git)
    at = random.Random(seed).randrange(20, pack.stat().st_size - 20)
    old = pack.read_bytes()[at]
    damage(pack, at, bytes([old ^ 0x41]))
    incomplete(history(), pack.name)


def test_what_is_left_of_a_damaged_pack_is_searched(
    git: Git, history: Scan, make_key: Maker
) -> None:
    key = make_key()
    commit = git.commit("oops", **{"app.env": f"{key}\n"}).hex()
    git("rm", "-q", "app.env")
    pack = packed(git)
    damage(pack, -5, b"\x5a\xa5")
    report = history()
    assert report.code == 1
    assert report.place(key)["commit"] == commit
    assert any("checksum" in reason for reason in report.missed.values())


def test_an_index_of_another_version(git: Git, history: Scan) -> None:
    pack = packed(git)
    damage(pack.with_suffix(".idx"), 4, struct.pack(">I", 9))
    incomplete(history(), "version")


def test_a_pack_without_its_index_and_an_index_without_its_pack(git: Git, history: Scan) -> None:
    pack = packed(git)
    index = pack.with_suffix(".idx")
    index.rename(index.with_name("pack-" + "0" * 40 + ".idx"))
    incomplete(history(), pack.name)


def test_deltas_in_a_circle(git: Git, history: Scan) -> None:
    git.commit("first", readme="nothing\n")
    one, other = (name(text) for text in (b"one", b"two"))
    pack = PackMaker()
    pack.add(one, REF_DELTA, insert(3, b"one"), base=other)
    pack.add(other, REF_DELTA, insert(3, b"two"), base=one)
    pack.write(git.path / ".git" / "objects")
    incomplete(history(), one.hex())


def test_a_delta_without_its_base(git: Git, history: Scan) -> None:
    git.commit("first", readme="nothing\n")
    pack = PackMaker()
    oid = name(b"one")
    pack.add(oid, REF_DELTA, insert(3, b"one"), base=b"\7" * 20)
    pack.write(git.path / ".git" / "objects")
    incomplete(history(), oid.hex())


def test_a_missing_blob(git: Git, history: Scan) -> None:
    git.commit("first", readme="nothing\n")
    oid = head(git, "HEAD:readme")
    (git.path / ".git" / "objects" / oid[:2] / oid[2:]).unlink()
    incomplete(history(), oid[:12])


@pytest.mark.parametrize("revision", ["HEAD", "HEAD^{tree}", "HEAD~"])
def test_a_missing_commit_or_tree(git: Git, history: Scan, revision: str) -> None:
    git.commit("first", readme="nothing\n")
    git.commit("second", readme="more\n")
    oid = head(git, revision)
    (git.path / ".git" / "objects" / oid[:2] / oid[2:]).unlink()
    incomplete(history(), oid[:12])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no zlib at all",
        zlib.compress(b"blob 5\0four"),
        zlib.compress(b"blob 4\0four more"),
        zlib.compress(b"blub 4\0four"),
        zlib.compress(b"blob 99999999999999999999\0four"),
        zlib.compress(b"blob 4\0four")[:-3],
        zlib.compress(b"x" * 5000),
    ],
)
def test_a_corrupt_loose_object(git: Git, history: Scan, content: bytes) -> None:
    git.commit("first", readme="nothing\n")
    oid = head(git, "HEAD:readme")
    path = git.path / ".git" / "objects" / oid[:2] / oid[2:]
    path.chmod(0o644)
    path.write_bytes(content)
    incomplete(history(), oid[:12])


def test_a_name_that_leads_out_of_the_store(git: Git, history: Scan) -> None:
    """A loose object that is a link, and a folder of objects that is one."""
    git.commit("first", readme="nothing\n")
    content = b"blob 7\0nothing"
    oid = hashlib.sha1(content, usedforsecurity=False).hexdigest()
    outside = git.path.parent / "outside"
    outside.write_bytes(zlib.compress(content))
    folder = git.path / ".git" / "objects" / oid[:2]
    folder.mkdir(exist_ok=True)
    (folder / oid[2:]).symlink_to(outside)
    incomplete(history(), oid[2:12])
