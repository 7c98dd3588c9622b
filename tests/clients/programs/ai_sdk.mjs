// The AI SDK with its provider for Anthropic.
import assert from 'node:assert';
import { MESSAGE, load, run } from './app.mjs';

const { generateText } = await load('ai');
const { createAnthropic } = await load('@ai-sdk/anthropic');

await run(
  async (apiKey, baseURL) => {
    const provider = createAnthropic({ ...(apiKey && { apiKey }), ...(baseURL && { baseURL: `${baseURL}/v1` }) });
    assert((await generateText({ model: provider(MESSAGE.model), prompt: 'Hello' })).text);
  },
  (error) => error.name === 'AI_RetryError' || error.name === 'AI_APICallError',
);
