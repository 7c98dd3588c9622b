"""What several processes read of a recording is what one reads."""

from __future__ import annotations

import json
import os
import tracemalloc
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.scanner.egress.recordings.reading import alone

from antkey_scanner import system
from antkey_scanner.egress.recordings import Item, json_lines, lines, parts
from antkey_scanner.model import Skip
from antkey_scanner.policy.egress import egress_policy
from antkey_scanner.tasks import Outcome, Range

pytestmark = pytest.mark.skipif(not system.can_fork(), reason="this system cannot fork")

POLICY = egress_policy({"egress": {"tenant_from": ["field:tenant"]}})
START = datetime(2026, 11, 20, tzinfo=UTC)


def record(at: int = 0, **fields: Any) -> dict[str, Any]:
    time = (START + timedelta(seconds=at)).isoformat()
    return {"time": time, "tenant": "acme", "sha256": f"{at % 3:064x}", "status": 200, **fields}


def sorted_out(items: Iterable[Item]) -> tuple[list[Item], list[Item]]:
    """What is judged, and what is told beside it, each in its order."""
    each = list(alone(items))
    return (
        [item for item in each if not isinstance(item, Skip)],
        [item for item in each if isinstance(item, Skip)],
    )


def here(path: Path) -> tuple[list[Item], list[Item]]:
    with path.open("rb") as file:
        return sorted_out(json_lines.read(file, file.read(500), "log", POLICY))


def apart(path: Path) -> tuple[list[Item], list[Item]]:
    items: list[Item] = []
    with path.open("rb") as file:
        parts.read(file.fileno(), path.stat().st_size, "log", POLICY, 2, items.append)
    return sorted_out(items)


EVIDENCE = {"antkey": 1, "time": "2026-11-20T12:00:00Z", "tenant": "acme", "host": "h", "method": "POST",
            "path": "/v1/messages", "header": "x-api-key", "source": "K", "sha256": "a" * 64, "hint": "",
            "kind": "api03", "role": "tenant", "owner": "acme"}  # fmt: skip
HOST = {"key": "server.address", "value": {"stringValue": "api.anthropic.com"}}
SPAN = {"startTimeUnixNano": "1795176000000000000", "attributes": [HOST]}
SPANS = {"resourceSpans": [{"scopeSpans": [{"spans": [SPAN]}]}]}

STRANGE: dict[str, list[bytes]] = {
    "blank lines": [b"", b"  ", b"\r"],
    "broken": [b"{", b"[1,", b'{"a":1}}', b"\xff\xfe"] * 4,
    "values": [b"1", b'"x"', b"[]", b"null"] * 4,
    "ends of Windows": [json.dumps(record(4)).encode() + b"\r"],
    "no time": [json.dumps(record(4, time=None)).encode(), json.dumps(record(4, time="x")).encode()],
    "a list": [json.dumps(record(4, status=[200])).encode()],
    "not ASCII": [json.dumps(record(4, surface="größe \ud800")).encode(), '{"tenant":"é"}'.encode()],
    "a long line": [json.dumps(record(4, body="x" * 70_000)).encode()],
    "a document": [json.dumps({"log": {"entries": []}, "x": "x" * 70_000}).encode()],
    "evidence": [json.dumps(EVIDENCE).encode(), json.dumps({**EVIDENCE, "sha256": "b" * 64}).encode()],
    "silence": [b'{"antkey":1,"scenario":"no-key","requests":0,"tenants":[]}'],
    "spans": [json.dumps(SPANS).encode()],
}  # fmt: skip


@pytest.mark.parametrize("strange", STRANGE)
@pytest.mark.parametrize("part", [100, 1000, 5000])
def test_two_processes_read_what_one_reads(
    strange: str, part: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "PART", part)
    usual = [json.dumps(record(at)).encode() for at in range(40)]
    some = [*usual[:10], *STRANGE[strange], *usual[10:30], *STRANGE[strange], *usual[30:]]
    path = tmp_path / "log"
    path.write_bytes(b"\n".join(some))
    assert apart(path) == here(path)


