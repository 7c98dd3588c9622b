"""`antkey egress replay FILE…`: from recorded traffic to findings, controls, reports and an exit code."""

from __future__ import annotations

import gc
import os
import stat
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from antkey_hooks.cli.clock import Clock
from antkey_hooks.cli.inventory import inventory_of, now_of, working_folder
from antkey_hooks.cli.render import deliver
from antkey_hooks.cli.switched import shown_off, without_off
from antkey_rules.catalogue import CATALOGUE
from antkey_rules.egress import NOT_SEEN, load_egress_rules
from antkey_rules.load import load_egress_controls
from antkey_scanner import __version__, system
from antkey_scanner.assess import exit_code, is_complete
from antkey_scanner.egress.book import Book, KeyLife, book_of
from antkey_scanner.egress.coverage import coverage_of
from antkey_scanner.egress.freshness import Freshness
from antkey_scanner.egress.judge import Judge
from antkey_scanner.egress.reach import FAULT_SCENARIOS, out_of_reach_of_records
from antkey_scanner.egress.recordings import Item
from antkey_scanner.egress.recordings.detect import Recording
from antkey_scanner.egress.records import Request, Silent, Stretch
from antkey_scanner.egress.rule import EgressRule
from antkey_scanner.egress.verdict import assess_requests
from antkey_scanner.errors import ExitCode, PolicyError
from antkey_scanner.inventory.load import Loaded, shown
from antkey_scanner.inventory.records import Inventory, Tenant
from antkey_scanner.model import Result, Run, Severity, Skip, Stats
from antkey_scanner.policy import Policy, load_policy
from antkey_scanner.policy.anchor import root_below
from antkey_scanner.policy.egress import EgressPolicy
from antkey_scanner.suppress import accept_skips, weigh_findings

if TYPE_CHECKING:
    from antkey_hooks.cli.options import Options

_STDIN = "<stdin>"
_UNKNOWN_SIZE = 1 << 40
"""What comes by a pipe may unpack to as much as anything may."""

_NO_INVENTORY = (
    "{}: whose keys these are only an inventory tells, and the policy names none; write `files` under"
    " [inventory] in the policy"
)


class Replayed(NamedTuple):
    """All recordings, judged. size: of what was read, in bytes; off: by rule why nothing could break it;
    silent: the scenarios that were played to their end without a request; stale: by rule why what was seen
    is too old."""

    judges: tuple[Judge, ...]
    skips: tuple[Skip, ...]
    size: int
    off: Mapping[str, str]
    silent: tuple[str, ...] = ()
    stale: Mapping[str, str] = {}


