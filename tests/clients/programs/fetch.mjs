// Node's own fetch.
import assert from 'node:assert';
import { API, MESSAGE, NotAnswered, headers, run } from './app.mjs';

await run(
  async (key, baseURL) => {
    const body = JSON.stringify(MESSAGE);
    const answer = await fetch(`${baseURL ?? API}/v1/messages`, { method: 'POST', headers: headers(key), body });
    if (!answer.ok) throw new NotAnswered();
    assert((await answer.json()).content);
  },
  (error) => error instanceof NotAnswered,
);
