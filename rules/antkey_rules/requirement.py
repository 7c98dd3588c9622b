"""Reads the requirements: which promise is shown by which controls, and how."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Sequence
from typing import NamedTuple

from antkey_rules.known import Known

_FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "requirements.toml")


class Requirement(NamedTuple):
    """One promise, in our words. controls: those that show it or a part of it; how: by what they are
    judged; not_shown: what of it none of them shows, "" where that is nothing."""

    id: str
    promise: str
    controls: tuple[str, ...]
    how: tuple[str, ...]
    not_shown: str


def load_requirements(controls: Sequence[Known]) -> tuple[Requirement, ...]:
    """All promises in the order of their sources."""
    with open(_FILE, "rb") as file:
        said = tomllib.load(file)
    del said["source"]
    return tuple(_requirement(name, about, controls) for name, about in said.items())


def load_sources() -> dict[str, str]:
    """By the letter that requirements start with: what that product promises in a word."""
    with open(_FILE, "rb") as file:
        sources: dict[str, str] = tomllib.load(file)["source"]
    return sources


def _requirement(name: str, about: dict[str, str], controls: Sequence[Known]) -> Requirement:
    beside = about.get("controls", ())
    shown_by = [
        known
        for known in controls
        if name in known.control.requirements or known.control.id in beside
    ]
    return Requirement(
        name,
        about["promise"],
        tuple(known.control.id for known in shown_by),
        tuple(dict.fromkeys(known.how for known in shown_by)),
        about.get("not_shown", ""),
    )
