# ruff: noqa: SIM905 - lists of words are read as words
"""Logs are read by more people than may know a key, are copied to other companies, and are kept for years.
So are error reports, exceptions, chats with a model and the URLs that proxies note. A key that is written
there has leaked, and nobody rotates it, since nobody knows.

What counts is a value that is named as a key (`api_key`, `apiKey`, `x-api-key`, `ANTHROPIC_API_KEY`, not
another provider's) and goes, as it is, into a call of a logger, `print`, `console`, an error tracker, into
the text of an exception, a prompt, or the query of an Anthropic URL. Whether there is a key, how long it
is, its first characters (19 with the prefix), and what a function made of it (`mask(key)`) may be told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from antkey_scanner.code.anchors import has_any
from antkey_scanner.code.module import Call, Span
from antkey_scanner.code.printed import raises, speaks, values
from antkey_scanner.code.rule import Hit, Source
from antkey_scanner.model import Confidence, Example, Rule, Severity
from antkey_scanner.settings.names import is_key_name, words
from antkey_scanner.settings.rule import FileRule

_OTHERS = frozenset(
    "openai gpt google gemini cohere mistral groq deepseek xai aws stripe github gitlab slack "
    "discord azure sort cache primary foreign public ssh has is masked redacted no missing hash "
    "hashed encrypted cipher placeholder dummy fake test example use uses using should can need "
    "needs require enable show with without invalid valid".split()
)
_ENDS = (("api", "key"), ("apikey",), ("auth", "token"), ("secret", "key"))
_PROMPTS = ("content", "prompt", "system", "messages")
_NAME = re.compile(r"(?i)key|token|secret")
_IN_QUERY = re.compile(r"(?i)(?:key|token)=")
_ASKS = re.compile(
    r"(?:create|stream|generateText|streamText|complete|completion|invoke|query|generate)\Z"
)
_QUERY = re.compile(
    r"""(?ix)
    anthropic [^\s"'`]{0,200} [?&](?:x-)?(?:api[-_]?key|key|auth[-_]?token|token)=
    (?: [$#]?\{ | %s | ["'`]\s{0,5}[+.]\s{0,5} ) \s{0,5} (?P<name>[\w.$>-]{0,100})
    """
)


_MOST_CHARACTERS = 8 << 20
"""Of arguments in a file: calls that stand in calls are looked at with each."""


def _check(source: Source) -> Iterator[Hit]:
    if not source.keys:
        return
    left = _MOST_CHARACTERS
    for call in source.module.calls:
        if not has_any(source.keys, call.span.start, call.span.end):
            continue
        left -= call.span.end - call.span.start
        if left < 0:
            break
        yield from _call(call, source)
    if any(_IN_QUERY.match(source.text, at) for at in source.keys):
        for found in _QUERY.finditer(source.text):
            if is_key(found["name"]):
                span = _span(source.text, found.start(), found.end())
                yield Hit(span, "a key stands in a URL", found["name"])


def _call(call: Call, source: Source) -> Iterator[Hit]:
    where = speaks(call.callee)
    raised = where is None and raises(call.callee)
    if where is None and not raised:
        if _ASKS.search(call.callee):
            given = [call.named[name] for name in _PROMPTS if name in call.named]
            yield from _hits(call, given, "a prompt", source, in_text=False)
        return
    given = [*call.arguments, *call.named.values()]
    formats = bool(call.arguments) and re.match(
        r"""["'`].*(?:%[svq]|\{\})""", call.arguments[0], re.DOTALL
    )
    in_text = raised and not formats
    yield from _hits(call, given, where or "an exception's text", source, in_text=in_text)


def _hits(
    call: Call,
    given: list[str],
    where: str,
    source: Source,
    *,
    in_text: bool,
) -> Iterator[Hit]:
    for argument in given:
        if _NAME.search(argument) is None:
            continue
        for value in values(argument, source.language.name):
            if in_text and not value.in_text:
                continue
            if is_key(value.last) and not _is_name_of_variable(source, value.last):
                yield Hit(
                    call.span,
                    f"a key (`{value.last}`) is written to {where}",
                    f"{call.callee} {value.path}",
                )
                return


def is_key(name: str) -> bool:
    """Whether a value is named as a key, Anthropic's or nobody's in particular."""
    said = words(name)
    if not _OTHERS.isdisjoint(said):
        return False
    return is_key_name(name) or any(tuple(said[-len(end) :]) == end for end in _ENDS)


def _is_name_of_variable(source: Source, name: str) -> bool:
    """Whether what is written is a constant that holds the name of a variable of the environment."""
    values = [one.value for one in source.module.assigns if one.target == name and name.isupper()]
    return bool(values) and re.fullmatch(r"""["'][A-Z_]+["']""", values[-1].strip()) is not None


def _span(text: str, start: int, end: int) -> Span:
    return Span(start, end, text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start))


RULE = FileRule(
    Rule(
        id="logged-key",
        title="Key written to a log, an error or a prompt",
        family="exposure",
        severity=Severity.HIGH,
        confidence=Confidence.MEDIUM,
        why=__doc__,
        remedy=(
            "Leave the key out, or write its hint (the prefix and the last four characters), "
            "its name or its"
            " fingerprint instead. Replace a key that such a line has already written."
        ),
        requirements=("P1", "A4"),
        frameworks=("SOC2:CC6.1", "ISO27001:A.8.15", "CWE-532", "CWE-209"),
        examples=(
            Example('a.py: import anthropic\nlogger.info(f"using {api_key}")', matches=True),
            Example(
                'a.py: import anthropic\nprint("key:", os.environ["ANTHROPIC_API_KEY"])',
                matches=True,
            ),
            Example(
                'a.py: import anthropic\nraise ValueError(f"bad key {tenant.api_key} for Claude")',
                matches=True,
            ),
            Example(
                "a.ts: // anthropic\nconsole.log(`key ${process.env.ANTHROPIC_API_KEY}`)",
                matches=True,
            ),
            Example(
                "a.ts: // anthropic\nlogger.error({ err, apiKey }, 'call failed')", matches=True
            ),
            Example("a.ts: // anthropic\nSentry.setExtra('key', customer.apiKey)", matches=True),
            Example(
                'a.go: package a // anthropic\nfunc f() { log.Printf("key %s", cfg.APIKey) }',
                matches=True,
            ),
            Example(
                "a.go: package a // anthropic\nfunc f() { "
                'fmt.Println(os.Getenv("ANTHROPIC_API_KEY")) }',
                matches=True,
            ),
            Example(
                'a.go: package a // anthropic\nfunc f() error { return fmt.Errorf("bad key '
                '%s", apiKey) }',
                matches=True,
            ),
            Example(
                'A.java: class A { void f() { log.info("anthropic {}", apiKey); } }', matches=True
            ),
            Example(
                'A.java: class A { void f() { System.out.println("anthropic " + apiKey); } }',
                matches=True,
            ),
            Example(
                'A.java: class A { void f() { throw new IllegalStateException("anthropic: " + '
                "apiKey); } }",
                matches=True,
            ),
            Example('a.rb: # anthropic\nRails.logger.info("key #{tenant.api_key}")', matches=True),
            Example("a.rb: # anthropic\nputs ENV['ANTHROPIC_API_KEY']", matches=True),
            Example('a.rb: # anthropic\nraise ArgumentError, "bad key #{api_key}"', matches=True),
            Example('a.php: <?php // anthropic\nLog::info("key $apiKey");', matches=True),
            Example("a.php: <?php // anthropic\nvar_dump($config->apiKey);", matches=True),
            Example('a.php: <?php // anthropic\nerror_log("key: " . $apiKey);', matches=True),
            Example(
                'A.cs: // Anthropic\nclass A { void F() { _logger.LogInformation("{k}", '
                "options.ApiKey); } }",
                matches=True,
            ),
            Example(
                'A.cs: // Anthropic\nclass A { void F() { Console.WriteLine($"key {apiKey}"); } }',
                matches=True,
            ),
            Example(
                'A.cs: // Anthropic\nclass A { void F() { throw new Exception($"key '
                '{apiKey}"); } }',
                matches=True,
            ),
            Example('A.kt: // anthropic\nfun f() { println("key $apiKey") }', matches=True),
            Example(
                'A.kt: // anthropic\nfun f() { logger.info("key ${tenant.apiKey}") }', matches=True
            ),
            Example('A.kt: // anthropic\nfun f() { Log.d("tag", apiKey) }', matches=True),
            Example('a.py: import anthropic\nprint(f"{api_key[:24]}…")', matches=True),
            Example("a.ts: // anthropic\nconsole.log(apiKey.slice(0, 30))", matches=True),
            Example("a.ts: // anthropic\nconsole.log(apiKey?.slice(0, 12))", matches=False),
            Example('a.py: import anthropic\nlogger.info(f"using {mask(api_key)}")', matches=False),
            Example(
                'a.py: import anthropic\nprint("key set" if api_key else "no key")', matches=False
            ),
            Example('a.py: import anthropic\nlogger.info("key %s…", api_key[:6])', matches=False),
            Example('a.py: import anthropic\nprint("set ANTHROPIC_API_KEY first")', matches=False),
            Example(
                "a.py: import anthropic\nclient = anthropic.Anthropic(api_key=api_key)",
                matches=False,
            ),
            Example(
                "a.ts: // anthropic\nconsole.log(`key ${apiKey ? 'set' : 'missing'}`)",
                matches=False,
            ),
            Example(
                "a.ts: // anthropic\nlogger.info({ hasApiKey: !!apiKey, apiKey: redact(apiKey) })",
                matches=False,
            ),
            Example(
                "a.ts: // anthropic\nconsole.log('Set ANTHROPIC_API_KEY', apiKey.length)",
                matches=False,
            ),
            Example(
                'a.go: package a // anthropic\nfunc f() { log.Printf("key %s", mask(cfg.APIKey)) }',
                matches=False,
            ),
            Example(
                'a.go: package a // anthropic\nfunc f() { log.Print("no key", apiKey == "") }',
                matches=False,
            ),
            Example(
                'a.go: package a // anthropic\nfunc f() { fmt.Sprintf("%s", apiKey) }',
                matches=False,
            ),
            Example(
                'A.java: class A { void f() { log.info("anthropic {}", mask(apiKey)); } }',
                matches=False,
            ),
            Example(
                'A.java: class A { void f() { log.info("anthropic {}", apiKey.length()); } }',
                matches=False,
            ),
            Example(
                'A.java: class A { void f() { log.info("anthropic {}", apiKeyId); } }',
                matches=False,
            ),
            Example(
                'a.rb: # anthropic\nRails.logger.info("key #{tenant.api_key.last(4)}")',
                matches=False,
            ),
            Example('a.rb: # anthropic\nputs "key is #{api_key.present?}"', matches=False),
            Example('a.rb: # anthropic\nputs "Set ANTHROPIC_API_KEY"', matches=False),
            Example('a.php: <?php // anthropic\nLog::info("key " . mask($apiKey));', matches=False),
            Example(
                "a.php: <?php // anthropic\nLog::info('has key', ['set' => !empty($apiKey)]);",
                matches=False,
            ),
            Example("a.php: <?php // anthropic\nLog::info('set $apiKey');", matches=False),
            Example(
                'A.cs: // Anthropic\nclass A { void F() { _logger.LogInformation("{k}", '
                "Mask(options.ApiKey)); } }",
                matches=False,
            ),
            Example(
                'A.cs: // Anthropic\nclass A { void F() { Console.WriteLine("set apiKey"); } }',
                matches=False,
            ),
            Example(
                "A.cs: // Anthropic\nclass A { void F() { "
                'Console.WriteLine($"{apiKey.Length}"); } }',
                matches=False,
            ),
            Example(
                'A.kt: // anthropic\nfun f() { println("key ${mask(apiKey)}") }', matches=False
            ),
            Example(
                'A.kt: // anthropic\nfun f() { println("key ${apiKey.length}") }', matches=False
            ),
            Example('A.kt: // anthropic\nfun f() { println("set apiKey") }', matches=False),
        ),
    ),
    in_code=_check,
)
