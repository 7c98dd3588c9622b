"""Whether a file is what antkey itself wrote there: only such a file is written over. Changes nothing."""

from __future__ import annotations

import os
import re
import stat

_MOST = 65_536
"""Bytes that are looked at, at either end."""

_HEADS = (
    re.compile(rb"<!DOCTYPE html>.{0,2000}<title>[^<]* antkey report</title>", re.DOTALL),
    re.compile(rb'\{\s*"schema": \d{1,4},\s*"tool": \{\s*"name": "antkey"'),
    re.compile(rb'\{\s*"\$schema": "[^"]*sarif[^"]*",.{0,200}"name": "antkey"', re.DOTALL),
    re.compile(rb'\{\s*"version": "[\d.]+",\s*"scan": \{\s*"analyzer": \{\s*"id": "antkey"'),
    re.compile(rb'\{\s*"assessment-results": \{.{0,400}"title": "antkey ', re.DOTALL),
    re.compile(rb'\[\s*\{.{0,4000}"check_name": "antkey/', re.DOTALL),
    re.compile(rb"\[\s*\]\s*\Z"),
    re.compile(rb'<\?xml [^>]*>\s*<testsuites name="antkey"'),
    re.compile(rb'"record","status",'),
    re.compile(rb"## \S{1,12} antkey "),
)
"""How the formats begin, those of earlier versions too; a list may be empty."""

_TAIL = re.compile(rb"(?:\A|\n)exit \d{1,3}: [^\n]*\n\Z")
"""How `text` and `github` end."""


_INVENTORY = re.compile(
    rb"""(?mx)
    ^\ *"keys"\ *: | \{"keys"\ *: | ^keys\ *: | ^\[\[keys\]\]      # JSON, YAML, TOML
    | \bkind["']?\ *[:=]\ *["']?anthropic\b                       # one without any key
    | \A"?[a-z_.]+"?,.*\b(?:created_at|fingerprint|hint)\b          # CSV
    """
)


def may_be_replaced(path: str) -> bool:
    """Whether a report may take this place: nothing lies there, nothing but an empty file or a device, or
    an earlier report. What cannot be read is none of these."""
    ends = _ends(path)
    if isinstance(ends, bool):
        return ends
    head, tail = ends
    return any(pattern.match(head) for pattern in _HEADS) or _TAIL.search(tail) is not None


def may_hold_inventory(path: str) -> bool:
    """Whether an inventory may take this place: as for a report, but for an earlier inventory."""
    ends = _ends(path)
    return ends if isinstance(ends, bool) else _INVENTORY.search(ends[0]) is not None


def _ends(path: str) -> bool | tuple[bytes, bytes]:
    """The first and the last bytes of a file; whether it may be replaced, where that decides nothing."""
    try:
        status = os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except (OSError, ValueError):
        return False
    if not stat.S_ISREG(status.st_mode) or not status.st_size:
        return True
    try:
        with open(path, "rb") as file:
            head = file.read(_MOST).removeprefix(b"\xef\xbb\xbf")
            file.seek(max(0, status.st_size - _MOST))
            tail = file.read(_MOST)
    except OSError:
        return False
    return head, tail
