"""Which rules nothing could have broken in what was seen, and why: their silence is no proof. Pure."""

from __future__ import annotations

from collections.abc import Collection

from antkey_scanner.egress.book import Book
from antkey_scanner.egress.rule import NO_KEY_SCENARIO
from antkey_scanner.policy.egress import EgressPolicy

FAULT_SCENARIOS = ("401", "403", "429", "529", "timeout", "cut-stream")
"""The scenarios in which a tenant's key is answered with a fault."""

_ROTATE = "rotate"


def out_of_reach_of_run(policy: EgressPolicy, scenarios: Collection[str]) -> dict[str, str]:
    """Of a wrapped run: by rule why it could not be broken, and the cure. scenarios: those played."""
    off = _by_policy(policy)
    if not set(FAULT_SCENARIOS) & set(scenarios):
        off["egress-fallback-on-error"] = "no error was played; add --scenario 429"
    if policy.fallback == "never" and NO_KEY_SCENARIO not in scenarios:
        off["egress-request-without-tenant-key"] = (
            "tenants without a key were not played; add --scenario no-key"
        )
    if _ROTATE not in scenarios:
        off["egress-stale-key"] = "no change of keys was played; add --scenario rotate"
    off["egress-many-keys"] = "each tenant has one key in a run; use antkey egress replay"
    recorded = "pages and their answers show in recordings only; use antkey egress replay"
    off["egress-key-in-browser"] = off["egress-key-in-response"] = recorded
    return off


def out_of_reach_of_records(
    policy: EgressPolicy,
    book: Book,
    scenarios: Collection[str] = (),
    *,
    pages: bool = True,
    answers: bool = True,
    faults: bool = True,
) -> dict[str, str]:
    """Of recorded traffic: as `out_of_reach_of_run`. pages: whether a recording tells which requests are a
    web page's; answers: whether one keeps the bodies of answers; faults: whether one tells the status of
    answers."""
    off = _by_policy(policy)
    if not faults and not set(FAULT_SCENARIOS) & set(scenarios):
        off["egress-fallback-on-error"] = "no record tells an answer's status; record it"
    if policy.fallback == "never" and NO_KEY_SCENARIO not in scenarios:
        off["egress-request-without-tenant-key"] = (
            "records of traffic have no scenario; use antkey egress run --scenario no-key"
        )
    if not book.has_ended_keys:
        off["egress-stale-key"] = (
            "no key has an end or a successor; record revoked_at, expires_at or replaces"
        )
    if not pages:
        off["egress-key-in-browser"] = "no record tells what a web page sent; add a HAR file"
    if not answers:
        off["egress-key-in-response"] = "no record keeps answers; add a HAR file with bodies"
    return off


def _by_policy(policy: EgressPolicy) -> dict[str, str]:
    off = {}
    if not policy.allowed_models:
        off["egress-model-not-allowed"] = "no model is named; set [egress] allowed_models"
    if not policy.surfaces:
        off["egress-not-seen"] = "no surface is declared; set [egress] surfaces"
    if policy.fallback != "never":
        off["egress-request-without-tenant-key"] = (
            "the policy lets tenants without a key use the platform's"
        )
    return off
