"""Reads recordings that tests have made, as a replay does."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any

from antkey_scanner.egress.book import KeyLife
from antkey_scanner.egress.recordings import Item
from antkey_scanner.egress.recordings.detect import Recording
from antkey_scanner.egress.records import Request, Stretch
from antkey_scanner.inventory.times import Micros, micros
from antkey_scanner.model import Skip
from antkey_scanner.policy.egress import EgressPolicy, egress_policy

NAME = "traffic"


def alone(items: Iterable[Item]) -> Iterator[Item]:
    """Items, each request by itself."""
    for item in items:
        yield from item.requests() if isinstance(item, Stretch) else (item,)


class Read:
    """What a recording gave."""

    def __init__(self, data: bytes, policy: EgressPolicy) -> None:
        items = list(alone(Recording(io.BytesIO(data), NAME, len(data)).items(policy)))
        self.requests = [item for item in items if isinstance(item, Request)]
        self.skips = [item for item in items if isinstance(item, Skip)]
        self.lives = [item for item in items if isinstance(item, KeyLife)]

    @property
    def request(self) -> Request:
        """The only one; nothing was wrong."""
        assert not self.skips
        (request,) = self.requests
        return request


def read(data: bytes | str, policy: EgressPolicy | None = None, **egress: Any) -> Read:
    """What a recording gives. egress: values of the policy's table [egress]."""
    policy = policy or egress_policy({"egress": egress})
    return Read(data.encode() if isinstance(data, str) else data, policy)


def at(text: str) -> Micros:
    """A time in RFC 3339."""
    from datetime import datetime

    return micros(datetime.fromisoformat(text))
