"""How fast `antkey keys` reads, judges, lists and dates 100,000 keys, and in how much memory."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median
from typing import NamedTuple, TextIO

from benchmarks.corpora import megabytes
from benchmarks.measure import peak_memory, run
from benchmarks.race import Stand
from benchmarks.table import NONE, row, seconds

KEYS = 100_000
"""How many keys the inventory has."""

TIME, MEMORY = 3.0, 300 * 10**6
"""Bounds of each command: seconds of the wall clock, the start of the program with them; bytes."""

_NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
_SEED = 4
_RUNS = 5
_LIMIT = 120.0
_TIMES = ("created_at",)
_ENVIRONMENTS = ("prod", "staging", "dev")
_BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

FORMS = ("json", "csv", "toml", "yaml")
"""Formats of the inventory."""


class Command(NamedTuple):
    """What is run on the inventory. codes: exit codes of a run that did its work; shown: how often what
    it prints tells of a key, as text that stands once for each, None where not all are told of."""

    words: tuple[str, ...]
    codes: tuple[int, ...] = (0,)
    shown: bytes | None = None

    @property
    def title(self) -> str:
        """As people would write it."""
        return f"antkey keys {' '.join(self.words)}"


COMMANDS = (
    Command(("audit",), (1,)),
    Command(("list",), shown=b"sk-ant-"),
    Command(("list", "-f", "csv"), shown=b"sk-ant-"),
    Command(("list", "-f", "json"), shown=b"sk-ant-"),
    Command(("calendar",), shown=b"  rotate  "),
    Command(("calendar", "-f", "ics"), shown=b"SUMMARY:"),
    Command(("calendar", "-f", "json"), shown=b'"kind": "rotation"'),
)


class Taken(NamedTuple):
    """What a command took. wall, cpu: seconds, medians; memory: bytes; fault: what it did not do."""

    command: Command
    form: str
    wall: float
    cpu: float
    memory: int
    fault: str | None = None


def taken(folder: Path, stand: Stand, say: Callable[[str], None]) -> Iterator[Taken]:
    """Every command on every format. folder: where the inventories are made."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {form: _made(folder / f"keys.{form}", form) for form in FORMS}
    for command in COMMANDS:
        for form, file in files.items():
            yield _taken(command, form, file, stand)
        say(f"keys: {command.title}")


def bounds(all_taken: Sequence[Taken]) -> list[str]:
    """Rows of the bounds' table: each command by its slowest format, and all by the most memory."""
    rows = []
    for command in COMMANDS:
        worst = max((one for one in all_taken if one.command == command), key=lambda one: one.wall)
        faults = [one.fault for one in all_taken if one.command == command and one.fault]
        verdict = _verdict(worst.wall <= TIME, faults)
        rows.append(row(command.title, "time", seconds(TIME), NONE, seconds(worst.wall), verdict))
    memory = max(one.memory for one in all_taken)
    verdict = _verdict(memory <= MEMORY, [])
    return [
        *rows,
        row("antkey keys", "memory", megabytes(MEMORY), NONE, megabytes(memory), verdict),
    ]


def table(all_taken: Sequence[Taken]) -> list[str]:
    """All figures."""
    return [
        f"An inventory of {KEYS:,} keys with eleven fields each, of which a tenth is overdue; medians of"
        f" {_RUNS} runs.",
        "",
        "| command | inventory | wall | processor | memory |",
        "|---|---|--:|--:|--:|",
        *(
            row(
                one.command.title + (f" (**{one.fault}**)" if one.fault else ""),
                one.form,
                seconds(one.wall),
                seconds(one.cpu),
                megabytes(one.memory),
            )
            for one in all_taken
        ),
    ]


def _verdict(is_met: bool, faults: Sequence[str]) -> str:
    if faults:
        return f"**not met**: {faults[0]}"
    return "met" if is_met else "**not met**"


def _taken(command: Command, form: str, file: Path, stand: Stand) -> Taken:
    now = _NOW.isoformat()
    argv = [stand.tools["antkey"].path, "keys", *command.words, f"--now={now}", str(file)]
    costs = [run(argv, stand.folder, stand.environment, _LIMIT) for _ in range(_RUNS + 1)]
    fault = None
    if any(cost.code not in command.codes for cost in costs):
        fault = f"exit code {costs[-1].code}"
    elif command.shown is not None and costs[-1].output.count(command.shown) != KEYS:
        fault = f"tells of {costs[-1].output.count(command.shown):,} keys"
    return Taken(
        command,
        form,
        median(cost.wall for cost in costs[1:]),
        median(cost.cpu for cost in costs[1:]),
        peak_memory(argv, stand.folder, stand.environment, _LIMIT),
        fault,
    )


def _made(path: Path, form: str) -> Path:
    """The inventory of always the same keys, which are made up: none of them ever was."""
    with path.open("w", encoding="utf-8", newline="") as file:
        _WRITERS[form](_keys(Random(_SEED)), file)
    return path


def _keys(chance: Random) -> Iterator[dict[str, str]]:
    for number in range(KEYS):
        environment = chance.choice(_ENVIRONMENTS)
        service = f"service-{chance.randrange(2_000)}"
        created = _NOW - timedelta(seconds=chance.randrange(100 * 86_400))
        shown = "".join(chance.choices(_BASE64URL, k=7))
        yield {
            "name": f"{environment}-{service}-{number}-{created:%Y-%m-%d}",
            "environment": environment,
            "service": service,
            "tenant": f"tenant-{chance.randrange(KEYS // 4)}",
            "status": "active",
            "created_at": f"{created:%Y-%m-%dT%H:%M:%SZ}",
            "created_by": f"user-{chance.randrange(3_000)}@example.com",
            "set_by_role": "admin",
            "hint": f"sk-ant-api03-{shown[:3]}…{shown[3:]}",
            "fingerprint": f"sha256:{chance.getrandbits(256):064x}",
            "validation_status": "valid",
        }


def _write_json(keys: Iterator[dict[str, str]], file: TextIO) -> None:
    between = '{"keys": [\n  '
    for key in keys:
        file.write(between + json.dumps(key, ensure_ascii=False))
        between = ",\n  "
    file.write("\n]}\n")


def _write_csv(keys: Iterator[dict[str, str]], file: TextIO) -> None:
    writer = csv.writer(file, lineterminator="\n")
    for number, key in enumerate(keys):
        if not number:
            writer.writerow(key)
        writer.writerow(key.values())


def _write_toml(keys: Iterator[dict[str, str]], file: TextIO) -> None:
    for key in keys:
        file.write("[[keys]]\n")
        for name, value in key.items():
            # Times as TOML has them. JSON's strings are TOML's and YAML's, too.
            written = value if name in _TIMES else json.dumps(value, ensure_ascii=False)
            file.write(f"{name} = {written}\n")
        file.write("\n")


def _write_yaml(keys: Iterator[dict[str, str]], file: TextIO) -> None:
    file.write("keys:\n")
    for key in keys:
        before = "  - "
        for name, value in key.items():
            written = value if name in _TIMES else json.dumps(value, ensure_ascii=False)
            file.write(f"{before}{name}: {written}\n")
            before = "    "


_WRITERS: dict[str, Callable[[Iterator[dict[str, str]], TextIO], None]] = {
    "json": _write_json,
    "csv": _write_csv,
    "toml": _write_toml,
    "yaml": _write_yaml,
}
