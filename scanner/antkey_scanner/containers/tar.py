"""tar in all its forms: a container image, if it is one, else an archive like others."""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.containers import Member, Stream
from antkey_scanner.containers.budget import Budget
from antkey_scanner.containers.streams import can_seek
from antkey_scanner.containers.tar_entries import entries
from antkey_scanner.model import Skip


def members(stream: Stream, budget: Budget) -> Iterator[Member | Skip]:
    """The archive's entries; those of a container image are named by image and layer."""
    if can_seek(stream):
        from antkey_scanner.containers import docker

        return docker.members(stream, budget)
    return entries(stream, budget)
