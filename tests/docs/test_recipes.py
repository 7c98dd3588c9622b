"""The recipes for other languages do what they say, where their language is on the machine."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.clients.places import environment
from tests.messages_api import Api
from tests.pages import CHECKOUT, blocks

PAGES = sorted(path.name for path in (CHECKOUT / "docs/recipes").glob("*.md"))

# What is sent, and whether it may be: (headers, host that is asked, expected).
CASES: dict[str, tuple[dict[str, str], str, str | None, bool]] = {
    "x-api-key": ({"x-api-key": "{key}"}, "api", "{key}", True),
    "bearer": ({"Authorization": "Bearer {key}"}, "api", "{key}", True),
    "both": ({"x-api-key": "{key}", "authorization": "bearer {key}"}, "api", "{key}", True),
    "other key": ({"x-api-key": "{other}"}, "api", "{key}", False),
    "other bearer": ({"authorization": "Bearer {other}"}, "api", "{key}", False),
    "two keys": (
        {"x-api-key": "{key}", "authorization": "Bearer {other}"},
        "api",
        "{key}",
        False,
    ),
    "another scheme": ({"authorization": "Basic {key}"}, "api", "{key}", False),
    "another header": ({"x-api-key": "{key}", "x-upstream": "{other}"}, "api", "{key}", False),
    "no key carried": ({}, "api", "{key}", False),
    "no tenant key": ({"x-api-key": "{other}"}, "api", None, False),
    "nothing at all": ({}, "api", None, True),
    "foreign host": ({"x-api-key": "{key}"}, "localhost", "{key}", False),
    "foreign host, other token": ({"authorization": "Bearer abc"}, "localhost", "{key}", True),
    "key in the URL": ({"x-api-key": "{key}"}, "api?key={key}", "{key}", False),
}


@pytest.fixture
def texts(make_key: Callable[..., str]) -> dict[str, str]:
    return {"key": make_key(), "other": make_key()}


def asked(case: str, api: Api, texts: dict[str, str]) -> tuple[dict[str, str], str, str | None]:
    headers, where, expected, _ = CASES[case]
    where, _, query = where.partition("?")
    base = api.url if where == "api" else api.url.replace("127.0.0.1", where)
    url = f"{base}/v1/messages" + (f"?{query}".format(**texts) if query else "")
    filled = {name: text.format(**texts) for name, text in headers.items()}
    return filled, url, None if expected is None else expected.format(**texts)


def judged(
    done: subprocess.CompletedProcess[str], api: Api, case: str, keys: dict[str, str]
) -> None:
    passes = CASES[case][3]
    output = done.stdout + done.stderr
    assert done.stdout.startswith("sent" if passes else "was not sent"), output
    assert len(api.arrived) == int(passes)
    assert not any(key[20:40] in output for key in keys.values())


def copied(page: str, folder: Path) -> None:
    """Write the files of a page as a reader copies them."""
    for block in blocks(f"docs/recipes/{page}"):
        if block.name:
            (folder / block.name).write_text(block.text, encoding="utf-8")


NODE = """
import { tenantKeyFetch } from './tenant-key-fetch.mjs';
const [headers, url, key] = JSON.parse(process.env.CASE);
const guarded = tenantKeyFetch(() => key, { allowedHosts: ['127.0.0.1'] });
try {
  const answer = await guarded(url, { method: 'POST', headers, body: '{}' });
  await answer.text();
  console.log('sent');
} catch (error) {
  console.log(/was not sent/.exec(error.message)?.[0] ?? 'failed', error.message);
}
"""


@pytest.mark.parametrize("case", CASES)
def test_node_recipe(case: str, api: Api, texts: dict[str, str], tmp_path: Path) -> None:
    node = _tool("node", "18")
    copied("node.md", tmp_path)
    (tmp_path / "case.mjs").write_text(NODE)
    done = _run([node, "case.mjs"], tmp_path, CASE=json.dumps(asked(case, api, texts)))
    judged(done, api, case, texts)


def test_node_recipe_follows_no_redirect(api: Api, texts: dict[str, str], tmp_path: Path) -> None:
    node = _tool("node", "18")
    copied("node.md", tmp_path)
    (tmp_path / "case.mjs").write_text(NODE)
    api.statuses, api.redirect = [307], api.url.replace("127.0.0.1", "localhost")
    case = json.dumps(asked("x-api-key", api, texts))
    done = _run([node, "case.mjs"], tmp_path, CASE=case)
    assert done.stdout.startswith("failed")
    assert len(api.arrived) == 1


NODE_SDK = """
import Anthropic from '@anthropic-ai/sdk';
import { tenantKeyFetch } from './tenant-key-fetch.mjs';
const { url, carried, key, stream } = JSON.parse(process.env.CASE);
const client = new Anthropic({
  apiKey: carried, baseURL: url, maxRetries: 0,
  fetch: tenantKeyFetch(() => key, { allowedHosts: ['127.0.0.1'] }),
});
const asked = { model: 'claude-opus-5', max_tokens: 5, messages: [{ role: 'user', content: 'hi' }] };
try {
  const answer = client.messages;
  const message = await (stream ? answer.stream(asked).finalMessage() : answer.create(asked));
  console.log(message.content[0].text);
} catch (error) {
  console.log(error.cause?.name ?? error.message);
}
"""


@pytest.mark.parametrize("stream", [False, True])
def test_node_recipe_in_the_sdk(
    api: Api, texts: dict[str, str], tmp_path: Path, stream: bool
) -> None:
    node = _tool("node", "18")
    modules = environment("node-sdk-newest") / "node_modules"
    copied("node.md", tmp_path)
    (tmp_path / "case.mjs").write_text(NODE_SDK)
    (tmp_path / "node_modules").symlink_to(modules)
    outputs = []
    for carried in ("key", "other"):
        case = {"url": api.url, "carried": texts[carried], "key": texts["key"], "stream": stream}
        outputs.append(_run([node, "case.mjs"], tmp_path, CASE=json.dumps(case)).stdout.strip())
    assert outputs == ["hello", "PlatformKeyBlocked"]
    assert len(api.arrived) == 1


JAVA = """
import java.net.URI;
import java.net.http.*;
import java.util.*;

