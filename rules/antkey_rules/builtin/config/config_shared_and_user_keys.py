"""Where users bring keys of their own and the same installation also has a shared one, a user whose key is
missing or refused may be served on the shared key, and the bill and the data are whose nobody meant.

What counts: LibreChat settings that take some providers' keys from users (`user_provided`) and have one for
Anthropic themselves; a LiteLLM proxy that forwards users' keys (`forward_llm_provider_auth_headers: true`)
and has one for an Anthropic model; Open WebUI with direct connections beside a shared Anthropic key;
Cloudflare's gateway with `byok_only` or `cf-aig-no-wholesale` switched off.
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.code.rule import Hit
from antkey_scanner.model import Confidence, Example, Rule, Severity
from antkey_scanner.settings.names import is_key_name, words
from antkey_scanner.settings.places import is_example, is_test
from antkey_scanner.settings.read import Settings
from antkey_scanner.settings.rule import FileRule
from antkey_scanner.settings.values import is_reference, is_something

_OFF = ("false", "0", "no", "off")
_BESIDE = 12
_ON = ("true", "1", "yes", "on")


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
    if how:
        for at, entry in enumerate(settings.entries):
            if _is_shared(settings, at):
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
        if value in _ON and name in (
            "forward_llm_provider_auth_headers",
            "enable_direct_connections",
        ):
            return f"{entry.name} is on"
    return ""


def _is_shared(settings: Settings, at: int) -> bool:
    """Whether the entry at a position is Anthropic's key with a value of the installation's."""
    entry = settings.entries[at]
    if entry.value == "user_provided" or not (
        is_reference(entry.value) or is_something(entry.value)
    ):
        return False
    if is_key_name(entry.name, entry.parents):
        return True
    if words(entry.name) not in (["api", "key"], ["apikey"]):
        return False
    # A model of LiteLLM's, or an endpoint of LibreChat's, says whose it is in the lines beside.
    beside = settings.entries[max(0, at - _BESIDE) : at + 1 + _BESIDE]
    return any(
        other.name in ("model", "name", "baseURL", "api_base")
        and abs(other.span.line - entry.span.line) <= 4
        and _is_anthropics(other.value)
        for other in beside
    )


def _is_anthropics(value: str) -> bool:
    return any(word in value.lower() for word in ("anthropic", "claude"))


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
