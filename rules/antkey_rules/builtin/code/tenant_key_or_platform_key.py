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

from antkey_scanner.code import merged, mixing, standins, uses
from antkey_scanner.code.module import Span
from antkey_scanner.code.rule import CodeRule, Hit, Source
from antkey_scanner.code.whose import Whose
from antkey_scanner.code.words import is_key, is_of_others, words
from antkey_scanner.late import late
from antkey_scanner.model import Confidence, Example, Rule, Severity

_QUERY = late(
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
    for either in standins.shipped(source):
        message = "the key that the app was built with stands in for its user's"
        yield Hit(either.span, message, f"{either.left} {either.right}")
    for call in standins.built_in(source):
        message = "the key that the app was built with stands in for its user's"
        yield Hit(call.span, message, call.callee)
    for span, text in merged.merges(source):
        yield Hit(
            span, "a tenant's settings lie over the platform's key, which stays without one", text
        )
    yield from _defaults(source)
    yield from _lists(source)
    yield from _queries(source)


def _defaults(source: Source) -> Iterator[Hit]:
    """`def ask(tenant, api_key=PLATFORM_KEY)`."""
    for assign in source.owner.near("assigns"):
        function = source.owner.scopes.function(assign.span)
        if function is None or assign.span.end - function.span.start > len(function.head):
            continue
        if not source.owner.may_be_platforms(assign.span, assign.value):
            continue
        named = words(assign.target)
        if not is_key(named, assign.target) or is_of_others(named, assign.target):
            continue
        if not source.owner.names_tenant(function.head):
            continue
        if source.owner.of(assign.value, assign.span) is Whose.PLATFORM:
            yield Hit(
                assign.span, "a tenant's call without a key takes the platform's", function.head
            )


def _lists(source: Source) -> Iterator[Hit]:
    """`for key in [tenant.key, PLATFORM_KEY]`, `keys = [tenant.key, PLATFORM_KEY]`."""
    for assign in source.owner.near("assigns"):
        value = assign.value.strip()
        if source.owner.may_be_platforms(assign.span, value) and _is_list(
            source, value, assign.span
        ):
            yield Hit(assign.span, _IN_LIST, assign.value)
    for found in _loops(source):
        span = source.owner.scopes.span(found.start("list"), found.end("list"))
        if _is_list(source, found["list"], span) and not uses.asks(source.module, span):
            yield Hit(span, _IN_LIST, found["list"])


def _loops(source: Source) -> Iterator[re.Match[str]]:
    """The lists that are gone through in lines that may speak of the platform's."""
    text, end = source.module.text, -1
    for at in source.owner.anchors:
        if at > end:
            start, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
            end = len(text) if end < 0 else end
            if end - start < _LONGEST_LINE:
                yield from _LOOP.finditer(text, start, end)


_LONGEST_LINE = 2000
_IN_LIST = "the platform's key is in one list with the tenant's"
_LOOP = late(
    r"\b(?:for|foreach|in|of|next|find|first|range|filter|\.each)\b[^\n\[({]{0,40}(?P<list>[\[(][^\[\]\n]{8,200}[\])])"
)
_ELEMENT = late(r",\s*(?![^(]*\))")


def _is_list(source: Source, text: str, span: Span) -> bool:
    """Whether a list has a tenant's key in one place and the platform's in another."""
    inner = text.partition("{")[2] if text.startswith("[]") else text[1:]
    if text[:1] not in ("[", "(") or "," not in inner or len(text) > 400:
        return False
    elements = [one for one in _ELEMENT.split(inner[:-1]) if one.strip()]
    owners = {source.owner.of(one, span) for one in elements}
    return Whose.TENANT in owners and Whose.PLATFORM in owners and len(elements) < 9


def _queries(source: Source) -> Iterator[Hit]:
    """`COALESCE(tenant.api_key, defaults.api_key)` in a query."""
    if not any(word in source.module.text for word in ("oalesce", "OALESCE", "IFNULL", "ifnull")):
        return
    vocabulary = source.owner.vocabulary
    for found in _QUERY.finditer(source.module.text):
        first, second = found["first"], found["second"]
        if "key" not in first.lower() or "key" not in second.lower():
            continue
        after = source.module.text[found.start() : found.end() + 200]
        if vocabulary.is_tenant_name(after) and vocabulary.is_platform_name(second):
            span = source.owner.scopes.span(found.start(), found.end())
            yield Hit(
                span, "a query gives the platform's key for a tenant without one", found.group()
            )


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
