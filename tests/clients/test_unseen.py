"""What antkey cannot see ends in 4 and never in 0."""

from __future__ import annotations

import ssl
import sys
from pathlib import Path

import pytest
from tests.clients.places import program
from tests.clients.test_clients import elsewhere
from tests.clients.wrapped import wrapped

HEAD = "import http.client, os, socket, ssl, subprocess, sys, urllib.request\n"
SEND = """
def send(connection):
    body = b'{"model": "claude-sonnet-5", "max_tokens": 9, "messages": []}'
    connection.request("POST", "/v1/messages", body, {"x-api-key": os.environ["ANTHROPIC_API_KEY"]})
    return connection.getresponse().read()
"""
SEEN = """
seen = http.client.HTTPSConnection(os.environ["HTTPS_PROXY"].removeprefix("http://"))
seen.set_tunnel("api.anthropic.com", 443)
os.environ["ANTHROPIC_API_KEY"] = os.environ["ANTKEY_TENANT_KEY"]
send(seen)
"""
FIXED = """
raw = socket.socket()
raw.settimeout(0.2)
try:
    raw.connect((ADDRESS, 443))
except OSError:
    pass
"""


def alone(code: str, *options: str) -> list[str]:
    """A Python that reads none of the variables and paths by which others are led."""
    return [sys.executable, "-I", *options, "-c", HEAD + SEND + code]


@pytest.mark.parametrize(
    "command",
    [
        [sys.executable, "-c", "pass"],
        alone("pass"),
        ["sh", "-c", "exit 0"],
        # 192.0.2.0/24 is nobody's (RFC 5737).
        alone(FIXED.replace("ADDRESS", "'192.0.2.1'")),
        alone("socket.socketpair()[0].send(os.environ['ANTHROPIC_API_KEY'].encode())"),
    ],
    ids=["nothing", "nothing, alone", "a shell", "a fixed address", "a socket pair"],
)
def test_who_sends_nothing_proves_nothing(command: list[str], tmp_path: Path) -> None:
    if command[0] == "sh":
        command = [program("sh"), *command[1:]]
    done = wrapped(command, tmp_path)
    assert (done.code, done.rules, done.requests) == (4, set(), 0), done.output


@pytest.mark.parametrize("scenarios", [("ok",), ("429",), ("ok", "429", "401")])
def test_who_takes_another_way_proves_nothing_in_any_scenario(
    scenarios: tuple[str, ...], tmp_path: Path
) -> None:
    with elsewhere() as (url, arrived):
        code = f"send(http.client.HTTPConnection({url.removeprefix('http://')!r}))"
        done = wrapped(alone(code), tmp_path, *scenarios)
    assert len(arrived) == len(scenarios), done.output
    assert (done.code, done.rules, done.requests) == (4, set(), 0), done.output


def test_who_starts_its_client_without_our_environment_proves_nothing(tmp_path: Path) -> None:
    clean = [program("env"), "-i", f"PATH={Path(program('curl')).parent}"]
    curl = [program("curl"), "-s", "--data", "{}", "--header", "x-api-key: mine"]
    with elsewhere() as (url, arrived):
        done = wrapped([*clean, *curl, f"{url}/v1/messages"], tmp_path)
    assert len(arrived) == 1, done.output
    assert (done.code, done.rules, done.requests) == (4, set(), 0), done.output


@pytest.mark.parametrize("before", ["", SEEN], ids=["alone", "beside one that is seen"])
def test_who_does_not_trust_us_is_not_understood(before: str, tmp_path: Path) -> None:
    """A client with roots of its own comes to the proxy, and shows it nothing."""
    code = """
proxy = os.environ["HTTPS_PROXY"].removeprefix("http://")
connection = http.client.HTTPSConnection(proxy, context=ssl.create_default_context())
connection.set_tunnel("api.anthropic.com", 443)
try:
    send(connection)
except ssl.SSLCertVerificationError:
    print("refused")
"""
    roots = f"os.environ['SSL_CERT_FILE'] = {ssl.get_default_verify_paths().openssl_cafile!r}\n"
    done = wrapped(alone(before + roots + code), tmp_path)
    assert "refused" in done.output
    assert (done.code, done.rules, done.requests) == (4, set(), int(bool(before)))


def test_one_that_is_seen_does_not_speak_for_the_scenario_in_which_none_is(tmp_path: Path) -> None:
    code = "if os.environ['ANTKEY_SCENARIO'] != 'ok':\n    sys.exit()\n" + SEEN
    assert wrapped(alone(code), tmp_path, "ok").code == 0
    done = wrapped(alone(code), tmp_path, "ok", "429")
    assert (done.code, done.rules, done.requests) == (4, set(), 1), done.output
