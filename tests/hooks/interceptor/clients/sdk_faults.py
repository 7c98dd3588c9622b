"""Run by a Python that has the `anthropic` package: which errors it raises, for a message and a stream."""

import json
import sys

import anthropic

base_url, key = sys.argv[1:3]
client = anthropic.Anthropic(api_key=key, base_url=base_url, max_retries=1, timeout=0.5)
asked = {
    "model": "claude-sonnet-5-5",
    "max_tokens": 64,
    "messages": [{"role": "user", "content": "Hello"}],
}
said = {}
try:
    client.messages.create(**asked)
    said["whole"] = "nothing"
except anthropic.APIStatusError as error:
    said["whole"] = [type(error).__name__, error.status_code, error.body["error"]["type"]]
except Exception as error:  # noqa: BLE001 - which one it is, is the question
    said["whole"] = type(error).__name__
try:
    with client.messages.stream(**asked) as stream:
        for _ in stream.text_stream:
            said["began"] = True
    said["stream"] = "nothing"
except anthropic.APIStatusError as error:
    said["stream"] = [type(error).__name__, error.status_code, error.body["error"]["type"]]
except Exception as error:  # noqa: BLE001 - which one it is, is the question
    said["stream"] = type(error).__name__
json.dump(said, sys.stdout)
