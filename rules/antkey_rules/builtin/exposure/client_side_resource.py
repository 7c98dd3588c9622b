"""Resources of apps are files that everybody who installs the app can read: strings, property lists,
`extra` of Expo, fields that a build writes into classes. Where a key comes from before the build makes no
difference.

What counts is a place named as an Anthropic key in `res/values/*.xml`, `Info.plist` and other property
lists of an app, `.xcconfig`, `app.json`, `google-services.json`-like files, `assets/` and folders that are
served as they are (`public/`, `static/`, `wwwroot/`), or in `buildConfigField`, `resValue` and
`manifestPlaceholders` of Gradle, that has a value or takes one at build time; and one with a value in a
bundle (`dist/`, `build/`). Blanks and placeholders are fine.
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.code.rule import Hit
from antkey_scanner.late import late
from antkey_scanner.model import Confidence, Example, Rule, Severity
from antkey_scanner.settings.names import is_key_name
from antkey_scanner.settings.read import Settings
from antkey_scanner.settings.rule import FileRule, as_text
from antkey_scanner.settings.values import is_secret, is_something

_RESOURCE = late(
    r"(?i)(?:^|/)res/(?:values|raw|xml)[^/]{0,40}/|AndroidManifest\.xml$|\.plist$|\.xcconfig$|\.strings$"
    r"|(?:^|/)(?:app|app\.config|google-services|googleservice-info|capacitor\.config|tauri\.conf)\.(?:json|js|ts)$"
    r"|(?:^|/)assets/(?:[^/]{1,60}/){0,4}[^/]{0,60}\.(?:json|env)$"
    r"|(?:^|/)(?:public|static|www|wwwroot|htdocs)/(?:[^/]{1,60}/){0,4}[^/]{1,60}\.(?:json|env)$"
)
_SERVED = late(
    r"(?i)(?:^|/)(?:public|static|www|wwwroot|htdocs|dist|build|assets)/(?:[^/]{1,60}/){0,4}[^/]{1,80}\.[cm]?js$"
)
_GRADLE = late(
    r"""(?x)
      (?:buildConfigField|resValue) \s{0,5} \(? \s{0,5} ["'][\w.]{1,40}["'] \s{0,5} , \s{0,5}
        ["'](?P<field>\w{1,80})["'] \s{0,5} , \s{0,5} (?P<value>[^\n]{1,300})
    | manifestPlaceholders \s{0,5} \[? \s{0,5} [\["'](?P<place>[\w"']{1,80})\]? \s{0,5} [=:]
    """
)


def _check(settings: Settings) -> Iterator[Hit]:
    if settings.name.endswith((".gradle", ".gradle.kts")):
        yield from _built(settings)
    if _RESOURCE.search(settings.path) is not None:
        has_value = is_something
    elif _SERVED.search(settings.path) is not None:
        has_value = is_secret  # code, where a name is given much that is no key
    else:
        return
    for entry in settings.entries:
        if is_key_name(entry.name, entry.parents) and has_value(entry.value):
            yield Hit(entry.span, f"{entry.name} is shipped with the app", entry.name)


def _built(settings: Settings) -> Iterator[Hit]:
    for found in _GRADLE.finditer(settings.text):
        name = (found["field"] or found["place"] or "").strip("\"'")
        if not is_key_name(name) or settings.is_comment(found.start()):
            continue
        if found["value"] is not None and found["value"].strip(" )\\\"'\n") == "":
            continue
        yield Hit(settings.span(found.start(), found.end()), f"{name} is built into the app", name)


RULE = FileRule(
    Rule(
        id="client-side-resource",
        title="Key in the resources of an app",
        family="exposure",
        severity=Severity.HIGH,
        confidence=Confidence.MEDIUM,
        why=__doc__,
        remedy=(
            "Take the key out of the app: let it ask a server of yours, which holds the key. "
            "Replace a key that"
            " was shipped in any version."
        ),
        requirements=("P2", "T4"),
        frameworks=("SOC2:CC6.1", "ISO27001:A.8.12", "CWE-312", "CWE-798"),
        examples=(
            Example(
                "app/src/main/res/values/strings.xml: <resources><string "
                'name="anthropic_api_key">{48}</string></resources>',
                matches=True,
            ),
            Example(
                "app/src/main/res/values/keys.xml: <resources>\n  <string "
                'name="claude_api_key" translatable="false">{48}</string>\n</resources>',
                matches=True,
            ),
            Example(
                'app/src/main/AndroidManifest.xml: <meta-data android:name="anthropic_api_key" '
                'android:value="${ANTHROPIC_API_KEY}" />',
                matches=True,
            ),
            Example(
                "App/Info.plist: <dict><key>ANTHROPIC_API_KEY</key>\n"
                "<string>$(ANTHROPIC_API_KEY)</string></dict>",
                matches=True,
            ),
            Example(
                "App/Secrets.plist: <dict>\n<key>AnthropicAPIKey</key>\n"
                "<string>{48}</string></dict>",
                matches=True,
            ),
            Example("App/Config.xcconfig: ANTHROPIC_API_KEY = {48}", matches=True),
            Example(
                'app.json: {\n  "expo": {\n    "extra": {\n      "anthropicApiKey": "{48}"\n   '
                " }\n  }\n}",
                matches=True,
            ),
            Example(
                "app.config.ts: export default {\n  extra: {\n    anthropicApiKey: "
                "process.env.ANTHROPIC_API_KEY,\n  },\n}",
                matches=True,
            ),
            Example(
                "app.config.js: module.exports = { extra: { anthropicApiKey: "
                "process.env.ANTHROPIC_API_KEY } }",
                matches=True,
            ),
            Example(
                'app/build.gradle: buildConfigField "String", "ANTHROPIC_API_KEY", "\\"${key}\\""',
                matches=True,
            ),
            Example(
                'app/build.gradle.kts: buildConfigField("String", "ANTHROPIC_API_KEY", '
                '"\\"$key\\"")',
                matches=True,
            ),
            Example('app/build.gradle: resValue "string", "anthropic_api_key", key', matches=True),
            Example(
                "app/src/main/res/values/strings.xml: <resources><string "
                'name="anthropic_api_key"></string></resources>',
                matches=False,
            ),
            Example(
                "app/src/main/res/values/strings.xml: <resources><string "
                'name="anthropic_api_key_hint">Enter your key from the Anthropic '
                "Console</string></resources>",
                matches=False,
            ),
            Example(
                "app/src/main/res/values/strings.xml: <resources><string "
                'name="anthropic_api_key">API key</string></resources>',
                matches=False,
            ),
            Example(
                "App/Info.plist: "
                "<dict><key>AnthropicModel</key><string>claude-sonnet-4-5</string></dict>",
                matches=False,
            ),
            Example(
                "App/Secrets.plist: "
                "<dict><key>AnthropicAPIKey</key><string>YOUR_API_KEY_HERE</string></dict>",
                matches=False,
            ),
            Example(
                "App/Config.xcconfig: // ANTHROPIC_API_KEY = x\nANTHROPIC_MODEL = claude",
                matches=False,
            ),
            Example(
                'app.json: {"expo": {"extra": {"anthropicProxy": "https://example.com"}}}',
                matches=False,
            ),
            Example(
                "app.config.ts: export default { extra: { proxy: "
                "process.env.ANTHROPIC_PROXY_URL } }",
                matches=False,
            ),
            Example('config.json: {"anthropicApiKey": "{48}"}', matches=False),
            Example(
                'app/build.gradle: buildConfigField "String", "ANTHROPIC_MODEL", "\\"claude\\""',
                matches=False,
            ),
            Example(
                'app/build.gradle.kts: // buildConfigField("String", "CLAUDE_API_KEY", '
                '"\\"$key\\"")',
                matches=False,
            ),
            Example(
                'app/build.gradle: implementation "com.anthropic:anthropic-java:2.0.0"',
                matches=False,
            ),
        ),
    ),
    in_settings=_check,
    in_code=as_text(_check),
)
