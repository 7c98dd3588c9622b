"""`antkey init`: writes the policy, each key with what it means.

What a key means comes from `policy.meanings`; here stands which of them a policy begins with, in which
order, and which are turned on. A line `#key = …`, without a space, is one that is off.
"""

from __future__ import annotations

import datetime
import json
import os
import textwrap
from collections.abc import Iterator
from typing import NamedTuple

from antkey_hooks.cli.init_place import Place, Step
from antkey_hooks.history.store import IGNORE
from antkey_rules.catalogue import CATALOGUE
from antkey_scanner.errors import AntkeyError
from antkey_scanner.policy import FILE_NAME, PROJECT_FILE_NAME
from antkey_scanner.policy.jsonschema import json_schema
from antkey_scanner.policy.meanings import meaning

SCHEMA_PATH = ".antkey/policy.schema.json"
INVENTORIES = ("keys.toml", "keys.yaml", "keys.json", "keys.csv", "antkey-keys.json")
"""What an inventory is usually called."""

IGNORE_PATH = ".antkey/.gitignore"

_SHARED = ("optional-byok", "managed-or-byo")
"""Profiles under which tenants without a key use the platform's."""

_WIDTH = 100
_WAIVER_DAYS = 90
_ATTESTATION_DAYS = 365

_HEAD = """\
#:schema ./{schema}
# What antkey holds this repository to: `antkey check` judges by it, `antkey scan` reads its [scan].
#
# A line `#key = value` is off; take its # away to turn it on. A line in double brackets goes with those
# below it. What is left out is as its comment says. Written by `antkey init`.
"""


class Section(NamedTuple):
    """A table. keys: those that stand in it; off: whether the whole of it is off; header: as it is written
    where that is not [its path]."""

    path: tuple[str, ...]
    keys: tuple[str, ...]
    off: bool = False
    header: str = ""


SECTIONS = (
    Section(("scan",), ("paths", "exclude", "history", "providers", "code")),
    Section(("scan", "accept"), ("path", "reason"), off=True, header="[[scan.accept]]"),
    Section(("rotation",), ("max_age_days", "warn_days", "overlap_hours")),
    Section(
        ("rotation", "environments"),
        ("max_age_days",),
        off=True,
        header="[rotation.environments.prod]",
    ),
    Section(
        ("egress",),
        (
            *(
                "fallback",
                "surfaces",
                "evidence",
                "allowed_hosts",
                "allowed_models",
                "grace_seconds",
                "max_age_days",
            ),
            *("platform_env", "tenant_from"),
        ),
    ),
    Section(("inventory",), ("files", "source")),
    Section(
        ("keys",),
        (
            *("environments", "max_active", "unused_days", "allowed_setter_roles"),
            *("require_spend_limit", "alerts_percent"),
        ),
    ),
    Section(
        ("controls",),
        ("is", "reason", "owner"),
        off=True,
        header="[controls.keys-are-encrypted-at-rest]",
    ),
    Section(("rules",), ("severity", "reason"), off=True, header="[rules.key-name-off-convention]"),
    Section(
        ("attestation",),
        ("control", "statement", "owner", "on", "expires"),
        off=True,
        header="[[attestation]]",
    ),
    Section(
        ("waiver",), ("rule", "key", "reason", "owner", "expires"), off=True, header="[[waiver]]"
    ),
)


class Found(NamedTuple):
    """What was found in the repository. inventory: names of files that are one; git: whether it is a git
    repository, whose history can be scanned."""

    inventory: tuple[str, ...] = ()
    git: bool = True


def set_up(place: Place, profile: str, git: bool, now: float) -> Iterator[Step]:
    """Write the policy and what editors know it by. now: seconds since 1970. Raises PolicyError for a policy
    that is there and not valid."""
    standing = _standing(place, now)
    if standing is not None:
        yield Step(standing, "is there; left as it is")
    else:
        found = Found(_inventories(place, now), git)
        yield place.create(FILE_NAME, policy_text(profile, found, now), f" (profile {profile})")
    if standing != PROJECT_FILE_NAME:
        yield from _schema(place)
        yield from _ignore(place)


