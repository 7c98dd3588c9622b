"""The recipes for other languages do what they say, where their language is on the machine."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.clients.places import environment
from tests.docs.recipes import CASES, asked, copied, judged, run, tool
from tests.messages_api import Api
from tests.pages import CHECKOUT

PAGES = sorted(path.name for path in (CHECKOUT / "docs/recipes").glob("*.md"))


@pytest.fixture
def texts(make_key: Callable[..., str]) -> dict[str, str]:
    return {"key": make_key(), "other": make_key()}


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
    node = tool("node", "18")
    copied("node.md", tmp_path)
    (tmp_path / "case.mjs").write_text(NODE)
    done = run([node, "case.mjs"], tmp_path, CASE=json.dumps(asked(case, api, texts)))
    judged(done, api, case, texts)


def test_node_recipe_follows_no_redirect(api: Api, texts: dict[str, str], tmp_path: Path) -> None:
    node = tool("node", "18")
    copied("node.md", tmp_path)
    (tmp_path / "case.mjs").write_text(NODE)
    api.statuses, api.redirect = [307], api.url.replace("127.0.0.1", "localhost")
    case = json.dumps(asked("x-api-key", api, texts))
    done = run([node, "case.mjs"], tmp_path, CASE=case)
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
    node = tool("node", "18")
    modules = environment("node-sdk-newest") / "node_modules"
    copied("node.md", tmp_path)
    (tmp_path / "case.mjs").write_text(NODE_SDK)
    (tmp_path / "node_modules").symlink_to(modules)
    outputs = []
    for carried in ("key", "other"):
        case = {"url": api.url, "carried": texts[carried], "key": texts["key"], "stream": stream}
        outputs.append(run([node, "case.mjs"], tmp_path, CASE=json.dumps(case)).stdout.strip())
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
    javac, java = tool("javac", "17"), tool("java", "17")
    copied("java.md", tmp_path)
    (tmp_path / "Case.java").write_text(JAVA)
    compiled = run([javac, "TenantKeyClient.java", "Case.java"], tmp_path)
    assert compiled.returncode == 0, compiled.stderr
    lines = []
    for case in CASES:
        headers, url, key = asked(case, api, texts)
        pairs = {**headers, "x-case": case.replace(",", "")}.items()
        lines.append(",".join([url, key or "", *(part for pair in pairs for part in pair)]))
    done = run([java, "Case", how], tmp_path, CASES=";".join(lines))
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
