"""Judges an inventory by rules: findings, and what could not be judged. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, assert_never

from antkey_scanner.inventory.records import KeyRecord, Member
from antkey_scanner.inventory.rule import Breach, Case, Gap, KeyRule
from antkey_scanner.inventory.times import DAY, LAST, rfc3339
from antkey_scanner.model import Finding, KeyRef, Location


class Judged(NamedTuple):
    """What became of an inventory. gaps: by rule, the keys that it could not judge; off: by rule, why it
    had nothing to judge by."""

    findings: tuple[Finding, ...]
    gaps: dict[str, tuple[Gap, ...]]
    off: dict[str, str]


def judge(case: Case, rules: Sequence[KeyRule]) -> Judged:
    """Every rule's verdict. Findings come by place, then by rule."""
    findings: list[Finding] = []
    refs: dict[int, KeyRef] = {}
    gaps: dict[str, tuple[Gap, ...]] = {}
    off: dict[str, str] = {}
    for rule in rules:
        name = rule.rule.id
        reason = rule.off(case)
        if reason is not None:
            off[name] = reason
            continue
        missing: list[Gap] = []
        for verdict in rule.check(case):
            match verdict:
                case Breach():
                    findings.append(_finding(rule, verdict, case, refs))
                case Gap():
                    missing.append(verdict)
                case _:
                    assert_never(verdict)
        if missing:
            gaps[name] = tuple(missing)
    findings.sort(key=lambda one: (one.location.path, one.location.line or 0, one.rule.id))
    return Judged(tuple(findings), gaps, off)


def _finding(rule: KeyRule, breach: Breach, case: Case, refs: dict[int, KeyRef]) -> Finding:
    """refs: what is known of keys already, by the identity of their records."""
    record = breach.record
    if record is None:
        told = () if breach.tenant is None else (breach.tenant,)
        return Finding(rule.rule, _whole(case), breach.message, breach.about, tenants=told)
    anchor = f"{record.label} {breach.about}".rstrip()
    where = Location(record.place.path, record.place.line)
    ref = refs.get(id(record))
    if ref is None:
        ref = refs[id(record)] = key_ref(record, case)
    if breach.match:
        ref = ref._replace(match=breach.match)
    also = tuple(one.label for one in breach.also)
    others = dict.fromkeys(one.tenant for one in breach.also if one.tenant != ref.tenant)
    whose = tuple(filter(None, others))
    return Finding(rule.rule, where, breach.message, anchor, key=ref, also=also, tenants=whose)


def _whole(case: Case) -> Location:
    """The place of what is about no single key: the first file."""
    keys = case.inventory.keys
    return Location(keys[0].place.path if keys else "inventory")


def key_ref(record: KeyRecord, case: Case) -> KeyRef:
    """How findings and tables name a key."""
    created = record.created_at
    return KeyRef(
        name=record.label,
        environment=record.environment,
        service=record.service,
        tenant=record.tenant,
        owner=_owner(record, case.inventory.members or ()),
        status=record.status,
        role=record.role,
        created_at=None if created is None else rfc3339(created),
        age_days=None if created is None else (case.now - created) // DAY,
        age_from=None if created is None else record.age_from,
        due_at=_due_at(record, case),
        hint=record.hint,
        id=record.id,
        sha256=record.fingerprint,
        replaces=record.replaces,
        revoked_at=None if record.revoked_at is None else rfc3339(record.revoked_at),
    )


def _due_at(record: KeyRecord, case: Case) -> str | None:
    if record.created_at is None or not record.is_active:
        return None
    most = case.policy.limits_of(record.environment).max_age_days * DAY
    return rfc3339(min(record.created_at + most, LAST))


def _owner(record: KeyRecord, members: Sequence[Member]) -> str | None:
    """Whom to ask: by e-mail where the members have one for the id."""
    owner = record.principal or record.created_by
    if owner is None or "@" in owner:
        return owner
    return next((one.email or owner for one in members if one.id == owner), owner)
