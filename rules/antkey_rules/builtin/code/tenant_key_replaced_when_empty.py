"""Where a variable holds the tenant's key and is given the platform's when it is empty, the code after it cannot
tell the two apart, and neither can the log nor the bill.

What counts is a name, a member or an entry such as `kwargs["api_key"]` that is given a tenant's key in one place
and the platform's in another of the same function: after `if key is None`, in an `else`, in a `case`, as a
default that is written over. Where the value is read from another source of the tenant's, nothing is found.
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.code import mixing, standins
from antkey_scanner.code.rule import CodeRule, Hit, Source
from antkey_scanner.model import Confidence, Example, Rule, Severity


def _check(source: Source) -> Iterator[Hit]:
    for one in mixing.replaced(source):
        if one.is_reversed or one.on_error:
            continue
        message = (
            f"{_short(one.assign.target)} gets the platform's key where the tenant's is missing"
        )
        yield Hit(one.assign.span, message, f"{one.assign.target} {one.assign.value}")
    for text, span in mixing.filled(source):
        yield Hit(span, "where the tenant's key is missing the platform's is taken", text)
    for block, theirs in standins.blocks(source):
        message = "a tenant's key replaces the platform's on a condition, else that is used"
        yield Hit(theirs.span, message, f"{block.value} {theirs.target}")


def _short(target: str) -> str:
    return target if len(target) <= 40 and target.isprintable() else "a name"


RULE = CodeRule(
    Rule(
        id="tenant-key-replaced-when-empty",
        title="Tenant's key replaced by the platform's when empty",
        family="code",
        severity=Severity.HIGH,
        confidence=Confidence.MEDIUM,
        why=__doc__,
        remedy=(
            "Return an error where the tenant's key is empty, in the place where the platform's is put into"
            " the variable now."
        ),
        requirements=("M1", "V1", "A7"),
        frameworks=("SOC2:CC6.1", "NIST800-53:AC-4", "CWE-1188"),
        examples=(
            Example(
                'a.go: package a\nfunc f(t Tenant) string {\n\tkey := t.TenantKey\n\tif key == "" {\n'
                '\t\tkey = os.Getenv("ANTHROPIC_API_KEY")\n\t}\n\treturn key\n}',
                matches=True,
            ),
            Example(
                "a.py: key = tenant.api_key\nif not key:\n    key = settings.ANTHROPIC_API_KEY",
                matches=True,
            ),
            Example(
                "a.cs: class A { void F(Tenant tenant) { var key = tenant.ApiKey;\n"
                'if (string.IsNullOrEmpty(key)) { key = _configuration["Anthropic:ApiKey"]; } } }',
                matches=True,
            ),
            Example(
                "a.py: key = tenant.api_key\nif not key:\n    raise MissingKey(tenant.id)",
                matches=False,
            ),
            Example(
                'a.go: package a\nfunc f() string {\n\tkey := os.Getenv("ANTHROPIC_API_KEY")\n\tif key == "" {\n'
                '\t\tkey = os.Getenv("CLAUDE_API_KEY")\n\t}\n\treturn key\n}',
                matches=False,
            ),
            Example(
                "a.py: model = tenant.model\nif not model:\n    model = settings.ANTHROPIC_MODEL",
                matches=False,
            ),
        ),
    ),
    _check,
)
