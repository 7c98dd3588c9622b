"""Whether a test may still make requests when it is through: in the teardown of its fixtures."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from antkey_hooks.pytest_plugin.callsite import is_library

_OF_CLASSES = ("_xunit_", "_unittest_")
"""How pytest calls the fixtures that it makes of `teardown_method`, `tearDown` and their like."""


def may_act_later(item: pytest.Item) -> bool:
    """Whether any fixture of the test's own program has a teardown."""
    info = getattr(item, "_fixtureinfo", None)
    definitions: dict[str, Any] = getattr(info, "name2fixturedefs", None) or {}
    return any(
        _has_teardown(name, definition)
        for name, found in definitions.items()
        for definition in found
    )


def _has_teardown(name: str, definition: Any) -> bool:
    if name.startswith(_OF_CLASSES):
        return True
    function = inspect.unwrap(definition.func)
    code = getattr(function, "__code__", None)
    if code is None or is_library(code.co_filename):
        return False
    return (
        inspect.isgeneratorfunction(function)
        or inspect.isasyncgenfunction(function)
        or "request" in code.co_varnames
    )
