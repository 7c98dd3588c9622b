"""Whoever made a key may have kept a copy of it; when they leave, it leaves with them.

Judged once `members` are listed: of an active key, the one who created it and the one whom it is bound to at
Anthropic must be listed and `active`, by id or by e-mail (upper and lower case are the same in e-mails).
A service account that created a key is missing evidence where no service account is listed at all, because
Anthropic does not show them to an Admin API key; whoever is known to have left is told nevertheless.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from antkey_scanner.inventory.records import KeyRecord, Member
from antkey_scanner.inventory.rule import Breach, Case, Gap, KeyRule
from antkey_scanner.model import Confidence, Example, Rule, Severity

_SERVICE_ACCOUNT = "svac_"

_NOT_LISTED = "is not among the members"


class _People:
    """What became of whom."""

    def __init__(self, members: Sequence[Member]) -> None:
        self._status: dict[str, str] = {}
        self._accounts = any(
            member.kind == "service_account" or (member.id or "").startswith(_SERVICE_ACCOUNT)
            for member in members
        )
        for member in members:
            status = member.status.lower()
            for name in (member.id, member.email and member.email.lower()):
                if name and (status != "active" or name not in self._status):
                    self._status[name] = status
        self._problems: dict[str, str] = {}

    def problem(self, person: str) -> str:
        """Why a person cannot own a key, "" when they can."""
        known = self._problems.get(person)
        if known is None:
            known = self._problems[person] = self._problem(person)
        return known

    def cannot_tell(self, person: str) -> bool:
        """Whether it is a service account, and none are listed."""
        return not self._accounts and person.startswith(_SERVICE_ACCOUNT)

    def _problem(self, person: str) -> str:
        name = person.lower() if "@" in person else person
        status = self._status.get(name, "not listed")
        if status == "active" or self.cannot_tell(person):
            return ""
        if status == "not listed":
            return _NOT_LISTED
        return f"is among the members with the status {status}"


def _check(case: Case) -> Iterator[Breach | Gap]:
    people = _People(case.inventory.members or ())
    for key in case.inventory.keys:
        if key.status != "active":
            continue
        problems = list(_problems(key, people))
        if problems:
            yield Breach(key, f"{key.label}: {_together(problems)}")
        elif _is_in_doubt(key, people):
            yield Gap(
                key, "its service account cannot be looked up; list service accounts as members"
            )


def _is_in_doubt(key: KeyRecord, people: _People) -> bool:
    """Whether only a service account that nobody can look up answers for the key."""
    person, field = key.created_by, "created_by"
    if not person:
        person, field = key.principal, "principal"
    return bool(person) and (field in key.unknown or people.cannot_tell(person or ""))


def _together(problems: list[tuple[str, str]]) -> str:
    """One sentence: often both are one person, by e-mail in one file and by id in the other."""
    if [problem for _, problem in problems] == [_NOT_LISTED] * 2:
        return f"{problems[0][0]} and {problems[1][0]} are not among the members"
    return " and ".join(f"{who} {problem}" for who, problem in problems)


def _problems(key: KeyRecord, people: _People) -> Iterator[tuple[str, str]]:
    creator, principal = key.created_by, key.principal
    if creator and "created_by" not in key.unknown:
        problem = people.problem(creator)
        if problem:
            yield f"{creator}, who created it,", problem
    if principal and principal != creator and "principal" not in key.unknown:
        problem = people.problem(principal)
        if problem:
            yield f"{principal}, whom it is bound to,", problem


def _off(case: Case) -> str | None:
    if case.inventory.members is None:
        return "no members are listed; add members, or read them with antkey keys sync"
    return None


RULE = KeyRule(
    Rule(
        id="key-owner-left",
        title="Key of somebody who has left",
        family="rotation",
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "Rotate the key: have somebody who stays, or a service account, create a new one, deploy it,"
            " verify that requests run on it, and disable the old one. If the member is there under"
            " another id or address, record that in created_by."
        ),
        requirements=("M5",),
        frameworks=("SOC2:CC6.2", "ISO27001:A.6.5", "NIST800-53:PS-4", "NIST800-53:AC-2(3)"),
        examples=(
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                'keys = [{name = "prod-api-2026-11-01", created_by = "bo@example.com"}]\n'
                'members = [{id = "user_01", email = "ada@example.com", status = "active"}]',
                matches=True,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                'keys = [{name = "prod-api-2026-11-01", created_by = "user_01"}]\n'
                'members = [{id = "user_01", email = "ada@example.com", status = "deactivated"}]',
                matches=True,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                'keys = [{name = "prod-api-2026-11-01", created_by = "Ada@Example.com"}]\n'
                'members = [{id = "user_01", email = "ada@example.com", status = "active"}]',
                matches=False,
            ),
        ),
    ),
    _check,
    _off,
)
