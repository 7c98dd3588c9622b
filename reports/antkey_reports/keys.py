"""The words for a key of the inventory that a finding is about. Not escaped."""

from __future__ import annotations

from collections.abc import Iterator

from antkey_reports.wording import plural
from antkey_scanner.model import Finding, KeyRef


def about(finding: Finding) -> str | None:
    """What is known of a finding's key and its message does not say yet; None where that is nothing.

    For a key that was found in the open: which key of the inventory it is, and how sure that is.
    """
    key = finding.key
    if key is None:
        return None
    if finding.secret is not None and key.match:
        return _recognised(key)
    words = [word.strip(",;:.()") for word in finding.message.split()]
    fields = [text for text, value in known(key) if value not in words]
    if key.age_days is not None and f" {plural(key.age_days, 'day')} " in f" {' '.join(words)} ":
        fields = [text for text in fields if text != age(key)]
    if key.name not in finding.message:
        fields.insert(0, key.name)
    return ", ".join(fields) or None


def _recognised(key: KeyRef) -> str:
    details = ", ".join(text for text, _ in known(key))
    named = f"{key.name} ({details})"
    if key.match == "probable":
        return f"this is probably {named}; only its hint could be compared"
    return f"this is {named}"


def known(key: KeyRef) -> Iterator[tuple[str, str]]:
    """(what to print, the value in it): `owner ops@example.com` of `ops@example.com`."""
    if key.environment:
        yield key.environment, key.environment
    for noun, value in (
        ("service", key.service),
        ("tenant", key.tenant),
        ("owner", key.owner),
    ):
        if value:
            yield f"{noun} {value}", value
    if key.role != "tenant":
        yield f"{key.role} key", key.role
    old = age(key)
    yield old, old
    yield key.status, key.status


def age(key: KeyRef) -> str:
    """`120 days old`, or that it is not known, or that nothing can be so young."""
    if key.age_days is None:
        return "age not known"
    if key.age_days < 0:
        return "created in the future"
    return f"{plural(key.age_days, 'day')} old"
