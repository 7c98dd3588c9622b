"""A tenant's key that Anthropic refuses (401, 403), that has reached its limits (429) or that meets an overload
(529) is the tenant's to know of. A second try on the platform's key hides it, and moves the cost.

What counts is a handler, or what is done on such a status, in which something is sent with the platform's key or
client after something was sent with a tenant's. A second try with the same key does not count.
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.code import mixing, sdks, uses
from antkey_scanner.code.module import Call, Span
from antkey_scanner.code.rule import CodeRule, Hit, Source
from antkey_scanner.code.whose import Whose
from antkey_scanner.late import late
from antkey_scanner.model import Confidence, Example, Rule, Severity

_MESSAGE = "after an error on the tenant's key the platform's is tried"
_STATUS = late(
    r"(?i)\b(?:401|403|429|529|5\d\d)\b|status|rate_?limit|overloaded|unauthori|too_?many|\.ok\b|is_?err|err\s*!=\s*nil"
    r"|success|failed|quota|TooManyRequests"
)


def _check(source: Source) -> Iterator[Hit]:
    for pair in mixing.pairs(source):
        if pair.on_error and uses.requests(pair.either.right):
            yield Hit(pair.either.span, _MESSAGE, f"{pair.either.left} {pair.either.right}")
    for call in source.module.with_word("calls", "fallbacks"):
        if "fallbacks" in call.named and _falls_back(source, call):
            yield Hit(
                call.span, "another model is tried on the platform's key", call.named["fallbacks"]
            )
    for branched in mixing.choices(source):
        if branched.on_error and uses.requests(branched.ours):
            yield Hit(branched.choice.span, _MESSAGE, branched.ours)
    for caught in source.owner.near("catches"):
        if source.owner.may_be_platforms(caught.span) and mixing.tries_tenants(source, caught):
            hit = _sent(source, caught.span)
            if hit is not None:
                yield hit
    for test in source.owner.near("tests"):
        if not source.owner.may_be_platforms(test.then_span):
            continue
        if _STATUS.search(test.condition) and _was_sent(source, test.span):
            hit = _sent(source, test.then_span)
            if hit is not None:
                yield hit


def _falls_back(source: Source, call: Call) -> bool:
    """`litellm.completion(api_key=tenant.key, fallbacks=[{"api_key": PLATFORM_KEY}])`."""
    given = [
        source.owner.of(value, call.span)
        for name, value in call.named.items()
        if sdks.is_key_label(name)
    ]
    return any(one.has_tenant for one in given) and (
        source.owner.of(call.named["fallbacks"], call.span).has_platform
    )


def _sent(source: Source, span: Span) -> Hit | None:
    """What is sent with the platform's key in a place."""
    for text, place in mixing.within(source, span):
        if uses.requests(text) and source.owner.of(text, place) is Whose.PLATFORM:
            return Hit(place, _MESSAGE, text)
    return None


def _was_sent(source: Source, span: Span) -> bool:
    """Whether something was sent with a tenant's key before, in the same function."""
    function = source.owner.scopes.function(span)
    if function is None:
        return False
    before = Span(function.span.start, span.start, 0, 0)
    return any(
        uses.requests(text) and source.owner.of(text, place).has_tenant
        for text, place in mixing.within(source, before)
    )


RULE = CodeRule(
    Rule(
        id="tenant-key-retried-on-platform-key",
        title="Second try on the platform's key",
        family="code",
        severity=Severity.HIGH,
        confidence=Confidence.MEDIUM,
        why=__doc__,
        remedy=(
            "Try again with the same key and a delay, or give the error to the tenant; build no client with"
            " another key in a handler."
        ),
        requirements=("M4", "A7"),
        frameworks=("SOC2:CC6.1", "NIST800-53:SI-11", "CWE-636"),
        examples=(
            Example(
                "a.py: try:\n    return tenant_client.messages.create(**request)\nexcept anthropic.RateLimitError:\n"
                "    return platform_client.messages.create(**request)",
                matches=True,
            ),
            Example(
                "a.ts: async function ask(tenantClient, request) {\n  try {\n"
                "    return await tenantClient.messages.create(request);\n  } catch (error) {\n"
                "    return await new Anthropic().messages.create(request);\n  }\n}",
                matches=True,
            ),
            Example(
                "a.rb: def ask(org)\n  client_for(org.api_key).messages.create(request)\nrescue Anthropic::Errors::APIError\n"
                "  Anthropic::Client.new.messages.create(request)\nend",
                matches=True,
            ),
            Example(
                "a.py: try:\n    return tenant_client.messages.create(**request)\nexcept anthropic.RateLimitError:\n"
                "    time.sleep(2)\n    return tenant_client.messages.create(**request)",
                matches=False,
            ),
            Example(
                "a.ts: async function ask(tenantClient, request) {\n  try {\n"
                "    return await tenantClient.messages.create(request);\n  } catch (error) {\n"
                "    throw new TenantKeyError(error);\n  }\n}",
                matches=False,
            ),
            Example(
                "a.py: try:\n    return claude.messages.create(**request)\nexcept anthropic.OverloadedError:\n"
                "    return backup.messages.create(**request)",
                matches=False,
            ),
        ),
    ),
    _check,
)
