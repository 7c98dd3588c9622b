"""Recordings that were cut or changed anywhere: never a crash, and never a silence that reads as clean."""

from __future__ import annotations

import gzip
import json
import random
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from tests.scanner.egress.recordings.reading import alone, read

from antkey_scanner.egress.evidence import to_json
from antkey_scanner.egress.recordings import mapped
from antkey_scanner.egress.recordings.detect import Recording
from antkey_scanner.egress.records import Credential, Request
from antkey_scanner.inventory.records import Place
from antkey_scanner.policy.egress import EgressPolicy

NOON = "2026-11-20T12:00:00Z"
URL = "https://api.anthropic.com/v1/messages"
DIGITS = "0123456789abcdef" * 4
COUNT = 12


def key() -> str:
    dice = random.Random(7)
    return "sk-ant-api03-" + "".join(dice.choices("abcdefgh01234567-_", k=93)) + "AA"


def gateway() -> str:
    record = {"time": NOON, "host": "api.anthropic.com", "sha256": DIGITS, "tenant": "ácme"}
    return (json.dumps(record, ensure_ascii=False) + "\n") * COUNT


def evidence() -> str:
    credential = Credential("x-api-key", "api03", "", DIGITS)
    request = Request(Place("x"), 0, "api.anthropic.com", "POST", "/v1/messages", (credential,))
    return (to_json(request._replace(tenant="acme")) + "\n") * COUNT


def har() -> str:
    headers = [{"name": "x-api-key", "value": key()}]
    request = {"method": "POST", "url": URL, "headers": headers}
    entries = [{"startedDateTime": NOON, "request": request, "response": {}}] * COUNT
    log = {"version": "1.2", "creator": {"name": "mitmproxy"}, "entries": entries}
    return json.dumps({"log": log}, indent=1)


def interactions() -> dict[str, Any]:
    request = {"method": "POST", "uri": URL, "headers": {"x-api-key": [key()]}, "body": "{}"}
    answer = {"status": {"code": 200}, "headers": {"Date": ["Fri, 20 Nov 2026 12:00:00 GMT"]}}
    return {"interactions": [{"request": request, "response": answer} for _ in range(COUNT)]}


def spans() -> str:
    named = {"http.request.method": "POST", "url.full": URL, "http.request.header.x-api-key": key()}
    held = [{"key": name, "value": {"stringValue": one}} for name, one in named.items()]
    span = {"kind": 3, "startTimeUnixNano": "1795176000000000000", "attributes": held}
    return json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [span] * COUNT}]}]}, indent=1)


def access_log() -> str:
    return (
        f'1.2.3.4 - - [20/Nov/2026:12:00:00 +0000] "POST /v1 HTTP/1.1" 200 1 sha256={DIGITS}\n'
        * COUNT
    )


WHOLE = {
    "gateway": gateway(),
    "evidence": evidence(),
    "har": har(),
    "cassette.json": json.dumps(interactions(), indent=1),
    "cassette.yaml": yaml.dump(interactions()),
    "spans": spans(),
    "log": access_log(),
}
formats = st.sampled_from(sorted(WHOLE))


@pytest.mark.parametrize("name", WHOLE)
def test_the_whole_is_read(name: str) -> None:
    found = read(WHOLE[name])
    assert len(found.requests) == COUNT
    assert not found.skips


@given(formats, st.floats(0, 1), st.booleans())
def test_a_cut_recording_is_never_silently_shorter(name: str, share: float, packed: bool) -> None:
    """Lines may end early unseen: a log that was cut between two lines is one that ended there."""
    data = WHOLE[name].encode()
    data = gzip.compress(data) if packed else data
    cut = data[: int(len(data) * share)]
    found = read(cut)
    told = {request[1:] for request in found.requests}
    assert told <= {request[1:] for request in read(WHOLE[name]).requests} | _partial(
        found.requests
    )
    is_between = not packed and (not cut.strip() or cut.endswith(b"\n") or cut == data)
    if len(found.requests) < COUNT and name not in ("log", "cassette.yaml") and not is_between:
        last = data[: len(cut) + 1].endswith(b"\n")
        assert found.skips or not cut or last


