"""A file of environment variables that git tracks is with everyone who ever cloned the repository, and in
its history after it is deleted.

What counts is a file such as `.env`, `.env.local`, `prod.env`, `.envrc` or `.dev.vars` in a repository's
index, in which a variable that is named as an Anthropic key has a value. Examples (`.env.example`,
`.env.sample`, `.env.template` …), empty values, placeholders and references are fine.
"""

from __future__ import annotations

from antkey_scanner.model import Confidence, Example, Rule, Severity
from antkey_scanner.settings.rule import FileRule

RULE = FileRule(
    Rule(
        id="config-env-tracked",
        title="File with a key tracked by git",
        family="config",
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "Deactivate the key, take the file out of the index (`git rm --cached FILE`), name "
            "it in"
            " .gitignore, and commit an example without values instead."
        ),
        requirements=("T2",),
        frameworks=("SOC2:CC6.1", "ISO27001:A.5.17", "NIST800-53:IA-5", "CWE-538"),
        examples=(
            Example("tracked .env: ANTHROPIC_API_KEY={48}", matches=True),
            Example("tracked web/.env.production: CLAUDE_API_KEY='{48}'", matches=True),
            Example("tracked deploy/prod.env: export ANTHROPIC_AUTH_TOKEN={48}", matches=True),
            Example("tracked .env: ANTHROPIC_API_KEY=", matches=False),
            Example("tracked .env.example: ANTHROPIC_API_KEY={48}", matches=False),
            Example("tracked .env: ANTHROPIC_API_KEY=op://dev/anthropic/key", matches=False),
            Example("ignored .env: ANTHROPIC_API_KEY={48}", matches=False),
        ),
    )
)
