"""Second looks at the first bytes of archives whose magic is short or plain text.

As in `checks`: microseconds at most, nothing heavy is imported.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

_ODC_HEADER = 76
_NEWC_HEADER = 110
_OLD_CPIO_HEADER = 26
_LONGEST_NAME = 4096
_HEAD_IS_CUT = 4096
_LONGEST_HEADER_NAME = 64
_MAIL = frozenset({b"received", b"return-path", b"delivered-to", b"mime-version", b"message-id"})
"""Headers that mail has and little else."""
_LETTER = frozenset({b"from", b"date", b"subject"})
_KNOWN = (
    _MAIL
    | _LETTER
    | {b"to", b"cc", b"sender", b"reply-to", b"content-type", b"content-transfer-encoding"}
    | {b"in-reply-to", b"references", b"dkim-signature", b"user-agent", b"x-mailer", b"list-id"}
)
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


def is_mbox(head: bytes) -> bool:
    """The separator "From sender date" and a header behind it. A patch by git is left to be text."""
    first, _, rest = head.partition(b"\n")
    return (
        b"Mon Sep 17 00:00:00 2001" not in first
        and is_separator(first)
        and _header_name(rest.partition(b"\n")[0]) != b""
    )


def is_separator(line: bytes) -> bool:
    """Whether a line that starts with "From " has a time of day in it, as mbox separators do."""
    parts = line.split(b":")
    return line.startswith(b"From ") and any(
        before[-2:].isdigit() and after[:2].isdigit() for before, after in pairwise(parts)
    )


def is_mail(head: bytes) -> bool:
    """Nothing but headers from the first byte on, two well-known ones among them; see `_MAIL`."""
    colon = head.find(b":", 1, _LONGEST_HEADER_NAME)
    if colon < 0 or not head[:colon].replace(b"-", b"").isalnum():
        return False
    lines = head.split(b"\n")
    whole = lines if len(head) < _HEAD_IS_CUT else lines[:-1]
    names = set()
    for line in whole:
        if not line.strip():
            break
        if line[:1] in b" \t":
            continue
        name = _header_name(line)
        if not name:
            return False
        names.add(name.lower())
    return len(names & _KNOWN) >= 2 and (not names.isdisjoint(_MAIL) or names >= _LETTER)


def _header_name(line: bytes) -> bytes:
    """What stands before the colon, if letters, digits and hyphens do."""
    name, colon, _ = line.partition(b":")
    return name if colon and name.replace(b"-", b"").isalnum() else b""
