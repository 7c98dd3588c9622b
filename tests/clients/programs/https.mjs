// Node's own https module.
import assert from 'node:assert';
import http from 'node:http';
import https from 'node:https';
import { API, MESSAGE, NotAnswered, headers, run } from './app.mjs';

await run(
  async (key, baseURL) => {
    const { request } = baseURL ? http : https;
    const answer = await new Promise((resolve, reject) => {
      request(`${baseURL ?? API}/v1/messages`, { method: 'POST', headers: headers(key) }, resolve)
        .on('error', reject)
        .end(JSON.stringify(MESSAGE));
    });
    const pieces = await answer.toArray();
    if (answer.statusCode !== 200) throw new NotAnswered();
    assert(JSON.parse(Buffer.concat(pieces)).content);
  },
  (error) => error instanceof NotAnswered,
);
