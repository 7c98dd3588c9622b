// axios.
import assert from 'node:assert';
import { API, MESSAGE, headers, load, run } from './app.mjs';

const { default: axios } = await load('axios');

await run(
  async (key, baseURL) => {
    const answer = await axios.post(`${baseURL ?? API}/v1/messages`, MESSAGE, { headers: headers(key) });
    assert(answer.data.content);
  },
  (error) => axios.isAxiosError(error) && error.response !== undefined,
);
