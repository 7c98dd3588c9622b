"""Runs the examples of rules about requests: a few requests and keys in TOML, taken by the real judge.

An example is an inventory as a user writes it, with `requests = [{tenant = "acme", x-api-key = "NAME"}]`
and, where the rule asks for it, a line `live = true` and lines of a policy such as
`policy.egress.fallback = "never"`. What a request carries is named by the key's name, under the header that
it is in, or `url`, `body`, `response`; a name that is no key's is a key that nobody knows. `fault = "429"`
says what it was answered with. All keys are made up from their names.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from antkey_rules.catalogue import CATALOGUE
from antkey_rules.egress import load_egress_rules, not_seen
from antkey_scanner.egress.book import Book, book_of
from antkey_scanner.egress.coverage import coverage_of
from antkey_scanner.egress.judge import Judge
from antkey_scanner.egress.records import Credential, Request
from antkey_scanner.egress.rule import EgressRule, Fault
from antkey_scanner.errors import PolicyError, RuleError
from antkey_scanner.inventory.files import read_sheet
from antkey_scanner.inventory.records import Inventory, KeyRecord, Place
from antkey_scanner.inventory.times import micros
from antkey_scanner.model import Finding
from antkey_scanner.policy import DEFAULT_PROFILE
from antkey_scanner.policy.controls import overridden
from antkey_scanner.policy.egress import EgressPolicy, egress_policy
from antkey_scanner.policy.kinds import problems
from antkey_scanner.policy.schema import POLICY

_CIRCUMSTANCE = re.compile(
    r"^(?:live|policy\.[a-z_.]+) = .*$|^requests = \[(?:\{.*\}\]|\n(?:  .*\n)*\])$", re.MULTILINE
)
_NOON = 1_795_176_000_000_000  # 2026-11-20T12:00:00Z
_CARRIERS = ("x-api-key", "authorization", "url", "body", "response")
_FIELDS = ("host", "method", "path", "tenant", "surface", "scenario", "model", "status", "browser")


class Case(NamedTuple):
    """An example, ready to be judged. faults: what the request at a position was answered with."""

    requests: tuple[Request, ...]
    faults: Mapping[int, str]
    book: Book
    policy: EgressPolicy
    live: bool = False


def case(text: str) -> Case:
    """What an example holds. Raises RuleError where it is none."""
    circumstances = "\n".join(_CIRCUMSTANCE.findall(text))
    try:
        tables: dict[str, Any] = tomllib.loads(circumstances)
        sheet = read_sheet(_CIRCUMSTANCE.sub("", text).encode(), "example.toml", ".toml")
        requests = tuple(
            _request(row, number) for number, row in enumerate(tables["requests"], start=1)
        )
    except (ValueError, KeyError, TypeError, PolicyError) as error:
        raise RuleError(f"{text!r} is no example: {error!r}; mend it") from None
    policy = tables.get("policy", {})
    wrong = [problem.text for problem in problems(policy, POLICY, ())]
    if wrong:
        raise RuleError(f"{text!r} has no policy: {'; '.join(wrong)}")
    return Case(
        requests,
        {n: row["fault"] for n, row in enumerate(tables["requests"]) if "fault" in row},
        book_of(Inventory(tuple(map(_hashed, sheet.keys)), sheet.members, sheet.tenants)),
        egress_policy(overridden(CATALOGUE.values(policy.get("profile", DEFAULT_PROFILE)), policy)),
        tables.get("live", False),
    )


def judged(case: Case, rules: tuple[EgressRule, ...]) -> tuple[Judge, tuple[Finding, ...]]:
    """The judge after all requests of a case, and what was wrong."""
    judge = Judge(rules, case.policy, case.book, live=case.live)
    for position, request in enumerate(case.requests):
        judge.take(request)
        if position in case.faults and request.tenant is not None:
            fault = Fault(case.faults[position], f"{request.tenant}'s key")
            judge.fault(request.tenant, request.scenario, fault)
    return judge, (*judge.findings(), *_silent(judge))


def check(rule: EgressRule) -> list[str]:
    """Run a rule's own examples. One sentence for each that fails."""
    failures = (_failure(rule, example.text, example.matches) for example in rule.rule.examples)
    return [failure for failure in failures if failure is not None]


def _failure(rule: EgressRule, text: str, wanted: bool) -> str | None:
    name = rule.rule.id
    try:
        judge, findings = judged(case(text), load_egress_rules())
    except RuleError as error:
        return f"{name}: {error}"
    found = any(finding.rule.id == name for finding in findings)
    if wanted:
        return None if found else f"{name}: example {text!r} must match and does not"
    if judge.unjudged:
        return f"{name}: example {text!r} cannot be judged: {', '.join(judge.unjudged)}"
    return f"{name}: example {text!r} must not match and does" if found else None


def _silent(judge: Judge) -> Iterator[Finding]:
    """What the policy declares and no request belongs to."""
    tenants = dict.fromkeys(cell.tenant for cell in judge.seen if cell.tenant is not None)
    for cell in coverage_of([judge], tuple(tenants), judge.policy.surfaces):
        if cell.outcome == "not-seen":
            yield not_seen(f"the surface {cell.surface} of {cell.tenant}", Place("example.toml"))


def _request(row: dict[str, Any], number: int) -> Request:
    unknown = row.keys() - {*_CARRIERS, *_FIELDS, "time", "fault"}
    if unknown:
        raise ValueError(f"{', '.join(sorted(unknown))} is nothing of a request")
    usual = {"host": "api.anthropic.com", "method": "POST", "path": "/v1/messages"}
    fields: dict[str, Any] = {**usual, **{name: row[name] for name in _FIELDS if name in row}}
    time = micros(row["time"]) if "time" in row else _NOON + number
    carried = tuple(_credential(row[name], name) for name in _CARRIERS if name in row)
    return Request(Place("example.toml", number), time, credentials=carried, **fields)


def _credential(name: str, carrier: str) -> Credential:
    return Credential(carrier, "api03", _hint(name), _hash(name))


def _hashed(key: KeyRecord) -> KeyRecord:
    if key.fingerprint is not None or key.hint is not None or key.name is None:
        return key
    return key._replace(fingerprint=_hash(key.name), hint=_hint(key.name))


def _hash(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def _hint(name: str) -> str:
    """What a key of this name would be shown as; no key is, that short."""
    return f"sk-ant-api03-{_hash(name)[:3]}…{_hash(name)[-4:]}"
