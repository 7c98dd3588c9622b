"""Libraries are patched whenever they are imported, and are afterwards what they were."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from antkey_hooks.observe.patching import Patches, Point
from antkey_hooks.observe.sighting import Asked, Sighting
from antkey_hooks.observe.watch import Watch
from antkey_scanner.egress.hosts import Hosts

NAME = "a_library_of_this_test"
SOURCE = """
class Client:
    def send(self, url, again=0):
        if again:
            self.send(url, again - 1)
        return self.lower(url)
    def lower(self, url):
        return url
"""


class Listener:
    hosts = Hosts(["api.anthropic.com"])

    def __init__(self) -> None:
        self.seen: list[Sighting] = []
        self.problems: list[str] = []

    def began(self, sighting: Sighting) -> object:
        self.seen.append(sighting)
        return None

    def ended(self, ticket: object, status: int | None, fault: str | None) -> None:
        pass

    def unreadable(self, library: str, problem: str) -> None:
        self.problems.append(f"{library} {problem}")


def wrap(watch: Watch, layer: str, original: Any) -> Any:
    def observing(self: Any, url: str, *arguments: Any) -> Any:
        with watch.request(layer, lambda: Asked("post", url, ())):
            return original(self, url, *arguments)

    return observing


POINTS = (Point(NAME, "Client", "send", "own", wrap), Point(NAME, "Client", "lower", "low", wrap))
URL = "https://api.anthropic.com/v1/messages"


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Any]]:
    (tmp_path / f"{NAME}.py").write_text(SOURCE)
    monkeypatch.syspath_prepend(tmp_path)
    yield lambda: importlib.import_module(NAME)
    sys.modules.pop(NAME, None)


@pytest.fixture
def watch() -> Watch:
    watch = Watch()
    watch.listener = Listener()
    return watch


@pytest.mark.parametrize("when", ["before", "after"])
def test_library_is_patched_and_restored(load: Callable[[], Any], watch: Watch, when: str) -> None:
    listener = watch.listener
    assert isinstance(listener, Listener)
    if when == "before":
        load()
    patches = Patches(watch, POINTS)
    patches.start()
    library = load()
    assert library.Client().send(URL) == URL
    assert len(listener.seen) == 1
    assert "antkey" not in type(library.__loader__).__module__
    assert library.__spec__.loader is library.__loader__
    patches.stop()
    library.Client().send(URL)
    assert len(listener.seen) == 1
    assert library.Client.send.__name__ == "send"
    assert not any(type(finder).__name__ == "Arrivals" for finder in sys.meta_path)


def test_library_that_is_entered_again_makes_another_request(
    load: Callable[[], Any], watch: Watch
) -> None:
    listener = watch.listener
    assert isinstance(listener, Listener)
    patches = Patches(watch, POINTS)
    patches.start()
    load().Client().send(URL, 2)
    patches.stop()
    assert len(listener.seen) == 3


def test_what_others_put_over_it_is_observed_once(load: Callable[[], Any], watch: Watch) -> None:
    listener = watch.listener
    assert isinstance(listener, Listener)
    library = load()
    patches = Patches(watch, POINTS)
    patches.start()
    ours = library.Client.send

    def mocked(self: Any, url: str) -> Any:
        return ours(self, url)

    library.Client.send = mocked
    patches.renew()
    patches.renew()
    library.Client().send(URL)
    patches.stop()
    assert len(listener.seen) == 1
    assert library.Client.send is mocked


def test_request_that_cannot_be_read_is_told(load: Callable[[], Any], watch: Watch) -> None:
    listener = watch.listener
    assert isinstance(listener, Listener)
    patches = Patches(watch, POINTS)
    patches.start()
    assert load().Client().send(7) == 7
    patches.stop()
    assert listener.problems[0].startswith("own ")
    assert listener.seen == []


def test_missing_library_stays_missing(watch: Watch) -> None:
    patches = Patches(watch, (Point("no_such_library_at_all", "Client", "send", "x", wrap),))
    patches.start()
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("no_such_library_at_all")
    patches.stop()
