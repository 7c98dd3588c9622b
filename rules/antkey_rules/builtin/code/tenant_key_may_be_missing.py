"""An SDK that is given no key looks for one: in the environment, then in a profile on disk. `None`, `undefined`,
`nil` and an option that is left out all count as no key, so that a tenant without a key runs on the platform's
although no line of code says so.

What counts is a client of Anthropic's or of a framework's (see docs/code-rules.md for what each does) that is
given a tenant's key which the code itself says may be missing: by its type, by `?.`, `or None`, `.get()`, or by
handing it over on a condition; and a client made from another with such a key (`with_options`), which keeps the
other's where it is given none. Where the code refuses before that, nothing is found.
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.code import absent, sdks
from antkey_scanner.code.anchors import has_any
from antkey_scanner.code.rule import CodeRule, Hit, Source
from antkey_scanner.code.terms import Term
from antkey_scanner.code.whose import Whose, both
from antkey_scanner.code.words import names
from antkey_scanner.model import Confidence, Example, Rule, Severity

_MESSAGE = "without the tenant's key this client takes the platform's from the environment"
_COPIED = "without the tenant's key this client keeps the one that it is made from has"


def _check(source: Source) -> Iterator[Hit]:
    copies = sdks.may_copy(source.module.text)
    sections = source.module.sections_of(source.owner.anchors)
    if copies:
        sections = sorted({at for one in sdks.SPOKEN for at in source.module.sections_with(one)})
    for call in source.module.parts("calls", sections):
        if not copies and not has_any(source.owner.anchors, call.span.start, call.span.end):
            continue
        if not _may_make(call.callee):
            continue
        text = source.module.text[call.span.start : call.span.end]
        for term in source.owner.terms(text)[:1]:
            message = _falls_to(term)
            if not message:
                continue
            given = both(source.owner.of_term(key, call.span) for key in sdks.keys(term))
            if given is Whose.TENANT and absent.may_be(source, call, text):
                yield Hit(call.span, message, text)


def _may_make(callee: str) -> bool:
    """Whether a call may make a client, at a first look."""
    return sdks.may_make_client(names(callee)) or sdks.may_copy(f"{callee}(")


def _falls_to(term: Term) -> str:
    """What happens where a client is given no key; nothing is said of what is no client."""
    if sdks.is_copy(term):
        return _COPIED
    return _MESSAGE if sdks.is_client(term) and sdks.reads_environment(term) else ""


RULE = CodeRule(
    Rule(
        id="tenant-key-may-be-missing",
        title="Client given a tenant's key that may be missing",
        family="code",
        severity=Severity.HIGH,
        confidence=Confidence.MEDIUM,
        why=__doc__,
        remedy=(
            "Raise an error where the key is missing, before the client is built. In Go add"
            " option.WithoutEnvironmentDefaults(); elsewhere keep the platform's variables out of the processes"
            " that serve tenants."
        ),
        requirements=("M1", "V1", "M2"),
        frameworks=("SOC2:CC6.1", "NIST800-53:AC-4", "CWE-1188"),
        examples=(
            Example('a.py: client = Anthropic(api_key=tenant.get("api_key"))', matches=True),
            Example("a.ts: const client = new Anthropic({ apiKey: tenant?.apiKey })", matches=True),
            Example(
                'a.py: kwargs = {}\nif tenant.api_key:\n    kwargs["api_key"] = tenant.api_key\nclient = Anthropic(**kwargs)',
                matches=True,
            ),
            Example(
                'a.py: key = tenant.get("api_key")\nif not key:\n    raise MissingKey(tenant["id"])\n'
                "client = Anthropic(api_key=key)",
                matches=False,
            ),
            Example(
                "a.ts: const client = new Anthropic({ apiKey: requireKey(tenant.apiKey) })",
                matches=False,
            ),
            Example('a.py: client = Anthropic(api_key=args.get("api_key"))', matches=False),
        ),
    ),
    _check,
)
