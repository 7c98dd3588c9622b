"""When two services share a key, neither can be cut off, limited or watched alone.

Records with the same fingerprint are one key, which is in use when one of them is active. What matters is
the field `service`, or the service in a name that follows the convention; upper and lower case are the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.inventory.index import in_several, says_fingerprint
from antkey_scanner.inventory.rule import Breach, Case, Gap, KeyRule
from antkey_scanner.inventory.spoken import placed, several
from antkey_scanner.model import Confidence, Example, Rule, Severity

_ONE, _OTHER = 64 * "a", 64 * "b"


def _check(case: Case) -> Iterator[Breach | Gap]:
    for group in in_several(case.inventory.keys, lambda key: key.service):
        names = several(list(dict.fromkeys(str(key.service) for key in group)))
        yield Breach(
            group[0],
            f"one key serves the services {names}: {several(list(map(placed, group)))}",
            also=tuple(group[1:]),
        )


RULE = KeyRule(
    Rule(
        id="key-in-two-services",
        title="One key in two services",
        family="rotation",
        severity=Severity.MEDIUM,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "Create a key for each service (Anthropic Console: API keys, Create key), deploy them, and"
            " disable the shared one after 24 to 48 hours."
        ),
        requirements=("T6",),
        frameworks=("SOC2:CC6.1", "SOC2:CC6.3", "ISO27001:A.5.17", "NIST800-53:AC-6"),
        examples=(
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                "keys = [\n"
                '  {name = "prod-api-2026-11-01", service = "api", fingerprint = "' + _ONE + '"},\n'
                '  {name = "prod-web-2026-11-01", service = "web", fingerprint = "' + _ONE + '"},\n'
                "]",
                matches=True,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                "keys = [\n"
                '  {name = "prod-api-2026-11-01", service = "x", fingerprint = "' + _ONE + '"},\n'
                '  {name = "prod-old-2026-11-01", service = "y", status = "inactive", fingerprint = "'
                + _ONE
                + '"},\n'
                "]",
                matches=True,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                "keys = [\n"
                '  {name = "prod-api-2026-11-01", service = "api", fingerprint = "' + _ONE + '"},\n'
                '  {name = "prod-web-2026-11-01", service = "web", fingerprint = "'
                + _OTHER
                + '"},\n'
                "]",
                matches=False,
            ),
        ),
    ),
    _check,
    says_fingerprint,
)
