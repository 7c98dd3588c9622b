"""A base URL of the machine itself is how one develops, and no address for production: what listens there
gets the key, and what that is depends on where the program runs.

What counts is the same as for `url-base-url-refused`, where the URL is `localhost`, `127.0.0.1` or `[::1]`.
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.code.rule import Hit, Source
from antkey_scanner.model import Confidence, Example, Rule, Severity
from antkey_scanner.settings.baseurls import Judged, in_code, in_settings
from antkey_scanner.settings.read import Settings
from antkey_scanner.settings.rule import FileRule


def _in_settings(settings: Settings) -> Iterator[Hit]:
    yield from map(_hit, (one for one in in_settings(settings) if one.is_loopback))


def _in_code(source: Source) -> Iterator[Hit]:
    yield from map(_hit, (one for one in in_code(source) if one.is_loopback))


def _hit(judged: Judged) -> Hit:
    return Hit(judged.span, f"the base URL {judged.name} is the machine's own", judged.name)


RULE = FileRule(
    Rule(
        id="url-base-url-loopback",
        title="Base URL of the machine itself",
        family="url",
        severity=Severity.INFO,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "Set it in a developer's own environment, and let what is deployed name a public host over"
            " https."
        ),
        requirements=("P5",),
        frameworks=("SOC2:CC6.7", "ISO27001:A.8.20", "NIST800-53:SC-7"),
        examples=(
            Example(".env: ANTHROPIC_BASE_URL=http://localhost:4000", matches=True),
            Example(
                "compose.yaml: environment:\n  - ANTHROPIC_BASE_URL=http://127.0.0.1:8080",
                matches=True,
            ),
            Example(
                '.mcp.json: {"env": {"ANTHROPIC_BASE_URL": "http://[::1]:9000"}}', matches=True
            ),
            Example('a.py: c = Anthropic(base_url="http://localhost:8080")', matches=True),
            Example(
                "a.ts: const c = new Anthropic({ baseURL: 'http://127.0.0.1:3000' })", matches=True
            ),
            Example(
                'a.ts: const u = process.env.ANTHROPIC_BASE_URL || "http://localhost:3000"',
                matches=True,
            ),
            Example(".env: ANTHROPIC_BASE_URL=https://api.anthropic.com", matches=False),
            Example(
                ".env: OLLAMA_BASE_URL=http://localhost:11434\nANTHROPIC_API_KEY=", matches=False
            ),
            Example(
                "compose.yaml: environment:\n  # ANTHROPIC_BASE_URL: http://localhost:4000\n  A: b",
                matches=False,
            ),
            Example(
                'a.py: import anthropic\nc = OpenAI(base_url="http://localhost:8080")',
                matches=False,
            ),
            Example(
                'tests/test_a.py: c = Anthropic(base_url="http://localhost:8080")', matches=False
            ),
            Example("a.ts: const c = new Anthropic({ baseURL: url })", matches=False),
        ),
    ),
    in_settings=_in_settings,
    in_code=_in_code,
)
