"""Which keys of an inventory `--environment`, `--tenant` and `--status` ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, get_args

from antkey_hooks.cli.values import suggestion
from antkey_scanner.errors import PolicyError
from antkey_scanner.inventory.records import KeyRecord, Status

_MOST_NAMED = 10


class Choice(Protocol):
    """The options that choose among keys; empty: all of them."""

    @property
    def environment(self) -> tuple[str, ...]: ...
    @property
    def tenant(self) -> tuple[str, ...]: ...
    @property
    def status(self) -> tuple[str, ...]: ...


def chooser(choice: Choice) -> Callable[[KeyRecord], bool]:
    """Whether a key is asked for. Raises PolicyError for a status that no key can have."""
    for status in choice.status:
        if status not in get_args(Status):
            raise PolicyError(f"--status: no such status; {suggestion(status, get_args(Status))}")

    def wanted(key: KeyRecord) -> bool:
        return (
            (not choice.environment or key.environment in choice.environment)
            and (not choice.tenant or key.tenant in choice.tenant)
            and (not choice.status or key.status in choice.status)
        )

    return wanted


def chooses(choice: Choice) -> bool:
    """Whether the options leave anything out."""
    return bool(choice.environment or choice.tenant or choice.status)


def nothing_chosen(choice: Choice, keys: Sequence[KeyRecord]) -> list[str]:
    """Why no key is shown, for people: a name that was mistyped is no empty inventory."""
    if not keys:
        # Whoever loaded the inventory may have left out what was not asked for.
        none = "No key is what was asked for." if chooses(choice) else "The inventory holds no keys."
        return [none]
    if len(keys) == 1:
        lines = ["The inventory's only key is not what was asked for."]
    else:
        lines = [f"None of the inventory's {len(keys):,} keys is what was asked for."]
    if choice.environment:
        lines += _known("environments", (key.environment for key in keys))
    if choice.tenant:
        lines += _known("tenants", (key.tenant for key in keys))
    return lines


def _known(what: str, names: Iterable[str | None]) -> list[str]:
    known = sorted({name for name in names if name})
    if not known:
        return [f"No key names one of its {what}."]
    more = f" and {len(known) - _MOST_NAMED:,} more" if len(known) > _MOST_NAMED else ""
    return [f"Its {what}: {', '.join(known[:_MOST_NAMED])}{more}"]
