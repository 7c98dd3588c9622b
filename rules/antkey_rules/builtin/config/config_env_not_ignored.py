"""A file with a key that no ignore rule names is one `git add .` away from the repository's history.

What counts is a file of environment variables in a work tree, in which a variable that is named as an
Anthropic key has a value, that is not in the index, and that neither a `.gitignore` nor the repository's
`info/exclude` names. A user's own global list of ignored files is not looked at: others do not have it.
"""

from __future__ import annotations

from antkey_scanner.model import Confidence, Example, Rule, Severity
from antkey_scanner.settings.rule import FileRule

RULE = FileRule(
    Rule(
        id="config-env-not-ignored",
        title="File with a key not ignored by git",
        family="config",
        severity=Severity.MEDIUM,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy="Name the file in the repository's .gitignore (`.env*` and `!.env.example`), and commit that.",
        requirements=("T2",),
        frameworks=("SOC2:CC6.1", "ISO27001:A.5.17", "CWE-538"),
        examples=(
            Example("untracked .env: ANTHROPIC_API_KEY={48}", matches=True),
            Example("untracked web/.env.local: CLAUDE_API_KEY={48}", matches=True),
            Example("untracked .dev.vars: ANTHROPIC_AUTH_TOKEN={48}", matches=True),
            Example("ignored .env: ANTHROPIC_API_KEY={48}", matches=False),
            Example("untracked .env: ANTHROPIC_API_KEY=your-key-here", matches=False),
            Example("untracked .env.sample: ANTHROPIC_API_KEY={48}", matches=False),
            Example("tracked .env: ANTHROPIC_API_KEY={48}", matches=False),
        ),
    )
)