public class Case {
    public static void main(String[] arguments) throws Exception {
        for (String one : System.getenv("CASES").split(";")) {
            List<String> parts = Arrays.asList(one.split(",", -1));
            String key = parts.get(1).isEmpty() ? null : parts.get(1);
            HttpClient inner = HttpClient.newHttpClient();
            HttpClient client = new TenantKeyClient(inner, request -> key, Set.of("127.0.0.1"));
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(parts.get(0)))
                .POST(HttpRequest.BodyPublishers.ofString("{}"));
            for (int at = 2; at + 1 < parts.size(); at += 2) {
                request.header(parts.get(at), parts.get(at + 1));
            }
            var whole = HttpResponse.BodyHandlers.ofString();
            try {
                if (arguments[0].equals("async")) client.sendAsync(request.build(), whole).join();
                else client.send(request.build(), whole);
                System.out.println("sent");
            } catch (Exception error) {
                Throwable refused = error.getCause() == null ? error : error.getCause();
                System.out.println(refused.getMessage());
            }
        }
    }
}
"""


@pytest.mark.parametrize("how", ["sync", "async"])
def test_java_recipe(how: str, api: Api, texts: dict[str, str], tmp_path: Path) -> None:
    javac, java = _tool("javac", "17"), _tool("java", "17")
    copied("java.md", tmp_path)
    (tmp_path / "Case.java").write_text(JAVA)
    compiled = _run([javac, "TenantKeyClient.java", "Case.java"], tmp_path)
    assert compiled.returncode == 0, compiled.stderr
    lines = []
    for case in CASES:
        headers, url, key = asked(case, api, texts)
        pairs = {**headers, "x-case": case.replace(",", "")}.items()
        lines.append(",".join([url, key or "", *(part for pair in pairs for part in pair)]))
    done = _run([java, "Case", how], tmp_path, CASES=";".join(lines))
    told = dict(zip(CASES, done.stdout.splitlines(), strict=True))
    passing = {case for case, (*_, passes) in CASES.items() if passes}
    assert {case for case, text in told.items() if text == "sent"} == passing
    assert all("was not sent" in told[case] for case in CASES if case not in passing), told
    assert [headers["x-case"] for headers in api.arrived] == [
        case.replace(",", "") for case in CASES if case in passing
    ]
    assert not any(key[20:40] in done.stdout + done.stderr for key in texts.values())


def test_recipes_are_all_listed() -> None:
    text = (CHECKOUT / "docs/recipes/README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\]\((\w+\.md)\)", text)) == set(PAGES) - {"README.md"}


def _tool(name: str, oldest: str) -> str:
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed")
    told = subprocess.run(
        [path, "-version" if "java" in name else "--version"],
        capture_output=True,
        text=True,
        check=False,
    )
    version = re.search(r"\d+", told.stdout + told.stderr)
    if version is None or int(version.group()) < int(oldest):
        pytest.skip(f"{name} is older than {oldest}")
    return path


def _run(argv: list[str], folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        argv,
        cwd=folder,
        env={**kept, **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
