"""Build tools copy variables with certain prefixes (`NEXT_PUBLIC_`, `VITE_`, `REACT_APP_`, `EXPO_PUBLIC_`
…) into what every visitor's browser or phone loads. A key in one is published with the next build, whoever
meant it for the server.

What counts is the name: such a prefix before the name of an Anthropic key, in code and in settings; a key
in Nuxt's `runtimeConfig.public`; and a key's variable that a bundler's own settings (`define`, `env` of
next.config) write into the bundle.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from antkey_scanner.code.rule import Hit
from antkey_scanner.model import Confidence, Example, Rule, Severity
from antkey_scanner.settings.names import is_key_name, public_prefix
from antkey_scanner.settings.read import Settings
from antkey_scanner.settings.rule import FileRule, as_text

_PUBLIC = re.compile(
    r"\b(?:NEXT_PUBLIC|NUXT_PUBLIC|EXPO_PUBLIC|VITE|REACT_APP|VUE_APP|GATSBY|NG_APP|SNOWPACK_PUBLIC"
    r"|PLASMO_PUBLIC|RSBUILD_PUBLIC|STORYBOOK|PUBLIC)_[A-Z0-9_]{0,60}(?:ANTHROPIC|CLAUDE)[A-Z0-9_]{0,60}"
)
_PREFIXES = ("PUBLIC_", "VITE_", "_APP_", "GATSBY_", "STORYBOOK_")  # of which all names have one
_BUNDLERS = (
    "next.config",
    "vite.config",
    "webpack.config",
    "nuxt.config",
    "rsbuild.config",
    "craco.config",
)
_WRITTEN = frozenset(("define", "env", "DefinePlugin", "EnvironmentPlugin", "new", "public"))


def _check(settings: Settings) -> Iterator[Hit]:
    has_prefix = any(prefix in settings.text for prefix in _PREFIXES)
    for found in _PUBLIC.finditer(settings.text) if has_prefix else ():
        name = found.group()
        prefix = public_prefix(name)
        if (
            prefix is not None
            and is_key_name(name.removeprefix(prefix))
            and not settings.is_comment(found.start())
        ):
            yield Hit(
                settings.span(found.start(), found.end()),
                f"{name} is shipped to browsers: build tools publish what begins with {prefix}",
                name,
            )
    if settings.name.startswith(_BUNDLERS):
        yield from _bundled(settings)


def _bundled(settings: Settings) -> Iterator[Hit]:
    for entry in settings.entries:
        name = entry.name.removeprefix("process.env.").removeprefix("import.meta.env.")
        inside = next((parent for parent in entry.parents if parent in _WRITTEN), None)
        if inside is None or not is_key_name(name, entry.parents):
            continue
        if settings.name.startswith("nuxt.config") and inside != "public":
            continue
        yield Hit(entry.span, f"{name} is written into the bundle by `{inside}`", name)


RULE = FileRule(
    Rule(
        id="client-side-variable",
        title="Key in a variable that is shipped to clients",
        family="exposure",
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "Name the variable without the prefix, read it on the server alone, and let the "
            "client call an"
            " endpoint of yours. Replace a key that was ever built in."
        ),
        requirements=("P2", "A1", "T4"),
        frameworks=("SOC2:CC6.1", "ISO27001:A.8.12", "CWE-200", "CWE-522"),
        examples=(
            Example("web/.env: VITE_ANTHROPIC_API_KEY=", matches=True),
            Example("web/.env.example: NEXT_PUBLIC_CLAUDE_API_KEY=your-key", matches=True),
            Example(
                "ci.yml: env:\n  REACT_APP_ANTHROPIC_KEY: ${{ secrets.ANTHROPIC_KEY }}",
                matches=True,
            ),
            Example("App.vue: const key = import.meta.env.VITE_ANTHROPIC_API_KEY", matches=True),
            Example("a.ts: const key = process.env.EXPO_PUBLIC_ANTHROPIC_API_KEY", matches=True),
            Example("a.jsx: call(process.env.NEXT_PUBLIC_ANTHROPIC_AUTH_TOKEN)", matches=True),
            Example(
                "nuxt.config.ts: export default defineNuxtConfig({\n  runtimeConfig: {\n    "
                "public: {\n"
                "      anthropicApiKey: process.env.ANTHROPIC_API_KEY,\n    },\n  },\n})",
                matches=True,
            ),
            Example(
                "next.config.js: module.exports = {\n  env: {\n    ANTHROPIC_API_KEY:"
                " process.env.ANTHROPIC_API_KEY,\n  },\n}",
                matches=True,
            ),
            Example("web/.env: ANTHROPIC_API_KEY=", matches=False),
            Example("web/.env: NEXT_PUBLIC_ANTHROPIC_MODEL=claude-sonnet-4-5", matches=False),
            Example(
                "web/.env: VITE_CLAUDE_MAX_TOKENS=4096\nVITE_HAS_ANTHROPIC_KEY=true", matches=False
            ),
            Example(
                "ci.yml: env:\n  # VITE_ANTHROPIC_API_KEY must never be set\n  A: b", matches=False
            ),
            Example("a.ts: const key = process.env.ANTHROPIC_API_KEY", matches=False),
            Example(
                "a.ts: // never name it NEXT_PUBLIC_ANTHROPIC_API_KEY\nexport {}", matches=False
            ),
            Example("a.ts: const url = process.env.NEXT_PUBLIC_ANTHROPIC_PROXY_URL", matches=False),
            Example(
                "nuxt.config.ts: export default defineNuxtConfig({\n  runtimeConfig: {\n"
                "    anthropicApiKey: process.env.ANTHROPIC_API_KEY,\n  },\n})",
                matches=False,
            ),
        ),
    ),
    in_settings=_check,
    in_code=as_text(_check),
)
