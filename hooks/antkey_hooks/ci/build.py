"""What a CI service says of the build that it runs. Data only; nothing of it is believed yet."""

from __future__ import annotations

from typing import NamedTuple

BRANCHES = "refs/remotes/origin/"
"""Where a clone keeps the branches of the server that it comes from."""


class Build(NamedTuple):
    """One build.

    service, event: as they are called in messages, never words of the service's input; depth: how to
    have the whole history there; tips: ids of commits, which have to be here; more: others, which count
    when they are here (a merge that the service makes); known: what was there before, ids or full names
    of refs, the best first; why: no `known` can be told; foreign: the tips come from somebody who may
    not change this repository, and none of them may be checked out.
    """

    service: str
    event: str
    depth: str
    tips: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    why: str = ""
    foreign: bool = False


def ids(*texts: str | None) -> tuple[str, ...]:
    """Those of the texts that are ids of objects, each once; zeros are git's for none."""
    return tuple(dict.fromkeys(text.lower() for text in texts if text and is_id(text)))


def is_id(text: str) -> bool:
    """Whether a text is a whole id of an object, and not that of zeros."""
    return len(text) in {40, 64} and _is_hex(text) and text.strip("0") != ""


def is_short_id(text: str) -> bool:
    """Whether a text may be the beginning of an object's id."""
    return 7 <= len(text) <= 64 and _is_hex(text)


def branch(name: str | None) -> tuple[str, ...]:
    """The ref of a branch of the server's, none without a name."""
    name = (name or "").removeprefix("refs/heads/")
    return (f"{BRANCHES}{name}",) if name else ()


def _is_hex(text: str) -> bool:
    return not set(text) - set("0123456789abcdefABCDEF")
