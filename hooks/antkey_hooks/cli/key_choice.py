"""Which keys of an inventory `--environment`, `--tenant` and `--status` ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, get_args

from antkey_hooks.cli.values import suggestion
from antkey_scanner.errors import PolicyError
from antkey_scanner.inventory.records import KeyRecord, Status

if TYPE_CHECKING:
    from antkey_hooks.cli.options import Options

_MOST_NAMED = 10


def chooser(options: Options) -> Callable[[KeyRecord], bool]:
    """Whether a key is asked for. Raises PolicyError for a status that no key can have."""
    for status in options.status:
        if status not in get_args(Status):
            raise PolicyError(f"--status: no such status; {suggestion(status, get_args(Status))}")

    def wanted(key: KeyRecord) -> bool:
        return (
            (not options.environment or key.environment in options.environment)
            and (not options.tenant or key.tenant in options.tenant)
            and (not options.status or key.status in options.status)
        )

    return wanted


def chooses(options: Options) -> bool:
    """Whether the options leave anything out."""
    return bool(options.environment or options.tenant or options.status)


def nothing_chosen(options: Options, keys: Sequence[KeyRecord]) -> list[str]:
    """Why no key is shown, for people: a name that was mistyped is no empty inventory."""
    if not keys:
        # Whoever loaded the inventory may have left out what was not asked for.
        none = (
            "No key is what was asked for." if chooses(options) else "The inventory holds no keys."
        )
        return [none]
    if len(keys) == 1:
        lines = ["The inventory's only key is not what was asked for."]
    else:
        lines = [f"None of the inventory's {len(keys):,} keys is what was asked for."]
    if options.environment:
        lines += _known("environments", (key.environment for key in keys))
    if options.tenant:
        lines += _known("tenants", (key.tenant for key in keys))
    return lines


def _known(what: str, names: Iterable[str | None]) -> list[str]:
    known = sorted({name for name in names if name})
    if not known:
        return [f"No key names one of its {what}."]
    more = f" and {len(known) - _MOST_NAMED:,} more" if len(known) > _MOST_NAMED else ""
    return [f"Its {what}: {', '.join(known[:_MOST_NAMED])}{more}"]
