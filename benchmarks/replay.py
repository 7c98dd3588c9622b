"""How fast `antkey egress replay` judges recorded traffic, and in how much memory."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from benchmarks.corpora import megabytes
from benchmarks.measure import peak_memory, run
from benchmarks.race import Stand
from benchmarks.table import NONE, row, seconds

SPEED, MEMORY = 50 * 10**6, 100 * 10**6
"""Bounds: bytes a second of one core's time, the start of the program with it; bytes."""

SIZE = 100 * 10**6
"""Bytes of a recording."""

_RUNS = 5
_LIMIT = 300.0
_TENANTS = 50
_START = datetime(2026, 11, 1, tzinfo=UTC)
_POLICY = """\
profile = "strict-byok"
[inventory]
files = ["keys.json"]
[egress]
tenant_from = ["field:tenant", "header:x-tenant"]
[egress.fields]
time = "ts"
key_sha256 = "key"
"""


class Recording(NamedTuple):
    """A kind of recording. written: its bytes, piece by piece, so many in all; jobs: processes."""

    title: str
    written: Callable[[int], Iterator[str]]
    jobs: int = 1


class Judged(NamedTuple):
    """What came of a recording. size, requests: of it; wall, cpu: seconds, medians; memory: bytes; code:
    antkey's exit code."""

    recording: Recording
    size: int
    requests: int
    wall: float
    cpu: float
    memory: int
    code: int


def short_lines(size: int) -> Iterator[str]:
    """What a gateway writes at the least: 264 bytes a line."""
    return _lines(size, lambda _: {})


def long_lines(size: int) -> Iterator[str]:
    """With usage, latency and numbers that are others on each line: 500 bytes."""
    return _lines(size, _details)


def evidence(size: int) -> Iterator[str]:
    """Lines as antkey writes them."""
    for at, tenant, digest, time in _requests():
        line = {
            "antkey": 1,
            "time": time,
            "tenant": tenant,
            "surface": "chat",
            "scenario": "ok",
            "host": "api.anthropic.com",
            "method": "POST",
            "path": "/v1/messages",
            "header": "x-api-key",
            "source": f"ANTKEY_TENANT_KEY_{tenant}",
            "hint": "",
            "sha256": digest,
            "kind": "api03",
            "role": "tenant",
            "owner": tenant,
            "model": "claude-sonnet-4-5",
            "status": 200,
        }
        text = json.dumps(line, separators=(",", ":")) + "\n"
        if (at + 1) * len(text) > size:
            return
        yield text


def har(size: int) -> Iterator[str]:
    """As a proxy exports it: whole headers, a question, an answer of 6 kB."""
    left, before = (
        size,
        '{"log":{"version":"1.2","creator":{"name":"proxy","version":"1"},"entries":[',
    )
    for _, tenant, _, time in _requests():
        key = _key(int(tenant.removeprefix("tenant-")))
        headers = {"x-tenant": tenant, "x-api-key": key, **_HEADERS}
        asked = {"model": "claude-sonnet-4-5", "max_tokens": 1024, "messages": [_QUESTION]}
        entry = {
            "startedDateTime": time,
            "time": 812.5,
            "request": {
                "method": "POST",
                "url": "https://api.anthropic.com/v1/messages",
                "httpVersion": "HTTP/2",
                "headers": _pairs(headers),
                "queryString": [],
                "cookies": [],
                "postData": {"mimeType": "application/json", "text": json.dumps(asked)},
            },
            "response": {
                "status": 200,
                "headers": _pairs(_HEADERS),
                "content": {"mimeType": "application/json", "text": json.dumps(_ANSWER)},
            },
            "cache": {},
            "timings": {"send": 0, "wait": 800, "receive": 12.5},
        }
        text = before + json.dumps(entry)
        left, before = left - len(text), ","
        yield text
        if left < len(text):
            yield "]}}"
            return


RECORDINGS = (
    Recording("JSON lines, 264 bytes", short_lines),
    Recording("JSON lines, 500 bytes", long_lines),
    Recording("JSON lines, 264 bytes, two processes", short_lines, jobs=2),
    Recording("evidence of its own", evidence),
    Recording("HAR", har),
)

_HEADERS = {
    "content-type": "application/json",
    "accept": "application/json",
    "user-agent": "Anthropic/JS 0.60.0",
    "anthropic-version": "2023-06-01",
    "x-stainless-lang": "js",
    "x-stainless-package-version": "0.60.0",
    "x-stainless-runtime": "node",
    "x-stainless-retry-count": "0",
    "request-id": "req_011CSHoEeqs5C35K2UUqR7Fy",
    "connection": "keep-alive",
}
_QUESTION = {"role": "user", "content": "Sum up what this customer has asked for. " * 40}
_ANSWER = {
    "type": "message",
    "role": "assistant",
    "content": [{"type": "text", "text": "The customer asks for a refund of an order. " * 130}],
    "usage": {"input_tokens": 812, "output_tokens": 1304},
}


