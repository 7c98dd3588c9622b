"""What a policy says of controls, of rules and of what people vouch for."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from antkey_scanner.model import Attestation, Severity
from antkey_scanner.policy import Catalogue, Demand, Grade
from antkey_scanner.policy.kinds import Problem, did_you_mean
from antkey_scanner.policy.places import Path

_NO_CONTROL = "is no control's id; {}"
_LISTED = "antkey rules list --requirements names all"
_MEASURED = (
    "is about what can be measured, so nobody's word stands for it; see antkey rules show, or switch it"
    " off under [controls] with a reason"
)

_LESS = "makes less of it than {}, which it is by itself, without saying why; add reason"


def overridden(usual: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """A profile's tables with the policy's own values over them. Lists are replaced, not joined."""
    joined = {**usual, **own}
    for name in usual.keys() & own.keys():
        if isinstance(usual[name], dict) and isinstance(own[name], dict):
            joined[name] = overridden(usual[name], own[name])
    return joined


def demands_of(table: Mapping[str, Any]) -> dict[str, Demand]:
    """What is asked of controls, by their ids."""
    return {
        name: Demand(said["is"], said.get("reason"), said.get("owner"))
        for name, said in table.get("controls", {}).items()
    }


def grades_of(table: Mapping[str, Any]) -> dict[str, Grade]:
    """How bad what rules find is, by their ids."""
    return {
        name: Grade(Severity(said["severity"]), said.get("reason"))
        for name, said in table.get("rules", {}).items()
    }


def attestations_of(table: Mapping[str, Any]) -> dict[str, Attestation]:
    """What is vouched for, by the ids of controls."""
    return {
        said["control"]: Attestation(
            said["statement"], said["owner"], said["on"].isoformat(), said["expires"].isoformat()
        )
        for said in table.get("attestation", ())
    }


def unfit(
    table: Mapping[str, Any], prefix: Path, now: float, catalogue: Catalogue | None
) -> Iterator[Problem]:
    """What is wrong with tables whose types are right. now: seconds since 1970."""
    today = datetime.datetime.fromtimestamp(now, datetime.UTC).date()
    said = table.get("attestation", [])
    names: set[str] = set()
    for position, one in enumerate(said):
        place: Path = (*prefix, "attestation", position)
        if (problem := _time(one, today)) is not None:
            yield Problem(place, problem)
        if one["control"] in names:
            yield Problem(
                (*place, "control"), "is attested twice; keep the statement that holds today"
            )
        names.add(one["control"])
    if catalogue is None:
        return
    yield from _unfit_rules(table, prefix, catalogue)
    if not (said or "controls" in table):
        return
    known = catalogue.controls()
    for name in table.get("controls", {}):
        if name not in known:
            yield Problem((*prefix, "controls", name), _unknown(name, known))
    attestable = catalogue.attestable() if said else ()
    for position, one in enumerate(said):
        name = one["control"]
        place = (*prefix, "attestation", position, "control")
        if name not in known:
            yield Problem(place, _unknown(name, known))
        elif name not in attestable:
            yield Problem(place, _MEASURED)


def _unfit_rules(table: Mapping[str, Any], prefix: Path, catalogue: Catalogue) -> Iterator[Problem]:
    """Where it speaks of rules that are none, so that a slip would change nothing, or makes less of one
    without a reason."""
    named: list[tuple[Path, str]] = [
        ((*prefix, "rules", name), name) for name in table.get("rules", {})
    ]
    for position, one in enumerate(table.get("waiver", ())):
        named.append(((*prefix, "waiver", position, "rule"), one["rule"]))
    if not named:
        return
    known = catalogue.severities({name for _, name in named})
    for place, name in named:
        if name not in known and (problem := _no_rule(name, known, catalogue)) is not None:
            yield Problem(place, problem)
    for name, said in table.get("rules", {}).items():
        is_less = name in known and Severity(said["severity"]).rank < known[name].rank
        if is_less and "reason" not in said:
            yield Problem((*prefix, "rules", name), _LESS.format(known[name]))


def _no_rule(name: str, known: Mapping[str, Severity], catalogue: Catalogue) -> str | None:
    """What to say of an unknown id; None where it may be that of a rule which is in use elsewhere."""
    near = did_you_mean(name, tuple(known))
    if near is None and not (known and catalogue.is_whole):
        return None
    return f"is no rule's id; {near or 'antkey rules list names all'}"


def _time(one: Mapping[str, Any], today: datetime.date) -> str | None:
    about = f"the attestation of {one['control']} by {one['owner']}"
    if one["expires"] < today:
        return f"{about} expired on {one['expires']}; have it confirmed and renew on and expires"
    if one["on"] > today:
        return f"{about} is dated {one['on']}, which is yet to come; mend on"
    return None


def _unknown(name: str, known: Collection[str]) -> str:
    return _NO_CONTROL.format(did_you_mean(name, tuple(known)) or _LISTED)
