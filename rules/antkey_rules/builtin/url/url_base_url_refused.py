"""A client sends its key to the base URL that it is given, before anybody sees an error. On http, to an
address, to a name that only some networks know, or with a password in it, that is to whoever answers there.

What counts is a URL that is written out where one for Anthropic belongs (`ANTHROPIC_BASE_URL`, `base_url=`,
`baseURL:`, `WithBaseURL(…)`, a default beside a variable), and that `antkey url` refuses: not HTTPS, a port
other than 443, a user, query or fragment, an address in any notation, a private or reserved name. Loopback
is told by `url-base-url-loopback`. Tests, and URLs with parts that are filled in later, are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.code.rule import Hit, Source
from antkey_scanner.model import Confidence, Example, Rule, Severity
from antkey_scanner.settings.baseurls import Judged, in_code, in_settings
from antkey_scanner.settings.read import Settings
from antkey_scanner.settings.rule import FileRule


def _in_settings(settings: Settings) -> Iterator[Hit]:
    yield from map(_hit, (one for one in in_settings(settings) if not one.is_loopback))


def _in_code(source: Source) -> Iterator[Hit]:
    yield from map(_hit, (one for one in in_code(source) if not one.is_loopback))


def _hit(judged: Judged) -> Hit:
    return Hit(judged.span, f"the base URL {judged.name} {judged.reason}", judged.name)


RULE = FileRule(
    Rule(
        id="url-base-url-refused",
        title="Base URL that no key may be sent to",
        family="url",
        severity=Severity.MEDIUM,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "Use https with a public DNS name, no port and no user, query or fragment; `antkey "
            "url URL` says"
            " what is wrong with one. Inside a cluster, end TLS at the gateway with a name "
            "that you own."
        ),
        requirements=("P5",),
        frameworks=("SOC2:CC6.7", "ISO27001:A.8.20", "NIST800-53:SC-7", "CWE-918", "CWE-319"),
        examples=(
            Example(".env: ANTHROPIC_BASE_URL=http://llm.example.com", matches=True),
            Example(".env.production: ANTHROPIC_BASE_URL=https://10.0.0.7", matches=True),
            Example(
                "compose.yaml: environment:\n  ANTHROPIC_BASE_URL: http://litellm:4000",
                matches=True,
            ),
            Example("ci.yml: env:\n  ANTHROPIC_BASE_URL: https://llm.corp.internal", matches=True),
            Example(
                '.claude/settings.json: {"env": {"ANTHROPIC_BASE_URL": '
                '"https://gw.example.com:8443"}}',
                matches=True,
            ),
            Example("values.yaml: anthropic:\n  baseUrl: http://169.254.169.254", matches=True),
            Example(
                'a.py: c = Anthropic(api_key=k, base_url="http://proxy.example.com")', matches=True
            ),
            Example(
                'a.py: import anthropic\nurl = os.getenv("ANTHROPIC_BASE_URL", '
                '"http://10.1.2.3:8080")',
                matches=True,
            ),
            Example(
                'a.py: import anthropic\nos.environ["ANTHROPIC_BASE_URL"] = '
                '"https://a:b@gw.example.com"',
                matches=True,
            ),
            Example(
                "a.ts: const c = new Anthropic({ apiKey, baseURL: 'https://gw.example.com?x=1' })",
                matches=True,
            ),
            Example(
                "a.ts: const c = createAnthropic({ baseURL: 'http://gw.example.com/v1' })",
                matches=True,
            ),
            Example(
                "a.ts: const u = process.env.ANTHROPIC_BASE_URL ?? 'http://gateway.example.com'",
                matches=True,
            ),
            Example(
                "a.go: package a // anthropic\nvar c = "
                'anthropic.NewClient(option.WithBaseURL("http://gw.example.com"))',
                matches=True,
            ),
            Example(".env: ANTHROPIC_BASE_URL=https://api.anthropic.com", matches=False),
            Example(".env: ANTHROPIC_BASE_URL=http://localhost:4000", matches=False),
            Example(".env: ANTHROPIC_BASE_URL=https://${GATEWAY_HOST}/anthropic", matches=False),
            Example(
                "compose.yaml: environment:\n  ANTHROPIC_BASE_URL: ${ANTHROPIC_BASE_URL}",
                matches=False,
            ),
            Example(
                "compose.yaml: environment:\n  OPENAI_BASE_URL: http://litellm:4000 # not "
                "anthropic",
                matches=False,
            ),
            Example("values.yaml: anthropic:\n  baseUrl: https://openrouter.ai/api", matches=False),
            Example(
                'a.py: c = Anthropic(base_url="https://gateway.example.com/anthropic")',
                matches=False,
            ),
            Example(
                'a.py: import anthropic\nc = OpenAI(base_url="http://vllm:8000")', matches=False
            ),
            Example(
                "a.py: import anthropic\nc = anthropic.Anthropic(base_url=settings.base_url)",
                matches=False,
            ),
            Example(
                "a.ts: const c = new Anthropic({ baseURL: process.env.ANTHROPIC_BASE_URL })",
                matches=False,
            ),
            Example(
                "a.ts: const c = createAnthropic({ baseURL: 'https://api.anthropic.com/v1' })",
                matches=False,
            ),
            Example("tests/a.yaml: anthropic:\n  baseUrl: http://mock", matches=False),
        ),
    ),
    in_settings=_in_settings,
    in_code=_in_code,
)
