"""A chat for two customers, each on a key of their own. It has a bug, which `antkey egress run` shows."""

import json
import os
import urllib.error
import urllib.request

URL = "https://api.anthropic.com/v1/messages"
PLATFORM_KEY = os.environ.get("ANTHROPIC_API_KEY", "")


def key_of(customer: str) -> str:
    """The key that the customer has saved; empty without one."""
    return os.environ.get(f"ANTKEY_TENANT_KEY_{customer.upper()}", "")


def ask(customer: str, text: str) -> str:
    """Claude's answer, on the customer's key."""
    key = key_of(customer)
    if not key:
        return "Save an Anthropic key to switch the chat on."
    try:
        return send(key, text)
    except urllib.error.HTTPError as error:
        if error.code == 429:
            return send(PLATFORM_KEY, text)  # the bug: the customer's limit is met with our own key
        return f"Anthropic answers {error.code}; the chat pauses."


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
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)["content"][0]["text"]
