"""Secrets of other kinds, made up at run time."""

from __future__ import annotations

import random
import string
from collections.abc import Callable

import pytest

_ALNUM = string.ascii_letters + string.digits


@pytest.fixture
def some(request: pytest.FixtureRequest) -> Callable[..., str]:
    """Random characters of an alphabet, different on each call."""
    dice = random.Random(request.node.nodeid)

    def make(count: int, alphabet: str = _ALNUM) -> str:
        return "".join(dice.choices(alphabet, k=count))

    return make


@pytest.fixture
def aws_id(some: Callable[..., str]) -> str:
    return "AKIA" + some(16, string.ascii_uppercase + string.digits)


@pytest.fixture
def github_token(some: Callable[..., str]) -> str:
    return "ghp_" + some(36)
