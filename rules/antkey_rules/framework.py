"""Reads the frameworks: what the ids that rules and controls name stand for, and what they do not."""

from __future__ import annotations

import os
from typing import NamedTuple

from antkey_scanner.errors import RuleError

_FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "frameworks")


class Entry(NamedTuple):
    """One requirement of a framework, in our words. id: as rules name it, such as `SOC2:CC6.1`."""

    id: str
    title: str
    shows: str
    does_not_show: str


class Framework(NamedTuple):
    """A framework. source: the document; limits: what no control can claim of any of its entries."""

    id: str
    title: str
    source: str
    limits: str
    entries: tuple[Entry, ...]


def load_frameworks() -> tuple[Framework, ...]:
    """All frameworks, by id. Raises RuleError for a broken file."""
    names = sorted(name for name in os.listdir(_FOLDER) if name.endswith(".yaml"))
    return tuple(sorted(map(_read, names)))


def _read(name: str) -> Framework:
    import yaml

    try:
        with open(os.path.join(_FOLDER, name), encoding="utf-8") as file:
            said = yaml.safe_load(file)
        identity = said["id"]
        entries = tuple(
            Entry(
                one if one.startswith("CWE-") else f"{identity}:{one}",
                about["title"],
                about["shows"] if "shows" in about else said["shows"],
                about["does_not_show"] if "does_not_show" in about else said["does_not_show"],
            )
            for one, about in said["entries"].items()
        )
        return Framework(identity, said["title"], said["source"], said["limits"], entries)
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise RuleError(f"frameworks/{name}: {error!r}; mend the file") from None
