"""`antkey check --attest FILE`: signs a verdict on a commit, for a later job to verify.

Only the policy says what was looked at: what else would narrow it on the command line is refused, and
the policy's hash is signed with the verdict.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from antkey_hooks.ci.envelope import seal
from antkey_hooks.ci.place import claim, forget
from antkey_hooks.ci.signing import read_key, signer
from antkey_hooks.ci.statement import VERDICTS, Statement, write
from antkey_hooks.ci.worktree import checked_out, is_left_out
from antkey_hooks.cli import output
from antkey_hooks.cli.clock import Clock
from antkey_hooks.cli.inventory import working_folder
from antkey_hooks.cli.request import AUTO, baseline_path
from antkey_scanner.errors import ExitCode, PolicyError
from antkey_scanner.model import Result, Severity, Status
from antkey_scanner.policy import Policy
from antkey_scanner.system import show

if TYPE_CHECKING:
    from antkey_hooks.cli.options import Options

_DEPTH = 16


class Attesting:
    """An attestation that is being made: everything that can be wrong is asked for before the work.

    Raises PolicyError.
    """

    def __init__(self, file: str, operands: Sequence[str], options: Options, to_come: str) -> None:
        """to_come: the folder of the reports, which may be made later."""
        self._file = file
        self._options = options
        self._reports = [path for _, path in options.report]
        claim(file, self._reports, to_come)
        forget(file)
        for flag in _narrowing(options):
            raise PolicyError(
                f"--attest: vouches for what the policy asks for, and {flag} changes that; leave it out,"
                " or write it into the policy"
            )
        self._key = read_key(os.environ, options.attest_key_fd)
        signer(self._key)
        self._commit = checked_out(working_folder())
        places = [os.path.realpath(place) for place in (*operands, working_folder())]
        if any(place != self._commit.top for place in places):
            raise PolicyError(
                f"--attest: vouches for the whole commit; run it in {show(self._commit.top)}, without a"
                " PATH"
            )

    def write(self, result: Result, code: ExitCode, results: str) -> None:
        """Sign what was found. results: the file with the saved results. Raises PolicyError; there is no
        attestation then."""
        if code not in VERDICTS:
            raise PolicyError(f"{show(self._file)}: not written, as there is no verdict")
        if checked_out(working_folder()) != self._commit:
            raise PolicyError(f"{show(self._file)}: not written, as the commit changed meanwhile")
        baseline = self._baseline()
        for path in (result.run.policy.path, baseline):
            if path is not None and is_left_out(self._commit, path):
                raise PolicyError(
                    f"{show(self._file)}: not written, as {show(path)} was obeyed and is not in the commit;"
                    " commit it, or name one outside of the repository"
                )
        said = Statement(
            commit=self._commit.id,
            tree=self._commit.tree,
            exit_code=code,
            complete=result.run.complete,
            at=Clock(None, {}).started_at(),
            started_at=result.run.started_at,
            finished_at=result.run.finished_at,
            version=result.run.version,
            policy=result.run.policy.path,
            policy_sha256=result.run.policy.sha256,
            profile=result.run.policy.profile,
            baseline=_sha256(baseline),
            fail_on=result.run.fail_on.value,
            allow_incomplete=result.run.allow_incomplete,
            findings=_findings(result),
            controls=dict(Counter(each.outcome.value for each in result.assessments)),
            skipped=sum(skip.counts for skip in result.skips),
            results=_sha256(results) or "",
        )
        claim(self._file, self._reports)
        try:
            output.replace_file(os.path.realpath(self._file), seal(write(said), self._key))
        except OSError as error:
            reason = (error.strerror or type(error).__name__).lower()
            raise PolicyError(f"{show(self._file)}: cannot be written ({reason})") from None
        if not self._options.quiet:
            words = VERDICTS[code], self._commit.id, self._key.id
            output.say("attested: {}, commit {}, signed with {}".format(*words))

    def _baseline(self) -> str | None:
        """The baseline that the run went by."""
        policy = self._options.policy
        folder = self._commit.top if policy is None else os.path.dirname(policy) or os.curdir
        return baseline_path(Policy(folder=folder), self._options)


def _narrowing(options: Options) -> Iterator[str]:
    """The options on the command line that change what a verdict means."""
    given = {
        "--exclude": options.exclude,
        "--follow-gitignore": options.follow_gitignore,
        "--max-file-size": options.max_file_size is not None,
        "--depth": options.depth < _DEPTH,
        "--staged": options.staged,
        "--range": options.range not in {(), (AUTO,)},
        "--no-config": options.no_config,
        "--now": options.now is not None,
        "--exit-zero": options.exit_zero,
    }
    yield from (flag for flag, is_given in given.items() if is_given)


def _findings(result: Result) -> dict[str, int]:
    """How many open findings there are of each severity, the worst first."""
    opened = Counter(one.rule.severity for one in result.findings if one.status is Status.OPEN)
    return {severity.value: opened[severity] for severity in reversed(Severity)}


def _sha256(path: str | None) -> str | None:
    """The hash of a file. Raises PolicyError when it cannot be read."""
    if path is None:
        return None
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise PolicyError(f"{show(path)}: cannot be read for the attestation ({reason})") from None
