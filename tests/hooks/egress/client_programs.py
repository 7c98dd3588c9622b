"""The smallest program for each client: POST the key in ANTKEY_TENANT_KEY to the URL that it is given.

Each fails when it is not answered.
"""

from __future__ import annotations

_PYTHON_HEAD = """
import json, os, sys
url = sys.argv[1]
key = os.environ["ANTKEY_TENANT_KEY"]
headers = {"x-api-key": key, "anthropic-version": "2023-06-01", "content-type": "application/json"}
message = {"model": "claude-x", "max_tokens": 8, "messages": [{"role": "user", "content": "hi"}]}
body = json.dumps(message)
"""

_PYTHON = {
    "requests": """
import requests
assert requests.post(url, data=body, headers=headers).status_code == 200
""",
    "httpx": """
import httpx
assert httpx.post(url, content=body, headers=headers).status_code == 200
""",
    "httpx without environment": """
import httpx
with httpx.Client(trust_env=False) as client:
    assert client.post(url, content=body, headers=headers).status_code == 200
""",
    "httpx async": """
import asyncio, httpx
async def main():
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.post(url, content=body, headers=headers)).status_code == 200
asyncio.run(main())
""",
    "httpx2": """
import httpx2
assert httpx2.post(url, content=body, headers=headers).status_code == 200
""",
    "aiohttp": """
import asyncio, aiohttp
async def main():
    async with aiohttp.ClientSession() as session:
        async with session.post(url, data=body, headers=headers) as answer:
            assert answer.status == 200
asyncio.run(main())
""",
    "aiohttp with certifi": """
import asyncio, aiohttp, certifi, ssl
async def main():
    trusted = ssl.create_default_context(cafile=certifi.where())
    async with aiohttp.ClientSession() as session:
        async with session.post(url, data=body, headers=headers, ssl=trusted) as answer:
            assert answer.status == 200
asyncio.run(main())
""",
    "aiohttp on uvloop": """
import aiohttp, uvloop
async def main():
    async with aiohttp.ClientSession() as session:
        async with session.post(url, data=body, headers=headers) as answer:
            assert answer.status == 200
uvloop.run(main())
""",
    "httpx on uvloop": """
import httpx, uvloop
async def main():
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.post(url, content=body, headers=headers)).status_code == 200
uvloop.run(main())
""",
    "urllib3": """
import urllib3
assert urllib3.PoolManager().request("POST", url, body=body, headers=headers).status == 200
""",
    "urllib3 with certifi": """
import certifi, urllib3
pool = urllib3.PoolManager(ca_certs=certifi.where())
assert pool.request("POST", url, body=body, headers=headers).status == 200
""",
    "http.client": """
import http.client, urllib.parse
parts = urllib.parse.urlsplit(url)
connection = http.client.HTTPSConnection(parts.hostname)
connection.request("POST", parts.path, body, headers)
assert connection.getresponse().status == 200
""",
    "urllib": """
import urllib.request
asked = urllib.request.Request(url, body.encode(), headers)
assert urllib.request.urlopen(asked).status == 200
""",
    "asyncio streams": """
import asyncio, urllib.parse
async def main():
    parts = urllib.parse.urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, 443, ssl=True)
    writer.write((f"POST {parts.path} HTTP/1.1\\r\\nhost: {parts.hostname}\\r\\nx-api-key: {key}\\r\\n"
                  f"content-length: {len(body)}\\r\\nconnection: close\\r\\n\\r\\n{body}").encode())
    assert b" 200 " in await reader.readline()
asyncio.run(main())
""",
    "gevent": """
from gevent import monkey
monkey.patch_all()
import requests
with requests.Session() as session:
    session.trust_env = False
    session.verify = os.environ["SSL_CERT_FILE"]
    assert session.post(url, data=body, headers=headers).status_code == 200
""",
    "anthropic": """
import anthropic
client = anthropic.Anthropic(api_key=key)
assert client.messages.create(**message).content
""",
    "anthropic without a base URL": """
import anthropic
client = anthropic.Anthropic(api_key=key, base_url=url.rpartition("/v1")[0])
assert client.messages.create(**message).content
""",
    "anthropic async stream": """
import anthropic, asyncio
async def main():
    client = anthropic.AsyncAnthropic(api_key=key)
    async with client.messages.stream(**message) as stream:
        assert await stream.get_final_text()
asyncio.run(main())
""",
}

