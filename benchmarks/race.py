"""Runs the contenders of a work in turn (A B C A B C …) and checks what each of them says."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.corpora import Corpus
from benchmarks.keys import count_found
from benchmarks.measure import Cost, peak_memory, run
from benchmarks.peers import Tool
from benchmarks.rows import REFUSALS, SCANNED, USUAL_CODES, Contender, Work

_TOOL = re.compile(r"\{([a-z-]+)\}")
_KNOWN = re.compile(rb'"known":\s*[1-9]')

NO_EFFECT = "nothing was left out that an earlier scan had read"
"""The remark on a second scan that is a first one."""


class Stand(NamedTuple):
    """Where and with what processes run."""

    tools: Mapping[str, Tool]
    folder: Path
    environment: Mapping[str, str]
    literals: Path


class Measured(NamedTuple):
    """What came out for a contender. command: for readers; walls, cpus: seconds, one per
    run that ended by itself;
    memory: peak in bytes; found: the fewest of the `planted` keys that a run showed; scanned: the fewest
    bytes that a run said it looked at, as a share of the corpus; remark: what was wrong. None: not known."""

    contender: Contender
    command: str
    walls: tuple[float, ...]
    cpus: tuple[float, ...]
    memory: int | None
    found: int | None
    planted: int
    scanned: float | None
    remark: str | None


def race(
    work: Work, corpus: Corpus, stand: Stand, runs: int, say: Callable[[str], None]
) -> list[Measured]:
    """Measure all contenders of a work over a corpus, at most `runs` rounds after a warm-up."""
    costs: dict[str, list[Cost]] = {contender.name: [] for contender in work.contenders}
    running = [each for each in work.contenders if missing(each, stand) is None]
    refusals = {each.name: _refuses(each, work, corpus, stand) for each in running}
    starts = {each.name: _start(each, work, corpus.path, stand) for each in running}
    for number in range(runs + 1):
        for contender in tuple(running):
            if (number == 0 and contender.runs == 1) or number > (contender.runs or runs):
                continue
            cost = run(*starts[contender.name], contender.limit)
            say(f"{work.name} {number}/{runs}: {contender.name}: {cost.wall:.3f} s")
            if number or cost.timed_out:
                costs[contender.name].append(cost)
            if cost.timed_out:
                running.remove(contender)
    peaks = {
        contender.name: peak_memory(*starts[contender.name], contender.limit)
        for contender in running
        if contender.runs != 1
    }
    judged = [
        _judge(each, costs[each.name], peaks.get(each.name), work, corpus, stand)
        for each in work.contenders
    ]
    if work.probe is None:
        return judged
    return [
        each._replace(found=refusals.get(each.contender.name), planted=1)
        if each.found is not None
        else each
        for each in judged
    ]


def _refuses(contender: Contender, work: Work, corpus: Corpus, stand: Stand) -> int:
    """1 when the program says by its exit code that there is a key in the probe, else 0."""
    if work.probe is None or contender.only_reads:
        return 0
    probe = corpus.path.with_name(work.probe)
    cost = run(*_start(contender._replace(place=None), work, probe, stand), contender.limit)
    return int(cost.code == REFUSALS[_program(contender)])


def _start(
    contender: Contender, work: Work, target: Path, stand: Stand
) -> tuple[list[str], Path, Mapping[str, str]]:
    """The command, its working folder and its environment."""
    target = target if contender.place is None else target.with_name(contender.place)
    folder = target if work.inside else stand.folder
    environment = dict(stand.environment)
    if contender.again:  # a first scan, which forgets, must not reach what a second one remembers
        environment["XDG_CACHE_HOME"] = str(stand.literals.with_name("remembered"))
    return arguments(contender, target, stand), folder, environment


def _program(contender: Contender) -> str:
    """The tool that a command starts, by its name."""
    return str(_TOOL.findall(contender.command)[0])


def arguments(contender: Contender, target: Path, stand: Stand) -> list[str]:
    """The command with everything filled in."""
    return _filled(
        contender.command,
        {name: tool.path for name, tool in stand.tools.items()}
        | {"target": str(target), "literals": str(stand.literals)},
    )


def missing(contender: Contender, stand: Stand) -> str | None:
    """Why a contender cannot run here, or None."""
    for name in _TOOL.findall(contender.command):
        tool = stand.tools.get(name)
        if tool is not None and tool.missing is not None:
            return tool.missing
    return None


def _shown(contender: Contender, work: Work, stand: Stand) -> str:
    names = {name: name for name in stand.tools}
    words = _filled(contender.command, names | {"target": work.target, "literals": "LITERALS"})
    return shlex.join(words)


def _filled(command: str, values: Mapping[str, str]) -> list[str]:
    return [word.format_map(values) for word in shlex.split(command)]


def _judge(
    contender: Contender,
    costs: Sequence[Cost],
    memory: int | None,
    work: Work,
    corpus: Corpus,
    stand: Stand,
) -> Measured:
    program = _program(contender)
    ended = [cost for cost in costs if not cost.timed_out]
    looked = not contender.only_reads and bool(ended)
    whole = not contender.again and work.probe is None
    amounts = [_amount(program, cost) for cost in ended if whole]
    shares = [amount / max(1, corpus.bytes) for amount in amounts if amount is not None]
    return Measured(
        contender,
        _shown(contender, work, stand),
        tuple(cost.wall for cost in ended),
        tuple(cost.cpu for cost in ended),
        memory,
        min(count_found(cost.output, corpus.keys) for cost in ended) if looked else None,
        len(set(corpus.keys)),
        min(shares, default=None),
        missing(contender, stand) or _problem(contender, costs),
    )


def _amount(program: str, cost: Cost) -> int | None:
    pattern = SCANNED.get(program)
    found = re.search(pattern, cost.output + cost.errors) if pattern is not None else None
    return int(found[1]) if found else None


def _problem(contender: Contender, costs: Sequence[Cost]) -> str | None:
    program = _program(contender)
    if any(cost.timed_out for cost in costs):
        return f"stopped after {contender.limit:.0f} s"
    strange = {cost.code for cost in costs} - set(USUAL_CODES.get(program, (0,)))
    if strange:
        return f"exit code {', '.join(map(str, sorted(strange)))}"
    if program == "antkey" and any(b'"complete": false' in cost.output for cost in costs):
        return "incomplete"
    if contender.again and not all(_KNOWN.search(cost.output) for cost in costs):
        return NO_EFFECT
    return None