def judged(stand: Stand, say: Callable[[str], None]) -> Iterator[Judged]:
    """Every recording, made in the working folder and removed again."""
    files = {"keys.json": json.dumps(_inventory()), "antkey.toml": _POLICY}
    for name, text in files.items():
        (stand.folder / name).write_text(text)
    try:
        for recording in RECORDINGS:
            yield _judged(recording, stand)
            say(f"egress: replay of {recording.title}")
    finally:
        for name in (*files, "recording"):
            (stand.folder / name).unlink(missing_ok=True)


def bounds(all_judged: list[Judged]) -> list[str]:
    """Rows of the bounds' table. Several processes have no bound: a machine may have one core."""
    lines = []
    for each in all_judged:
        if each.recording.jobs > 1:
            continue
        what, speed = f"antkey egress replay, {each.recording.title}", each.size / each.cpu
        lines += [
            _bound(
                what,
                "speed on one core (at least)",
                _speed(SPEED),
                _speed(speed),
                speed >= SPEED and not each.code,
            ),
            _bound(
                what, "memory", megabytes(MEMORY), megabytes(each.memory), each.memory <= MEMORY
            ),
        ]
    return lines


def table(all_judged: list[Judged]) -> list[str]:
    """All figures."""
    return [
        "| recording | size | requests | wall | processor | a core's speed | memory | exit code |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
        *(
            row(
                each.recording.title,
                megabytes(each.size),
                f"{each.requests:,}",
                seconds(each.wall),
                seconds(each.cpu),
                _speed(each.size / each.cpu),
                megabytes(each.memory),
                str(each.code),
            )
            for each in all_judged
        ),
    ]


def _judged(recording: Recording, stand: Stand) -> Judged:
    path = stand.folder / "recording"
    _write(path, recording.written(SIZE))
    argv = [
        stand.tools["antkey"].path,
        "egress",
        "replay",
        "-f",
        "json",
        "--now",
        "2026-12-01T00:00:00Z",
    ]
    argv += ["-j", str(recording.jobs), "recording"]
    costs = [run(argv, stand.folder, stand.environment, _LIMIT) for _ in range(_RUNS + 1)][1:]
    document: dict[str, Any] = json.loads(costs[-1].output)
    return Judged(
        recording,
        path.stat().st_size,
        document["stats"]["requests"],
        median(cost.wall for cost in costs),
        median(cost.cpu for cost in costs),
        peak_memory(argv, stand.folder, stand.environment, _LIMIT),
        costs[-1].code,
    )


def _write(path: Path, pieces: Iterator[str]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(pieces)


def _lines(size: int, more: Callable[[int], dict[str, Any]]) -> Iterator[str]:
    left = size
    for at, tenant, digest, time in _requests():
        line = {
            "ts": time,
            "tenant": tenant,
            "surface": "chat",
            "host": "api.anthropic.com",
            "method": "POST",
            "path": "/v1/messages",
            "key": digest,
            "model": "claude-sonnet-4-5",
            "status": 200,
            **more(at),
        }
        text = json.dumps(line) + "\n"
        left -= len(text)
        if left < 0:
            return
        yield text


def _details(at: int) -> dict[str, Any]:
    used = {"input_tokens": at % 3000, "output_tokens": at % 999, "cache_read_input_tokens": 0}
    return {
        "request_id": f"req_{at:024x}",
        "latency_ms": at % 999,
        "usage": used,
        "region": "eu-west-1",
        "pod": f"gateway-{at % 17}",
        "trace": f"{at * 7919:032x}",
    }


def _requests() -> Iterator[tuple[int, str, str, str]]:
    """Number, tenant, digest of the key, time: without end, three seconds from each other."""
    digests = [_digest(_key(number)) for number in range(_TENANTS)]
    at = 0
    while True:
        number = at * 7919 % _TENANTS
        time = (_START + timedelta(seconds=3 * at)).isoformat().replace("+00:00", "Z")
        yield at, f"tenant-{number}", digests[number], time
        at += 1


def _inventory() -> dict[str, Any]:
    keys = [
        {
            "name": f"prod-tenant-{number}-2026-10-01",
            "tenant": f"tenant-{number}",
            "fingerprint": f"sha256:{_digest(_key(number))}",
            "created_at": "2026-10-01T00:00:00Z",
        }
        for number in range(_TENANTS)
    ]
    return {"keys": keys}


def _key(number: int) -> str:
    """What stands for a tenant's key: of no key's shape, and unlike any other's."""
    return f"key-of-tenant-{number}-{_digest(str(number))}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _pairs(headers: dict[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers.items()]


def _speed(value: float) -> str:
    return f"{value / 10**6:.0f} MB/s"


def _bound(what: str, measure: str, most: str, measured: str, is_met: bool) -> str:
    return row(what, measure, most, NONE, measured, "met" if is_met else "**not met**")
