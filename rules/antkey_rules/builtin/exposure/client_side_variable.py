"""Build tools copy variables with certain prefixes (`NEXT_PUBLIC_`, `VITE_`, `REACT_APP_`, `EXPO_PUBLIC_`
…) into what every visitor's browser or phone loads. A key in one is published with the next build, whoever
meant it for the server.

What counts is the name: such a prefix before the name of an Anthropic key, in code and in settings; a key
in Nuxt's `runtimeConfig.public` and `publicRuntimeConfig`, and a page that takes it from there; a key's
variable that a bundler's own settings (`define`, `DefinePlugin`, `env` of next.config) write into the
bundle; a public `envField` of Astro's; and a key with a value in Angular's `environment.ts`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from antkey_scanner.code.rule import Hit
from antkey_scanner.late import late
from antkey_scanner.model import Confidence, Example, Rule, Severity
from antkey_scanner.settings.names import is_key_name, public_prefix
from antkey_scanner.settings.objects import members
from antkey_scanner.settings.read import Settings
from antkey_scanner.settings.rule import FileRule, as_text
from antkey_scanner.settings.values import is_something

_PUBLIC = late(
    r"\b(?:NEXT_PUBLIC|NUXT_PUBLIC|EXPO_PUBLIC|VITE|REACT_APP|VUE_APP|GATSBY|NG_APP|SNOWPACK_PUBLIC"
    r"|PLASMO_PUBLIC|RSBUILD_PUBLIC|STORYBOOK|PUBLIC)_[A-Z0-9_]{0,60}(?:ANTHROPIC|CLAUDE)[A-Z0-9_]{0,60}"
)
_PREFIXES = ("PUBLIC_", "VITE_", "_APP_", "GATSBY_", "STORYBOOK_")  # of which all names have one
_BUNDLERS = late(
    r"(?:next|vite|vitest|webpack|nuxt|rsbuild|rspack|craco|esbuild|rollup|farm|parcel|build|vue)[\w.-]{0,20}\.[cm]?[jt]s"
)
_WRITTEN = late(
    r"(?P<how>\b(?:define|DefinePlugin|EnvironmentPlugin|publicRuntimeConfig|replace)|\benv)\s{0,9}(?::|\()\s{0,9}(?=[{\[(])"
)
_REPLACED = late(r"\A(?:process\.env\.|import\.meta\.env\.|__)(?P<name>\w{1,80}?)(?:__)?\Z")
_RUNTIME = late(r"\bruntimeConfig\s{0,9}:\s{0,9}(?={)")
_ASKED = late(r"\.public\??\.(?P<names>\w{1,60}(?:\??\.\w{1,60}){0,3})")
_TAKEN = late(r"\bpublic\s{0,9}:\s{0,9}(?=\{)")
_FIELD = late(
    r"""["']?(?P<name>\w{1,80})["']?\s{0,9}:\s{0,9}envField\.\w{1,20}\(\s{0,9}\{[^{}]{0,200}["'](?:client|public)["']"""
)
_MOST_OBJECTS = 40
"""Of a file, so many are read: objects that stand in objects are read with each."""

_ANGULAR = late(r"(?:^|/)environments?/environment[\w.-]{0,40}\.ts\Z")


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
    if _BUNDLERS.fullmatch(settings.name):
        yield from _bundled(settings)
    if "untimeConfig" in settings.text:
        yield from _nuxt(settings)
    if "envField" in settings.text:
        for found in _FIELD.finditer(settings.text):
            yield from _hit(settings, found["name"], (), found.start(), "envField")
    if _ANGULAR.search(settings.path):
        for entry in settings.entries:
            if is_key_name(entry.name, entry.parents) and is_something(entry.value):
                message = f"{entry.name} is compiled into the app with its environment"
                yield Hit(entry.span, message, entry.name)


def _bundled(settings: Settings) -> Iterator[Hit]:
    """What a bundler's settings write into the bundle."""
    for found in islice(_WRITTEN.finditer(settings.text), _MOST_OBJECTS):
        if settings.is_comment(found.start()):
            continue
        if found["how"] == "env" and not settings.name.startswith("next"):
            continue
        for member in members(settings.text, found.end()):
            replaced = _REPLACED.match(member.name)
            name = member.name if replaced is None else replaced["name"]
            yield from _hit(settings, name, member.parents, member.offset, found["how"])


def _nuxt(settings: Settings) -> Iterator[Hit]:
    """What Nuxt's settings hand to browsers, and what pages take from there."""
    for found in islice(_RUNTIME.finditer(settings.text), _MOST_OBJECTS):
        for member in members(settings.text, found.end()):
            if "public" in member.parents:
                yield from _hit(
                    settings, member.name, member.parents, member.offset, "runtimeConfig.public"
                )
    if "useRuntimeConfig" not in settings.text:
        return
    for found in _ASKED.finditer(settings.text):
        *parents, name = re.findall(r"\w+", found["names"])
        yield from _hit(settings, name, tuple(parents), found.start(), "runtimeConfig.public")
    for found in islice(_TAKEN.finditer(settings.text), _MOST_OBJECTS):
        for member in members(settings.text, found.end()):
            yield from _hit(
                settings, member.name, member.parents, member.offset, "runtimeConfig.public"
            )


def _hit(
    settings: Settings, name: str, parents: tuple[str, ...], offset: int, how: str
) -> Iterator[Hit]:
    if is_key_name(name, parents) and not settings.is_comment(offset):
        span = settings.span(offset, offset + len(name))
        yield Hit(span, f"{name} is written into the bundle by `{how}`", name)


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
