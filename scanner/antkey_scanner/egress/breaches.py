"""Makes findings of what is wrong with requests, and says which of them are one finding. Pure."""

from __future__ import annotations

from antkey_scanner.egress.endpoint import endpoint
from antkey_scanner.egress.recall import Group
from antkey_scanner.egress.records import Credential
from antkey_scanner.egress.rule import Breach, EgressRule, View
from antkey_scanner.model import Finding, Location, SecretRef


def group_of(rule: EgressRule, found: Breach, view: View) -> Group:
    """What a finding is about: others about the same are the same finding."""
    request, about = view.request, found.about
    return Group(
        rule.rule.id,
        view.tenant,
        request.surface,
        request.scenario,
        request.method,
        request.host,
        endpoint(request.path),
        None if about is None else _name(about, view),
    )


def finding_of(rule: EgressRule, found: Breach, view: View, group: Group) -> Finding:
    """The finding of the first request of a group."""
    place, about = view.request.place, found.about
    anchor = " ".join(str(part) for part in group[1:] if part is not None)
    secret = (
        None
        if about is None or about.sha256 is None
        else SecretRef(about.kind, about.hint, about.sha256)
    )
    where, whose = Location(place.path, place.line), () if view.tenant is None else (view.tenant,)
    return Finding(rule.rule, where, found.message, anchor, secret, tenants=whose)


def counted(finding: Finding, count: int) -> Finding:
    """A finding that says how many requests it stands for."""
    return (
        finding if count == 1 else finding._replace(message=f"{finding.message} ({count:,} times)")
    )


def _name(about: Credential, view: View) -> str:
    """What tells the key of a finding apart from run to run: a canary is another one in each run, so there
    it is what people call it."""
    if view.live:
        for one in (*view.carried, *view.enclosed, *view.answered):
            if one.credential == about:
                return "an unknown key" if one.life is None else one.life.source
    return about.sha256 or about.hint
