"""Where an expression takes the platform's key when the tenant's is missing, a tenant's request goes out on
it, and nobody is told: an empty setting, an expired trial or a typing error is enough.

What counts is an operator or a call that puts one value in another's place (`or`, `||`, `??`, `?:`, `? :`,
`getattr`, `orElse`, `unwrap_or` …), a tenant's key on one side of it and the platform's on the other, in
either order. Where the policy lets tenants without a key use the platform's, this is told for information:
`antkey egress run --scenario no-key` shows what happens.
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.code.rule import CodeRule, Hit, Source
from antkey_scanner.code.whose import Whose
from antkey_scanner.model import Confidence, Example, Rule, Severity


def _check(source: Source) -> Iterator[Hit]:
    for either in source.module.eithers:
        left = source.owner.of(either.left, either.span)
        right = source.owner.of(either.right, either.span)
        if (left, right) == (Whose.TENANT, Whose.PLATFORM):
            yield Hit(
                either.span,
                f"the platform's key stands in for the tenant's ({either.how})",
                f"{either.left} {either.right}",
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
        frameworks=("SOC2:CC6.1", "NIST800-53:AC-4"),
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