def _partial(requests: list[Request]) -> set[Any]:
    """A log's last line may be whole as it stands, but for its key; without one it is not judged."""
    return {request[1:] for request in requests if not request.credentials and not request.complete}


@given(formats, st.data())
def test_changed_bytes_never_crash(name: str, data: st.DataObject) -> None:
    text = bytearray(WHOLE[name].encode())
    for _ in range(data.draw(st.integers(1, 8))):
        text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.integers(0, 255))
    found = read(bytes(text))
    assert len(found.requests) <= 2 * COUNT


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_told(data: bytes) -> None:
    found = read(data)
    assert found.requests or found.skips or not data.removeprefix(b"\xef\xbb\xbf").strip(b" \t\r\n")


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        *(
                            "log",
                            "entries",
                            "request",
                            "response",
                            "headers",
                            "content",
                            "interactions",
                        ),
                        *(
                            "resourceSpans",
                            "scopeSpans",
                            "spans",
                            "attributes",
                            "value",
                            "name",
                            "url",
                        ),
                        *(
                            "method",
                            "time",
                            "host",
                            "path",
                            "sha256",
                            "antkey",
                            "also",
                            "key",
                            "hint",
                        ),
                    ]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=25,
    ),
    st.sampled_from([None, 1]),
)
def test_any_json_is_read_or_told(value: Any, indent: int | None) -> None:
    found = read(json.dumps(value, indent=indent))
    for request in found.requests:
        assert isinstance(request.host, str)
        assert isinstance(request.credentials, tuple)


class Endless:
    """A stream that is made as it is read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._held = b""

    def read(self, size: int = -1, /) -> bytes:
        held = self._held or next(self._pieces, b"")
        cut = len(held) if size < 0 else size
        self._held = held[cut:]
        return held[:cut]


def lines(count: int) -> Iterator[bytes]:
    """Gateway lines, a thousand at a time, no two of which are alike."""
    for block in range(count // 1000):
        made = [
            json.dumps(
                {
                    "time": datetime.fromtimestamp(1_795_176_000 + block, UTC).isoformat(),
                    "id": f"req_{block}_{n}",
                    "tenant": f"tenant-{(block * 1000 + n) % 5000}",
                    "path": f"/v1/messages/batches/msgbatch_{block}_{n}",
                    "sha256": DIGITS,
                }
            )
            for n in range(1000)
        ]
        yield ("\n".join(made) + "\n").encode()


def entries(count: int) -> Iterator[bytes]:
    """A HAR file with long answers."""
    yield b'{"log": {"version": "1.2", "entries": [\n'
    request = {"method": "POST", "url": URL, "headers": [{"name": "x-api-key", "value": key()}]}
    answer = {"status": 200, "content": {"text": "x" * 60_000}}
    entry = json.dumps({"startedDateTime": NOON, "request": request, "response": answer}).encode()
    for n in range(count):
        yield (b",\n" if n else b"") + entry
    yield b"]}}"


@pytest.mark.parametrize(
    ("pieces", "count"),
    [(lines(10_000), 10_000), (entries(1000), 1000)],
    ids=["json lines", "har"],
)
def test_memory_does_not_grow_with_the_recording(
    pieces: Iterator[bytes], count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mapped, "_MOST_KNOWN", 1000)
    recording = Recording(Endless(pieces), "x", 1 << 30)
    seen = 0
    tracemalloc.start()
    try:
        for item in alone(recording.items(EgressPolicy())):
            assert isinstance(item, Request)
            seen += 1
            if seen == count // 2:
                half = tracemalloc.get_traced_memory()[1]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert seen == count
    assert peak < 60 << 20
    assert peak < half + (8 << 20)
