"""`antkey keys`: from a command's name to what carries it out."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from antkey_hooks.cli.clock import Clock
from antkey_hooks.cli.inventory import opened
from antkey_scanner.errors import ExitCode
from antkey_scanner.inventory.records import Inventory, KeyRecord

if TYPE_CHECKING:
    from antkey_hooks.cli.options import Options


def run(command: str, operands: Sequence[str], options: Options) -> ExitCode:
    """Carry out one of the commands. Raises PolicyError and EvidenceError."""
    match command:
        case "keys audit":
            from antkey_hooks.cli import keys_audit

            return keys_audit.run(operands, options)
        case "keys sync":
            from antkey_hooks.cli import keys_sync

            return keys_sync.run(options)
        case "keys list":
            from antkey_hooks.cli import keys_list

            show = keys_list.run
        case _:
            from antkey_hooks.cli import keys_calendar

            show = keys_calendar.run
    found = opened(operands, options, Clock(options.now, os.environ))
    inventory = _chosen(found.loaded.inventory, options)
    return show(inventory, found.keys_policy, found.now, options)


def _chosen(inventory: Inventory, options: Options) -> Inventory:
    """The inventory without the keys that the options leave out."""

    def wanted(key: KeyRecord) -> bool:
        return (
            (not options.environment or key.environment in options.environment)
            and (not options.tenant or key.tenant in options.tenant)
            and (not options.status or key.status in options.status)
        )

    return inventory._replace(keys=tuple(filter(wanted, inventory.keys)))
