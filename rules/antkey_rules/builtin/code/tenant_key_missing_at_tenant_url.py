"""A base URL that a tenant chose leads to a server of the tenant's choice. The platform's key sent there is the
platform's key given away, and it works for all tenants.

What counts is a client or a request with a URL of a tenant's and the platform's key, or no key at all where the
SDK takes the platform's from the environment.
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.code import sdks, uses
from antkey_scanner.code.clients import clients
from antkey_scanner.code.module import Call, Span
from antkey_scanner.code.rule import CodeRule, Hit, Source
from antkey_scanner.code.terms import Term
from antkey_scanner.code.uses import Header
from antkey_scanner.code.words import words
from antkey_scanner.model import Confidence, Example, Rule, Severity

_MESSAGE = "the platform's key goes to a URL that the tenant chose"
_ADDRESSES = frozenset({"url", "uri", "endpoint", "host", "base", "address"})


def _check(source: Source) -> Iterator[Hit]:
    for call, term, text in clients(source):
        if any(_is_tenants(source, url, call.span) for url in sdks.urls(term)) and (
            source.owner.of_term(term, call.span).has_platform
        ):
            yield Hit(call.span, _MESSAGE, text)
    sent = [one for one in uses.headers(source.text) if _is_platforms(source, one)]
    sections = source.module.sections_of(one.start for one in sent)
    for call in source.module.parts("calls", sections):
        if not any(call.span.start <= one.start and one.end <= call.span.end for one in sent):
            continue
        text = source.text[call.span.start : call.span.end]
        for term in source.owner.terms(text)[:1]:
            if sdks.is_client(term) or not uses.requests(text):
                continue
            if _leads_to_tenant(source, call, term):
                yield Hit(call.span, _MESSAGE, text)


def _is_platforms(source: Source, header: Header) -> bool:
    place = source.owner.scopes.span(header.start, header.end)
    return source.owner.of(header.value, place).has_platform


def _leads_to_tenant(source: Source, call: Call, term: Term) -> bool:
    return any(_is_tenants(source, arg, call.span) for arg in _parts(term.args[:1]))


def _parts(terms: tuple[Term, ...]) -> Iterator[Term]:
    """Parts of expressions, and what they are put together from: `format!("{}/v1", tenant.base_url)`."""
    for term in terms:
        yield term
        yield from term.args


def _is_tenants(source: Source, url: Term, span: Span, hops: int = 3) -> bool:
    """Whether a URL is of a tenant's choice, by its name or by what its name was given."""
    is_address = not _ADDRESSES.isdisjoint(words(" ".join(url.names)))
    if source.owner.is_tenants(url):
        return is_address or sdks.is_url_label(url.label)
    if len(url.names) > 2 or not hops or not is_address:
        return False
    return any(
        source.owner.is_tenants(part) or _is_tenants(source, part, one.span, hops - 1)
        for one in source.owner.values(".".join(url.names), span)
        for part in _parts(source.owner.terms(one.value))
    )


RULE = CodeRule(
    Rule(
        id="tenant-key-missing-at-tenant-url",
        title="Platform key sent to a tenant's URL",
        family="code",
        severity=Severity.CRITICAL,
        confidence=Confidence.MEDIUM,
        why=__doc__,
        remedy=(
            "Take a base URL of a tenant's only together with a key of that tenant's; without one, use neither."
            " Check the URL as `antkey url` does."
        ),
        requirements=("P5", "M1"),
        frameworks=("SOC2:CC6.1", "NIST800-53:AC-4", "CWE-522"),
        examples=(
            Example(
                "a.py: client = Anthropic(api_key=settings.ANTHROPIC_API_KEY, base_url=tenant.base_url)",
                matches=True,
            ),
            Example("a.ts: const client = new Anthropic({ baseURL: org.baseUrl })", matches=True),
            Example(
                "a.go: package a\nfunc f(tenant Tenant) {\n\tclient := anthropic.NewClient("
                'option.WithAPIKey(os.Getenv("ANTHROPIC_API_KEY")), option.WithBaseURL(tenant.BaseURL))\n}',
                matches=True,
            ),
            Example(
                "a.py: client = Anthropic(api_key=tenant.api_key, base_url=tenant.base_url)",
                matches=False,
            ),
            Example(
                'a.py: client = Anthropic(api_key=settings.ANTHROPIC_API_KEY, base_url=os.environ["ANTHROPIC_BASE_URL"])',
                matches=False,
            ),
            Example(
                "a.ts: const client = new Anthropic({ apiKey: org.apiKey, baseURL: org.baseUrl })",
                matches=False,
            ),
        ),
        source="",
    ),
    _check,
    conditional=False,
)
