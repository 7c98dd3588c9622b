"""A function that gives back the tenant's key, and the platform's when there is none, hides the choice: whoever
calls it believes that it has the tenant's key.

What counts is a function with a tenant's key (or a client with it) in one `return` and the platform's in a later
one, and in the same file each call of a function that may give back either.
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.code import givenback, mixing, standins, uses
from antkey_scanner.code.rule import CodeRule, Hit, Source
from antkey_scanner.code.whose import Whose
from antkey_scanner.code.words import is_key, names, words
from antkey_scanner.model import Confidence, Example, Rule, Severity

_MOST_CALLS = 50


def _check(source: Source) -> Iterator[Hit]:
    for function, returned, is_first in givenback.returns(source):
        if not is_first and mixing.on_error(source, returned.span) is None:
            name = function.name or "a function"
            message = f"{name} gives back the platform's key for a tenant without one"
            yield Hit(returned.span, message, f"{function.name} {returned.value}")
    for function, returned in standins.wrapped(source):
        name = function.name or "a function"
        message = f"{name} gives back what everybody shares for a tenant without a key"
        yield Hit(returned.span, message, f"{function.name} {returned.value}")
    yield from _callers(source)


def _callers(source: Source) -> Iterator[Hit]:
    helpers = {
        function.name
        for function in source.owner.near("functions")
        if _gives_keys(function.name)
        and not uses.is_question(function.name)
        and source.owner.may_be_platforms(function.span)
        and source.owner.gives(function) is Whose.BOTH
        and function.span not in givenback.spared(source)
    }
    if not helpers:
        return
    left = _MOST_CALLS
    sections = {at for name in helpers for at in source.module.sections_with(name)}
    for call in source.module.parts("calls", sorted(sections)):
        name = (names(call.callee[-60:]) or [""])[-1]
        if name in helpers and left and source.owner.of_call(call) is Whose.BOTH:
            left -= 1
            yield Hit(
                call.span,
                f"{name} may give back the platform's key",
                f"{call.callee} {call.arguments}",
            )


def _gives_keys(name: str) -> bool:
    """Whether a function is named after a key, or a client."""
    spoken = words(name)
    return is_key(spoken, name) or not {"client", "anthropic", "claude", "credential"}.isdisjoint(
        spoken
    )


RULE = CodeRule(
    Rule(
        id="tenant-key-helper-falls-back",
        title="Function that gives back the platform's key for a tenant",
        family="code",
        severity=Severity.HIGH,
        confidence=Confidence.MEDIUM,
        why=__doc__,
        remedy=(
            "Make it two functions: one gives back the tenant's key or raises, the other the platform's, and"
            " is called where no tenant is."
        ),
        requirements=("M1", "V1", "A7"),
        frameworks=("SOC2:CC6.1", "NIST800-53:AC-4", "CWE-1188"),
        examples=(
            Example(
                "a.py: def key_of(tenant):\n    if tenant.api_key:\n        return tenant.api_key\n"
                '    return os.environ["ANTHROPIC_API_KEY"]',
                matches=True,
            ),
            Example(
                "a.ts: function clientFor(org) {\n  if (org.anthropicKey) return new Anthropic({ apiKey: org.anthropicKey });\n"
                "  return new Anthropic();\n}",
                matches=True,
            ),
            Example(
                "a.rb: def key_of(account)\n  return account.api_key if account.api_key.present?\n"
                "  ENV.fetch('ANTHROPIC_API_KEY')\nend",
                matches=True,
            ),
            Example(
                "a.py: def key_of(tenant):\n    if tenant.api_key:\n        return tenant.api_key\n"
                "    raise MissingKey(tenant.id)",
                matches=False,
            ),
            Example(
                "a.ts: function isConfigured(org) {\n  if (org.anthropicKey) return true;\n"
                "  return Boolean(process.env.ANTHROPIC_API_KEY);\n}",
                matches=False,
            ),
            Example(
                "a.py: def key():\n    if settings.CLAUDE_API_KEY:\n        return settings.CLAUDE_API_KEY\n"
                '    return os.environ["ANTHROPIC_API_KEY"]',
                matches=False,
            ),
        ),
    ),
    _check,
)
