"""Recorded traffic in which hardly a line is like another: a day of a gateway that serves 500 tenants.

Always the same, and of keys that never were. What varies is what varies in a real log: tenants, models,
paths, answers, times, request ids, durations, counts of tokens, user agents, the order of the fields, and
which of them are there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate, count
from random import Random
from typing import Any, NamedTuple

_TENANTS, _TENANTS_ALIKE = 500, 50
_START = datetime(2026, 11, 20, tzinfo=UTC)
_MILLISECONDS_APART = 172
"""At the most: a million requests a day."""

_SEED = 20261120
_MODELS = ("claude-sonnet-4-5", "claude-opus-4-1", "claude-haiku-4-5", "claude-sonnet-4-20250514")
_PATHS = ("/v1/messages", "/v1/messages/count_tokens", "/v1/messages?beta=true")
_STATUSES, _OFTEN = (200, 400, 429, 500, 529), (90, 3, 4, 2, 1)
_SURFACES = ("chat", "kb-drafts", "search", None)
_AGENTS = tuple(
    f"Anthropic/{language} {major}.{minor}.0"
    for language in ("Python", "JS", "Go")
    for major in (0, 1)
    for minor in (17, 60, 71)
)
_HINTED = 5
"""Of so many tenants one is on a gateway that logs the key's hint and no hash."""

_LAYOUTS = 6
_SPANS = 20


class Call(NamedTuple):
    """One request. time: RFC 3339; digest: of its key, hexadecimal; took: milliseconds; asked, answered:
    tokens."""

    time: datetime
    tenant: str
    digest: str
    hint: str
    model: str
    path: str
    status: int
    surface: str | None
    identity: str
    agent: str
    took: float
    asked: int
    answered: int

    @property
    def stamp(self) -> str:
        """When, to the millisecond."""
        return self.time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def calls() -> Iterator[Call]:
    """Without end, in the order of their times."""
    random = Random(_SEED)
    number, pick = random.randrange, random.random
    digests = [digest(key(tenant)) for tenant in range(_TENANTS)]
    hints = [hint(tenant) for tenant in range(_TENANTS)]
    often = list(accumulate(_OFTEN))
    time = _START
    while True:
        time += timedelta(milliseconds=number(_MILLISECONDS_APART))
        tenant = number(_TENANTS)
        share = number(often[-1])
        status = next(one for one, end in zip(_STATUSES, often, strict=True) if share < end)
        yield Call(
            time,
            f"tenant-{tenant}",
            digests[tenant],
            hints[tenant],
            _MODELS[number(len(_MODELS))],
            _PATHS[number(len(_PATHS))],
            status,
            _SURFACES[tenant % len(_SURFACES)],
            f"req_{number(1 << 96):024x}",
            _AGENTS[number(len(_AGENTS))],
            round(pick() * 30_000, 1),
            number(20_000),
            number(4_000),
        )


def alike(size: int) -> Iterator[str]:
    """JSON lines that differ in nothing but the time and one of 50 tenants."""
    return limited(_alike(), size)


def json_lines(size: int) -> Iterator[str]:
    """A gateway's log."""
    return limited(_json_lines(), size)


def evidence(size: int) -> Iterator[str]:
    """What `antkey egress run --evidence` has written."""
    return limited(_evidence(), size)


def access_log(size: int) -> Iterator[str]:
    """nginx's combined format with the tenant and the key's hash or hint behind it."""
    return limited(_access_log(), size)


def spans(size: int) -> Iterator[str]:
    """OTLP JSON, an export of twenty spans on each line."""
    return limited(_spans(), size)


def limited(pieces: Iterator[str], size: int) -> Iterator[str]:
    """As many as fit into so many bytes."""
    left = size
    for piece in pieces:
        left -= len(piece.encode())
        if left < 0:
            return
        yield piece


def _alike() -> Iterator[str]:
    """264 bytes a line."""
    for at in count():
        tenant = at * 7919 % _TENANTS_ALIKE
        time = (_START + timedelta(seconds=3 * at)).isoformat().replace("+00:00", "Z")
        line = {
            "ts": time,
            "tenant": f"tenant-{tenant}",
            "surface": "chat",
            "host": "api.anthropic.com",
            "method": "POST",
            "path": "/v1/messages",
            "key": digest(key(tenant)),
            "model": "claude-sonnet-4-5",
            "status": 200,
        }
        yield json.dumps(line) + "\n"


