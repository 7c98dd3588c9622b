// Run by Node beside @anthropic-ai/sdk: uses everything, prints what it understood as JSON.
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [baseURL, apiKey, folder] = process.argv.slice(2);
const require = createRequire(join(folder, "index.js"));
const { default: Anthropic } = await import(pathToFileURL(require.resolve("@anthropic-ai/sdk")));
const client = new Anthropic({ apiKey, baseURL, maxRetries: 0 });
const asked = {
  model: "claude-sonnet-5-5",
  max_tokens: 64,
  messages: [{ role: "user", content: "Hello" }],
};
const tools = [
  {
    name: "weather",
    input_schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
];
const said = {};
const message = await client.messages.create(asked);
said.text = message.content[0].text;
said.requestId = message._request_id;
let streamed = "";
for await (const event of await client.messages.create({ ...asked, stream: true })) {
  if (event.type === "content_block_delta") streamed += event.delta.text;
}
said.streamed = streamed;
const stream = client.messages.stream({ ...asked, tools, tool_choice: { type: "any" } });
said.tool = (await stream.finalMessage()).content[0].input;
said.tokens = (await client.messages.countTokens({ model: asked.model, messages: asked.messages })).input_tokens;
said.models = [];
for await (const model of client.models.list()) said.models.push(model.id);
const batch = await client.messages.batches.create({ requests: [{ custom_id: "first", params: asked }] });
await client.messages.batches.retrieve(batch.id);
said.results = [];
for await (const line of await client.messages.batches.results(batch.id)) said.results.push(line.result.type);
try {
  await client.get("/v1/nothing");
} catch (error) {
  said.notFound = [error.constructor.name, error.error.error.type];
}
console.log(JSON.stringify(said));
