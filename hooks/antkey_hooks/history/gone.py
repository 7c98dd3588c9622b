"""Whether a finding that is gone is fixed: not seen is not fixed, it has to have been looked for."""

from __future__ import annotations

from collections.abc import Callable

from antkey_scanner.errors import ExitCode
from antkey_scanner.model import Outcome, Result

_A_VERDICT = (ExitCode.OK, ExitCode.VIOLATIONS, ExitCode.UNDECIDED)


def looked_for(now: Result) -> Callable[[str], bool]:
    """Of a rule's id, whether this run would have found what breaks it.

    It would not where something in scope was not read, or where each of the rule's controls lacks its
    evidence. A rule of no control is looked for wherever files are.
    """
    if not now.run.complete or any(skip.counts for skip in now.skips):
        return lambda _rule: False
    if now.run.exit_code not in _A_VERDICT:
        return lambda _rule: False
    decided: set[str] = set()
    known: set[str] = set()
    for one in now.assessments:
        known.update(one.control.rules)
        if _is_decided(one.outcome, undecided=now.run.undecided):
            decided.update(one.control.rules)
    return lambda rule: rule in decided or rule not in known


def _is_decided(outcome: Outcome, *, undecided: bool) -> bool:
    # A control fails by what was seen of it, whatever else was not.
    return outcome in (Outcome.PASS, Outcome.WAIVED) or (outcome is Outcome.FAIL and not undecided)