def _json_lines() -> Iterator[str]:
    """A gateway's, in six layouts, as its versions and plug-ins make them: 360 bytes."""
    random = Random(_SEED)
    names = ("host", "method", "path", "model", "status", "ms", "request_id", "usage")
    layouts = [random.sample(names, len(names)) for _ in range(_LAYOUTS)]
    for at, call in enumerate(calls()):
        tenant = int(call.tenant.removeprefix("tenant-"))
        fields = {
            "host": "api.anthropic.com",
            "method": "POST",
            "path": call.path,
            "model": call.model,
            "status": call.status,
            "ms": call.took,
            "request_id": call.identity,
            "usage": {"input_tokens": call.asked, "output_tokens": call.answered},
        }
        line: dict[str, Any] = {"ts": call.stamp, "tenant": call.tenant}
        line |= {"hint": call.hint} if tenant % _HINTED == 0 else {"key": call.digest}
        line |= {name: fields[name] for name in layouts[tenant % _LAYOUTS]}
        if call.surface is not None:
            line["surface"] = call.surface
        if at % 3 == 0:
            line["user_agent"] = call.agent
        if at % 7 == 0:
            line["stream"] = True
        if call.status != 200:
            line["error"] = {"type": "error", "retries": call.asked % 3}
        yield json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n"


def _evidence() -> Iterator[str]:
    """As `antkey egress run --evidence` writes it: a suite with a key for each tenant."""
    for call in calls():
        line = {
            "antkey": 1,
            "time": call.stamp,
            "tenant": call.tenant,
            "surface": call.surface,
            "scenario": "ok",
            "host": "api.anthropic.com",
            "method": "POST",
            "path": call.path.partition("?")[0],
            "header": "x-api-key",
            "source": f"ANTKEY_TENANT_KEY_{call.tenant}",
            "hint": call.hint,
            "sha256": call.digest,
            "kind": "api03",
            "role": "tenant",
            "owner": call.tenant,
            "model": call.model,
            "status": 200,
            "caller": f"tests/test_{call.surface}.py::test_{call.asked % 40}",
        }
        yield json.dumps(line, separators=(",", ":"), ensure_ascii=False) + "\n"


def _access_log() -> Iterator[str]:
    """nginx's combined format with the tenant and the key's hash or hint behind it."""
    for call in calls():
        tenant = int(call.tenant.removeprefix("tenant-"))
        written = call.time.strftime("%d/%b/%Y:%H:%M:%S +0000")
        whose = f"hint={call.hint}" if tenant % _HINTED == 0 else f"key={call.digest}"
        yield (
            f"10.0.{tenant % 256}.{call.asked % 256} - - [{written}]"
            f' "POST {call.path} HTTP/1.1" {call.status} {call.answered} "-" "{call.agent}"'
            f" tenant={call.tenant} {whose} request_id={call.identity} rt={call.took / 1000:.3f}\n"
        )


def _spans() -> Iterator[str]:
    """OTLP JSON, an export of twenty spans on each line."""
    made: list[dict[str, Any]] = []
    for call in calls():
        began = round(call.time.timestamp() * 1000) * 10**6
        attributes: dict[str, Any] = {
            "http.request.method": "POST",
            "url.full": f"https://api.anthropic.com{call.path}",
            "http.response.status_code": call.status,
            "tenant": call.tenant,
            "key": call.digest,
            "gen_ai.request.model": call.model,
            "gen_ai.usage.input_tokens": call.asked,
            "user_agent.original": call.agent,
        }
        made.append(
            {
                "traceId": call.identity[4:] + "00000000",
                "spanId": call.identity[4:20],
                "name": "POST",
                "kind": 3,
                "startTimeUnixNano": str(began),
                "endTimeUnixNano": str(began + round(call.took * 10**6)),
                "attributes": [
                    {"key": name, "value": _any_value(value)} for name, value in attributes.items()
                ],
            }
        )
        if len(made) == _SPANS:
            service = [{"key": "service.name", "value": {"stringValue": "gateway"}}]
            scopes = [{"scope": {"name": "http"}, "spans": made}]
            export = {
                "resourceSpans": [{"resource": {"attributes": service}, "scopeSpans": scopes}]
            }
            yield json.dumps(export, separators=(",", ":")) + "\n"
            made = []


def inventory() -> dict[str, Any]:
    """The tenants' keys: what `files` of a policy's [inventory] names."""
    keys = [
        {
            "name": f"prod-tenant-{number}-2026-10-01",
            "tenant": f"tenant-{number}",
            "fingerprint": f"sha256:{digest(key(number))}",
            "hint": hint(number),
            "created_at": "2026-10-01T00:00:00Z",
        }
        for number in range(_TENANTS)
    ]
    return {"keys": keys}


def key(number: int) -> str:
    """What stands for a tenant's key: of no key's shape, and unlike any other's."""
    return f"key-of-tenant-{number}-{digest(str(number))}"


def hint(number: int) -> str:
    """What the Console would show of that key."""
    found = digest(str(number))
    return f"sk-ant-api03-{found[:3]}…{found[-4:]}"


def digest(text: str) -> str:
    """SHA-256, hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def _any_value(value: object) -> dict[str, object]:
    return {"intValue": str(value)} if isinstance(value, int) else {"stringValue": value}
