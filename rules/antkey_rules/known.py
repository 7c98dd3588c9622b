"""All controls that there are, and for each what it is judged by and how to get that."""

from __future__ import annotations

import os
import tomllib
from typing import Any, Literal, NamedTuple

from antkey_rules.load import (
    load_attested_controls,
    load_controls,
    load_egress_controls,
    load_file_controls,
    load_key_controls,
    load_providers,
)
from antkey_scanner.model import Control

_EVIDENCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "evidence.toml")

Family = Literal["files", "providers", "inventory", "egress", "attested"]


class Known(NamedTuple):
    """A control with what it needs.

    how: measured in what, or attested; missing: what is said where nothing was seen, with the cure;
    asked_by: what of a policy makes it required; attestable: whether somebody's word may stand for it.
    """

    control: Control
    family: Family
    how: str
    missing: str
    asked_by: tuple[str, ...] = ()
    attestable: bool = False


def load_known() -> tuple[Known, ...]:
    """All controls, by what they are judged by."""
    with open(_EVIDENCE, "rb") as file:
        said = tomllib.load(file)
    return tuple(
        _known(control, family, said["family"][family], said["control"].get(control.id, {}))
        for family, controls in _families().items()
        for control in controls
    )


def _families() -> dict[Family, tuple[Control, ...]]:
    from antkey_scanner.bridge.detectors import control as no_other_secret

    return {
        "files": (*load_controls(), *load_file_controls()),
        "providers": (*load_providers()[1], no_other_secret()),
        "inventory": load_key_controls(),
        "egress": load_egress_controls(),
        "attested": load_attested_controls(),
    }


def _known(control: Control, family: Family, usual: dict[str, Any], own: dict[str, Any]) -> Known:
    return Known(
        control,
        family,
        own.get("how", usual["how"]),
        own.get("missing", usual["missing"]),
        tuple(own.get("asked_by", ())),
        family == "attested" or own.get("attestable", False),
    )
