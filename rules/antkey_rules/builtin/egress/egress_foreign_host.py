"""Whoever runs that host has the key now: a proxy, an analytics or error-reporting service, a typing error in
a base URL.

A key shaped like Anthropic's, or known by its hash, in the headers, the URL or the body of a request to a
host that `allowed_hosts` does not name. The machine itself (localhost, 127.0.0.1, ::1) is no foreign host.

Policy: egress.allowed_hosts (api.anthropic.com)
"""

from __future__ import annotations

from antkey_scanner.egress import told
from antkey_scanner.egress.hosts import is_loopback
from antkey_scanner.egress.rule import Breach, EgressRule, View
from antkey_scanner.model import Confidence, Example, Rule, Severity


def _check(view: View) -> Breach | None:
    if view.is_allowed_host or not (view.carried or view.enclosed):
        return None
    for one in (*view.carried, *view.enclosed):
        is_key = one.life is not None or one.credential.hint.startswith("sk-ant-")
        if is_key and not is_loopback(view.request.host):
            where = f"{told.request(view)} sends {told.key(one)} to a host that is not allowed"
            return Breach(where, one.credential)
    return None


RULE = EgressRule(
    Rule(
        id="egress-foreign-host",
        title="Key sent to a host that is not allowed",
        family="egress",
        severity=Severity.CRITICAL,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "Deactivate the key, it has left the house; then mend the base URL or what copies the "
            "header (redirects, retries, tracing). If the host is your own gateway, name it in "
            "[egress] allowed_hosts."
        ),
        requirements=("P2", "P5"),
        frameworks=("SOC2:CC6.7", "ISO27001:A.8.12", "NIST800-53:SC-7", "CWE-201"),
        examples=(
            Example(
                'keys = [{name = "acme-1", tenant = "acme"}, {name = "platform", role = "platform"}]\n'
                'requests = [{tenant = "acme", host = "api.anthropic.example", x-api-key = "acme-1"}]',
                matches=True,
            ),
            Example(
                'keys = [{name = "acme-1", tenant = "acme"}, {name = "platform", role = "platform"}]\n'
                'requests = [{host = "errors.example.com", path = "/api/7/store", body = "acme-1"}]',
                matches=True,
            ),
            Example(
                'keys = [{name = "acme-1", tenant = "acme"}, {name = "platform", role = "platform"}]\n'
                "requests = [\n"
                '  {tenant = "acme", x-api-key = "acme-1"},\n'
                '  {host = "localhost", x-api-key = "acme-1"},\n'
                "]",
                matches=False,
            ),
            Example(
                'policy.egress.allowed_hosts = ["gateway.example.com"]\n'
                'keys = [{name = "acme-1", tenant = "acme"}, {name = "platform", role = "platform"}]\n'
                'requests = [{tenant = "acme", host = "gateway.example.com", x-api-key = "acme-1"}]',
                matches=False,
            ),
        ),
    ),
    _check,
)
