// Anthropic's own SDK for Node.
import assert from 'node:assert';
import { MESSAGE, keepNoToken, load, run } from './app.mjs';

const { default: Anthropic } = await load('@anthropic-ai/sdk');

if ((await load('@anthropic-ai/sdk/version')).VERSION.startsWith('0.')) keepNoToken();

await run(
  async (apiKey, baseURL) => {
    const client = new Anthropic({ ...(apiKey && { apiKey }), ...(baseURL && { baseURL }) });
    assert((await client.messages.create(MESSAGE)).content[0].text);
  },
  (error) => error instanceof Anthropic.APIError && error.status !== undefined,
);