_NODE_HEAD = """
const url = process.argv[2];
const key = process.env.ANTKEY_TENANT_KEY;
const headers = {'x-api-key': key, 'anthropic-version': '2023-06-01', 'content-type': 'application/json'};
const message = {model: 'claude-x', max_tokens: 8, messages: [{role: 'user', content: 'hi'}]};
const body = JSON.stringify(message);
const check = (status) => { if (status !== 200) throw new Error('status ' + status); };
"""

_NODE = {
    "fetch": """
check((await fetch(url, {method: 'POST', headers, body})).status);
""",
    "fetch in CommonJS": """
fetch(url, {method: 'POST', headers, body}).then((answer) => check(answer.status));
""",
    "https": """
import https from 'node:https';
const answer = await new Promise((resolve, reject) => {
  https.request(url, {method: 'POST', headers}, resolve).on('error', reject).end(body);
});
check(answer.statusCode);
answer.resume();
""",
    "https with own roots": """
import https from 'node:https';
import tls from 'node:tls';
const agent = new https.Agent({ca: tls.rootCertificates});
const answer = await new Promise((resolve, reject) => {
  https.request(url, {method: 'POST', headers, agent}, resolve).on('error', reject).end(body);
});
check(answer.statusCode);
answer.resume();
""",
    "http2": """
import http2 from 'node:http2';
const parts = new URL(url);
const session = http2.connect(parts.origin);
const stream = session.request({':method': 'POST', ':path': parts.pathname, ...headers});
check(await new Promise((resolve, reject) => {
  session.on('error', reject);
  stream.on('response', (answer) => resolve(answer[':status'])).on('error', reject).end(body);
}));
session.destroy();
""",
    "fetch in a worker thread": """
import { Worker } from 'node:worker_threads';
const code = `fetch(${JSON.stringify(url)}, {method: 'POST', headers: ${JSON.stringify(headers)},
  body: ${JSON.stringify(body)}}).then((answer) => { if (answer.status !== 200) throw new Error(); })`;
await new Promise((resolve, reject) => {
  new Worker(code, {eval: true}).on('error', reject).on('exit', resolve);
});
""",
    "fetch in a child process": """
import { execFileSync } from 'node:child_process';
const code = `fetch(${JSON.stringify(url)}, {method: 'POST', headers: ${JSON.stringify(headers)},
  body: ${JSON.stringify(body)}}).then((answer) => { if (answer.status !== 200) throw new Error(); })`;
execFileSync(process.execPath, ['-e', code]);
""",
    "axios": """
import axios from 'axios';
check((await axios.post(url, message, {headers})).status);
""",
    "axios without a proxy": """
import axios from 'axios';
check((await axios.post(url, message, {headers, proxy: false})).status);
""",
    "undici": """
import { request } from 'undici';
check((await request(url, {method: 'POST', headers, body})).statusCode);
""",
    "@anthropic-ai/sdk": """
import Anthropic from '@anthropic-ai/sdk';
const client = new Anthropic({apiKey: key});
if (!(await client.messages.create(message)).content) throw new Error();
""",
    "@anthropic-ai/sdk without a base URL": """
import Anthropic from '@anthropic-ai/sdk';
const client = new Anthropic({apiKey: key, baseURL: url.slice(0, url.lastIndexOf('/v1'))});
if (!(await client.messages.create(message)).content) throw new Error();
""",
}

JAVA = """
import java.net.URI;
import java.net.http.*;

public class Ask {
    public static void main(String[] arguments) throws Exception {
        var asked = HttpRequest.newBuilder(URI.create(arguments[0]))
            .header("x-api-key", System.getenv("ANTKEY_TENANT_KEY"))
            .POST(HttpRequest.BodyPublishers.ofString("{}")).build();
        var answer = HttpClient.newHttpClient().send(asked, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() >= 500) throw new RuntimeException("status " + answer.statusCode());
    }
}
"""

PYTHON = {name: _PYTHON_HEAD + program for name, program in _PYTHON.items()}
NODE = {name: _NODE_HEAD + program for name, program in _NODE.items()}
