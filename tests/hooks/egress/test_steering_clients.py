"""Which client is seen by which means: the table of how clients can be steered, run.

Clients that are not on this machine are skipped with the reason.
"""

from __future__ import annotations

import os
import shutil
from hashlib import sha256
from pathlib import Path

import pytest
from tests.hooks.egress.client_programs import JAVA, NODE, PYTHON
from tests.hooks.egress.wrapped import API, Seen, node_modules_with, python_with, run_wrapped

URL = f"https://{API}/v1/messages"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="the programs are started as on Unix"),
]

BASE_URL = ("ANTHROPIC_BASE_URL",)
PROXY = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy")
PRELOAD = ("PYTHONPATH", "NODE_OPTIONS")
BUNDLE = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")

BY_BASE_URL = ["anthropic", "anthropic async stream", "@anthropic-ai/sdk"]
BY_PROXY = [
    *("requests", "httpx", "httpx2", "urllib", "anthropic without a base URL", "axios"),
    *("curl", "wget", "java"),
]
ONLY_BY_PRELOAD = [
    name for name in [*PYTHON, *NODE] if name not in BY_PROXY and name not in BY_BASE_URL
]
ALL = [*BY_BASE_URL, *BY_PROXY, *ONLY_BY_PRELOAD]
WITHOUT_A_PRELOAD = ["curl", "wget", "java"]


@pytest.mark.parametrize("client", ALL)
def test_client_is_seen_by_default(client: str, tmp_path: Path) -> None:
    seen = ask(client, tmp_path)
    assert seen.ended.code == 0, seen.output
    assert the_key_was_seen(seen)


@pytest.mark.parametrize("client", [name for name in ALL if name not in WITHOUT_A_PRELOAD])
def test_client_is_seen_by_the_preload_alone(client: str, tmp_path: Path) -> None:
    seen = ask(client, tmp_path, without=(*BASE_URL, *PROXY))
    assert seen.ended.code == 0, seen.output
    assert the_key_was_seen(seen)
    assert {exchange.transport for exchange in seen.answered} == {"tls"}


@pytest.mark.parametrize("client", BY_PROXY)
def test_client_is_seen_by_its_proxy_alone(client: str, tmp_path: Path) -> None:
    seen = ask(client, tmp_path, without=(*BASE_URL, *PRELOAD))
    assert seen.ended.code == 0, seen.output
    assert the_key_was_seen(seen)
    assert {exchange.transport for exchange in seen.answered} == {"proxy"}


@pytest.mark.parametrize("client", BY_BASE_URL)
def test_client_is_seen_by_its_base_url_alone(client: str, tmp_path: Path) -> None:
    seen = ask(client, tmp_path, without=(*PROXY, *PRELOAD))
    assert seen.ended.code == 0, seen.output
    assert the_key_was_seen(seen)
    assert {exchange.transport for exchange in seen.answered} == {"base-url"}


@pytest.mark.parametrize("client", ONLY_BY_PRELOAD)
def test_client_that_needs_the_preload_is_not_seen_without(client: str, tmp_path: Path) -> None:
    # A name that exists nowhere: were it the API's, a made-up key would really be sent to it.
    url = "https://api.anthropic.invalid/v1/messages"
    seen = ask(client, tmp_path, url=url, without=PRELOAD, hosts=["api.anthropic.invalid"])
    assert seen.answered == []
    assert seen.ended.code != 0


@pytest.mark.parametrize("client", ["requests", "httpx", "curl"])
def test_certificates_are_still_checked(client: str, tmp_path: Path) -> None:
    seen = ask(client, tmp_path, without=(*PRELOAD, *BUNDLE))
    assert seen.ended.code != 0
    assert seen.answered == []


@pytest.mark.parametrize("client", ["urllib3", "httpx", "aiohttp", "fetch", "https", "axios"])
def test_key_that_goes_to_another_host_is_seen_and_goes_nowhere(
    client: str, tmp_path: Path
) -> None:
    seen = ask(client, tmp_path, url="https://collector.example/v1/messages")
    assert seen.ended.code != 0
    assert seen.answered == []
    (exchange,) = seen.refused[:1]
    assert exchange.host == "collector.example"
    assert [one.sha256 for one in exchange.credentials] != []


@pytest.mark.parametrize("client", ["urllib3", "http.client", "fetch", "https"])
def test_host_in_other_letters_is_the_same_host(client: str, tmp_path: Path) -> None:
    seen = ask(client, tmp_path, url="https://API.Anthropic.Com/v1/messages")
    assert the_key_was_seen(seen), seen.output


@pytest.mark.parametrize("client", ["urllib3", "fetch", "httpx", "curl"])
def test_request_without_tls_is_seen_too(client: str, tmp_path: Path) -> None:
    seen = ask(client, tmp_path, url=URL.replace("https", "http"))
    assert the_key_was_seen(seen), seen.output


@pytest.mark.parametrize("client", ["urllib3", "fetch", "requests", "curl"])
def test_key_is_masked_in_what_the_client_says(client: str, tmp_path: Path) -> None:
    seen = ask(client, tmp_path, url="https://collector.example/v1/messages")
    assert seen.key not in seen.output
    assert seen.key[13:25] not in seen.output


def ask(client: str, folder: Path, *, url: str = URL, **options: object) -> Seen:
    """Have a client send one request."""
    command = command_of(client, folder, url)
    return run_wrapped(command, folder / "files", **options)  # type: ignore[arg-type]


def the_key_was_seen(seen: Seen) -> bool:
    digest = sha256(seen.key.encode()).hexdigest()
    return [[one.sha256 for one in e.credentials] for e in seen.answered] == [[digest]]


def command_of(client: str, folder: Path, url: str) -> list[str]:
    if client in PYTHON:
        return [python_for(client), "-c", PYTHON[client], url]
    if client in NODE:
        return [*node_for(client, folder), url]
    if shutil.which(client) is None:
        pytest.skip(f"no {client} here")
    if client == "java":
        source = folder / "Ask.java"
        source.write_text(JAVA)
        return ["java", str(source), url]
    asking = {
        "curl": 'curl -sSf -o /dev/null -H "x-api-key: $ANTKEY_TENANT_KEY" -d "{}"',
        "wget": 'wget -q -O - --header "x-api-key: $ANTKEY_TENANT_KEY" --post-data="{}"',
    }
    return ["sh", "-c", f"{asking[client]} {url}"]


def python_for(client: str) -> str:
    """A Python that has what a program imports."""
    lines = PYTHON[client].splitlines()
    return python_with("\n".join(line for line in lines if line.startswith(("import ", "from "))))


def node_for(client: str, folder: Path) -> list[str]:
    """Node, and the program in a folder from which it finds what it imports."""
    if shutil.which("node") is None:
        pytest.skip("no Node here")
    for library in ("axios", "undici", "@anthropic-ai/sdk"):
        if client.startswith(library):
            (folder / "node_modules").symlink_to(node_modules_with(library))
    program = folder / ("ask.cjs" if "CommonJS" in client else "ask.mjs")
    program.write_text(NODE[client])
    return ["node", str(program)]
