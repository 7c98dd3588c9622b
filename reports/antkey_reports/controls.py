"""What the page shows of controls: each once, and which requirement and which framework it bears on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from antkey_reports import room
from antkey_reports.room import Room
from antkey_reports.slug import slug
from antkey_reports.verdict import WORST_FIRST, is_asked_for, not_judged, urgency
from antkey_scanner.model import Assessment, Control, Finding, Outcome, Result

_AROUND_CONTROL = 420
_AROUND_RULE = 90
_AROUND_LINK = 130
_RULES_NAMED = 6

PROMISES = {
    "M": "No fallback key",
    "V": "The tenant's key where there is one",
    "P": "Managed or the tenant's own",
    "A": "One key for each workspace",
    "T": "Key hygiene",
}
"""What the families of requirements are about, by the letter that their ids begin with."""

FRAMEWORKS = {
    "SOC2": "SOC 2",
    "ISO27001": "ISO/IEC 27001:2022",
    "NIST800-53": "NIST SP 800-53 r5",
    "PCIDSS4": "PCI DSS 4.0.1",
    "ASVS5": "OWASP ASVS 5.0",
    "OWASP-API": "OWASP API Security Top 10",
    "CIS8": "CIS Controls v8",
    "CWE": "Common Weakness Enumeration",
}
"""The names of frameworks, by what their ids begin with; another goes by that."""


class RuleLink(NamedTuple):
    """A rule that a control was broken by. anchor: where its findings are, if the page has them."""

    id: str
    anchor: str | None
    remedy: str


class ShownControl(NamedTuple):
    """One control. broken: the rules with open findings; expired: its attestation was no longer good."""

    anchor: str
    assessment: Assessment
    broken: tuple[RuleLink, ...]
    expired: bool


class Link(NamedTuple):
    """A control as a group names it."""

    anchor: str
    id: str
    outcome: Outcome


class Criterion(NamedTuple):
    """A requirement, or a framework's, with the controls that bear on it and the worst of their outcomes."""

    name: str
    outcome: Outcome
    controls: tuple[Link, ...]


class Group(NamedTuple):
    """All criteria of one family or framework."""

    title: str
    criteria: tuple[Criterion, ...]


class Missing(NamedTuple):
    """Evidence that is missing, and the controls that wait for it. required: the policy asks for it."""

    evidence: str
    controls: tuple[Control, ...]
    required: bool


class ShownControls(NamedTuple):
    """counts: by outcome, worst first; shown: likewise; hidden: how many the page has no room for."""

    counts: tuple[tuple[Outcome, int], ...]
    shown: tuple[ShownControl, ...]
    hidden: int
    requirements: tuple[Group, ...]
    frameworks: tuple[Group, ...]


def shown_controls(result: Result, anchors: Mapping[str, str]) -> ShownControls | None:
    """The controls of a result; None when there are none. anchors: where findings are, by rule."""
    if not result.assessments:
        return None
    left = Room(room.CONTROLS)
    every = sorted(result.assessments, key=_urgency)
    broken = _broken(result.findings)
    shown: list[ShownControl] = []
    given: set[str] = set()
    for assessment in every:
        anchor = slug("control", assessment.control.id)
        while anchor in given:
            anchor += "-again"
        one = ShownControl(
            anchor,
            assessment,
            tuple(_links(assessment, broken, anchors)),
            _expired(assessment, result.run.started_at),
        )
        if not left.fits(_AROUND_CONTROL, *_texts(one)):
            break
        given.add(anchor)
        shown.append(one)
    outcomes = [assessment.outcome for assessment in every]
    return ShownControls(
        counts=tuple((one, outcomes.count(one)) for one in WORST_FIRST if one in outcomes),
        shown=tuple(shown),
        hidden=len(every) - len(shown),
        requirements=_grouped(_by_requirement(shown), PROMISES, left),
        frameworks=_grouped(_by_framework(shown), FRAMEWORKS, left),
    )


def missing(result: Result) -> tuple[Missing, ...]:
    """The evidence that is missing, each kind once; first what the policy requires."""
    groups: dict[tuple[str, bool], list[Control]] = {}
    for assessment in sorted(not_judged(result), key=_urgency):
        group = assessment.evidence, is_asked_for(assessment)
        groups.setdefault(group, []).append(assessment.control)
    every = [
        Missing(evidence, tuple(controls), required)
        for (evidence, required), controls in groups.items()
    ]
    return tuple(sorted(every, key=lambda one: not one.required))


def _urgency(assessment: Assessment) -> tuple[int, int, str]:
    control = assessment.control
    return urgency(assessment), -control.severity.rank, control.id


def _broken(findings: Iterable[Finding]) -> dict[str, str]:
    """The remedies of rules with open findings."""
    return {one.rule.id: one.rule.remedy for one in findings if one.status.value == "open"}


def _links(
    assessment: Assessment, broken: Mapping[str, str], anchors: Mapping[str, str]
) -> Iterator[RuleLink]:
    wanted = [rule for rule in assessment.control.rules if rule in broken]
    for rule in wanted[:_RULES_NAMED]:
        yield RuleLink(rule, anchors.get(rule), broken[rule])


def _expired(assessment: Assessment, now: str) -> bool:
    attested = assessment.attestation
    return attested is not None and attested.expires < now[:10]


def _texts(one: ShownControl) -> Iterator[str]:
    control = one.assessment.control
    yield from (one.anchor, one.anchor, control.id, control.title, one.assessment.evidence)
    yield from (*control.requirements, *control.frameworks)
    for link in one.broken:
        yield from (link.id, link.anchor or "", link.remedy, " " * _AROUND_RULE)
    yield from one.assessment.attestation or ()


def _by_requirement(shown: Iterable[ShownControl]) -> Iterator[tuple[str, str, ShownControl]]:
    for one in shown:
        for name in dict.fromkeys(one.assessment.control.requirements):
            yield (name[:1] if name[:1] in PROMISES else ""), name, one


def _by_framework(shown: Iterable[ShownControl]) -> Iterator[tuple[str, str, ShownControl]]:
    for one in shown:
        for name in dict.fromkeys(one.assessment.control.frameworks):
            framework, _, criterion = name.partition(":")
            if name.startswith("CWE-"):
                framework = "CWE"
            yield framework, criterion or name, one


def _grouped(
    pairs: Iterable[tuple[str, str, ShownControl]], titles: Mapping[str, str], left: Room
) -> tuple[Group, ...]:
    groups: dict[str, dict[str, list[Link]]] = {}
    for family, name, one in pairs:
        if not left.fits(_AROUND_LINK, one.anchor, one.assessment.control.id, name):
            return ()
        link = Link(one.anchor, one.assessment.control.id, one.assessment.outcome)
        groups.setdefault(family, {}).setdefault(name, []).append(link)
    order = [*titles]
    known = sorted(groups, key=lambda one: (order.index(one) if one in order else len(order), one))
    return tuple(
        Group(
            titles.get(family) or family or "Other",
            tuple(
                _criterion(name, groups[family][name])
                for name in sorted(groups[family], key=_natural)
            ),
        )
        for family in known
    )


def _criterion(name: str, links: list[Link]) -> Criterion:
    worst = min((link.outcome for link in links), key=WORST_FIRST.index)
    return Criterion(name, worst, tuple(links))


def _natural(name: str) -> list[tuple[int, str]]:
    """M2 goes before M12."""
    return [
        (int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d{1,9})", name)
    ]
