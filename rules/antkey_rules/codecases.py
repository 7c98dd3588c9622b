"""Runs the examples of rules about source code: `PATH: TEXT`, or `PATH:` and the text below it.

A rule has a few in its module, which its page shows, and many in all languages beside it, in `RULE.cases`:
below `=== bad py` stands what a file `a.py` has to be found for, below `=== good py` what it must not. There
`{{T}}` stands for a tenant's key and `{{P}}` for the platform's, and each such text for as many as `TENANTS`
has ways to write them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from antkey_rules import builtin
from antkey_rules.pyrules import module_of
from antkey_scanner.code.rule import CodeRule
from antkey_scanner.code.search import search
from antkey_scanner.code.words import Vocabulary
from antkey_scanner.errors import RuleError
from antkey_scanner.model import Example

TENANTS = {
    "py": ("tenant.api_key", 'org.settings["anthropic_api_key"]', "get_tenant_key(tenant.id)"),
    "ts": ("tenant.apiKey", "org.settings.anthropicKey", "await getTenantKey(tenant.id)"),
    "go": ("tenant.APIKey", "org.AnthropicKey", "tenantKey(ctx, tenant.ID)"),
    "cs": ("tenant.ApiKey", "organization.AnthropicKey", "workspace.Settings.ClaudeApiKey"),
    "java": ("tenant.getApiKey()", "organization.getAnthropicKey()", "workspace.apiKey()"),
    "kt": ("tenant.apiKey", "organization.anthropicKey", "workspace.settings.apiKey"),
    "rb": ("account.anthropic_api_key", "organization.settings[:anthropic_key]", "tenant.api_key"),
    "php": (
        "$team->anthropic_api_key",
        "$tenant->settings['anthropic_key']",
        "$organization->anthropicKey()",
    ),
    "rs": ("tenant.api_key.clone()", "org.anthropic_key()", "workspace.settings.api_key.clone()"),
}
PLATFORMS = {
    "py": ('os.environ["ANTHROPIC_API_KEY"]', "settings.ANTHROPIC_API_KEY", "PLATFORM_API_KEY"),
    "ts": (
        "process.env.ANTHROPIC_API_KEY",
        'config.get("anthropic.apiKey")',
        "env.PLATFORM_API_KEY",
    ),
    "go": (
        'os.Getenv("ANTHROPIC_API_KEY")',
        "cfg.AnthropicAPIKey",
        'viper.GetString("anthropic.key")',
    ),
    "cs": (
        'Environment.GetEnvironmentVariable("ANTHROPIC_API_KEY")',
        '_configuration["Anthropic:ApiKey"]',
        "_options.Value.PlatformApiKey",
    ),
    "java": ('System.getenv("ANTHROPIC_API_KEY")', "properties.getPlatformApiKey()", "platformKey"),
    "kt": ('System.getenv("ANTHROPIC_API_KEY")', "properties.platformApiKey", "PLATFORM_API_KEY"),
    "rb": (
        'ENV["ANTHROPIC_API_KEY"]',
        "Rails.application.credentials.dig(:anthropic, :api_key)",
        'ENV.fetch("ANTHROPIC_API_KEY")',
    ),
    "php": (
        "config('services.anthropic.key')",
        "env('ANTHROPIC_API_KEY')",
        "$_ENV['ANTHROPIC_API_KEY']",
    ),
    "rs": (
        'std::env::var("ANTHROPIC_API_KEY").unwrap()',
        "platform_key()",
        "self.config.anthropic_api_key.clone()",
    ),
}
_SAME = {"js": "ts", "tsx": "ts"}
_HEAD = re.compile(r"^=== (bad|good) ([a-z]+)\n", re.MULTILINE)


def cases(rule: CodeRule) -> Iterator[Example]:
    """The examples beside a rule's module."""
    folder = os.path.join(os.path.dirname(os.path.abspath(builtin.__path__[0])), "builtin", "code")
    path = os.path.join(folder, f"{module_of(rule.rule.id)}.cases")
    if not os.path.exists(path):
        return
    with open(path, encoding="utf-8") as file:
        parts = _HEAD.split(file.read())[1:]
    for label, ending, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        for filled in _filled(text, ending):
            yield Example(f"a.{ending}:\n{filled}", matches=label == "bad")


def check(rule: CodeRule) -> list[str]:
    """Run a rule's own examples, it alone. One sentence for each that fails."""
    failures = []
    for example in (*rule.rule.examples, *cases(rule)):
        path, colon, text = example.text.partition(":")
        if not colon:
            raise RuleError(
                f"{rule.rule.id}: {example.text!r} is no example; begin it with `PATH: `"
            )
        found = bool(list(search(path, text.strip().encode(), (rule,), Vocabulary())))
        if found != example.matches:
            wanted = "must match and does not" if example.matches else "must not match and does"
            failures.append(f"{rule.rule.id}: example {example.text!r} {wanted}")
    return failures


def _filled(text: str, ending: str) -> Iterator[str]:
    if "{{" not in text:
        yield text
        return
    family = _SAME.get(ending, ending)
    for tenant, platform in zip(TENANTS[family], PLATFORMS[family], strict=True):
        yield text.replace("{{T}}", tenant).replace("{{P}}", platform)
