"""Run by a Python that has the `anthropic` package: many requests at a time, and what each was answered."""

import asyncio
import json
import sys

import anthropic

base_url, key = sys.argv[1:3]
asked = {
    "model": "claude-sonnet-5-5",
    "max_tokens": 64,
    "messages": [{"role": "user", "content": "Hello"}],
}


async def main() -> None:
    async with anthropic.AsyncAnthropic(api_key=key, base_url=base_url, max_retries=0) as client:
        whole = await asyncio.gather(*(client.messages.create(**asked) for _ in range(20)))
        async with client.messages.stream(**asked) as stream:
            streamed = "".join([text async for text in stream.text_stream])
        raw = await client.messages.create(**asked, stream=True)
        events = [event.type async for event in raw]
    json.dump(
        {"texts": [m.content[0].text for m in whole], "streamed": streamed, "events": events},
        sys.stdout,
    )


asyncio.run(main())
