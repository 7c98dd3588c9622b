"""Python's own urllib."""

import json
import urllib.error
import urllib.request

import app


def ask(key, base_url):
    """Send one message."""
    url = f"{base_url or app.API}/v1/messages"
    body = json.dumps(app.MESSAGE).encode()
    request = urllib.request.Request(url, body, app.headers(key))  # noqa: S310 - one of two fixed URLs
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        assert json.load(answer)["content"]


app.run(ask, urllib.error.HTTPError)
