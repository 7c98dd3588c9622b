"""Packs made to take memory or time."""

from __future__ import annotations

import random
import tracemalloc
import zlib
from functools import partial
from pathlib import Path

import pytest
from tests.scanner.git.objectcheck import by_walk
from tests.scanner.git.packmaker import (
    REF_DELTA,
    PackMaker,
    copy,
    insert,
    name,
    varint,
)

from antkey_scanner.git import rebuild
from antkey_scanner.git.objects import (
    BLOB,
    COMMIT,
    Object,
    Problem,
)
from antkey_scanner.git.store import ObjectStore, ObjectStream
from antkey_scanner.git.walk import Walk

GOOD = [b"good one\n" * 30, b"good two\n" * 3000, b""]
BAD = b"\xbd" * 20
OTHER = b"\x0c" * 20


def test_huge_blobs_come_as_streams(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    limit(monkeypatch, 1000)
    maker = PackMaker()
    big = b"0123456789" * 100_000
    maker.blob(big)
    small = maker.blob(b"small")
    maker.add(BAD, REF_DELTA, insert(len(big), b"x"), base=name(big))
    maker.add(OTHER, REF_DELTA, insert(5, big), base=small)
    maker.write(tmp_path)
    walk = Walk([str(tmp_path)], 20)
    items = [item for piece in walk.plan().pieces for item in read(walk, piece)]
    assert sorted(items) == sorted(
        [
            (name(big), BLOB, big),
            (small, BLOB, b"small"),
            (BAD, "is larger than the memory limit"),
            (OTHER, "is larger than the memory limit"),
        ]
    )


def limit(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    for module in ("rebuild", "table", "bulktable"):
        monkeypatch.setattr(f"antkey_scanner.git.{module}.LIMIT", size)


def read(walk: Walk, piece: tuple[str, str, int, int]) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    for item in walk.run(piece):
        match item:
            case ObjectStream():
                pieces = list(iter(partial(item.read, 4096), b""))
                assert max(map(len, pieces)) <= 4096
                found.append((item.oid, item.kind, b"".join(pieces)))
            case Object():
                found.append((item.oid, item.kind, item.data))
            case Problem():
                said = "is larger than the memory limit"
                assert said in item.reason
                found.append((item.oid, said))
    return found


def test_a_pack_that_unpacks_without_end_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setattr(rebuild, "MOST", 100_000)
    maker = PackMaker()
    base = maker.blob(bytes(20_000))
    for number in range(20):
        delta = varint(20_000) + varint(20_001) + copy(0, 20_000) + bytes([1, number])
        maker.add(name(bytes(20_000) + bytes([number])), REF_DELTA, delta, base=base)
    maker.write(tmp_path)
    found, problems = by_walk([tmp_path])
    assert len(found) < 7
    assert [problem.reason for problem in problems] == ["unpacks to more than 100000 bytes"]


def test_many_problems_are_counted(tmp_path: Path, way: str) -> None:
    maker = PackMaker()
    good = maker.blob(GOOD[0])
    for number in range(300):
        maker.add(number.to_bytes(20, "big"), COMMIT, b"x" * 50, packed=b"no zlib data at all")
    maker.write(tmp_path)
    found, problems = by_walk([tmp_path])
    assert found.keys() == {good}
    assert len(problems) == 101
    assert problems[-1].reason == "200 more objects cannot be read"


def test_what_failed_holds_no_memory(tmp_path: Path, way: str) -> None:
    maker = PackMaker()
    noise = random.Random(1).randbytes(150_000)
    for number in range(300):
        packed = zlib.compress(noise + bytes([number % 256]), 0)
        maker.add(number.to_bytes(20, "big"), BLOB, noise + b"x", packed=packed[:-9])
    maker.write(tmp_path)
    tracemalloc.start()
    try:
        by_walk([tmp_path])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 10 << 20


def test_chains_beyond_recursion_and_depth_are_read(tmp_path: Path, way: str) -> None:
    maker = PackMaker()
    data = b"x" * 50
    base = maker.blob(data)
    for number in range(6000):
        data = data[:40] + b"%010d" % number
        delta = varint(50) + varint(50) + copy(0, 40) + b"\x0a%010d" % number
        maker.add(name(data), REF_DELTA, delta, base=base)
        base = name(data)
    random.Random(1).shuffle(maker.entries)
    maker.write(tmp_path)
    found, problems = by_walk([tmp_path])
    assert problems == []
    assert len(found) == 6001
    assert ObjectStore([str(tmp_path)], 20).get(base).data == data
