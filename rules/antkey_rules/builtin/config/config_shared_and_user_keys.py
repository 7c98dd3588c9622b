"""Where users bring keys of their own and the same installation also has a shared one, a user whose key is
missing or refused may be served on the shared key, and the bill and the data are whose nobody meant.

What counts: LibreChat settings that take some providers' keys from users (`user_provided`) and have one for
Anthropic themselves; a LiteLLM proxy that takes users' keys (`forward_llm_provider_auth_headers: true`,
`configurable_clientside_auth_params`) and has one for an Anthropic model; Open WebUI with direct connections
beside a shared Anthropic key; Cloudflare's gateway with `byok_only` or `cf-aig-no-wholesale` switched off.
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.code.rule import Hit
from antkey_scanner.model import Confidence, Example, Rule, Severity
from antkey_scanner.settings.places import is_example, is_test
from antkey_scanner.settings.read import Entry, Settings
from antkey_scanner.settings.rule import FileRule
from antkey_scanner.settings.siblings import is_anthropics
from antkey_scanner.settings.values import is_reference, is_something

_OFF = ("false", "0", "no", "off")
_ON = ("true", "1", "yes", "on")
_SWITCHES = ("forward_llm_provider_auth_headers", "enable_direct_connections")
_URLS = ("openai_api_base_urls", "openai_api_base_url")
_KEYS = ("openai_api_keys", "openai_api_key")


def _check(settings: Settings) -> Iterator[Hit]:
    if is_example(settings.path) or is_test(settings.path):
        return
    for entry in settings.entries:
        name = entry.name.lower().replace("-", "_")
        if name in ("byok_only", "cf_aig_no_wholesale") and entry.value.lower() in _OFF:
            yield Hit(
                entry.span,
                f"{entry.name} is off: a request without a user's key is billed to the gateway",
                name,
            )
    how = _users_keys(settings)
    if not how:
        return
    is_webuis = any(
        entry.name.lower() in _URLS and "anthropic" in entry.value.lower()
        for entry in settings.entries
    )
    for at, entry in enumerate(settings.entries):
        is_own = is_anthropics(settings, at) or (is_webuis and entry.name.lower() in _KEYS)
        if is_own and _has_value(settings, at):
            yield Hit(
                entry.span,
                f"a shared key ({entry.name}) beside users' own: {how}",
                f"{entry.name} {how}",
            )


def _users_keys(settings: Settings) -> str:
    """How users bring keys of their own, "" where they do not."""
    for entry in settings.entries:
        name, value = entry.name.lower(), entry.value.lower()
        if value == "user_provided":
            return f"{entry.name} is user_provided"
        if name in _SWITCHES and value in _ON:
            return f"{entry.name} is on"
        if name == "configurable_clientside_auth_params" and _takes_keys(settings, entry):
            return f"{entry.name} has api_key"
    return ""


def _takes_keys(settings: Settings, entry: Entry) -> bool:
    """Whether LiteLLM lets callers send a key: the list is beside the name, or below it."""
    return "api_key" in settings.text[entry.span.start : entry.span.start + 200]


def _has_value(settings: Settings, at: int) -> bool:
    """Whether the entry at a position has a value of the installation's, or refers to one."""
    entry = settings.entries[at]
    if entry.value == "user_provided":
        return False
    if not entry.value:  # valueFrom, in the lines below
        return any(other.name == "valueFrom" for other in settings.entries[at + 1 : at + 3])
    return is_reference(entry.value) or is_something(entry.value)


RULE = FileRule(
    Rule(
        id="config-shared-and-user-keys",
        title="Shared key beside keys that users bring",
        family="config",
        severity=Severity.MEDIUM,
        confidence=Confidence.MEDIUM,
        why=__doc__,
        remedy=(
            "Take the shared key out, or serve users without a key of their own from another "
            "installation;"
            " switch byok_only on. `antkey egress run --scenario no-key` shows what really happens."
        ),
        requirements=("M1", "V1", "A7"),
        frameworks=("SOC2:CC6.1", "NIST800-53:AC-4"),
        examples=(
            Example(".env: OPENAI_API_KEY=user_provided\nANTHROPIC_API_KEY={48}", matches=True),
            Example(
                ".env.production: ANTHROPIC_API_KEY=${SHARED_KEY}\nGOOGLE_KEY=user_provided",
                matches=True,
            ),
            Example(
                "librechat.yaml: endpoints:\n  custom:\n    - name: claude\n      apiKey: "
                "${CLAUDE_KEY}\n    - name: other\n      apiKey: user_provided",
                matches=True,
            ),
            Example(
                "config.yaml: model_list:\n  - litellm_params:\n      model: "
                "anthropic/claude-sonnet-4-5\n      api_key: os.environ/ANTHROPIC_API_KEY\n"
                "litellm_settings:\n  forward_llm_provider_auth_headers: true",
                matches=True,
            ),
            Example(
                'gateway.tf: resource "cloudflare_ai_gateway" "a" {\n  byok_only = false\n}',
                matches=True,
            ),
            Example('headers.json: {"cf-aig-no-wholesale": "false"}', matches=True),
            Example(
                "compose.yaml: environment:\n  ENABLE_DIRECT_CONNECTIONS: 'true'\n  "
                "ANTHROPIC_API_KEY: ${ANTHROPIC_API_KEY}",
                matches=True,
            ),
            Example(
                ".env: OPENAI_API_KEY=user_provided\nANTHROPIC_API_KEY=user_provided", matches=False
            ),
            Example(".env: ANTHROPIC_API_KEY={48}\nOPENAI_API_KEY={48}", matches=False),
            Example(
                ".env.example: OPENAI_API_KEY=user_provided\nANTHROPIC_API_KEY={48}", matches=False
            ),
            Example(
                "librechat.yaml: endpoints:\n  custom:\n    - name: claude\n      apiKey: "
                "user_provided",
                matches=False,
            ),
            Example(
                "config.yaml: model_list:\n  - litellm_params:\n      model: "
                "anthropic/claude-sonnet-4-5\nlitellm_settings:\n  "
                "forward_llm_provider_auth_headers: true",
                matches=False,
            ),
            Example(
                'gateway.tf: resource "cloudflare_ai_gateway" "a" {\n  byok_only = true\n}',
                matches=False,
            ),
            Example(
                "compose.yaml: environment:\n  ENABLE_DIRECT_CONNECTIONS: 'false'\n  "
                "ANTHROPIC_API_KEY: ${ANTHROPIC_API_KEY}",
                matches=False,
            ),
        ),
    ),
    in_settings=_check,
)
