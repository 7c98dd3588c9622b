"""Anthropic's SDK refuses to run in a browser, because whatever runs there can be read by whoever opens its
tools. `dangerouslyAllowBrowser: true` takes that guard away: the key is then in the page, in its memory and
in each request that it sends.

What counts is the option set to true for a client of Anthropic's, or in a file that uses no other SDK with
an option of that name. Where users enter keys of their own into a tool that runs on their machine alone,
waive it with that reason.
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.code.rule import Hit
from antkey_scanner.late import late
from antkey_scanner.model import Confidence, Example, Rule, Severity
from antkey_scanner.settings.places import is_test
from antkey_scanner.settings.read import Settings
from antkey_scanner.settings.rule import FileRule, as_text

_OPTION = "dangerouslyAllowBrowser"
_SCRIPTS = (
    *(".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts"),
    *(".vue", ".svelte", ".astro", ".html", ".htm"),
)
_ALLOWED = late(rf"\b{_OPTION}[\"']?\s{{0,20}}[:=]\s{{0,20}}(?:true\b|!0)")
_OTHER = late(r"(?i)openai|groq|mistral|cohere|together")
_OWN = late(r"(?i)anthropic|claude")
_MAKER = late(r"\bnew\s+([\w.]{1,80})\s*\(|\b(create[A-Z]\w{1,60})\(")
_MESSAGE = "the SDK is allowed to run in browsers, where its key can be read"


def _check(settings: Settings) -> Iterator[Hit]:
    text = settings.text
    if _OPTION not in text or not settings.path.endswith(_SCRIPTS) or is_test(settings.path):
        return
    is_alone = _OWN.search(text) is not None and _OTHER.search(text) is None
    for found in _ALLOWED.finditer(text):
        if not settings.is_comment(found.start()) and _is_anthropics(text, found.start(), is_alone):
            yield Hit(settings.span(found.start(), found.end()), _MESSAGE, found.group())


def _is_anthropics(text: str, at: int, is_alone: bool) -> bool:
    """Whether the option at an offset is given to a client of Anthropic's: to what is made there, else to
    the only one that the file speaks of (is_alone)."""
    made = _MAKER.findall(text[max(0, at - 400) : at].rpartition(";")[2])
    if made:
        named = "".join(made[-1])
        if _OWN.search(named) or _OTHER.search(named):
            return _OWN.search(named) is not None
    return is_alone


RULE = FileRule(
    Rule(
        id="client-side-sdk",
        title="SDK allowed to run in a browser",
        family="exposure",
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "Take the option out and move the call to a server that holds the key; send the "
            "browser the"
            " answer, streamed if need be."
        ),
        requirements=("A1", "T4"),
        frameworks=("SOC2:CC6.1", "ISO27001:A.8.12", "CWE-522"),
        examples=(
            Example(
                "a.ts: const c = new Anthropic({ apiKey: key, dangerouslyAllowBrowser: true })",
                matches=True,
            ),
            Example(
                "a.jsx: const c = new Anthropic({\n  dangerouslyAllowBrowser: true,\n  "
                "apiKey,\n});",
                matches=True,
            ),
            Example(
                'a.tsx: import Sdk from "@anthropic-ai/sdk"\nexport const c = new Sdk({apiKey, '
                "dangerouslyAllowBrowser: true})",
                matches=True,
            ),
            Example(
                "A.vue: <script setup>\nconst c = new Anthropic({ apiKey, "
                "dangerouslyAllowBrowser: true })\n</script>",
                matches=True,
            ),
            Example(
                "A.svelte: <script>\nconst c = new Anthropic({\n dangerouslyAllowBrowser: true "
                "})\n</script>",
                matches=True,
            ),
            Example(
                "a.html: <script>new Anthropic({apiKey: k, dangerouslyAllowBrowser:true})</script>",
                matches=True,
            ),
            Example("a.ts: const c = new Anthropic({ apiKey: key })", matches=False),
            Example(
                "a.ts: const c = new Anthropic({ apiKey, dangerouslyAllowBrowser: false })",
                matches=False,
            ),
            Example(
                "a.ts: import Anthropic from '@anthropic-ai/sdk'\nconst o = new OpenAI({ "
                "dangerouslyAllowBrowser: true })",
                matches=False,
            ),
            Example(
                "A.vue: <script>\nconst c = new OpenAI({ dangerouslyAllowBrowser: true })// "
                "anthropic\n</script>",
                matches=False,
            ),
            Example(
                "A.svelte: <script>\n// new Anthropic({ dangerouslyAllowBrowser: true })\n"
                "</script>",
                matches=False,
            ),
            Example(
                "a.html: <p>new Anthropic({apiKey: k, dangerouslyAllowBrowser: false})</p>",
                matches=False,
            ),
        ),
    ),
    in_settings=_check,
    in_code=as_text(_check),
)
