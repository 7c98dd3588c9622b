"""Anthropic's own SDK for Python."""

import anthropic
import app


def ask(key, base_url):
    """Send one message."""
    client = anthropic.Anthropic(api_key=key, base_url=base_url)
    assert client.messages.create(**app.MESSAGE).content[0].text


if anthropic.__version__.startswith("0."):
    app.keep_no_token()
app.run(ask, anthropic.APIStatusError)
