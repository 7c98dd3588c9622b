"""What runs on a customer's device cannot keep a secret: browsers show each request with its headers, and
apps are unpacked in a minute. A call to Anthropic's API from there carries a key that is then everybody's.

What counts is the header `anthropic-dangerous-direct-browser-access`, which is there for nothing else, in
code that may run in a browser; and the address of the API together with a key's header, or an SDK's client
that is given a key, in a file that a browser or a phone runs: `.vue`, `.svelte`, HTML, `"use client"`,
React's hooks, Angular, a page's `document`, a browser's extension, React Native and Expo, Swift and
Objective-C, Dart and Flutter, Android. Code in folders of servers (`server`, `api`, `functions` …) is left
alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from antkey_scanner.code.rule import Hit
from antkey_scanner.late import late
from antkey_scanner.model import Confidence, Example, Rule, Severity
from antkey_scanner.settings.places import is_test
from antkey_scanner.settings.read import Settings
from antkey_scanner.settings.rule import FileRule, as_text

_HEADER = late(r"(?i)anthropic-dangerous-direct-browser-access[\"'`]?\]?[\s:=,]{1,10}[\"'`]?true")
_HOST = late(r"api\.anthropic\.com")
_CARRIES = late(r"(?i)x-api-key|anthropic-version|authorization")
_BROWSER = (".js", ".jsx", ".mjs", ".ts", ".tsx", ".vue", ".svelte", ".astro", ".html", ".htm")
_PAGES = (".vue", ".svelte", ".html", ".htm")
_PHONES = (".swift", ".dart", ".m", ".mm")
_SERVERS = late(
    r"(?i)(?:^|/)(?:api|apis|server|servers|backend|functions|lambda|lambdas|workers?|edge|routes?|cli|bin|scripts?|packages"
    r"|tools?|docs?|cmd|proxy|vapor)/|(?:^|[/.])(?:route|server|middleware)\.|\+server\.|\+page\.server\.|\.server\."
)
_USE_CLIENT = late(r"""\A(?:\s|//[^\n]{0,200}\n|/\*[^*]{0,500}\*/){0,20}["']use client["']""")
_NATIVE = late(r"""(?:from\s+|require\()["'](?:react-native|expo[\w-]{0,30})["'/]""")
_NATIVES = ("react-native", "'expo", '"expo')
"""One of these stands in whatever the pattern above finds."""

_IN_BROWSER = late(
    r"""(?x)
      \b(?:useState|useEffect|useRef|useCallback|useReducer)(?:<[^<>()]{1,60}>)?\(
    | \bdocument\.(?:querySelector|getElementById|addEventListener|createElement|body)\b
    | \b(?:localStorage|sessionStorage)\.(?:getItem|setItem)\( | ["']@angular/core["']
    | \b(?:chrome|browser)\.(?:runtime|storage|tabs|sidePanel)\.
    """
)
_ON_SERVER = late(
    r"""(?x)
      (?:from\s+|require\()["'](?:node:|express|fastify|koa|hono|next/server|http|fs|vscode|electron|puppeteer|playwright|jsdom|obsidian)
    | \bprocess\.(?:env\.ANTHROPIC|argv) | ["']use server["']
    """
)
_ANDROID = late(r"(?m)^import\s+(?:android|androidx)\.")
_ANDROID_FOLDER = late(r"(?:^|/)app/src/main/(?:java|kotlin)/")
_SCREEN = late(r"(?m)^import\s+(?:SwiftUI|UIKit|WatchKit|AppKit)\b")
_SERVER_SIDE = late(
    r"""(?x)
      (?m:^\s*import\s+(?:Vapor|Hummingbird|NIO\w*|'package:(?:shelf|dart_frog|serverpod)))
    | dart:io.{0,200}HttpServer
    | (?m:^import\s+(?:io\.ktor\.server|org\.springframework|jakarta|javax\.servlet))
    """
)
_SDKS = late(
    r"""(?x)
      \bnew\s+Anthropic\(\s{0,5}\{[^{}]{0,200}\bapiKey\b | \bcreateAnthropic\(\s{0,5}\{[^{}]{0,200}\bapiKey\b
    | \bAnthropicClient\(\s{0,20}apiKey\s{0,5}: | \bAnthropicServiceFactory\s{0,5}\.service\(\s{0,20}apiKey:
    | \bAnthropicOkHttpClient\s{0,5}\.\s{0,5}(?:builder|fromEnv)\(
    """
)
"""What makes a client with a key, in the SDKs for JavaScript, Dart, Swift, Java and Kotlin."""

_SDK_NAMES = ("Anthropic(", "AnthropicClient(", "AnthropicServiceFactory", "AnthropicOkHttpClient")
"""One of these stands in each of them."""

_DEVICES = (*_BROWSER, *_PHONES, ".kt", ".java")
"""What runs at a customer's ends so."""


def _check(settings: Settings) -> Iterator[Hit]:
    path, text = settings.path, settings.text
    if not path.endswith(_DEVICES) or is_test(path) or _SERVERS.search(path):
        return
    if path.endswith(_BROWSER) and "angerous" in text.lower():
        found = _outside_comments(_HEADER, settings)
        if found is not None:
            span = settings.span(found.start(), found.end())
            yield Hit(
                span,
                "the API is called from a browser, with its key in the page",
                "direct browser access",
            )
            return
    is_named = "api.anthropic.com" in text and _CARRIES.search(text)
    called = _outside_comments(_HOST, settings) if is_named else None
    app = _app(path, text)
    if called is None and not app:
        return
    is_made = any(name in text for name in _SDK_NAMES)
    made = _outside_comments(_SDKS, settings) if is_made else None
    if called is None and made is None:
        return
    # In a browser the SDK refuses to run, unless it is allowed to, which another rule tells.
    device = app or ("" if called is None else _page(path, text))
    which = called or made
    if device and which is not None:
        span = settings.span(which.start(), which.end())
        yield Hit(span, f"the API is called with a key from {device}", f"call from {device}")


def _outside_comments(pattern: re.Pattern[str], settings: Settings) -> re.Match[str] | None:
    return next(
        (one for one in pattern.finditer(settings.text) if not settings.is_comment(one.start())),
        None,
    )


def _app(path: str, text: str) -> str:
    """Whether a file is an app's, in words; "" where it may be a server's."""
    if path.endswith(_PHONES):
        # Libraries of Swift packages lie below Sources; whose app uses them, they do not say.
        library = "Sources/" in path and _SCREEN.search(text) is None
        return "" if library or _SERVER_SIDE.search(text) else "an app"
    if path.endswith((".tsx", ".jsx", ".ts", ".js")):
        is_native = any(name in text for name in _NATIVES) and _NATIVE.search(text)
        return "an app" if is_native else ""
    if path.endswith((".kt", ".java")):
        is_android = _ANDROID.search(text) or _ANDROID_FOLDER.search(path)
        return "an app" if is_android and not _SERVER_SIDE.search(text) else ""
    return ""


def _page(path: str, text: str) -> str:
    """The same of what a browser runs."""
    if path.endswith(_PAGES):
        return "a page"
    is_shown = _IN_BROWSER.search(text) is not None and _ON_SERVER.search(text) is None
    return "a page" if path.endswith(_BROWSER) and (_USE_CLIENT.match(text) or is_shown) else ""


_SWIFT = (
    "import SwiftUI\nvar r = URLRequest(url: URL(string: "
    '"https://api.anthropic.com/v1/messages")!)\n'
    'r.setValue(key, forHTTPHeaderField: "x-api-key")'
)
_DART = (
    "final r = http.post(Uri.parse('https://api.anthropic.com/v1/messages'),"
    " headers: {'x-api-key': key});"
)
_FETCH = "fetch('https://api.anthropic.com/v1/messages', {headers: {'x-api-key': key}})"

RULE = FileRule(
    Rule(
        id="client-side-call",
        title="API called with a key from a customer's device",
        family="exposure",
        severity=Severity.HIGH,
        confidence=Confidence.MEDIUM,
        why=__doc__,
        remedy=(
            "Move the call to a server that holds the key, and let the page or app ask that "
            "server; replace a"
            " key that was shipped."
        ),
        requirements=("P2", "A1", "T4"),
        frameworks=("SOC2:CC6.1", "ISO27001:A.8.12", "CWE-522", "CWE-200"),
        examples=(
            Example(
                "src/ai.js: const h = {'x-api-key': k, "
                "'anthropic-dangerous-direct-browser-access': 'true'}",
                matches=True,
            ),
            Example(
                'src/ai.ts: const h = {\n  "anthropic-dangerous-direct-browser-access": "true",\n}',
                matches=True,
            ),
            Example(
                "src/Chat.tsx: 'use client'\nexport const f = (key: string) => " + _FETCH,
                matches=True,
            ),
            Example("src/Chat.vue: <script setup>\n" + _FETCH + "\n</script>", matches=True),
            Example("src/Chat.svelte: <script>\n" + _FETCH + "\n</script>", matches=True),
            Example("index.html: <script>\n" + _FETCH + "\n</script>", matches=True),
            Example("app/Chat.tsx: import { View } from 'react-native'\n" + _FETCH, matches=True),
            Example("App/Chat.swift: " + _SWIFT, matches=True),
            Example("lib/chat.dart: " + _DART, matches=True),
            Example(
                "app/src/A.kt: import android.os.Bundle\nval r = "
                'Request.Builder().url("https://api.anthropic.com/v1/messages").addHeader("x-api-key", key)',
                matches=True,
            ),
            Example(
                "server/ai.ts: const h = {'anthropic-dangerous-direct-browser-access': 'true'}",
                matches=False,
            ),
            Example(
                "src/ai.js: // 'anthropic-dangerous-direct-browser-access': 'true' is not for "
                "us\nexport {}",
                matches=False,
            ),
            Example("src/ai.ts: export const f = (key: string) => " + _FETCH, matches=False),
            Example("app/api/chat/route.ts: " + _FETCH, matches=False),
            Example("src/Chat.tsx: 'use client'\nfetch('/api/chat') // anthropic", matches=False),
            Example(
                "src/Chat.vue: <script setup>\nfetch('/api/anthropic', {headers: "
                "{authorization}})\n</script>",
                matches=False,
            ),
            Example("index.html: <a href='https://docs.anthropic.com/'>api key</a>", matches=False),
            Example("Sources/App/a.swift: import Vapor\n" + _SWIFT, matches=False),
            Example(
                "lib/chat.dart: final r = "
                "http.post(Uri.parse('https://example.com/anthropic'), headers: {'x-api-key': "
                "key});",
                matches=False,
            ),
            Example(
                "src/A.kt: import io.ktor.server.application.*\nval u = "
                '"https://api.anthropic.com/v1/messages" // x-api-key',
                matches=False,
            ),
        ),
    ),
    in_settings=_check,
    in_code=as_text(_check),
)
