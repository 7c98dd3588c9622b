"""A client that is made once carries one key for all: the platform's, or that of the tenant who came first.

What counts is a client of the module's, of a class's or of a cache's that is not kept by tenant: one with the
platform's key that a function for a tenant sends with, and one that is made with a tenant's key and kept for
whoever comes next. A cache that has a client for each tenant does not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from antkey_scanner.code import absent, conditions, sdks
from antkey_scanner.code.anchors import has_any
from antkey_scanner.code.module import Assign, Call
from antkey_scanner.code.rule import CodeRule, Hit, Source
from antkey_scanner.code.whose import Whose
from antkey_scanner.code.words import names
from antkey_scanner.late import late
from antkey_scanner.model import Confidence, Example, Rule, Severity

_MEMBER = late(r"(?:(?:this|self|\$this|cls|static|[A-Z]\w*)(?:\.|->|::)\$?|@@?|_)\w+\Z")
_KEY = late(r"[a-zA-Z_]\w{0,40}\??\.(?i:anthropic|claude)_?\w{0,10}(?i:key)\b")
_GIVEN = late(r"\bcreateAnthropic\b|\bapiKey\s{0,5}[:,}]|\bheaders\s{0,5}:")
_LONGEST = 20_000
_DEFAULT = late(
    r"""import\s*\{[^}]{0,200}\banthropic\b(?!\s+as)[^}]{0,200}\}\s*from\s*["']@ai-sdk/anthropic["']"""
)


def _check(source: Source) -> Iterator[Hit]:
    yield from _kept(source)
    yield from _used(source)


def _used(source: Source) -> Iterator[Hit]:
    """What a function for a tenant sends with a client of everybody's."""
    has_default = _DEFAULT.search(source.module.text) is not None
    for call in source.owner.near("calls"):
        if not source.owner.may_be_platforms(call.span, call.callee[:80]):
            continue
        if not _sends(call, has_default) or not _is_for_tenant(source, call):
            continue
        if _is_shared(source, call, has_default):
            yield Hit(
                call.span, "a tenant's request goes out with a client of everybody's", call.callee
            )


def _is_for_tenant(source: Source, call: Call) -> bool:
    """Whether the function around a call is for a tenant, or has a tenant's or a user's key in hand and
    gives it to nobody."""
    if source.owner.works_for_tenant(call.span):
        return not absent.is_judged(source, call.span)
    function = source.owner.scopes.function(call.span)
    if function is None or call.callee != "anthropic" or _GIVEN.search(function.body):
        return False
    return any(
        source.owner.of(found.group(), call.span) is Whose.TENANT
        for found in _KEY.finditer(function.body[:_LONGEST])
    )


def _sends(call: Call, has_default: bool) -> bool:
    found = names(call.callee[-120:])
    if call.callee == "anthropic":
        return has_default
    return len(found) > 1 and found[-1].lower() in _SENDING


_SENDING = frozenset(
    [
        "create",
        "stream",
        "invoke",
        "ainvoke",
        "new",
        "createasync",
        "getclaudemessageasync",
        "complete",
        "generate",
        "createstreaming",
        "call",
        "chat",
        "batch",
        "withrawresponse",
        "ask",
        "send",
        "messages",
        "send_message",
        "create_message",
    ]
)


def _is_shared(source: Source, call: Call, has_default: bool) -> bool:
    if call.callee == "anthropic" and has_default:
        return True
    parts = source.owner.terms(call.callee)
    if not parts or sdks.is_client(parts[0]):
        return False
    term = parts[0]
    name = ".".join(term.names[:2]) if term.root in ("self", "this", "$this", "cls") else term.root
    values = [one for one in source.owner.values(name, call.span) if _is_client(source, one)]
    if not values:
        return False
    owners = {source.owner.of(one.value, one.span) for one in values}
    return owners == {Whose.PLATFORM} and all(_is_everybodys(source, one, call) for one in values)


def _is_client(source: Source, assign: Assign) -> bool:
    parts = source.owner.terms(assign.value)
    held = (arg for part in parts if part.root in _HOLDERS for arg in part.args)
    return any(sdks.is_client(part) for part in (*parts, *held))


