"""Runs small applications under `antkey egress run`: what they start with, and what came of it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from typing import Any

PRELUDE = """
import json, os, sys, urllib.error, urllib.request

API = "https://api.anthropic.com/v1/messages"
TENANT = os.environ.get("ANTKEY_TENANT_KEY", "")
ACME, GLOBEX = (os.environ.get(f"ANTKEY_TENANT_KEY_{n}", "") for n in ("ACME", "GLOBEX"))
PLATFORM = os.environ["ANTHROPIC_API_KEY"]

def send(key, url=API, model="claude-sonnet-5", **headers):
    body = json.dumps({"model": model, "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]})
    fields = {"content-type": "application/json", "anthropic-version": "2023-06-01"}
    fields.update({name.replace("_", "-"): value for name, value in headers.items()})
    if key:
        fields["x-api-key"] = key
    request = urllib.request.Request(url, body.encode(), fields)
    try:
        with urllib.request.urlopen(request, timeout=3) as answer:
            answer.read()
            return 200
    except urllib.error.HTTPError as error:
        return error.code
    except Exception:
        return 0

def control(path, **fields):
    url = os.environ["ANTKEY_CONTROL_URL"] + path
    with urllib.request.urlopen(urllib.request.Request(url, json.dumps(fields).encode())) as answer:
        return json.loads(answer.read() or b"{}")
"""


class Done:
    """A run: its exit code, JSON and what went to standard error."""

    def __init__(self, process: subprocess.CompletedProcess[bytes]) -> None:
        self.code = process.returncode
        self.stderr = process.stderr.decode()
        self.stdout = process.stdout.decode()

    @property
    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.stdout)
        return document

    @property
    def rules(self) -> set[str]:
        return {finding["rule"] for finding in self.document["findings"]}


Play = Callable[..., Done]
