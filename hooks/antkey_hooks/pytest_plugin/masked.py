"""Takes the made-up keys out of what pytest reports: tracebacks, captured output, warnings, logs."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from antkey_hooks.egress.masking import Masker

_PLAIN = (int, float, bool, type(None), bytes)
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
        """All texts of a report, in place."""
        for name in ("longrepr", "sections", "user_properties"):
            if hasattr(report, name):
                setattr(report, name, self._value(getattr(report, name), 0))

    def warning(self, warning: Warning) -> None:
        """What a warning says, in place."""
        warning.args = tuple(self._value(value, 0) for value in warning.args)

    def handler(self, handler: logging.Handler) -> None:
        """What one of pytest's own handlers writes."""
        own = handler.format
        handler.format = lambda record: self.text(own(record))  # type: ignore[method-assign]

    def _value(self, value: Any, depth: int) -> Any:
        """A value with its texts masked: new where it cannot be changed, else the same one."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, _PLAIN) or depth > _DEEPEST:
            return value
        if isinstance(value, list):
            value[:] = [self._value(one, depth + 1) for one in value]
        elif type(value) is tuple:
            return tuple(self._value(one, depth + 1) for one in value)
        elif type(value).__module__.startswith("_pytest."):
            # The parts of a traceback: plain objects that hold texts, lists and each other.
            for name, part in list(vars(value).items()):
                vars(value)[name] = self._value(part, depth + 1)
        return value
