"""Two tenants on one key means that one of them pays for, and can see the usage of, the other.

Records with the same fingerprint are one key, which is in use when one of them is active. What matters is
the field `tenant`; upper and lower case are the same. Usually one tenant's key was saved for another by
mistake.
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.inventory.index import in_several, says_fingerprint
from antkey_scanner.inventory.rule import Breach, Case, Gap, KeyRule
from antkey_scanner.inventory.spoken import placed, several
from antkey_scanner.model import Confidence, Example, Rule, Severity

_ONE, _OTHER = 64 * "a", 64 * "b"


def _check(case: Case) -> Iterator[Breach | Gap]:
    for group in in_several(case.inventory.keys, lambda key: key.tenant):
        names = several(list(dict.fromkeys(str(key.tenant) for key in group)))
        yield Breach(
            group[0],
            f"one key serves the tenants {names}: {several(list(map(placed, group)))}",
            also=tuple(group[1:]),
        )


RULE = KeyRule(
    Rule(
        id="key-in-two-tenants",
        title="One key of two tenants",
        family="rotation",
        severity=Severity.CRITICAL,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "Find out whose key it is (Anthropic Console: the organisation that lists it), remove it from the"
            " other tenants, ask them for keys of their own, and have the owner rotate it."
        ),
        requirements=(
            "A3",
            "A8",
        ),
        frameworks=("SOC2:CC6.1", "ISO27001:A.5.15", "NIST800-53:AC-4"),
        examples=(
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                "keys = [\n"
                '  {name = "prod-api-2026-11-01", tenant = "acme", fingerprint = "' + _ONE + '"},\n'
                '  {name = "prod-web-2026-11-01", tenant = "globex", fingerprint = "'
                + _ONE
                + '"},\n'
                "]",
                matches=True,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                "keys = [\n"
                '  {name = "prod-api-2026-11-01", tenant = "x", fingerprint = "' + _ONE + '"},\n'
                '  {name = "prod-old-2026-11-01", tenant = "y", status = "inactive", fingerprint = "'
                + _ONE
                + '"},\n'
                "]",
                matches=True,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                "keys = [\n"
                '  {name = "prod-api-2026-11-01", tenant = "acme", fingerprint = "' + _ONE + '"},\n'
                '  {name = "prod-web-2026-11-01", tenant = "globex", fingerprint = "'
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
