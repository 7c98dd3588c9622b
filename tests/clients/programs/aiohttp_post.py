"""aiohttp as it comes: it asks no variable for a proxy."""

import asyncio

import aiohttp
import app


async def post(key, base_url):
    """Send one message."""
    url = f"{base_url or app.API}/v1/messages"
    async with (
        aiohttp.ClientSession(raise_for_status=True) as session,
        session.post(url, json=app.MESSAGE, headers=app.headers(key)) as answer,
    ):
        assert (await answer.json())["content"]


app.run(lambda key, base_url: asyncio.run(post(key, base_url)), aiohttp.ClientResponseError)
