"""What a web page can send, every visitor can read: the key is in the page, its scripts or its storage.

A page's own request carries a key shaped like Anthropic's in a header or the URL, whatever the host, or any
credential to an allowed one. Only recordings of browsers show it. A key in the body is left alone: that is
how a person saves it.
"""

from __future__ import annotations

from antkey_scanner.egress import told
from antkey_scanner.egress.rule import Breach, EgressRule, View
from antkey_scanner.model import Confidence, Example, Rule, Severity


def _check(view: View) -> Breach | None:
    if not view.request.browser:
        return None
    for one in view.carried:
        if view.is_allowed_host or one.credential.hint.startswith("sk-ant-"):
            return Breach(
                f"a web page sends {told.request(view)} with {told.key(one)}", one.credential
            )
    return None


RULE = EgressRule(
    Rule(
        id="egress-key-in-browser",
        title="Key sent by a browser",
        family="egress",
        severity=Severity.CRITICAL,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "Send such requests from the server and let the page ask the server; take "
            "dangerouslyAllowBrowser and keys in NEXT_PUBLIC_ or VITE_ variables out, and rotate "
            "the key."
        ),
        requirements=("A1", "M10"),
        frameworks=("SOC2:CC6.1", "ISO27001:A.8.12", "CWE-522", "CWE-922"),
        examples=(
            Example(
                'keys = [{name = "acme-1", tenant = "acme"}, {name = "platform", role = "platform"}]\n'
                'requests = [{tenant = "acme", x-api-key = "acme-1", browser = true}]',
                matches=True,
            ),
            Example(
                'keys = [{name = "acme-1", tenant = "acme"}, {name = "platform", role = "platform"}]\n'
                "requests = [\n"
                '  {tenant = "acme", x-api-key = "acme-1"},\n'
                '  {host = "app.example.com", browser = true},\n'
                "]",
                matches=False,
            ),
        ),
    ),
    _check,
    convicts=False,
)
