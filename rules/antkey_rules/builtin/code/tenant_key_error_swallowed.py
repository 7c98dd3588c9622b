"""A key that cannot be decrypted or looked up is an incident. Where the error is caught and the platform's key
taken, it is none: requests go on, and the tenant learns of it from nobody.

What counts is a handler (`except`, `catch`, `rescue`, `err != nil`, `.catch`) around what reads a tenant's key,
with the platform's key in it.
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.code import mixing, uses
from antkey_scanner.code.module import Caught
from antkey_scanner.code.rule import CodeRule, Hit, Source
from antkey_scanner.code.whose import Whose
from antkey_scanner.model import Confidence, Example, Rule, Severity

_MESSAGE = "an error about the tenant's key leads to the platform's"


def _check(source: Source) -> Iterator[Hit]:
    for pair in mixing.pairs(source):
        if pair.on_error and not uses.requests(pair.either.right):
            yield Hit(pair.either.span, _MESSAGE, f"{pair.either.left} {pair.either.right}")
    for branched in mixing.choices(source):
        if branched.on_error and not uses.requests(branched.ours):
            yield Hit(branched.choice.span, _MESSAGE, branched.ours)
    for one in mixing.replaced(source):
        if one.on_error and not uses.requests(one.assign.value):
            yield Hit(one.assign.span, _MESSAGE, f"{one.assign.target} {one.assign.value}")
    for caught in source.owner.near("catches"):
        if source.owner.may_be_platforms(caught.span) and mixing.tries_tenants(source, caught):
            yield from _handled(source, caught)


def _handled(source: Source, caught: Caught) -> Iterator[Hit]:
    for text, span in mixing.kept_in(source, caught.span):
        if source.owner.of(text, span) is Whose.PLATFORM and not uses.requests(text):
            yield Hit(span, _MESSAGE, text)
            return
    done = _done(caught.handler)
    if source.owner.of(done, caught.span) is Whose.PLATFORM and not uses.requests(done):
        yield Hit(caught.span, _MESSAGE, caught.handler)


def _done(handler: str) -> str:
    """What a handler does, without what it is for."""
    first, _, rest = handler.partition("\n")
    return handler.partition("{")[2] if "{" in first else rest


RULE = CodeRule(
    Rule(
        id="tenant-key-error-swallowed",
        title="Platform key after an error with a tenant's",
        family="code",
        severity=Severity.HIGH,
        confidence=Confidence.MEDIUM,
        why=__doc__,
        remedy=(
            "Let the error out, as one that the tenant and your operators see; a key that cannot be read is not"
            " a missing one, and neither is a reason for another key."
        ),
        requirements=("M1", "A7"),
        frameworks=("SOC2:CC6.1", "NIST800-53:SI-11", "CWE-390"),
        examples=(
            Example(
                "a.py: try:\n    key = decrypt(tenant.api_key)\nexcept DecryptionError:\n"
                '    key = os.environ["ANTHROPIC_API_KEY"]',
                matches=True,
            ),
            Example(
                "a.ts: async function f(org: Org) {\n  try {\n    return await decrypt(org.anthropicKey);\n"
                "  } catch {\n    return process.env.ANTHROPIC_API_KEY;\n  }\n}",
                matches=True,
            ),
            Example(
                "a.rb: def key_of(account)\n  decrypt(account.api_key)\nrescue StandardError\n"
                "  ENV['ANTHROPIC_API_KEY']\nend",
                matches=True,
            ),
            Example(
                "a.py: try:\n    key = decrypt(tenant.api_key)\nexcept DecryptionError as error:\n"
                "    raise KeyUnreadable(tenant.id) from error",
                matches=False,
            ),
            Example(
                "a.ts: async function f() {\n  try {\n    return await secrets.get('anthropic-key');\n"
                "  } catch {\n    return process.env.ANTHROPIC_API_KEY;\n  }\n}",
                matches=False,
            ),
            Example(
                "a.py: try:\n    model = load_model(tenant.id)\nexcept LookupError:\n"
                '    model = os.environ["ANTHROPIC_MODEL"]',
                matches=False,
            ),
        ),
    ),
    _check,
)
