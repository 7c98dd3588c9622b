"""Where the environment is looked at first, a tenant's own key is used only as long as nobody sets a key for
the platform: one variable, set for another service on the same machine, and all tenants run on it.

What counts is an operator, or a look at the value that was read before (`if key is None`), with the platform's
key first and a tenant's in its place when it is missing.
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.code import givenback, mixing
from antkey_scanner.code.rule import CodeRule, Hit, Source
from antkey_scanner.model import Confidence, Example, Rule, Severity

_MESSAGE = "the platform's key goes before the tenant's"


def _check(source: Source) -> Iterator[Hit]:
    for pair in mixing.pairs(source):
        if pair.is_reversed:
            either = pair.either
            yield Hit(either.span, f"{_MESSAGE} ({either.how})", f"{either.left} {either.right}")
    for one in mixing.replaced(source):
        if one.is_reversed:
            yield Hit(one.assign.span, _MESSAGE, f"{one.assign.target} {one.assign.value}")
    for _, returned, is_first in givenback.returns(source):
        if is_first:
            yield Hit(returned.span, _MESSAGE, returned.value)


RULE = CodeRule(
    Rule(
        id="tenant-key-after-platform-key",
        title="Platform key before a tenant's own",
        family="code",
        severity=Severity.HIGH,
        confidence=Confidence.MEDIUM,
        why=__doc__,
        remedy=(
            "Read the tenant's key and nothing else for a tenant's request; keep the platform's for requests"
            " of its own, in another function and under another name."
        ),
        requirements=("M1", "V1", "A8"),
        frameworks=("SOC2:CC6.1", "NIST800-53:AC-4", "CWE-1188"),
        examples=(
            Example(
                'a.py: key = os.environ.get("ANTHROPIC_API_KEY") or tenant.api_key', matches=True
            ),
            Example("a.ts: const key = process.env.ANTHROPIC_API_KEY ?? org.apiKey", matches=True),
            Example(
                'a.go: package a\nfunc f(t Tenant) string {\n\tkey := os.Getenv("ANTHROPIC_API_KEY")\n'
                '\tif key == "" {\n\t\tkey = t.TenantKey\n\t}\n\treturn key\n}',
                matches=True,
            ),
            Example("a.py: key = tenant.api_key or tenant.parent.api_key", matches=False),
            Example(
                "a.ts: const key = process.env.ANTHROPIC_API_KEY ?? process.env.CLAUDE_API_KEY",
                matches=False,
            ),
            Example("a.rb: model = ENV['ANTHROPIC_MODEL'] || org.model", matches=False),
        ),
    ),
    _check,
)
