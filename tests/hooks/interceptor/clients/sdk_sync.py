"""Run by a Python that has the `anthropic` package: uses everything, prints what it understood as JSON."""

import json
import sys

import anthropic

base_url, key = sys.argv[1:3]
client = anthropic.Anthropic(api_key=key, base_url=base_url, max_retries=0)
asked = {
    "model": "claude-sonnet-5-5",
    "max_tokens": 64,
    "messages": [{"role": "user", "content": "Hello"}],
}
tool = {
    "name": "weather",
    "description": "The weather in a city",
    "input_schema": {
        "type": "object",
        "properties": {"city": {"type": "string"}, "days": {"type": "integer", "minimum": 3}},
        "required": ["city", "days"],
    },
}
said = {}

message = client.messages.create(**asked)
said["text"] = message.content[0].text
said["stop"] = message.stop_reason
said["model"] = message.model
said["request_id"] = message._request_id

with client.messages.stream(**asked) as stream:
    said["streamed"] = "".join(stream.text_stream)
    said["final"] = stream.get_final_message().content[0].text

forced = asked | {"tools": [tool], "tool_choice": {"type": "tool", "name": "weather"}}
used = client.messages.create(**forced)
said["tool"] = [used.content[0].name, used.content[0].input, used.stop_reason]
with client.messages.stream(**forced) as stream:
    said["streamed_tool"] = stream.get_final_message().content[0].input

said["tokens"] = client.messages.count_tokens(
    model=asked["model"], messages=asked["messages"]
).input_tokens
said["models"] = [model.id for model in client.models.list()]
said["one_model"] = client.models.retrieve("claude-sonnet-5-5").id

request = {"custom_id": "first", "params": asked}
batch = client.messages.batches.create(requests=[request])
said["batch"] = [
    batch.processing_status,
    client.messages.batches.retrieve(batch.id).processing_status,
]
said["results"] = [
    [line.custom_id, line.result.type, line.result.message.content[0].text]
    for line in client.messages.batches.results(batch.id)
]
said["batches"] = [one.id == batch.id for one in client.messages.batches.list()]
said["canceled"] = client.messages.batches.cancel(batch.id).processing_status
said["deleted"] = client.messages.batches.delete(batch.id).type
try:
    client.models.retrieve("no such thing/at/all")
except anthropic.NotFoundError as error:
    said["not_found"] = error.body["error"]["type"]
json.dump(said, sys.stdout)
