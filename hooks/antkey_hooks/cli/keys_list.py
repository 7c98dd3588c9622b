"""`antkey keys list`: the inventory as a table, as JSON or as CSV."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING

from antkey_hooks.cli import output
from antkey_hooks.cli.key_choice import chooser, chooses, nothing_chosen
from antkey_hooks.cli.values import suggestion
from antkey_reports.escape import terminal
from antkey_reports.keytable import Late, Row, table
from antkey_reports.mask import mask
from antkey_reports.wording import plural
from antkey_scanner.errors import ExitCode, PolicyError
from antkey_scanner.inventory.join import BY_ANTHROPIC
from antkey_scanner.inventory.records import Inventory, KeyRecord, Member
from antkey_scanner.inventory.times import DAY, LAST, Days, Micros
from antkey_scanner.policy.keys import KeysPolicy

if TYPE_CHECKING:
    from antkey_hooks.cli.options import Options

_FORMATS = ("text", "json", "csv")

_TOLD_BY_RECORD = ("created_at", BY_ANTHROPIC)
"""Sources of an age that need no footnote."""


def run(inventory: Inventory, policy: KeysPolicy, now: Micros, options: Options) -> ExitCode:
    """Print the keys that are asked for. Raises PolicyError."""
    if options.format not in _FORMATS:
        raise PolicyError("--format: keys are listed as text, json or csv; use one of them")
    wanted = chooser(options)
    judged = Judge(policy, now)
    keys = _sorted([key for key in inventory.keys if wanted(key)], options.sort, judged)
    match options.format:
        case "json" | "csv":
            from antkey_reports.keyfile import csv_pieces, json_pieces

            pieces = json_pieces if options.format == "json" else csv_pieces
            for piece in pieces(keys, judged.due, now):
                output.write_out(piece)
        case _:
            output.write_out("\n".join(_text(inventory, keys, judged, options)) + "\n")
    return ExitCode.OK


class Judge:
    """What the policy says of a key's age at a time."""

    def __init__(self, policy: KeysPolicy, now: Micros) -> None:
        self._policy = policy
        self.now = now
        self.days = Days()

    def due(self, key: KeyRecord) -> Micros | None:
        """The last moment at which a key's age is in order; None for keys that are not in use."""
        if key.created_at is None or not key.is_active:
            return None
        return min(
            key.created_at + self._policy.limits_of(key.environment).max_age_days * DAY, LAST
        )

    def late(self, key: KeyRecord, due: Micros | None) -> Late:
        """How a key stands that is due then."""
        if not key.is_active:
            return ""
        if due is None:
            return "not known"
        if self.now > due:
            return "overdue"
        warned = due - self._policy.limits_of(key.environment).warn_days * DAY
        return "soon" if self.now >= warned else ""


_SORTS: dict[str, Callable[[KeyRecord, Judge], str | int | None]] = {
    "name": lambda key, _: key.label.casefold(),
    "environment": lambda key, _: key.environment,
    "service": lambda key, _: key.service,
    "tenant": lambda key, _: key.tenant,
    "owner": lambda key, _: key.principal or key.created_by,
    "status": lambda key, _: key.status,
    "age": lambda key, judge: None if key.created_at is None else judge.now - key.created_at,
    "due": lambda key, judge: judge.due(key),
    "hint": lambda key, _: key.hint,
    "created": lambda key, _: key.created_at,
    "expires": lambda key, _: key.expires_at,
    "used": lambda key, _: key.last_used_at,
}
_ALSO = {"env": "environment", "created_at": "created", "expires_at": "expires"}


def _sorted(keys: Sequence[KeyRecord], column: str | None, judged: Judge) -> list[KeyRecord]:
    """By a column, then by name. What is not known comes last, in both directions."""
    name = (column or "due").lower()
    downwards = name.startswith("-")
    name = name.removeprefix("-").replace("_at", "")
    name = _ALSO.get(name, name)
    value = _SORTS.get(name)
    if value is None:
        raise PolicyError(f"--sort: no such column; {suggestion(name, tuple(_SORTS))}")
    by_name = sorted(keys, key=lambda key: (key.label.casefold(), key.place))
    # The values of one column are of one type, which the checker cannot know.
    known: list[tuple[str | int, KeyRecord]] = []
    unknown: list[KeyRecord] = []
    for key in by_name:
        found = value(key, judged)
        if found is None:
            unknown.append(key)
        else:
            known.append((found, key))
    known.sort(key=lambda pair: pair[0], reverse=downwards)  # type: ignore[arg-type,return-value]
    return [key for _, key in known] + unknown


def _text(
    inventory: Inventory, keys: Sequence[KeyRecord], judged: Judge, options: Options
) -> Iterator[str]:
    if not keys:
        yield from (terminal(mask(line)) for line in nothing_chosen(options, inventory.keys))
        return
    color = not options.no_color and output.wants_colour(sys.stdout, os.environ)
    width = output.width(sys.stdout)
    owners = _owners(inventory.members or ())
    rows = [_row(key, judged, owners) for key in keys]
    made = table(rows, color, width)
    yield from made.lines
    if options.quiet:
        return
    yield ""
    closing = [*_closing(inventory, keys, rows, chosen=chooses(options))]
    if made.left_out:
        named = ", ".join(made.left_out)
        closing.append(f"No room for {named}; a wider terminal, or -f csv, has all of it")
    for line in closing:
        yield from wrap(line, width) if width else [line]


def _owners(members: Iterable[Member]) -> dict[str, str]:
    """By id, what people call a member."""
    return {one.id: one.email or one.name or one.id for one in members if one.id}


def _row(key: KeyRecord, judged: Judge, owners: dict[str, str]) -> Row:
    owner = key.principal or key.created_by or ""
    created = key.created_at
    due = judged.due(key)
    return Row(
        name=key.label,
        environment=key.environment or "",
        service=key.service or "",
        tenant=key.tenant or "",
        owner=owners.get(owner, owner),
        status=key.status,
        age=None if created is None else (judged.now - created) // DAY,
        guessed=key.age_from not in _TOLD_BY_RECORD,
        due="" if due is None else judged.days[due // DAY],
        late=judged.late(key, due),
        hint=key.hint or "",
    )


def _closing(
    inventory: Inventory, keys: Sequence[KeyRecord], rows: Sequence[Row], *, chosen: bool
) -> Iterator[str]:
    of = f" of {len(inventory.keys):,}" if chosen else ""
    statuses = Counter(row.status for row in rows)
    counts = ", ".join(f"{count:,} {status}" for status, count in statuses.most_common())
    yield f"{len(keys):,}{of} {'key' if len(keys) == 1 and not of else 'keys'}: {counts}"
    late = Counter(row.late for row in rows)
    words = [
        (late["overdue"], "overdue for rotation"),
        (late["soon"], "due soon"),
        (late["not known"], "of unknown age"),
    ]
    told = [f"{count:,} {word}" for count, word in words if count]
    yield ", ".join(told) if told else "None is due soon"
    yield from _guessed(keys, rows)


def _guessed(keys: Sequence[KeyRecord], rows: Sequence[Row]) -> Iterator[str]:
    """What the mark beside an age means."""
    sources = Counter(
        key.age_from
        for key, row in zip(keys, rows, strict=True)
        if row.guessed and row.age is not None
    )
    if not sources:
        return
    named = [f"{terminal(mask(source))} ({count:,})" for source, count in sources.most_common(3)]
    more = f" and {plural(len(sources) - 3, 'other source')}" if len(sources) > 3 else ""
    yield f"* age from {', '.join(named)}{more}"
