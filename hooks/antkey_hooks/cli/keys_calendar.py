"""`antkey keys calendar`: what is due when, as an agenda, as JSON or as iCalendar."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from antkey_hooks.cli import output
from antkey_hooks.cli.key_choice import chooser, chooses, nothing_chosen
from antkey_reports import agenda
from antkey_reports.escape import terminal
from antkey_reports.mask import mask
from antkey_scanner.errors import ExitCode, PolicyError
from antkey_scanner.inventory.calendar import Calendar, calendar, within
from antkey_scanner.inventory.records import Inventory
from antkey_scanner.inventory.times import Micros
from antkey_scanner.policy import Waiver
from antkey_scanner.policy.keys import KeysPolicy

if TYPE_CHECKING:
    from antkey_hooks.cli.options import Options


_AT_ONCE = 1_000
"""So many pieces, each an event or less, are written at once."""


def run(
    inventory: Inventory,
    policy: KeysPolicy,
    now: Micros,
    options: Options,
    waivers: Sequence[Waiver] = (),
) -> ExitCode:
    """Print what is due. Waivers are shown where no key is chosen. Raises PolicyError."""
    if options.format not in ("text", "json", "ics"):
        raise PolicyError("--format: a calendar is printed as text, json or ics; use one of them")
    shown = () if chooses(options) else waivers
    # In an iCalendar a warning is the alarm of what it warns of.
    warnings = options.format != "ics"
    every = calendar(inventory, policy, now, shown, chooser(options), warnings=warnings)
    due = within(every, now, options.days)
    pieces = _pieces(inventory, due, now, options)
    while some := "".join(islice(pieces, _AT_ONCE)):
        output.write_out(some)
    return ExitCode.OK


def _pieces(inventory: Inventory, due: Calendar, now: Micros, options: Options) -> Iterator[str]:
    match options.format:
        case "json":
            yield from agenda.json_pieces(due)
        case "ics":
            from antkey_reports.icalendar import pieces

            yield from pieces(due.events, now)
        case _:
            yield from (f"{line}\n" for line in _text(inventory, due, now, options))


def _text(inventory: Inventory, due: Calendar, now: Micros, options: Options) -> Iterator[str]:
    if not any(map(chooser(options), inventory.keys)) and not due.events:
        yield from (terminal(mask(line)) for line in nothing_chosen(options, inventory.keys))
        return
    color = not options.no_color and output.wants_colour(sys.stdout, os.environ)
    yield from agenda.text(due, now, color, output.width(sys.stdout))
    if not options.quiet:
        if due.events or due.undated:
            yield ""
        yield agenda.closing(due, options.days)
