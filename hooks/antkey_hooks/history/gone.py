"""Whether a finding that is gone is fixed: not seen is not fixed, it has to have been looked for."""

from __future__ import annotations

from collections.abc import Callable

from antkey_scanner.errors import ExitCode
from antkey_scanner.model import Control, Outcome, Result

_SEEN = (Outcome.PASS, Outcome.WAIVED)
_WITH_GAPS = ("rotation", "egress")
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
        if one.outcome in _SEEN or (one.outcome is Outcome.FAIL and _is_whole(one.control, now)):
            decided.update(one.control.rules)
    return lambda rule: rule in decided or rule not in known


def _is_whole(control: Control, now: Result) -> bool:
    """Whether a control that fails was judged by all of its evidence: it fails by what was seen of it,
    whatever else was not. Of files all was read; keys and requests may have gone without a judgement."""
    if not now.run.undecided:
        return True
    breaches = (one.rule.family for one in now.findings if one.rule.id in control.rules)
    return not any(family in _WITH_GAPS for family in breaches)
