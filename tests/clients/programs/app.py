"""What each program here does with its client: an application, by the first argument.

right: sends on the tenant's key, and copes when that fails.
careless: as `right`, but with a client that sends, beside the key it is given, the token it finds.
fallback: when that fails, it sends on the platform's key.
environment: leaves it to the client where the key comes from, or takes the platform's.
elsewhere: as `environment`, but to the URL in the second argument.
"""

import os
import sys

API = "https://api.anthropic.com"
MODEL = "claude-sonnet-5"
MESSAGE = {
    "model": MODEL,
    "max_tokens": 16,
    "messages": [{"role": "user", "content": "Hello"}],
}


def headers(key):
    """What a client that knows nothing of Anthropic is told to send."""
    return {
        "x-api-key": key or os.environ["ANTHROPIC_API_KEY"],
        "anthropic-version": "2023-06-01",
        "content-type": "application/json",
    }


def keep_no_token():
    """Take the platform's token from the environment: a right application has to, with some clients."""
    if sys.argv[1] in {"right", "fallback"}:
        del os.environ["ANTHROPIC_AUTH_TOKEN"]


def run(ask, failures):
    """Be the application. ask: sends on a key, or on what it finds without one, to a base URL, or to the
    usual one without one; failures: what it raises when it is answered with an error."""
    application = sys.argv[1]
    if application == "environment":
        ask(None, None)
        return
    if application == "elsewhere":
        ask(None, sys.argv[2])
        return
    try:
        ask(os.environ["ANTKEY_TENANT_KEY"], None)
    except failures as error:
        sys.stderr.write(f"not answered: {type(error).__name__}\n")
        is_answered = False
        if application == "fallback":
            ask(os.environ["ANTHROPIC_API_KEY"], None)
    else:
        is_answered = True
    # What the scenario is said to answer has to arrive as just that.
    assert is_answered == (os.environ["ANTKEY_SCENARIO"] == "ok")
