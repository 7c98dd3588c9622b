"""Runs programs as `antkey egress run` does: real processes, a real interceptor, and what it has seen."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.conftest import BASE64URL

from antkey_hooks.egress.child import Ended, run_command
from antkey_hooks.egress.isolation import Inside, run_isolated
from antkey_hooks.egress.masking import Masker
from antkey_hooks.egress.steering import prepare
from antkey_hooks.interceptor.exchange import Answer, Exchange
from antkey_hooks.interceptor.server import Interceptor

CLIENTS = Path(os.environ.get("ANTKEY_CLIENTS") or Path(__file__).parents[3] / ".clients")
"""The folder of environments with clients, each with `bin/python` or `node_modules`."""

_SECONDS = 120.0
API = "api.anthropic.com"


class Seen(NamedTuple):
    """What came of a program. answered: requests to an allowed host; refused: to others."""

    ended: Ended
    output: str
    answered: list[Exchange]
    refused: list[Exchange]
    key: str


def clean_environment() -> dict[str, str]:
    """The tests' own environment without what leads clients anywhere."""
    names = ("PROXY", "ANTHROPIC", "CA_BUNDLE", "SSL_CERT", "PYTHONPATH", "NODE_OPTIONS", "COV_")
    return {
        name: value
        for name, value in os.environ.items()
        if not any(part in name.upper() for part in names)
    }


def run_wrapped(
    command: Sequence[str],
    folder: Path,
    *,
    without: Sequence[str] = (),
    add: Mapping[str, str] | None = None,
    hosts: Sequence[str] = (API,),
    isolated: bool = False,
) -> Seen:
    """Run a program with a key in ANTKEY_TENANT_KEY. without: what not to steer by, by variable."""
    key = "sk-ant-api03-" + "".join(random.choices(BASE64URL, k=93)) + "AA"
    answered: list[Exchange] = []
    refused: list[Exchange] = []
    said: list[bytes] = []

    def decide(exchange: Exchange) -> Answer:
        answered.append(exchange)
        return Answer.NORMAL

    folder.mkdir(mode=0o700, exist_ok=True)
    with Interceptor(
        decide, refused.append, allowed_hosts=hosts, control=lambda *_: (200, b"{}")
    ) as interceptor:
        steering = prepare(
            interceptor.base_url,
            interceptor.proxy_url,
            interceptor.tls_port,
            interceptor.ca_pem,
            hosts,
            str(folder),
            {**clean_environment(), **(add or {})},
        )
        environment = {**steering.environment, "ANTKEY_TENANT_KEY": key}
        for name in without:
            environment.pop(name, None)
        masker = Masker([key])
        if isolated:
            environment["ANTKEY_CONTROL_URL"] = interceptor.control_url
            ended = run_isolated(
                command,
                environment,
                masker,
                Inside(hosts, interceptor.base_url, interceptor.control_url, steering.roots),
                interceptor.adopt,
                str(folder),
                on_output=said.append,
                timeout=_SECONDS,
            )
        else:
            ended = run_command(
                command, environment, masker, on_output=said.append, timeout=_SECONDS
            )
    return Seen(ended, b"".join(said).decode(errors="replace"), answered, refused, key)


def python_with(imports: str) -> str:
    """A Python that can do these imports; a skip where there is none."""
    for python in (sys.executable, *sorted(map(str, CLIENTS.glob("*/bin/python")))):
        if _can_import(python, imports):
            return python
    return pytest.skip(f"no Python here can {imports.replace(chr(10), ', ')}")


def node_modules_with(library: str) -> Path:
    """A folder of packages that has this one; a skip where there is none."""
    for installed in sorted(CLIENTS.glob("*/node_modules")):
        if (installed / library).is_dir():
            return installed
    return pytest.skip(f"no {library} here")


@cache
def _can_import(python: str, imports: str) -> bool:
    done = subprocess.run(
        [python, "-c", imports], env=clean_environment(), capture_output=True, check=False
    )
    return done.returncode == 0
