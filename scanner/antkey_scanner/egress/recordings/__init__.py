"""Recorded traffic: one module for each format, told apart by content (`recordings.detect`).

A reader takes a stream and gives `Request`s one by one, or lines of them as a `Stretch`; `Skip`s for what
it could not read; before a request a `KeyLife` or `Tenant` where the recording itself says whose a key is,
or that there is a tenant; `Silent` where it says that a scenario had no request. It holds no more of a
recording than one entry or one MiB of lines, and nothing in a recording makes it raise.
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.egress.book import KeyLife
from antkey_scanner.egress.records import Request, Silent, Stretch
from antkey_scanner.inventory.records import Tenant
from antkey_scanner.model import Skip

Item = Request | Stretch | KeyLife | Tenant | Silent | Skip
Items = Iterator[Item]

LONGEST_ENTRY = 64 << 20
"""So many bytes one entry may have: one line, one element of a HAR file."""

HEAD_BYTES = 64 << 10
"""So much of a recording is looked at to tell its format."""
