"""A witness for each test."""

from __future__ import annotations

import pytest
from tests.hooks.interceptor.witness import Witness


@pytest.fixture
def witness() -> Witness:
    return Witness()
