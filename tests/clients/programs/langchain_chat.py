"""LangChain's chat model."""

import anthropic
import app
from langchain_anthropic import ChatAnthropic


def ask(key, base_url):
    """Send one message."""
    named = {"api_key": key, "base_url": base_url}
    named = {name: value for name, value in named.items() if value is not None}
    assert ChatAnthropic(model=app.MODEL, max_tokens=16, **named).invoke("Hello").content


app.run(ask, anthropic.APIStatusError)
