"""Recorded traffic with headers and bodies, in which no exchange is like another: HAR and cassettes of the
same calls as in `benchmarks/traffic.py`."""

from __future__ import annotations

import json
from collections.abc import Iterator

from benchmarks.traffic import Call, calls, key, limited

_QUESTION = "Sum up what this customer has asked for. "
_ANSWER = "The customer asks for a refund of an order. "

_HEADERS = {
    "content-type": "application/json",
    "accept": "application/json",
    "anthropic-version": "2023-06-01",
    "x-stainless-lang": "js",
    "x-stainless-package-version": "0.60.0",
    "x-stainless-runtime": "node",
    "connection": "keep-alive",
}


def har(size: int) -> Iterator[str]:
    """A proxy's export: whole headers, a question, an answer of 1 to 12 kB."""
    yield '{"log":{"version":"1.2","creator":{"name":"proxy","version":"1"},"entries":['
    for at, entry in enumerate(limited(_entries(), size)):
        yield f",{entry}" if at else entry
    yield "]}}"


def cassette(size: int) -> Iterator[str]:
    """What vcrpy writes as YAML, with the same headers and bodies."""
    yield "interactions:\n"
    yield from limited(_interactions(), size)
    yield "version: 1\n"


def _entries() -> Iterator[str]:
    """Elements of a HAR file's list of entries, as a proxy exports them: whole headers, a question, an answer
    of 1 to 12 kB."""
    for call in calls():
        headers = {"x-tenant": call.tenant, "x-api-key": _key_of(call), **_HEADERS}
        asked, answer = _bodies(call)
        entry = {
            "startedDateTime": call.stamp,
            "time": call.took,
            "request": {
                "method": "POST",
                "url": f"https://api.anthropic.com{call.path}",
                "httpVersion": "HTTP/2",
                "headers": _pairs({**headers, "user-agent": call.agent}),
                "queryString": [],
                "cookies": [],
                "postData": {"mimeType": "application/json", "text": asked},
            },
            "response": {
                "status": call.status,
                "headers": _pairs({**_HEADERS, "request-id": call.identity}),
                "content": {"mimeType": "application/json", "text": answer},
            },
            "cache": {},
            "timings": {"send": 0, "wait": call.took, "receive": 12.5},
        }
        yield json.dumps(entry)


def _interactions() -> Iterator[str]:
    """Elements of a vcrpy cassette's list, as YAML."""
    for call in calls():
        headers = {"x-tenant": call.tenant, "x-api-key": _key_of(call), **_HEADERS}
        asked, answer = _bodies(call)
        answered = {**_HEADERS, "date": call.time.strftime("%a, %d %b %Y %H:%M:%S GMT")}
        yield "".join(
            (
                f"- request:\n    body: {json.dumps(asked)}\n    headers:\n{_listed(headers)}",
                f"    method: POST\n    uri: https://api.anthropic.com{call.path}\n",
                f"  response:\n    body:\n      string: {json.dumps(answer)}\n",
                f"    headers:\n{_listed(answered)}",
                f"    status:\n      code: {call.status}\n      message: OK\n",
            )
        )


def _key_of(call: Call) -> str:
    return key(int(call.tenant.removeprefix("tenant-")))


def _bodies(call: Call) -> tuple[str, str]:
    """What was asked, and the answer, as JSON."""
    question = {"role": "user", "content": _QUESTION * (1 + call.asked % 60)}
    asked = {"model": call.model, "max_tokens": 1024, "messages": [question]}
    answer = {
        "id": call.identity.replace("req", "msg"),
        "type": "message",
        "role": "assistant",
        "content": [{"type": "text", "text": _ANSWER * (20 + call.answered % 240)}],
        "usage": {"input_tokens": call.asked, "output_tokens": call.answered},
    }
    return json.dumps(asked), json.dumps(answer)


def _pairs(headers: dict[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers.items()]


def _listed(headers: dict[str, str]) -> str:
    return "".join(
        f"      {name}:\n      - {json.dumps(value)}\n" for name, value in headers.items()
    )
