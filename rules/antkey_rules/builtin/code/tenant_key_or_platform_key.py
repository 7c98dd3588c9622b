"""Where an expression takes the platform's key when the tenant's is missing, a tenant's request goes out on
it, and nobody is told: an empty setting, an expired trial or a typing error is enough.

What counts is an operator or a call that puts one value in another's place (`or`, `||`, `??`, `?:`, `? :`,
`switch` and `match` with values, `getattr`, `orElse`, `unwrap_or`, `COALESCE`, a default of a parameter, a list
of keys to try …), a tenant's key on one side of it and the platform's on the other. What only asks whether
there is a key, or shows a part of it, does not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from antkey_scanner.code import mixing, uses
from antkey_scanner.code.module import Span, line_at, line_starts
from antkey_scanner.code.rule import CodeRule, Hit, Source
from antkey_scanner.code.whose import Whose
from antkey_scanner.code.words import is_key, words
from antkey_scanner.model import Confidence, Example, Rule, Severity

_QUERY = re.compile(
    r"(?i)\b(?:coalesce|ifnull|nvl|isnull)\s*\((?P<first>[^(),]{3,120}),(?P<second>[^()]{3,200})\)"
)


def _check(source: Source) -> Iterator[Hit]:
    for pair in mixing.pairs(source):
        if not pair.is_reversed and not pair.on_error:
            either = pair.either
            message = f"the platform's key stands in for the tenant's ({either.how})"
            yield Hit(either.span, message, f"{either.left} {either.right}")
    for one in mixing.choices(source):
        if not one.on_error:
            span = one.choice.span
            text = source.module.text[span.start : span.end]
            yield Hit(span, "a tenant gets the platform's key in one branch", text)
    yield from _defaults(source)
    yield from _lists(source)
    yield from _queries(source)


def _defaults(source: Source) -> Iterator[Hit]:
    """`def ask(tenant, api_key=PLATFORM_KEY)`."""
    for assign in source.module.assigns:
        function = source.owner.scopes.function(assign.span)
        if function is None or assign.span.end - function.span.start > len(function.head):
            continue
        if not is_key(words(assign.target), assign.target) or not source.owner.names_tenant(
            function.head
        ):
            continue
        if source.owner.of(assign.value, assign.span) is Whose.PLATFORM:
            yield Hit(
                assign.span, "a tenant's call without a key takes the platform's", function.head
            )


def _lists(source: Source) -> Iterator[Hit]:
    """`for key in [tenant.key, PLATFORM_KEY]`, `keys = [tenant.key, PLATFORM_KEY]`."""
    for assign in source.module.assigns:
        value = assign.value.strip()
        if value[:1] in "[(" and source.owner.of(value, assign.span) is Whose.BOTH:
            if not any(
                assign.span.start <= one.either.span.start < assign.span.end
                for one in mixing.pairs(source)
            ):
                yield Hit(assign.span, "the platform's key is in one list with the tenant's", value)
    for found in _LOOP.finditer(source.module.text):
        span = _span(source, found.start("list"), found.end("list"))
        if source.owner.of(found["list"], span) is Whose.BOTH and not uses.asks(
            source.module, span
        ):
            yield Hit(span, "the platform's key is in one list with the tenant's", found["list"])


_LOOP = re.compile(
    r"\b(?:for|foreach|in|of|next|find|first|range|filter|\.each)\b[^\n\[({]{0,40}(?P<list>[\[(][^\[\]\n]{8,200}[\])])"
)


def _queries(source: Source) -> Iterator[Hit]:
    """`COALESCE(tenant.api_key, defaults.api_key)` in a query."""
    vocabulary = source.owner.vocabulary
    for found in _QUERY.finditer(source.module.text):
        first, second = found["first"], found["second"]
        if "key" not in first.lower() or "key" not in second.lower():
            continue
        after = source.module.text[found.start() : found.end() + 200]
        if vocabulary.is_tenant_name(after) and vocabulary.is_platform_name(second):
            span = _span(source, found.start(), found.end())
            yield Hit(
                span, "a query gives the platform's key for a tenant without one", found.group()
            )


def _span(source: Source, start: int, end: int) -> Span:
    starts = line_starts(source.module.text)
    line = line_at(starts, start)
    return Span(start, end, line, start - starts[line - 1] + 1)


RULE = CodeRule(
    Rule(
        id="tenant-key-or-platform-key",
        title="Platform key in place of a tenant's",
        family="code",
        severity=Severity.HIGH,
        confidence=Confidence.MEDIUM,
        why=__doc__,
        remedy=(
            "Refuse where the tenant's key is missing: raise an error that the tenant can act on, and build"
            " the client with the tenant's key alone."
        ),
        requirements=("M1", "V1", "A7"),
        frameworks=("SOC2:CC6.1", "NIST800-53:AC-4", "CWE-1188"),
        examples=(
            Example('a.py: key = tenant.api_key or os.environ["ANTHROPIC_API_KEY"]', matches=True),
            Example(
                "a.ts: const key = customer.apiKey ?? process.env.ANTHROPIC_API_KEY", matches=True
            ),
            Example("a.rb: key = org.api_key.presence || ENV['ANTHROPIC_API_KEY']", matches=True),
            Example(
                "a.ts: const key = customer.apiKey ?? failWith('no key is saved')", matches=False
            ),
            Example("a.py: key = args.api_key or os.environ['ANTHROPIC_API_KEY']", matches=False),
            Example("a.py: has_key = bool(tenant.api_key or tenant.team.api_key)", matches=False),
        ),
    ),
    _check,
)
