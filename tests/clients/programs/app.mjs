// What each program for Node here does with its client; the same applications as in app.py.
import assert from 'node:assert';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

export const API = 'https://api.anthropic.com';
export const MESSAGE = {
  model: 'claude-sonnet-5',
  max_tokens: 16,
  messages: [{ role: 'user', content: 'Hello' }],
};

export const headers = (key) => ({
  'x-api-key': key ?? process.env.ANTHROPIC_API_KEY,
  'anthropic-version': '2023-06-01',
  'content-type': 'application/json',
});

export class NotAnswered extends Error {}

// A package of the environment whose folder is in ANTKEY_CLIENT: modules here have no node_modules above them.
export const load = (name) => {
  const { resolve } = createRequire(`${process.env.ANTKEY_CLIENT}/index.js`);
  return import(pathToFileURL(resolve(name)));
};

// Take the platform's token from the environment: a right application has to, with some clients.
export const keepNoToken = () => {
  if (['right', 'fallback'].includes(process.argv[2])) delete process.env.ANTHROPIC_AUTH_TOKEN;
};

// ask: sends on a key, or on what it finds without one, to a base URL, or to the usual one without one;
// isFailure: whether what it throws says that it was answered with an error.
export async function run(ask, isFailure) {
  const [application, baseURL] = process.argv.slice(2);
  if (application === 'environment' || application === 'elsewhere') {
    await ask(undefined, baseURL);
    return;
  }
  let isAnswered = true;
  try {
    await ask(process.env.ANTKEY_TENANT_KEY);
  } catch (error) {
    if (!isFailure(error)) throw error;
    console.log('not answered:', error.constructor.name);
    isAnswered = false;
    if (application === 'fallback') await ask(process.env.ANTHROPIC_API_KEY);
  }
  assert.strictEqual(isAnswered, process.env.ANTKEY_SCENARIO === 'ok');
}
