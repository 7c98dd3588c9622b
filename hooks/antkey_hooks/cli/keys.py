"""`antkey keys`: from a command's name to what carries it out."""

from __future__ import annotations

import gc
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from antkey_hooks.cli import output
from antkey_hooks.cli.clock import Clock
from antkey_hooks.cli.inventory import Opened, opened
from antkey_scanner.assess import is_complete, worst
from antkey_scanner.errors import ExitCode

if TYPE_CHECKING:
    from antkey_hooks.cli.options import Options


def run(command: str, operands: Sequence[str], options: Options) -> ExitCode:
    """Carry out one of the commands. Raises PolicyError and EvidenceError."""
    # Records hold each other in no circle, and looking for circles among 100,000 takes a sixth of the time.
    gc.disable()
    match command:
        case "keys audit":
            from antkey_hooks.cli import keys_audit

            return keys_audit.run(operands, options)
        case "keys sync":
            from antkey_hooks.cli import keys_sync

            return keys_sync.run(options)
        case "keys list":
            from antkey_hooks.cli import keys_list

            found = _told(operands, options)
            inventory = found.loaded.inventory
            code = keys_list.run(inventory, found.keys_policy, found.now, options)
            return worst([code, _completeness(found)])
        case _:
            from antkey_hooks.cli import keys_calendar

            found = _told(operands, options)
            inventory, waivers = found.loaded.inventory, found.policy.waivers
            code = keys_calendar.run(inventory, found.keys_policy, found.now, options, waivers)
            return worst([code, _completeness(found)])


def _told(operands: Sequence[str], options: Options) -> Opened:
    """The inventory; what of it could not be read is told, as no list has room for it."""
    found = opened(operands, options, Clock(options.now, os.environ))
    output.say(*(f"{skip.path}: {skip.reason}" for skip in found.loaded.skips if skip.counts))
    return found


def _completeness(found: Opened) -> ExitCode:
    return ExitCode.OK if is_complete(found.loaded.skips) else ExitCode.INCOMPLETE
