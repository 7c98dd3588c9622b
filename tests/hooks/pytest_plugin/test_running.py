"""The plugin beside pytest-xdist, pytest-rerunfailures and in `antkey egress run`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from tests.hooks.pytest_plugin.conftest import Ran

Run = Callable[..., Ran]


def test_processes_share_keys_and_evidence(run_suite: Run, tmp_path: Path) -> None:
    lines = []
    for test in range(40):
        lines += [
            '@pytest.mark.antkey(tenant="acme")',
            f"def test_{test}(antkey_egress):",
            '    send(antkey_egress.tenant_key("acme"))',
        ]
    (tmp_path / "test_many.py").write_text(
        "import httpx, pytest\n"
        "def send(key):\n"
        "    with httpx.Client(transport=httpx.MockTransport(lambda r: httpx.Response(200))) as c:\n"
        '        c.post("https://api.anthropic.com/v1/messages", headers={"x-api-key": key})\n'
        + "\n".join(lines)
    )
    options = ("--antkey", "--antkey-evidence", "evidence.jsonl", "-n", "2")
    ran = run_suite("", *options, plugins=("xdist.plugin",))
    assert set(ran.outcomes.values()) == {"passed"}, ran.output
    evidence = list(map(json.loads, (tmp_path / "evidence.jsonl").read_text().splitlines()))
    assert len(evidence) == 40
    assert len({line["sha256"] for line in evidence}) == 1


def test_another_attempt_undoes_no_violation(run_suite: Run, tmp_path: Path) -> None:
    (tmp_path / "test_flaky.py").write_text(
        "import httpx, pytest\n"
        "attempts = []\n"
        '@pytest.mark.antkey(tenant="acme")\n'
        "def test_flaky(antkey_egress):\n"
        "    attempts.append(1)\n"
        "    first = len(attempts) == 1\n"
        '    key = antkey_egress.platform_key if first else antkey_egress.tenant_key("acme")\n'
        "    with httpx.Client(transport=httpx.MockTransport(lambda r: httpx.Response(200))) as c:\n"
        '        c.post("https://api.anthropic.com/v1/messages", headers={"x-api-key": key})\n'
    )
    ran = run_suite("", "--antkey", "--reruns", "2", plugins=("pytest_rerunfailures",))
    assert ran.outcomes == {"test_flaky": "failed"}, ran.output
    assert "an earlier one" in ran.told["test_flaky"]
    assert "egress-platform-key" in ran.told["test_flaky"]


@pytest.fixture
def interceptor() -> Iterator[tuple[str, list[tuple[str, object]]]]:
    """The control URL of a stand-in for the interceptor, and what it was told."""
    told: list[tuple[str, object]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            told.append((self.path, body))
            status = 400 if body.get("tenant") == "nobody" else 200
            self.send_response(status)
            self.end_headers()
            self.wfile.write(b'{"error": "no such tenant"}' if status == 400 else b"{}")

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", told
    server.shutdown()
    server.server_close()


MARKED = (
    "import os, pytest\n"
    '@pytest.mark.antkey(tenant="acme", surface="chat", requests=0)\n'
    "def test_marked(): pass\n"
    "def test_unmarked(): pass\n"
)


@pytest.mark.parametrize("options", [(), ("--antkey",)])
def test_markers_tell_the_interceptor_for_whom_a_test_acts(
    run_suite: Run,
    tmp_path: Path,
    interceptor: tuple[str, list[tuple[str, object]]],
    options: tuple[str, ...],
) -> None:
    url, told = interceptor
    (tmp_path / "test_marked.py").write_text(MARKED)
    ran = run_suite("", *options, ANTKEY_CONTROL_URL=url)
    assert set(ran.outcomes.values()) == {"passed"}, ran.output
    assert told == [("/mark", {"tenant": "acme", "surface": "chat"}), ("/mark", {})]


def test_refused_mark_fails_the_test(
    run_suite: Run, tmp_path: Path, interceptor: tuple[str, list[tuple[str, object]]]
) -> None:
    (tmp_path / "test_marked.py").write_text(MARKED.replace("acme", "nobody"))
    ran = run_suite("", ANTKEY_CONTROL_URL=interceptor[0])
    assert ran.outcomes == {"test_marked": "error", "test_unmarked": "passed"}
    assert "no such tenant" in ran.told["test_marked"]


def test_keys_of_the_wrapped_run_are_kept(
    run_suite: Run,
    tmp_path: Path,
    make_key: Callable[..., str],
    interceptor: tuple[str, list[tuple[str, object]]],
) -> None:
    (tmp_path / "test_kept.py").write_text(
        "import os\n"
        "def test_kept(antkey_egress):\n"
        '    assert antkey_egress.tenant_key("acme") == os.environ["ANTKEY_TENANT_KEY_ACME"]\n'
        '    assert antkey_egress.platform_key == os.environ["ANTHROPIC_API_KEY"]\n'
    )
    ran = run_suite(
        "",
        "--antkey",
        ANTKEY_CONTROL_URL=interceptor[0],
        ANTKEY_TENANT_KEY_ACME=make_key(),
        ANTHROPIC_API_KEY=make_key(),
    )
    assert ran.outcomes == {"test_kept": "passed"}, ran.output
