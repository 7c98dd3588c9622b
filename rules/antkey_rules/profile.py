"""Reads profiles: which controls a policy of that profile requires, and the values that it sets."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from typing import Any, NamedTuple

from antkey_scanner.errors import RuleError
from antkey_scanner.policy.controls import overridden

_FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "profiles")


class Profile(NamedTuple):
    """A named set of controls and values. required: ids of controls that must have been seen to hold;
    optional: those that are told of, seen or not; values: tables of a policy, which the policy's own
    override."""

    name: str
    title: str
    about: str
    required: tuple[str, ...]
    optional: tuple[str, ...]
    values: Mapping[str, Any]


def load_profile(name: str) -> Profile:
    """The profile of a name, with what it extends. Raises RuleError where there is none."""
    try:
        with open(os.path.join(_FOLDER, f"{name}.toml"), "rb") as file:
            said = tomllib.load(file)
    except (OSError, ValueError) as error:
        raise RuleError(
            f"profiles/{name}.toml: cannot be read ({type(error).__name__}); install antkey anew"
        ) from None
    own = Profile(
        name,
        said["title"],
        said["about"],
        tuple(said.get("required", ())),
        tuple(said.get("optional", ())),
        said.get("values", {}),
    )
    if "extends" not in said:
        return own
    parent = load_profile(said["extends"])
    required = tuple(dict.fromkeys((*parent.required, *own.required)))
    optional = dict.fromkeys((*own.optional, *parent.optional))
    return own._replace(
        required=required,
        optional=tuple(name for name in optional if name not in required),
        values=overridden(parent.values, own.values),
    )
