"""Exports as stores write them, read as the inventory's reader does."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from antkey_scanner.errors import PolicyError
from antkey_scanner.inventory import stores
from antkey_scanner.inventory.records import KeyRecord, Sheet


@pytest.fixture
def read() -> Callable[[Any], Sheet]:
    """The sheet of a document that has to be known; its line 7 is that of every path."""

    def run(document: Any) -> Sheet:
        found = stores.read(json.loads(json.dumps(document)), "export.json", lambda _: 7)
        assert found is not None
        return found

    return run


@pytest.fixture
def only(read: Callable[[Any], Sheet]) -> Callable[[Any], KeyRecord]:
    """The only key of a document."""

    def run(document: Any) -> KeyRecord:
        (key,) = read(document).keys
        return key

    return run


@pytest.fixture
def problems() -> Callable[[Any], list[str]]:
    """What is wrong with a document; its lines are the lengths of the paths."""

    def run(document: Any) -> list[str]:
        with pytest.raises(PolicyError) as caught:
            stores.read(document, "export.json", len)
        return list(map(str, caught.value.args))

    return run
