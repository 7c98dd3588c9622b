"""An Admin API on a socket of this machine, and reading it without waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from tests.admin_api import AdminApi, serving

from antkey_scanner.inventory.anthropic.credential import AdminKey
from antkey_scanner.inventory.anthropic.retry import Patience
from antkey_scanner.inventory.anthropic.snapshot import Period, Snapshot, read
from antkey_scanner.inventory.anthropic.wire import connected
from antkey_scanner.urlpolicy import Root, root_of


class Time:
    """A clock that only sleeping moves. slept: for how long, each time."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


class Reader:
    """Reads the test's organisation. seen: what it told of its progress."""

    def __init__(self, api: AdminApi, time: Time) -> None:
        self.api = api
        self.time = time
        self.seen: list[tuple[str, int]] = []
        self.silence = 20.0

    def __call__(self, period: Period | None = None, *, url: str | None = None) -> Snapshot:
        root = root_of(url or self.api.url)
        assert isinstance(root, Root)
        key = AdminKey(self.api.secret)
        with connected(root, key) as wire:
            return read(
                wire, root, key, period, lambda *seen: self.seen.append(seen), self.patience()
            )

    def patience(self) -> Patience:
        return Patience(
            silence=self.silence,
            monotonic=self.time.monotonic,
            sleep=self.time.sleep,
            chance=lambda: 1.0,
            wall=lambda: 1_795_000_000.0,
        )


@pytest.fixture
def admin_key(make_key: Callable[..., str]) -> str:
    return make_key("admin01")


@pytest.fixture
def api(admin_key: str) -> Iterator[AdminApi]:
    with serving(AdminApi(admin_key)) as served:
        yield served


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def reading(api: AdminApi, time: Time) -> Reader:
    return Reader(api, time)
