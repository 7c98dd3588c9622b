"""Compares a result with an earlier one: what is new, what is still open, what is fixed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from antkey_hooks.cli.merging import origin
from antkey_hooks.history.gone import looked_for
from antkey_scanner.errors import PolicyError
from antkey_scanner.fingerprint import fingerprint
from antkey_scanner.model import Comparison, Finding, Result, Status

_Identity = tuple[str, str | None]


def compare(before: Result, now: Result) -> Result:
    """The later result with its comparison. Raises PolicyError where the earlier one is the later."""
    if now.run.started_at < before.run.started_at:
        raise PolicyError(
            f"--compare: these results are of {before.run.started_at}, later than {now.run.started_at};"
            " name the earlier ones by --compare"
        )
    identity = _identities(before, now)
    was_open = {identity(one) for one in before.findings if one.status is Status.OPEN}
    new = {
        fingerprint(one)
        for one in now.findings
        if one.status is Status.OPEN and identity(one) not in was_open
    }
    fixed = _fixed(before, now, identity)
    comparison = Comparison(before.run.started_at, tuple(sorted(new)), tuple(fixed))
    return now._replace(comparison=comparison)


def doubts(before: Result, now: Result) -> Iterator[str]:
    """What a reader has to know before believing a comparison."""
    if _scope(before) != _scope(now):
        yield (
            "--compare: the two runs looked at different paths, so that nothing counts as fixed; compare"
            " runs of the same paths"
        )
    elif before.run.policy.sha256 != now.run.policy.sha256:
        yield "--compare: the policy has changed between the two runs, and what it asks for with it"
    elif before.run.version != now.run.version:
        yield "--compare: the two runs are of different versions of antkey, which may find different things"


def _fixed(before: Result, now: Result, identity: Callable[[Finding], _Identity]) -> list[Finding]:
    """The open findings that were there and are gone, where the later run would have found them."""
    if _scope(before) != _scope(now):
        return []
    still_there = {identity(one) for one in now.findings}
    would_find = looked_for(now)
    judged_now = _rules(now)
    lost = _rules(before) - judged_now
    gone = [
        one
        for one in before.findings
        if one.status is Status.OPEN
        and identity(one) not in still_there
        and one.rule.id not in lost
        and would_find(one.rule.id)
    ]
    return sorted(gone, key=lambda one: (one.location.path, one.location.line or 0, one.rule.id))


def _rules(result: Result) -> set[str]:
    return {rule for one in result.assessments for rule in one.control.rules}


def _scope(result: Result) -> frozenset[str]:
    return frozenset(result.run.targets)


def _identities(*results: Result) -> Callable[[Finding], _Identity]:
    """By what findings are the same. The same path in another repository is another place, where both
    results tell them apart."""
    if all(_tells_apart(result.findings) for result in results):
        return lambda finding: (fingerprint(finding), origin(finding))
    return lambda finding: (fingerprint(finding), None)


def _tells_apart(findings: Iterable[Finding]) -> bool:
    return any(origin(finding) for finding in findings)
