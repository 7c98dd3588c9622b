"""The API that requests arrive at."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.messages_api import Api, serving


@pytest.fixture
def api() -> Iterator[Api]:
    with serving() as here:
        yield here
