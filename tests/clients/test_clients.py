"""Each client of the table: its right app passes, one that falls back fails, an unseen one proves nothing."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.clients.table import CLIENTS, Client
from tests.clients.wrapped import Outcome, wrapped

from antkey_hooks.egress.isolation import problem
from antkey_hooks.interceptor.exchange import Answer, Exchange
from antkey_hooks.interceptor.server import Interceptor

pytestmark = pytest.mark.slow


LEADING = (
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy", "WGETRC"),
    *(
        "ANTHROPIC_BASE_URL",
        "ANTHROPIC_API_BASE",
        "ANTHROPIC_API_URL",
        "PYTHONPATH",
        "NODE_OPTIONS",
    ),
)
"""What leads clients to the interceptor, but for Java's options, which hold whom it trusts as well."""


class Played(NamedTuple):
    """What came of a client's applications. arrived: how many requests of the one that sends elsewhere
    came there; isolated: the one that takes its key from the environment, led by the network alone; None
    where there is no isolation."""

    client: Client
    right: Outcome
    environment: Outcome
    fallback: Outcome
    elsewhere: Outcome
    arrived: int
    isolated: Outcome | None


@pytest.fixture(scope="module")
def no_isolation() -> str | None:
    """Why there is none. Asked alone: a trial ends all else that this process has started meanwhile."""
    return problem()


@pytest.fixture(scope="module", params=CLIENTS, ids=lambda client: client.name)
def played(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    no_isolation: str | None,
) -> Played:
    """All at the same time: clients spend most of theirs waiting until they try again."""
    client: Client = request.param
    command, variables = client.command(), client.variables()

    def play(words: list[str], *scenarios: str) -> Outcome:
        folder = tmp_path_factory.mktemp(words[0])
        return wrapped([*command, *words], folder, *scenarios, variables=variables)

    def isolate() -> Outcome | None:
        if no_isolation is not None:
            return None
        without = [word for name in LEADING for word in ("-u", name)]
        argv = ["env", *without, *command, "environment"]
        folder = tmp_path_factory.mktemp("isolated")
        return wrapped(argv, folder, variables=variables, isolated=True)

    with elsewhere() as (url, arrived), ThreadPoolExecutor() as pool:
        right = pool.submit(play, ["right"], "ok", "429")
        environment = pool.submit(play, ["environment"])
        fallback = pool.submit(play, ["fallback"], "429")
        unseen = pool.submit(play, ["elsewhere", url])
        isolated = pool.submit(isolate)
        return Played(
            client,
            right.result(),
            environment.result(),
            fallback.result(),
            unseen.result(),
            len(arrived),
            isolated.result(),
        )


@contextmanager
def elsewhere() -> Iterator[tuple[str, list[Exchange]]]:
    """A server of which antkey knows nothing: its URL, and the requests it was sent."""
    arrived: list[Exchange] = []

    def decide(exchange: Exchange) -> Answer:
        arrived.append(exchange)
        return Answer.NORMAL

    with Interceptor(
        decide,
        arrived.append,
        allowed_hosts=["api.anthropic.com"],
        control=lambda *_: (404, b"{}"),
    ) as server:
        yield server.base_url, arrived


def test_an_app_that_uses_the_tenant_s_key_alone_passes(played: Played) -> None:
    done = played.right
    assert (done.code, done.rules) == (0, set()), done.output
    assert done.requests >= 2


def test_an_app_that_takes_its_key_from_the_environment_fails(played: Played) -> None:
    done = played.environment
    assert done.code == 1, done.output
    two = {"egress-two-keys"} if played.client.both != "never" else set()
    assert done.rules == {"egress-platform-key"} | two


def test_an_app_that_falls_back_when_the_tenant_s_key_is_limited_fails(played: Played) -> None:
    done = played.fallback
    assert done.code == 1, done.output
    assert done.rules == {"egress-platform-key", "egress-fallback-on-error"}


def test_an_app_whose_requests_are_not_seen_proves_nothing(played: Played) -> None:
    done = played.elsewhere
    assert (done.code, done.rules, done.requests) == (4, set(), 0), done.output
    assert played.arrived == 1, done.output


def test_an_isolated_app_fails_though_nothing_leads_it(
    played: Played, no_isolation: str | None
) -> None:
    done = played.isolated
    if done is None:
        pytest.skip(f"no isolation: {no_isolation}")
    assert done.code == 1, done.output
    assert "egress-platform-key" in done.rules


@pytest.mark.parametrize(
    "client",
    [client for client in CLIENTS if client.both == "always"],
    ids=lambda client: client.name,
)
def test_an_old_sdk_sends_the_platform_s_token_beside_the_tenant_s_key(
    client: Client, tmp_path: Path
) -> None:
    done = wrapped([*client.command(), "careless"], tmp_path, variables=client.variables())
    assert done.code == 1, done.output
    assert done.rules == {"egress-platform-key", "egress-two-keys"}
