"""Takes the made-up keys out of what pytest reports: tracebacks, captured output, warnings, logs."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from antkey_hooks.egress.masking import Masker

_PLAIN = (int, float, bool, type(None), bytes)
_PARTS = ("_pytest._code.code", "_pytest.reports", "_pytest.subtests")
"""Whose objects make up a traceback and a subtest: plain ones that hold texts, lists and each other."""

_NAMES = ("nodeid", "location", "keywords")
_DEEPEST = 40


class Masked:
    """Masks by the keys that are known when a report is made."""

    def __init__(self, masker: Masker) -> None:
        self._masker = masker

    def text(self, text: str) -> str:
        """A text with each key, and each part of one, shortened."""
        raw = text.encode("utf-8", "surrogatepass")
        masked = self._masker.mask(raw)
        return text if masked == raw else masked.decode("utf-8", "surrogatepass")

    def report(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        """All texts of a report, in place; but not the name of its test."""
        for name, value in list(vars(report).items()):
            if name not in _NAMES:
                setattr(report, name, self._value(value, 0))

    def warning(self, warning: Warning) -> None:
        """What a warning says, in place."""
        warning.args = tuple(self._value(value, 0) for value in warning.args)

    def handler(self, handler: logging.Handler) -> None:
        """What one of pytest's own handlers writes."""
        own = handler.format
        handler.format = lambda record: self.text(own(record))  # type: ignore[method-assign]

    def _value(self, value: Any, depth: int) -> Any:
        """A value with its texts masked. What is pytest's own is changed, what may be the test's is not."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, _PLAIN) or depth > _DEEPEST:
            return value
        if type(value) in (list, tuple):
            return type(value)(self._value(one, depth + 1) for one in value)
        if type(value) is dict:
            return {name: self._value(one, depth + 1) for name, one in value.items()}
        if type(value).__module__ in _PARTS:
            for name in (*getattr(value, "__dict__", ()), *getattr(value, "__slots__", ())):
                # Some of them are frozen.
                object.__setattr__(value, name, self._value(getattr(value, name), depth + 1))
        return value
