"""What a policy says of the key inventory: the tables `[inventory]`, `[rotation]` and `[keys]`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

MAX_AGE_DAYS = 90
WARN_DAYS = 14
OVERLAP_HOURS = 48.0

NAME_PATTERN = (
    r"(?P<environment>[a-z][a-z0-9]*)-(?P<service>[a-z0-9]+(?:-[a-z0-9]+)*?)"
    r"-(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})"
)
"""`prod-api-gateway-2026-04-25`: environment, service, the day it was created."""


class Limits(NamedTuple):
    """The `[rotation]` table, or that of one environment. Days of 86,400 s, hours of 3,600 s."""

    max_age_days: int = MAX_AGE_DAYS
    warn_days: int = WARN_DAYS
    overlap_hours: float = OVERLAP_HOURS


class KeysPolicy(NamedTuple):
    """What keys are judged by. None or empty: not asked for.

    files: relative to the policy's folder; names: globs over the names of what secret stores export, for
    those that hold other secrets too; name_pattern: matches the whole name; environments: each needs a
    key of its own; alerts_percent: thresholds that each spend limit must have.
    """

    files: tuple[str, ...] = ()
    source: str | None = None
    base_url: str | None = None
    names: tuple[str, ...] = ()
    limits: Limits = Limits()
    by_environment: Mapping[str, Limits] = {}
    name_pattern: str = NAME_PATTERN
    max_active: int | None = None
    unused_days: int | None = None
    environments: tuple[str, ...] = ()
    allowed_setter_roles: tuple[str, ...] = ()
    require_spend_limit: bool = False
    alerts_percent: tuple[float, ...] = ()

    def limits_of(self, environment: str | None) -> Limits:
        """The limits for keys of an environment. Upper and lower case are one."""
        if environment is None or not self.by_environment:
            return self.limits
        found = self.by_environment.get(environment)
        return found or self.by_environment.get(environment.casefold(), self.limits)


def keys_policy(tables: Mapping[str, Any]) -> KeysPolicy:
    """The values of a policy's tables, which have been checked."""
    inventory, keys = tables.get("inventory", {}), tables.get("keys", {})
    rotation = tables.get("rotation", {})
    limits = _limits(rotation, Limits())
    named = rotation.get("environments", {})
    own = {name: _limits(table, limits) for name, table in named.items()}
    return KeysPolicy(
        files=tuple(inventory.get("files", ())),
        source=inventory.get("source"),
        base_url=inventory.get("base_url"),
        names=tuple(inventory.get("names", ())),
        limits=limits,
        by_environment={name.casefold(): table for name, table in own.items()} | own,
        name_pattern=keys.get("name_pattern", NAME_PATTERN),
        max_active=keys.get("max_active"),
        unused_days=keys.get("unused_days"),
        environments=tuple(keys.get("environments", ())),
        allowed_setter_roles=tuple(keys.get("allowed_setter_roles", ())),
        require_spend_limit=keys.get("require_spend_limit", False),
        alerts_percent=tuple(keys.get("alerts_percent", ())),
    )


def _limits(table: Mapping[str, Any], usual: Limits) -> Limits:
    most = table.get("max_age_days", usual.max_age_days)
    # Where only the age is set, a warning that comes with the key's first day would warn of nothing.
    warn = table.get("warn_days", min(usual.warn_days, most - 1))
    return Limits(most, warn, float(table.get("overlap_hours", usual.overlap_hours)))