class _Counted:
    """A file that counts what is read of it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.size = 0

    def read(self, size: int = -1, /) -> bytes:
        data = self._file.read(size)
        self.size += len(data)
        return data


def run(operands: Sequence[str], options: Options) -> ExitCode:
    """Judge and report. Raises PolicyError and EvidenceError."""
    return deliver(judged(operands, options), options)


def judged(
    operands: Sequence[str],
    options: Options,
    loaded: Loaded | None = None,
    *,
    ages: bool = False,
) -> Result:
    """Judge, without telling anybody yet. loaded: the inventory, if it was read already; ages: what is seen
    has to be of late. Raises as `run` does."""
    clock = Clock(options.now, os.environ)
    if not operands:
        raise PolicyError("no recording to judge; name a file, or - for standard input")
    policy = load_policy(options.policy, working_folder(), clock.judged, CATALOGUE)
    if options.report:
        from antkey_hooks.cli.destinations import refuse_all

        refuse_all(options, policy, operands)
    egress = policy.egress or EgressPolicy()
    if loaded is None:
        _, loaded = inventory_of(policy, now_of(clock))
    fresh = Freshness(egress, now_of(clock)) if ages else None
    with _without_collector():
        jobs = options.jobs or system.cores()
        replayed = replay(operands, loaded.inventory, egress, load_egress_rules(), jobs, fresh)
    skips = (*loaded.skips, *replayed.skips)
    return _result(operands, options, policy, egress, replayed._replace(skips=skips), clock)


def replay(
    operands: Sequence[str],
    inventory: Inventory,
    policy: EgressPolicy,
    rules: Sequence[EgressRule],
    jobs: int = 1,
    fresh: Freshness | None = None,
) -> Replayed:
    """Judge recordings by an inventory, on so many processes. fresh: takes note of when what was seen. Raises
    PolicyError where it cannot tell whose their keys are."""
    recorded = _Court(Judge(rules, policy, book := book_of(inventory)), book)
    # What antkey itself has seen is of made-up keys, and in no mode that an inventory knows of.
    witnessed = _Court(
        Judge(rules, policy, book := book_of(inventory._replace(tenants=None))), book
    )
    skips: list[Skip] = []
    silent: dict[str, None] = {}
    size = 0
    keeps_answers = False
    for operand in operands:
        name = _STDIN if operand == "-" else shown(operand)
        with _opened(operand) as file:
            counted = _Counted(file)
            recording = Recording(counted, name, _size(file))
            court = witnessed if recording.is_evidence else recorded
            is_told = recording.is_evidence or bool(inventory.keys)
            hearing = _Hearing(court, silent, None if is_told else _NO_INVENTORY.format(name))
            take = hearing.take if fresh is None else hearing.noting(fresh, recording)
            if jobs > 1 and recording.can_be_cut and operand != "-" and system.can_fork():
                from antkey_scanner.egress.recordings import parts

                counted.size = _size(file)
                parts.read(file.fileno(), counted.size, name, policy, jobs, take)
            else:
                for item in recording.items(policy):
                    take(item)
            skips += hearing.skips
            size += counted.size
            keeps_answers |= recording.keeps_answers
    judges = (recorded.judge, witnessed.judge)
    scenarios = {cell.scenario for judge in judges for cell in judge.seen} | silent.keys()
    books = (recorded.book, witnessed.book)
    faults = not scenarios.isdisjoint(FAULT_SCENARIOS) or any(
        each.has_seen_faults for each in judges
    )
    off = out_of_reach_of_records(policy, books, scenarios, answers=keeps_answers, faults=faults)
    stale = {} if fresh is None else fresh.stale([each.rule.id for each in rules] + [NOT_SEEN])
    return Replayed(judges, tuple(skips), size, off, tuple(silent), stale)


class _Court(NamedTuple):
    """A judge with the book that it judges by."""

    judge: Judge
    book: Book


class _Hearing:
    """A recording before a court. skips: what of it could not be read; scenarios without a request go to
    `silent`; untold: why nobody says whose its keys are."""

    def __init__(self, court: _Court, silent: dict[str, None], untold: str | None) -> None:
        self._court = court
        self._silent = silent
        self._untold = untold
        self.skips: list[Skip] = []

    def noting(self, fresh: Freshness, recording: Recording) -> Callable[[Item], None]:
        """`take` that takes note of times as well."""

        def take(item: Item) -> None:
            if isinstance(item, Request | Stretch | Silent):
                fresh.note(item, pages=recording.keeps_answers)
            self.take(item)

        return take

    def take(self, item: Item) -> None:
        """Judge or note an item. Raises PolicyError at a request when nobody says whose its keys are: what
        holds none, or none that can be read, needs nobody to say it."""
        match item:
            case Request() | Stretch() if self._untold is not None:
                raise PolicyError(self._untold)
            case Stretch():
                self._court.judge.take_all(item)
            case Request():
                self._court.judge.take(item)
            case KeyLife():
                self._court.book.add(item)
            case Tenant(name=name):
                self._court.book.add_tenant(name)
            case Silent(scenario=scenario):
                self._silent[scenario] = None
            case _:
                self.skips.append(item)


def _result(
    operands: Sequence[str],
    options: Options,
    policy: Policy,
    egress: EgressPolicy,
    replayed: Replayed,
    clock: Clock,
) -> Result:
    judges = [judge for judge in replayed.judges if judge.requests]
    below = root_below(policy.folder, [os.curdir])
    findings = weigh_findings(
        [finding for judge in judges for finding in judge.findings()], policy, below
    )
    if options.baseline is not None:
        from antkey_hooks.cli.accepted import accept_requests

        findings = accept_requests(findings, options.baseline)
    findings = without_off(findings, policy)
    skips = accept_skips(replayed.skips, policy.scan.accept, below)
    unjudged: Counter[str] = Counter()
    for judge in judges:
        unjudged.update(judge.unjudged)
    calls = sum(judge.calls for judge in judges)
    seen = {cell.surface for judge in judges for cell in judge.seen}
    missing = tuple(surface for surface in egress.surfaces if surface not in seen)
    undecided = bool(unjudged or missing or not calls)
    fail_on = options.fail_on or Severity.LOW
    code = exit_code(
        findings,
        skips,
        fail_on,
        exit_zero=options.exit_zero,
        allow_incomplete=options.allow_incomplete,
        undecided=undecided,
    )
    run = Run(
        command="egress replay",
        targets=tuple(_STDIN if operand == "-" else shown(operand) for operand in operands),
        policy=policy.ref,
        started_at=clock.started_at(),
        finished_at=clock.finished_at(),
        seconds=clock.seconds(),
        version=__version__,
        fail_on=fail_on,
        exit_code=code,
        complete=is_complete(skips),
        allow_incomplete=options.allow_incomplete,
        undecided=undecided,
    )
    return Result(
        run=run,
        findings=findings,
        assessments=shown_off(
            assess_requests(
                load_egress_controls(),
                findings,
                requests=calls,
                unjudged=unjudged,
                missing_surfaces=missing,
                off=replayed.off,
                unread=sum(skip.counts for skip in skips),
                fail_on=fail_on,
                stale=replayed.stale,
            ),
            policy,
        ),
        skips=skips,
        stats=Stats(
            files=len(operands),
            bytes=replayed.size,
            requests=sum(judge.requests for judge in judges),
        ),
        coverage=coverage_of(judges, (), egress.surfaces, replayed.silent),
        hosts=egress.allowed_hosts,
    )


@contextmanager
def _opened(operand: str) -> Iterator[BinaryIO]:
    """A recording's bytes. Raises PolicyError where there is none of that name."""
    if operand == "-":
        yield sys.stdin.buffer
        return
    # Not blocking: opening a named pipe that nobody writes to would wait for ever.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(operand, flags | getattr(os, "O_CLOEXEC", 0))
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or "cannot be read").lower()
        raise PolicyError(f"{shown(operand)}: the recording cannot be read ({reason})") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise PolicyError(f"{shown(operand)}: is no regular file; name a recording")
    with open(descriptor, "rb", buffering=0) as file:
        yield file


def _size(file: BinaryIO) -> int:
    try:
        status = os.fstat(file.fileno())
    except (OSError, ValueError):
        return _UNKNOWN_SIZE
    return status.st_size if stat.S_ISREG(status.st_mode) else _UNKNOWN_SIZE


@contextmanager
def _without_collector() -> Iterator[None]:
    """A million records hold each other in no circle, and looking for some takes time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
