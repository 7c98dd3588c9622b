"""`antkey check`: every control that the policy turns on, one verdict, one folder of reports."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from antkey_hooks.cli import output, scan, scope
from antkey_hooks.cli.clock import Clock
from antkey_hooks.cli.inventory import working_folder
from antkey_hooks.cli.render import deliver
from antkey_hooks.cli.report import merge
from antkey_hooks.cli.request import targets_of
from antkey_rules.load import load_egress_controls, load_key_controls
from antkey_scanner.assess import worst
from antkey_scanner.errors import ExitCode, PolicyError
from antkey_scanner.inventory.load import shown
from antkey_scanner.model import Assessment, Control, Outcome, Repository, Result
from antkey_scanner.policy import Policy, load_policy

if TYPE_CHECKING:
    from antkey_hooks.cli.options import Options

FOLDER = "antkey-report"
REPORTS = (
    ("html", "index.html"),
    ("json", "results.json"),
    ("sarif", "results.sarif"),
    ("junit", "junit.xml"),
    ("markdown", "summary.md"),
)
"""What `antkey check` writes: formats, and the files' names in its folder."""

_NEEDS_EGRESS = ("strict-byok", "optional-byok", "managed-or-byo")
"""The profiles that promise something of requests: without evidence they are not kept, only not seen."""

_NO_EVIDENCE = (
    "no request was seen; run antkey egress run --evidence FILE -- COMMAND, and name FILE in [egress]"
    " evidence"
)
_NO_INVENTORY = "no key is known; write `files` under [inventory] in the policy"


def run(operands: Sequence[str], options: Options) -> ExitCode:
    """Check and report. Raises PolicyError and EvidenceError as the commands do that it stands for."""
    folder = options.report_dir or FOLDER
    _make(folder)
    reports = tuple((name, os.path.join(folder, file)) for name, file in REPORTS)
    options = options._replace(report=(*reports, *options.report))
    code = deliver(judged(operands, options), options)
    if not options.quiet:
        output.say(f"reports: {shown(folder)}")
    return code


def judged(operands: Sequence[str], options: Options) -> Result:
    """Check, without telling anybody yet. Raises as `run` does."""
    clock = Clock(options.now, os.environ)
    policy = load_policy(options.policy, working_folder(), clock.judged)
    results = list(_results(operands, options, policy))
    merged = merge(results)
    missing = tuple(_missing(policy, {one.control.id for one in merged.assessments}))
    undecided = merged.run.undecided or (bool(missing) and policy.ref.profile in _NEEDS_EGRESS)
    code = ExitCode(merged.run.exit_code)
    if undecided:
        code = worst([code, ExitCode.UNDECIDED])
    run = merged.run._replace(command="check", exit_code=code, undecided=undecided)
    found = merged.repositories or _repositories(operands, policy)
    return merged._replace(run=run, assessments=(*merged.assessments, *missing), repositories=found)


def _repositories(operands: Sequence[str], policy: Policy) -> tuple[Repository, ...]:
    return scope.below(tuple(operands) or targets_of(policy), working_folder())


def _results(operands: Sequence[str], options: Options, policy: Policy) -> Iterator[Result]:
    """What each of the commands finds that the policy gives something to do."""
    found = scan.judged(operands, options)
    yield found
    if policy.keys is not None and (policy.keys.files or policy.keys.source):
        from antkey_hooks.cli import keys_audit

        yield keys_audit.judged((), options, found.findings)
    recordings = _evidence(policy)
    if recordings:
        from antkey_hooks.cli import egress_replay

        yield egress_replay.judged(recordings, options)


def _evidence(policy: Policy) -> tuple[str, ...]:
    """The recordings that the policy names. Raises PolicyError for a name that fits no file."""
    if policy.egress is None:
        return ()
    folder = policy.folder or os.curdir
    found: list[str] = []
    for pattern in policy.egress.evidence:
        files = sorted(glob.glob(os.path.join(glob.escape(folder), pattern), recursive=True))
        found += [path for path in files if os.path.isfile(path) and path not in found]
    return tuple(map(shown, found))


def _missing(policy: Policy, assessed: set[str]) -> Iterator[Assessment]:
    """The controls of which nothing was looked at: not seen is not passed."""
    if policy.ref.profile in _NEEDS_EGRESS:
        yield from (
            _not_assessed(control, _NO_EVIDENCE)
            for control in load_egress_controls()
            if control.id not in assessed
        )
    yield from (
        _not_assessed(control, _NO_INVENTORY)
        for control in load_key_controls()
        if control.id not in assessed
    )


def _not_assessed(control: Control, evidence: str) -> Assessment:
    return Assessment(control, Outcome.NOT_ASSESSED, 0, evidence)


def _make(folder: str) -> None:
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        reason = (error.strerror or "cannot be made").lower()
        raise PolicyError(
            f"{shown(folder)}: {reason}; name another folder by --report-dir"
        ) from None
