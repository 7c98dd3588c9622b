"""Under `antkey egress run`: tells the interceptor for whom each marked test acts."""

from __future__ import annotations

import json
from collections.abc import Generator

import pytest

from antkey_hooks.pytest_plugin.marker import mark_of

_SECONDS = 10.0


class Marking:
    """Marks what follows as belonging to a test, and to nobody when it is over."""

    def __init__(self, url: str) -> None:
        self._url = url

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, object, object]:
        """Say for whom the test acts."""
        mark = mark_of(item)
        if mark is not None:
            tell(self._url, {"tenant": mark.tenant, "surface": mark.surface})
        return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, object, object]:
        """Say that it acts no more."""
        try:
            return (yield)
        finally:
            if next(item.iter_markers("antkey"), None) is not None:
                tell(self._url, {})


def tell(url: str, mark: dict[str, str | None]) -> None:
    """Post a mark. Fails the test when the interceptor refuses it."""
    from http.client import HTTPConnection, HTTPException
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=_SECONDS)
    try:
        connection.request(
            "POST",
            f"{parts.path.rstrip('/')}/mark",
            json.dumps(mark),
            {"Content-Type": "application/json"},
        )
        answer = connection.getresponse()
        text = answer.read(2000).decode("utf-8", "replace")
    except (OSError, HTTPException) as error:
        pytest.fail(f"antkey: the interceptor cannot be told of the test: {error}", pytrace=False)
    finally:
        connection.close()
    if answer.status != 200:
        pytest.fail(f"antkey: the interceptor refused {mark}: {text}", pytrace=False)
