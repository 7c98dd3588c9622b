"""Products that keep the promises of the examples' policies: code, inventories, recorded requests.

Everything is made at run time, keys too; a test breaks one thing of it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

APP = '''"""Answers customers, each on the key that the customer has saved."""

import json
import os
import urllib.error
import urllib.request

CONTROL = os.environ.get("ANTKEY_CONTROL_URL")
changed = {}


def post(url, body, headers=None):
    request = urllib.request.Request(url, json.dumps(body).encode(), headers or {})
    with urllib.request.urlopen(request, timeout=5) as answer:
        return json.load(answer)


def customer_key(customer):
    return changed.get(customer) or os.environ.get(f"ANTKEY_TENANT_KEY_{customer.upper()}", "")


def ask(key):
    headers = {"x-api-key": key, "content-type": "application/json"}
    body = {"model": "claude-sonnet-5", "max_tokens": 9, "messages": []}
    return post("https://api.anthropic.com/v1/messages", body, headers)


def work(customer, surface):
    if CONTROL:
        post(f"{CONTROL}/mark", {"tenant": customer, "surface": surface})
    key = customer_key(customer)
    if not key:
        return without_key()
    try:
        ask(key)
    except (OSError, ValueError) as error:
        return failed(error)
    if os.environ.get("ANTKEY_SCENARIO") == "rotate":
        changed[customer] = post(f"{CONTROL}/rotate", {"tenant": customer})["key"]
        ask(changed[customer])
    return "answered"


def without_key():
    return "off"


def failed(error):
    return f"paused: {error}"


for customer in CUSTOMERS:
    for surface in SURFACES:
        work(customer, surface)
'''

SHARED = "def without_key():\n    ask(os.environ[\"ANTHROPIC_API_KEY\"])\n    return 'shared'\n"
"""For products whose customers without a key run on the platform's."""


class Key(NamedTuple):
    """A key of an inventory. fields: more of TOML."""

    name: str
    text: str
    created: str
    fields: str = ""

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    def toml(self) -> str:
        return (
            f'[[keys]]\nname = "{self.name}"\ncreated_at = {self.created}\n'
            f'fingerprint = "sha256:{self.sha256}"\n{self.fields}\n'
        )


def app(customers: Sequence[str], surfaces: Sequence[str], *, shared: bool = False) -> str:
    """The application of a product."""
    text = APP.replace("CUSTOMERS", repr(customers)).replace("SURFACES", repr(surfaces))
    if shared:
        text = text.replace('def without_key():\n    return "off"\n', SHARED)
    return text


def inventory(folder: Path, keys: Sequence[Key], more: str = "") -> None:
    """Write `keys.toml`."""
    (folder / "keys.toml").write_text("\n".join(key.toml() for key in keys) + more)


def recorded(folder: Path, lines: Sequence[Mapping[str, object]]) -> None:
    """Write a gateway's log."""
    (folder / "traffic").mkdir(exist_ok=True)
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (folder / "traffic" / "gateway.jsonl").write_text(text)


def request(time: str, tenant: str, key: Key) -> dict[str, object]:
    """A line of a gateway's log."""
    return {
        "time": time,
        "tenant": tenant,
        "host": "api.anthropic.com",
        "method": "POST",
        "path": "/v1/messages",
        "key_sha256": key.sha256,
        "model": "claude-sonnet-5",
        "status": 200,
    }


def page(folder: Path, shown: str) -> None:
    """Write a recording of the settings page, as a browser saves it. shown: what it says of the key."""
    entry = {
        "startedDateTime": "2026-11-19T10:00:00.000Z",
        "time": 5,
        "request": {
            "method": "GET",
            "url": "https://app.example.com/settings",
            "httpVersion": "HTTP/2",
            "headers": [],
            "queryString": [],
            "cookies": [],
            "headersSize": -1,
            "bodySize": 0,
        },
        "response": {
            "status": 200,
            "statusText": "OK",
            "httpVersion": "HTTP/2",
            "headers": [],
            "cookies": [],
            "content": {"size": len(shown), "mimeType": "text/html", "text": shown},
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": -1,
        },
        "cache": {},
        "timings": {"send": 0, "wait": 5, "receive": 0},
    }
    log = {"version": "1.2", "creator": {"name": "test", "version": "1"}, "entries": [entry]}
    (folder / "evidence").mkdir(exist_ok=True)
    (folder / "evidence" / "settings.har").write_text(json.dumps({"log": log}))


MakeKey = Callable[..., str]
