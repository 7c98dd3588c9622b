"""A key that development and production share makes every laptop a way into production.

Records with the same fingerprint are one key, which is in use when one of them is active. What matters is
the field `environment`, or the environment in a name that follows the convention; upper and lower case are
the same. A key that is recorded twice in one environment is in order.
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.inventory.index import in_several, says_fingerprint
from antkey_scanner.inventory.rule import Breach, Case, Gap, KeyRule
from antkey_scanner.inventory.spoken import placed, several
from antkey_scanner.model import Confidence, Example, Rule, Severity

_ONE, _OTHER = 64 * "a", 64 * "b"


def _check(case: Case) -> Iterator[Breach | Gap]:
    for group in in_several(case.inventory.keys, lambda key: key.environment):
        names = several(list(dict.fromkeys(str(key.environment) for key in group)))
        yield Breach(
            group[0],
            f"one key serves the environments {names}: {several(list(map(placed, group)))}",
            also=tuple(group[1:]),
        )


RULE = KeyRule(
    Rule(
        id="key-in-two-environments",
        title="One key in two environments",
        family="rotation",
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "Create a key for each environment (Anthropic Console: API keys, Create key, best in a workspace"
            " of its own), deploy them, and disable the shared one after 24 to 48 hours."
        ),
        requirements=("T5",),
        frameworks=("SOC2:CC6.1", "ISO27001:A.8.31", "NIST800-53:IA-5"),
        examples=(
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                "keys = [\n"
                '  {name = "prod-api-2026-11-01", environment = "prod", fingerprint = "'
                + _ONE
                + '"},\n'
                '  {name = "prod-web-2026-11-01", environment = "dev", fingerprint = "'
                + _ONE
                + '"},\n'
                "]",
                matches=True,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                "keys = [\n"
                '  {name = "prod-api-2026-11-01", environment = "x", fingerprint = "'
                + _ONE
                + '"},\n'
                '  {name = "prod-old-2026-11-01", environment = "y", status = "inactive", fingerprint = "'
                + _ONE
                + '"},\n'
                "]",
                matches=True,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                "keys = [\n"
                '  {name = "prod-api-2026-11-01", environment = "prod", fingerprint = "'
                + _ONE
                + '"},\n'
                '  {name = "prod-web-2026-11-01", environment = "dev", fingerprint = "'
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
