"""Second looks at the first bytes of archives whose magic is short or plain text.

As in `checks`: microseconds at most, nothing heavy is imported.
"""

from __future__ import annotations

from typing import Literal

_ODC_HEADER = 76
_NEWC_HEADER = 110
_OLD_CPIO_HEADER = 26
_LONGEST_NAME = 4096
_FILE_TYPES = frozenset(kind << 12 for kind in (0, 1, 2, 4, 6, 8, 9, 10, 12))


def is_cpio_text(head: bytes) -> bool:
    """The newer two have hexadecimal digits in their header, odc has octal ones."""
    if head[5:6] in (b"1", b"2"):
        digits, size, alphabet = head[6:_NEWC_HEADER], _NEWC_HEADER, b"0123456789abcdefABCDEF"
    else:
        digits, size, alphabet = head[6:_ODC_HEADER], _ODC_HEADER, b"01234567"
    return head[5:6] in (b"1", b"2", b"7") and len(head) >= size and not digits.strip(alphabet)


def is_cpio_binary(head: bytes) -> bool:
    """Two bytes of magic; then a type of file that exists and a name that ends with NUL."""
    if len(head) < _OLD_CPIO_HEADER:
        return False
    order: Literal["little", "big"] = "little" if head[0] == 0xC7 else "big"
    mode = int.from_bytes(head[6:8], order)
    length = int.from_bytes(head[20:22], order)
    name = head[_OLD_CPIO_HEADER : _OLD_CPIO_HEADER + length]
    return (
        mode & 0xF000 in _FILE_TYPES
        and 1 < length <= _LONGEST_NAME
        and name.find(b"\0") == length - 1
    )
