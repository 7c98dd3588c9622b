"""Where links to rules that head no section of the page lead: each rule with an open finding has a place.

A finding stands in the incident of its key, under the worst of the rules that found it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from antkey_reports import room
from antkey_reports.incidents import Incident, anchor
from antkey_reports.room import Room
from antkey_reports.slug import slug
from antkey_scanner.model import Status

_AROUND_ANCHOR = 30


class Anchors(NamedTuple):
    """rules: the anchor of each rule with an open finding that is on the page, by its id; inside: those of
    an incident, by its own; hidden: those of incidents that the page has no room for."""

    rules: Mapping[str, str]
    inside: Mapping[str, tuple[str, ...]]
    hidden: tuple[str, ...]


def anchors(every: Sequence[Incident], shown: int, headed: Collection[str]) -> Anchors:
    """every: all incidents, of which the first `shown` are; headed: the rules that head a section."""
    rules = {rule: slug("rule", rule) for rule in headed}
    inside: dict[str, tuple[str, ...]] = {}
    hidden: list[str] = []
    left = Room(room.ANCHORS)
    for number, incident in enumerate(every):
        own = []
        for finding in incident.findings:
            rule = finding.rule.id
            if finding.status is not Status.OPEN or rule in rules:
                continue
            name = slug("rule", rule)
            if not left.fits(_AROUND_ANCHOR, name):
                return Anchors(rules, inside, tuple(hidden))
            rules[rule] = name
            own.append(name)
        if own and number < shown:
            inside[anchor(incident.findings[0])] = tuple(own)
        else:
            hidden += own
    return Anchors(rules, inside, tuple(hidden))
