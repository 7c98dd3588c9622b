"""Acorn Ledger's assistant, on the Anthropic key that each customer has saved."""

import json
import os
import urllib.error
import urllib.request

URL = "https://api.anthropic.com/v1/messages"
PLATFORM_KEY = os.environ.get("ANTHROPIC_API_KEY", "")


def tenant_key(tenant: str) -> str:
    """The key that the customer has saved; empty without one."""
    return os.environ.get(f"ANTKEY_TENANT_KEY_{tenant.upper()}", "")


def answer(tenant: str, question: str) -> str:
    """Claude's answer to a question about the books."""
    key = tenant_key(tenant)
    if not key:
        return "Save an Anthropic key to switch the assistant on."
    try:
        return send(key, question)
    except urllib.error.HTTPError as error:
        if error.code == 429:
            return send(PLATFORM_KEY, question)
        return f"Anthropic answers {error.code}; the assistant pauses."


def summary(tenant: str, month: str) -> str:
    """A month in three sentences."""
    key = tenant_key(tenant)
    if not key:
        return ""
    try:
        return send(key, f"Sum up {month} in three sentences.")
    except urllib.error.HTTPError:
        return ""


def send(key: str, text: str) -> str:
    body = {
        "model": "claude-sonnet-5",
        "max_tokens": 64,
        "messages": [{"role": "user", "content": text}],
    }
    request = urllib.request.Request(
        URL,
        json.dumps(body).encode(),
        {"x-api-key": key, "anthropic-version": "2023-06-01", "content-type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as reply:
        return json.load(reply)["content"][0]["text"]
