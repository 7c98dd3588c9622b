"""Which rules nothing could have broken in recorded traffic, and why: their silence is no proof. Pure."""

from __future__ import annotations

from collections.abc import Collection

from antkey_scanner.egress.book import Book
from antkey_scanner.egress.rule import NO_KEY_SCENARIO
from antkey_scanner.policy.egress import EgressPolicy


def out_of_reach(
    policy: EgressPolicy,
    books: Collection[Book],
    scenarios: Collection[str | None] = (),
    *,
    answers: bool = True,
) -> dict[str, str]:
    """By rule why it could not be broken, and the cure.

    books: those that the requests were judged by; scenarios: those that they name; answers: whether a
    recording was of a kind that tells of web pages and keeps answers.
    """
    off = {}
    if not policy.allowed_models:
        off["egress-model-not-allowed"] = "no model is named; set [egress] allowed_models"
    if not policy.surfaces:
        off["egress-not-seen"] = "no surface is declared; set [egress] surfaces"
    if policy.fallback != "never":
        off["egress-request-without-tenant-key"] = (
            "the policy lets tenants without a key use the platform's"
        )
    elif NO_KEY_SCENARIO not in scenarios:
        off["egress-request-without-tenant-key"] = (
            "records of traffic have no scenario; use antkey egress run --scenario no-key"
        )
    if not any(book.has_ended_keys for book in books):
        off["egress-stale-key"] = (
            "no key has an end or a successor; record revoked_at, expires_at or replaces"
        )
    if not answers:
        recorded = "no recording tells of pages and their answers; add a HAR file"
        off["egress-key-in-browser"] = off["egress-key-in-response"] = recorded
    return off
