"""Writes requests down, one JSON line each, for `antkey check` and `antkey egress replay`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from types import TracebackType

from antkey_scanner.egress.book import KeyLife
from antkey_scanner.egress.evidence import VERSION_FIELD, silence_to_json, to_json
from antkey_scanner.egress.records import Request
from antkey_scanner.errors import PolicyError
from antkey_scanner.inventory.times import Micros
from antkey_scanner.system import show

_MOST = 65_536
_NAMES = ("antkey.toml", "pyproject.toml")
_START = f'{{"{VERSION_FIELD}":'.encode()
"""How every line of ours begins."""


class Evidence:
    """A file that lines are appended to, made with its folder; None for no file.

    Raises PolicyError when it cannot be opened, or holds something else.
    """

    def __init__(self, path: str | None) -> None:
        self._descriptor: int | None = None
        if path is None:
            return
        if _is_foreign(path):
            raise PolicyError(
                f"--evidence: {show(path)}: holds something else than evidence and is left alone; name"
                " another file"
            )
        try:
            os.makedirs(os.path.dirname(path) or os.curdir, exist_ok=True)
            self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        except OSError as error:
            reason = (error.strerror or "cannot be written").lower()
            raise PolicyError(f"--evidence: {show(path)}: {reason}; name a file") from None

    def write(self, request: Request, lives: Sequence[KeyLife | None]) -> None:
        """Append one request; a whole line at once, so that several runs may share a file."""
        if self._descriptor is not None:
            os.write(self._descriptor, (to_json(request, lives) + "\n").encode())

    def write_silence(self, scenario: str, tenants: Sequence[str], time: Micros) -> None:
        """Append that a scenario was played to its end, and that no request was seen in it."""
        if self._descriptor is not None:
            line = silence_to_json(scenario, tenants, time)
            os.write(self._descriptor, (line + "\n").encode())

    def __enter__(self) -> Evidence:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Write nothing more."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _is_foreign(path: str) -> bool:
    """Whether lines of ours have no place at the end of a file: its first one is none, or it is a policy."""
    if os.path.basename(path) in _NAMES:
        return True
    if not os.path.isfile(path):
        return False
    try:
        with open(path, "rb") as file:
            first = file.readline(_MOST)
    except OSError:
        return False  # whoever may write to it need not be able to read it
    return bool(first.strip()) and not first.startswith(_START)
