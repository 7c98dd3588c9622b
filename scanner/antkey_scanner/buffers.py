"""The searches that are made over every buffer, as fast as the machine has them.

Uses stringzilla where it is installed, plain `bytes` methods where not; both give the same answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from antkey_scanner.windows import Buffer

__all__ = ["count", "find", "translate"]

try:
    from stringzilla import count, find, translate
except ImportError:

    def count(buffer: Buffer, literal: bytes) -> int:
        """How often `literal` stands in the buffer."""
        return bytes(buffer).count(literal)

    def find(buffer: Buffer, literal: bytes, start: int = 0) -> int:
        """The first offset of `literal` at or after `start`, or -1."""
        return bytes(buffer).find(literal, start)

    def translate(buffer: Buffer, table: bytes) -> bytes:
        """The bytes of the buffer, each replaced by its entry in `table`."""
        return bytes(buffer).translate(table)
