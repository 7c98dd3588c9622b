"""Which rules nothing could have broken in what was seen, and why: their silence is no proof. Pure."""

from __future__ import annotations

from collections.abc import Collection

from antkey_scanner.egress.book import Book
from antkey_scanner.egress.rule import NO_KEY_SCENARIO
from antkey_scanner.policy.egress import EgressPolicy

FAULT_SCENARIOS = ("401", "403", "429", "529", "timeout", "cut-stream")
"""The scenarios in which a tenant's key is answered with a fault."""

_WITHOUT_KEY = "egress-request-without-tenant-key"


def out_of_reach_of_run(
    policy: EgressPolicy, scenarios: Collection[str], rotations: int
) -> dict[str, str]:
    """Of a wrapped run: by rule why it could not be broken, and the cure.

    scenarios: those that were played; rotations: how many requests were seen on a new key.
    """
    off = _by_policy(policy)
    if not set(FAULT_SCENARIOS).intersection(scenarios):
        off["egress-fallback-on-error"] = "no fault was played; add --scenario 429 and the like"
    if NO_KEY_SCENARIO not in scenarios:
        off.setdefault(_WITHOUT_KEY, "it was not played; add --scenario no-key")
    if not rotations:
        off["egress-stale-key"] = "no request was seen on a new key; play --scenario rotate"
    off["egress-many-keys"] = "each tenant has one key in a run; use antkey egress replay"
    recorded = "a command's own requests cannot show it; use antkey egress replay"
    off["egress-key-in-browser"] = off["egress-key-in-response"] = recorded
    return off


def out_of_reach_of_records(
    policy: EgressPolicy,
    books: Collection[Book],
    scenarios: Collection[str | None] = (),
    *,
    answers: bool = True,
    faults: bool = True,
) -> dict[str, str]:
    """Of recorded traffic: by rule why it could not be broken, and the cure.

    books: those that the requests were judged by; scenarios: those that they name; answers: whether a
    recording was of a kind that tells of web pages and keeps answers; faults: whether a tenant's key was
    ever answered with a fault.
    """
    off = _by_policy(policy)
    if NO_KEY_SCENARIO not in scenarios:
        reason = (
            "what happens without a key was not played; use antkey egress run --scenario no-key --evidence"
            " FILE -- COMMAND"
        )
        off.setdefault(_WITHOUT_KEY, reason)
    if not faults:
        off["egress-fallback-on-error"] = (
            "no fault on a tenant's key was recorded; play some, antkey egress run --scenario 429 --scenario"
            " 401 --evidence FILE -- COMMAND"
        )
    if not any(book.has_ended_keys for book in books):
        off["egress-stale-key"] = (
            "no key has an end or a successor; record revoked_at, expires_at or replaces"
        )
    if not answers:
        recorded = "no recording tells of pages and their answers; add a HAR file"
        off["egress-key-in-browser"] = off["egress-key-in-response"] = recorded
    return off


def _by_policy(policy: EgressPolicy) -> dict[str, str]:
    off = {}
    if not policy.allowed_models:
        off["egress-model-not-allowed"] = "the policy names no models; add [egress] allowed_models"
    if not policy.surfaces:
        off["egress-not-seen"] = "the policy names no surfaces; add [egress] surfaces"
    if policy.fallback != "never":
        off[_WITHOUT_KEY] = "the policy lets tenants without a key use the platform's"
    return off
