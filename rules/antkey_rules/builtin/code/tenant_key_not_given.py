"""A client that is built without a tenant's key, inside a function that works for a tenant, sends that tenant's
requests on the platform's key, always.

What counts is a client built with no key or with the platform's, in a function whose parameters name a tenant
(`tenant`, `org_id`, `workspace` …) or that asks for the one whose request it serves (`req.tenant`,
`Current.account`), and that does nothing with a key of the tenant's.
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.code import absent
from antkey_scanner.code.clients import clients
from antkey_scanner.code.rule import CodeRule, Hit, Source
from antkey_scanner.code.whose import Whose
from antkey_scanner.model import Confidence, Example, Rule, Severity

_MESSAGE = "this client works for a tenant and is not given its key"


def _check(source: Source) -> Iterator[Hit]:
    for call, term, text in clients(source):
        if not source.owner.works_for_tenant(call.span):
            continue
        if source.owner.of_term(term, call.span) is Whose.PLATFORM and not absent.is_judged(
            source, call.span
        ):
            yield Hit(call.span, _MESSAGE, text)


RULE = CodeRule(
    Rule(
        id="tenant-key-not-given",
        title="Client for a tenant without the tenant's key",
        family="code",
        severity=Severity.HIGH,
        confidence=Confidence.LOW,
        why=__doc__,
        remedy="Look up the tenant's key, refuse where there is none, and give it to the client explicitly.",
        requirements=("M1", "V1", "V3"),
        frameworks=("SOC2:CC6.1", "NIST800-53:AC-4"),
        examples=(
            Example(
                "a.py: def answer(tenant_id, question):\n    client = Anthropic()\n    return ask(client, question)",
                matches=True,
            ),
            Example(
                "a.ts: async function draft(workspace: Workspace) {\n"
                "  const client = new Anthropic({ apiKey: process.env.ANTHROPIC_API_KEY });\n  return ask(client);\n}",
                matches=True,
            ),
            Example(
                "a.go: package a\nfunc Draft(ctx context.Context, orgID string) {\n\tclient := anthropic.NewClient()\n\task(ctx, client)\n}",
                matches=True,
            ),
            Example(
                "a.py: def answer(tenant, question):\n    client = Anthropic(api_key=tenant.require_key())\n    return ask(client, question)",
                matches=False,
            ),
            Example(
                "a.py: def main():\n    client = Anthropic()\n    print(ask(client, input()))",
                matches=False,
            ),
            Example(
                "a.ts: async function nightly() {\n  const client = new Anthropic();\n  return summarise(client);\n}",
                matches=False,
            ),
        ),
    ),
    _check,
)
