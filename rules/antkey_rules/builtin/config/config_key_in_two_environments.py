"""A key that development shares with production makes every laptop a way into production, and cannot be
rotated in one without breaking the other.

What counts is one key, by its hash, in files of two environments, as their names or folders tell them
(`.env.staging` and `.env.production`, `values-dev.yaml` and `values-prod.yaml`, `environments/prod/`).
Examples and tests are left out.
"""

from __future__ import annotations

from antkey_scanner.model import Confidence, Example, Rule, Severity
from antkey_scanner.settings.rule import FileRule

RULE = FileRule(
    Rule(
        id="config-key-in-two-environments",
        title="One key in the files of two environments",
        family="config",
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy="Create a key for each environment, in a workspace of its own, and deactivate the shared one.",
        requirements=("T5", "A3"),
        frameworks=("SOC2:CC6.1", "ISO27001:A.8.31", "NIST800-53:IA-5"),
        examples=(
            Example("same .env.staging .env.production", matches=True),
            Example("same deploy/values-dev.yaml deploy/values-prod.yaml", matches=True),
            Example(
                "same environments/prod/main.tfvars environments/dev/main.tfvars", matches=True
            ),
            Example("same .env .env.production", matches=False),
            Example("same prod/a.env prod/b.env", matches=False),
            Example("same .env.test .env.production", matches=False),
        ),
    )
)