_HOLDERS = frozenset({"LazyLock", "OnceLock", "OnceCell", "Lazy", "Arc", "Mutex", "lazy"})
"""What makes a value when it is first asked for, or keeps it for several."""


def _is_everybodys(source: Source, assign: Assign, call: Call) -> bool:
    """Whether a client is made outside of the function that uses it."""
    function = source.owner.scopes.function(call.span)
    return function is None or not source.owner.scopes.contains(function, assign.span)


def _kept(source: Source) -> Iterator[Hit]:
    """A client with a tenant's key that is kept under a name of everybody's."""
    for assign in source.owner.anchored("assigns"):
        target = assign.target.strip()
        if not has_any(source.owner.anchors, assign.span.start, assign.span.end):
            continue
        if not _outlives(source, assign, target) or not _is_client(source, assign):
            continue
        if source.owner.of(assign.value, assign.span) is Whose.TENANT and _is_once(source, assign):
            yield Hit(
                assign.span,
                "a client with one tenant's key is kept for all",
                f"{target} {assign.value}",
            )


def _outlives(source: Source, assign: Assign, target: str) -> bool:
    function = source.owner.scopes.function(assign.span)
    if function is None or "[" in target or not source.owner.names_tenant(function.head):
        return False
    if _MEMBER.match(target) and not target.startswith("_"):
        return True
    name = re.escape((names(target) or [""])[-1])
    if source.module.language.name == "Python":
        return re.search(rf"\b(?:global|nonlocal)\s[^\n]*\b{name}\b", function.body) is not None
    if source.module.language.name in ("PHP", "Ruby", "Rust"):
        return False
    declared = rf"[\w>?\]]\s+{name}\s*(?::[^=\n]+)?=(?!=)|\b{name}\b[^\n=]{{0,40}}:="
    return re.search(declared, function.body) is None and name not in names(function.head)


def _is_once(source: Source, assign: Assign) -> bool:
    """Whether it is made only where there is none yet."""
    name = (names(assign.target) or [""])[-1]
    before = source.module.text[assign.span.start : assign.span.end]
    if "??=" in before or "||=" in before:
        return True
    return any(
        name in names(test.condition) and conditions.is_absence(test.condition)
        for test in source.module.tests_around(assign.span)
    )


RULE = CodeRule(
    Rule(
        id="tenant-key-not-in-shared-client",
        title="Client of everybody's used for a tenant",
        family="code",
        severity=Severity.HIGH,
        confidence=Confidence.LOW,
        why=__doc__,
        remedy=(
            "Build the client in the request, with the tenant's key, or keep one for each tenant and drop it when"
            " its key changes."
        ),
        requirements=("M1", "A3", "A8"),
        frameworks=("SOC2:CC6.1", "NIST800-53:AC-4", "CWE-488"),
        examples=(
            Example(
                "a.py: client = Anthropic()\n\ndef answer(tenant_id, question):\n"
                "    return client.messages.create(messages=question)",
                matches=True,
            ),
            Example(
                "a.ts: let client: Anthropic | null = null;\nfunction clientFor(tenant: Tenant) {\n"
                "  if (!client) client = new Anthropic({ apiKey: tenant.apiKey });\n  return client;\n}",
                matches=True,
            ),
            Example(
                'a.ts: import { anthropic } from "@ai-sdk/anthropic";\nexport async function draft(orgId: string) {\n'
                '  return generateText({ model: anthropic("claude-sonnet-5"), prompt });\n}',
                matches=True,
            ),
            Example(
                "a.py: _clients = {}\n\ndef client_for(tenant):\n    if tenant.id not in _clients:\n"
                "        _clients[tenant.id] = Anthropic(api_key=tenant.api_key)\n    return _clients[tenant.id]",
                matches=False,
            ),
            Example(
                "a.py: client = Anthropic()\n\ndef main():\n    print(client.messages.create(messages=[]))",
                matches=False,
            ),
            Example(
                "a.ts: function answer(tenant: Tenant) {\n  const client = new Anthropic({ apiKey: tenant.apiKey });\n"
                "  return client.messages.create({});\n}",
                matches=False,
            ),
        ),
    ),
    _check,
)