@pytest.mark.parametrize("end", [b"", b"\n", b"\n\n", b"\n{"])
@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf", b"\n"])
def test_parts_may_end_anywhere(
    start: bytes, end: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "log"
    path.write_bytes(start + b"\n".join(json.dumps(record(at)).encode() for at in range(4)) + end)
    expected = here(path)
    for part in range(90, 140):
        monkeypatch.setattr(parts, "PART", part)
        assert apart(path) == expected


@given(sizes=st.lists(st.integers(0, 90), max_size=20), part=st.integers(1, 60), ends=st.booleans())
@settings(max_examples=300)
def test_each_line_is_in_one_part(
    sizes: list[int], part: int, ends: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    whole = b"\n".join(bytes([97 + at % 26]) * size for at, size in enumerate(sizes))
    whole += b"\n" if ends and whole else b""
    path = tmp_path_factory.mktemp("parts") / "log"
    path.write_bytes(whole)
    with path.open("rb") as stream, pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "PART", part)
        file = parts._File(stream.fileno(), len(whole))
        pieces = [file.blocks(start) for start in range(0, len(whole), part)]
        cut = [line for piece in pieces for _, some in piece for line in some]
        stream.seek(0)
        assert cut == [line for _, some in lines.blocks(stream) for line in some]


def test_a_line_that_is_too_long_is_so_in_any_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "LONGEST_ENTRY", 3000)
    monkeypatch.setattr(lines, "_CHUNK", 700)
    path = tmp_path / "log"
    some = [record(at, body="x" * size) for at, size in enumerate((10, 2800, 2900, 3100, 9000, 10))]
    path.write_bytes(b"".join(json.dumps(one).encode() + b"\n" for one in some))
    expected = here(path)
    monkeypatch.setattr(parts, "_LOOK", 500)
    assert list(map(len, expected)) == [3, 3]
    for part in (50, 900, 2950, 3001, 4000):
        monkeypatch.setattr(parts, "PART", part)
        assert apart(path) == expected


def test_what_a_dead_worker_had_is_read_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "PART", 1000)
    path = tmp_path / "log"
    path.write_bytes(b"".join(json.dumps(record(at)).encode() + b"\n" for at in range(40)))
    read = parts._Reader.read

    def dying(reader: parts._Reader, task: Range) -> Outcome:
        if task.start == 2000:
            os._exit(9)
        return read(reader, task)

    monkeypatch.setattr(parts._Reader, "read", dying)
    assert apart(path) == here(path)


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (0, 2, 1, 3), (3, 2, 1, 0), (1, 3, 0, 2)])
@pytest.mark.parametrize("most_said", [0, 2, 100])
@pytest.mark.parametrize("strange", ["no time", "evidence", "broken"])
def test_parts_may_be_read_in_any_order(
    order: tuple[int, ...],
    most_said: int,
    strange: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(parts, "_MOST_SAID", most_said)
    path = tmp_path / "log"
    some = [json.dumps(record(at, model=f"model {at % 7}")).encode() for at in range(39)]
    path.write_bytes(b"\n".join((*some[:15], *STRANGE[strange], *some[15:])))
    size = path.stat().st_size
    monkeypatch.setattr(parts, "PART", size // 4 + 1)
    items: list[Item] = []
    with path.open("rb") as file:
        merger = parts._Merger(parts._File(file.fileno(), size), "log", POLICY, items.append)
        tasks = merger.tasks(4)
        reader = parts._Reader(merger.file, "log", POLICY)
        for at in order:
            merger.handle(tasks[at], reader.read(tasks[at]))
        items += merger.faults.rest()
    assert sorted_out(items) == here(path)


def test_what_the_disk_refuses_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "PART", 1000)
    path = tmp_path / "log"
    path.write_bytes(b"".join(json.dumps(record(at)).encode() + b"\n" for at in range(40)))
    read_at = system.read_at

    def failing(descriptor: int, size: int, offset: int) -> bytes:
        if offset + size > 3500:
            raise OSError(5, "Input/output error")
        return read_at(descriptor, size, offset)

    monkeypatch.setattr(parts, "_LOOK", 100)
    monkeypatch.setattr(system, "read_at", failing)
    requests, skips = apart(path)
    assert 10 < len(requests) < 40
    assert requests == here(path)[0][: len(requests)]
    assert skips == [
        Skip("log", "cannot be read on (input/output error); what follows was not read")
    ]


def test_few_parts_wait_to_be_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "PART", 1000)
    path = tmp_path / "log"
    path.write_bytes(b"".join(json.dumps(record(at)).encode() + b"\n" for at in range(2000)))
    size = path.stat().st_size
    merger = parts._Merger(parts._File(-1, size), "log", POLICY, lambda _: None)
    late, *ready = merger.tasks(8)
    # One worker takes its time; the other one has done all that there is, and gets no more.
    assert not any(merger.handle(task, Outcome()) for task in ready)
    monkeypatch.setattr(parts._Merger, "_merge", lambda *_: None)
    assert len(merger.handle(late, Outcome())) == len(ready) + 1


def test_memory_does_not_grow_with_the_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "PART", 50_000)
    path = tmp_path / "log"
    line = "".join(json.dumps(record(at)) + "\n" for at in range(1000))
    peaks = []
    for times in (4, 40):
        path.write_text(line * times)
        tracemalloc.start()
        with path.open("rb") as file:
            parts.read(file.fileno(), path.stat().st_size, "log", POLICY, 2, lambda _: None)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + (1 << 20)
