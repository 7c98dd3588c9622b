"""Anthropic's API takes a key in `x-api-key` or as `Authorization: Bearer`, and SDKs of different versions use one,
the other or both. A request with the tenant's key in one of them and the platform's in the other is answered on
either, and which one that is changes with the version.

What counts is one request, one set of headers or one client that is given a tenant's key and the platform's.
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.code import sdks, uses
from antkey_scanner.code.clients import clients
from antkey_scanner.code.rule import CodeRule, Hit, Source
from antkey_scanner.code.uses import Header
from antkey_scanner.code.whose import Whose, both
from antkey_scanner.model import Confidence, Example, Rule, Severity

_NEAR = 1200
_MESSAGE = "one request carries the tenant's key and the platform's"


def _check(source: Source) -> Iterator[Hit]:
    has_header = any(word in source.module.text for word in ("-key", "-Key", "-KEY"))
    found = list(uses.headers(source.module.text)) if has_header else []
    spans = {one: source.owner.scopes.span(one.start, one.end) for one in found}
    for one in found:
        if one.name != "x-api-key":
            continue
        for other in found:
            if other.name == "authorization" and _are_together(source, one, other):
                owners = {source.owner.of(each.value, spans[each]) for each in (one, other)}
                if owners == {Whose.TENANT, Whose.PLATFORM}:
                    yield Hit(spans[min(one, other)], _MESSAGE, f"{one.value} {other.value}")
    yield from _clients(source)


def _are_together(source: Source, one: Header, other: Header) -> bool:
    if abs(one.start - other.start) > _NEAR:
        return False
    scopes = source.owner.scopes
    places = (scopes.span(each.start, each.end) for each in (one, other))
    return len({scopes.function(place) for place in places}) == 1


def _clients(source: Source) -> Iterator[Hit]:
    """A client that is given a key and a token."""
    for call, term, text in clients(source):
        given = [arg for arg in sdks.keys(term) if sdks.is_key_label(arg.label)]
        if len({arg.label for arg in given}) < 2:
            continue
        owners = [source.owner.of_term(arg, call.span) for arg in given]
        if both(owners) is Whose.BOTH and Whose.BOTH not in owners:
            yield Hit(call.span, _MESSAGE, text)


RULE = CodeRule(
    Rule(
        id="tenant-key-beside-platform-key",
        title="Tenant's and platform's key in one request",
        family="code",
        severity=Severity.HIGH,
        confidence=Confidence.MEDIUM,
        why=__doc__,
        remedy=(
            "Send one credential: pass the tenant's key to the SDK and nothing in the headers, and clear the"
            " variable for the other one (`ANTHROPIC_AUTH_TOKEN`) in the process."
        ),
        requirements=("M1", "A3"),
        frameworks=("SOC2:CC6.1", "NIST800-53:AC-4"),
        examples=(
            Example(
                'a.py: headers = {"x-api-key": os.environ["ANTHROPIC_API_KEY"], "Authorization": f"Bearer {tenant.api_key}"}',
                matches=True,
            ),
            Example(
                "a.ts: const headers = { 'x-api-key': tenant.apiKey, Authorization: `Bearer ${process.env.ANTHROPIC_AUTH_TOKEN}` }",
                matches=True,
            ),
            Example(
                'a.py: client = Anthropic(api_key=tenant.api_key, auth_token=os.environ["ANTHROPIC_AUTH_TOKEN"])',
                matches=True,
            ),
            Example(
                'a.py: headers = {"x-api-key": tenant.api_key, "anthropic-version": VERSION}',
                matches=False,
            ),
            Example(
                "a.ts: const headers = { 'x-api-key': tenant.apiKey, Authorization: `Bearer ${tenant.apiKey}` }",
                matches=False,
            ),
            Example(
                'a.py: headers = {"x-api-key": tenant.api_key, "Authorization": f"Bearer {os.environ[\'HELICONE_API_KEY\']}"}',
                matches=False,
            ),
        ),
    ),
    _check,
)