def policy_text(profile: str, found: Found, now: float) -> str:
    """The whole policy."""
    on: dict[tuple[str, ...], str] = {
        ("scan", "paths"): '["."]',
        ("scan", "history"): "true" if found.git else "",
        ("rotation", "max_age_days"): "90",
        ("rotation", "warn_days"): "14",
        ("rotation", "overlap_hours"): "48",
        ("inventory", "files"): json.dumps(found.inventory) if found.inventory else "",
    }
    examples: dict[tuple[str, ...], str] = {
        ("rotation", "environments", "max_age_days"): "30",
        ("waiver", "expires"): _day(now, _WAIVER_DAYS),
        ("attestation", "on"): _day(now, 0),
        ("attestation", "expires"): _day(now, _ATTESTATION_DAYS),
        ("egress", "fallback"): '"never"' if profile not in _SHARED else '"when-no-tenant-key"',
    }
    lines = [_HEAD.format(schema=SCHEMA_PATH), *_comment(meaning(("profile",)).text)]
    lines.append(f'profile = "{profile}"')
    for section in SECTIONS:
        lines += ["", *_section(section, on, examples)]
    return "\n".join(lines) + "\n"


def _section(
    section: Section, on: dict[tuple[str, ...], str], examples: dict[tuple[str, ...], str]
) -> Iterator[str]:
    yield from _comment(meaning(section.path).text)
    header = section.header or f"[{'.'.join(section.path)}]"
    yield f"#{header}" if section.off else header
    for name in section.keys:
        path = (*section.path, name)
        about = meaning(path)
        value, example = on.get(path, ""), examples.get(path, about.example)
        is_on = bool(value) and not section.off
        tells = about.usual in {"", "required", value if is_on else example}
        yield from _comment(about.text + ("" if tells else f" Default: {about.usual}."))
        yield f"{name} = {value}" if is_on else f"#{name} = {example}"


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(text, _WIDTH - 2, break_on_hyphens=False)]


def _day(now: float, later: int) -> str:
    today = datetime.datetime.fromtimestamp(now, datetime.UTC).date()
    return (today + datetime.timedelta(days=later)).isoformat()


def _standing(place: Place, now: float) -> str | None:
    """The name of the policy that is there, if it is one."""
    from antkey_scanner.policy.read import read_policy, read_project

    if place.has(FILE_NAME):
        read_policy(os.path.join(place.top, FILE_NAME), now, CATALOGUE)
        return FILE_NAME
    if place.read(PROJECT_FILE_NAME) is not None:
        project = os.path.join(place.top, PROJECT_FILE_NAME)
        if read_project(project, now, CATALOGUE) is not None:
            return PROJECT_FILE_NAME
    return None


def _inventories(place: Place, now: float) -> tuple[str, ...]:
    """Files that are called like an inventory and are one."""
    return tuple(name for name in INVENTORIES if _is_inventory(place, name, now))


def _is_inventory(place: Place, name: str, now: float) -> bool:
    if place.read(name) is None:
        return False
    from antkey_scanner.inventory.load import File, load
    from antkey_scanner.inventory.times import SECOND
    from antkey_scanner.policy.keys import KeysPolicy

    path = os.path.join(place.top, name)
    try:
        load((File(path, name),), KeysPolicy(), round(now * SECOND))
    except AntkeyError:
        return False
    return True


def _schema(place: Place) -> Iterator[Step]:
    """The schema beside the policy, brought up to date where an older one lies there."""
    text = schema_text()
    standing = place.read(SCHEMA_PATH)
    if standing == text:
        yield Step(SCHEMA_PATH, "is as it should be")
    elif standing is not None and '"title": "antkey' in standing:
        yield place.replace(SCHEMA_PATH, text, "what is new in it", "")
    elif place.has(SCHEMA_PATH):
        yield Step(SCHEMA_PATH, "is there and is none of antkey's; left as it is")
    else:
        yield place.create(SCHEMA_PATH, text)._replace(add="")


def _ignore(place: Place) -> Iterator[Step]:
    """Keep the history of runs out of git, and nothing else of the folder."""
    if not place.has(IGNORE_PATH):
        yield place.create(IGNORE_PATH, IGNORE)


def schema_text() -> str:
    """The JSON Schema of a policy, as `antkey init --schema` prints it."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
