"""`antkey verify`: whether an attestation is one, of this commit, fresh, and of a pass.

Nothing but the file and the key is read, and no network is used.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from antkey_hooks.ci.envelope import MOST_BYTES, Refused, unseal
from antkey_hooks.ci.signing import read_key
from antkey_hooks.ci.statement import VERDICTS, Statement, read
from antkey_hooks.cli import output
from antkey_hooks.cli.clock import Clock
from antkey_reports.escape import terminal
from antkey_scanner.errors import EvidenceError, ExitCode, PolicyError
from antkey_scanner.git import smallfile
from antkey_scanner.model import Severity
from antkey_scanner.system import show

if TYPE_CHECKING:
    from antkey_hooks.cli.options import Options

_DAY = 86_400
_SKEW = 300
"""Seconds that the clocks of two machines may differ by."""


def run(file: str, options: Options) -> ExitCode:
    """Verify and say so: OK for a pass; the attested exit code for another verdict.

    Raises PolicyError for what cannot be believed, EvidenceError for what is about something else.
    """
    if options.commit is None:
        raise PolicyError("--commit: is missing; name the commit that is to be deployed, in full")
    key = read_key(os.environ, options.attest_key_fd)
    try:
        said = read(unseal(_content(file), key))
    except Refused as refused:
        raise PolicyError(f"{show(file)}: {refused}; attest the commit again") from None
    clock = Clock(options.now, os.environ)
    _refuse_another(said, file, options)
    _refuse_old(said, file, clock.judged, _DAY if options.max_age is None else options.max_age)
    code = _judged(said, options)
    if options.format == "json":
        output.write_out(json.dumps(_document(said, code)) + "\n")
    elif not options.quiet or code is not ExitCode.OK:
        output.write_out(terminal(_line(said, code)) + "\n")
    return code


def _content(file: str) -> bytes:
    try:
        return smallfile.read(file, MOST_BYTES)
    except OSError as error:
        raise PolicyError(
            f"{show(file)}: {smallfile.reason(error)}; name what antkey check --attest wrote"
        ) from None


def _refuse_another(said: Statement, file: str, options: Options) -> None:
    """Raises EvidenceError when it is signed, and about something else than was asked for."""
    about = f"{show(file)}: is no evidence for this:"
    if said.commit != options.commit:
        raise EvidenceError(
            f"{about} it is about commit {said.commit}; check the one that is deployed"
        )
    wanted = options.policy_sha256
    if wanted is not None and said.policy_sha256 != wanted:
        real = said.policy_sha256 or "none, the defaults"
        raise EvidenceError(
            f"{about} the policy was another ({real}); check by the one that is wanted"
        )
    if options.profile is not None and said.profile != options.profile:
        raise EvidenceError(f"{about} the profile was {said.profile}; check by {options.profile}")
    most = options.fail_on or Severity.LOW
    if said.fail_on not in {level.value for level in Severity if level.rank <= most.rank}:
        raise EvidenceError(
            f"{about} it fails from {said.fail_on} on; check without --fail-on, or allow it here by"
            f" --fail-on {said.fail_on}"
        )


def _refuse_old(said: Statement, file: str, now: float, most: int) -> None:
    """Raises EvidenceError when it was signed too long ago, or is not signed yet."""
    from antkey_hooks.cli.values import moment

    age = now - moment(said.at)
    if age < -_SKEW:
        raise EvidenceError(
            f"{show(file)}: was signed at {said.at}, which is not yet; set the clock"
        )
    if age > most:
        raise EvidenceError(
            f"{show(file)}: was signed at {said.at}, longer ago than --max-age; check again"
        )


def _judged(said: Statement, options: Options) -> ExitCode:
    """The attested verdict; what was not read to its end is a pass only where that is allowed here too."""
    if said.exit_code is ExitCode.OK and not said.complete and options.allow_incomplete is None:
        return ExitCode.INCOMPLETE
    return said.exit_code


def _line(said: Statement, code: ExitCode) -> str:
    policy = f"policy {said.policy_sha256 or 'none'}, profile {said.profile}"
    return f"{VERDICTS[code].upper()}  commit {said.commit}, signed {said.at}, {policy}"


def _document(said: Statement, code: ExitCode) -> dict[str, object]:
    return {
        "exit_code": int(code),
        "verdict": VERDICTS[code],
        "commit": said.commit,
        "tree": said.tree,
        "attested_at": said.at,
        "complete": said.complete,
        "allow_incomplete": said.allow_incomplete,
        "policy": {"path": said.policy, "sha256": said.policy_sha256, "profile": said.profile},
        "baseline_sha256": said.baseline,
        "fail_on": said.fail_on,
        "findings": said.findings,
        "controls": said.controls,
        "results_sha256": said.results,
        "version": said.version,
    }
