"""Anthropic's own SDK for Python, asynchronous and as a stream."""

import asyncio

import anthropic
import app


async def stream(key, base_url):
    """Send one message, and read its answer piece by piece."""
    async with (
        anthropic.AsyncAnthropic(api_key=key, base_url=base_url) as client,
        client.messages.stream(**app.MESSAGE) as answer,
    ):
        assert await answer.get_final_text()


app.run(lambda key, base_url: asyncio.run(stream(key, base_url)), anthropic.APIStatusError)
