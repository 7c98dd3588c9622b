# ruff: noqa: SIM905 - lists of words are read as words
"""Logs are read by more people than may know a key, are copied to other companies, and are kept for years.
So are error reports, exceptions, chats with a model and the URLs that proxies note. A key that is written
there has leaked, and nobody rotates it, since nobody knows.

What counts is a value that is named as a key (`api_key`, `apiKey`, `x-api-key`, `ANTHROPIC_API_KEY`, not
another provider's), or a name that was given one before, and goes, as it is, into a call of a logger,
`print`, `console`, an error tracker, into the text of an exception, a prompt, the output of a tool, or the
query of an Anthropic URL; and `echo` of such a variable in scripts and pipelines. Whether there is a key,
how long it is, its first characters (19 with the prefix), and what a function made of it (`mask(key)`) may
be told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from antkey_scanner.code.anchors import has_any, spoken
from antkey_scanner.code.carried import Carried, named
from antkey_scanner.code.messages import given_back, parts, placed, span_of
from antkey_scanner.code.module import Call, line_starts
from antkey_scanner.code.printed import raises, speaks, values
from antkey_scanner.code.rule import Hit, Source
from antkey_scanner.code.said import said
from antkey_scanner.code.words import names
from antkey_scanner.late import late
from antkey_scanner.model import Confidence, Example, Rule, Severity
from antkey_scanner.settings.names import is_key_name, words
from antkey_scanner.settings.places import is_test
from antkey_scanner.settings.read import Settings
from antkey_scanner.settings.rule import FileRule

_OTHERS = frozenset(
    "openai gpt google gemini cohere mistral groq deepseek xai aws stripe github gitlab slack "
    "discord azure sort cache primary foreign public ssh has is masked redacted no missing hash "
    "hashed encrypted cipher placeholder dummy fake test example use uses using should can need "
    "needs require enable show with without invalid valid".split()
)
_ENDS = (("api", "key"), ("apikey",), ("auth", "token"), ("secret", "key"))
_PROMPTS = ("content", "prompt", "system", "messages")
_NAME = late(r"(?i)key|token|secret")
_IN_QUERY = late(r"(?i)(?:key|token)=")
_ASKS = late(
    r"(?:create|stream|generateText|streamText|complete|completion|invoke|query|generate)\Z"
)
_QUERY = late(
    r"""(?ix)
    anthropic [^\s"'`]{0,200} [?&](?:x-)?(?:api[-_]?key|key|auth[-_]?token|token)=
    (?: [$#]?\{ | %s | ["'`]\s{0,5}[+.]\s{0,5} ) \s{0,5} (?P<name>[\w.$>-]{0,100})
    """
)
_PARAMETER = late(r"searchParams\.(?:set|append)\Z")
_READ = {"dart": "Dart", "swift": "Kotlin", "rs": "Rust"}
_ENDINGS = (*_READ, "vue", "svelte", "astro", "html", "htm")
_VARIABLE = r"(?:\$\{?|%|\$env:|\$\{\{\s{0,5}(?:secrets|env|vars)\.)(?P<name>[A-Za-z_]\w{0,80})"
_ECHOED = late(
    rf"(?<![\w-])(?:echo|printf|print|Write-(?:Host|Output))\b(?P<before>[^\n|>;&]{{0,300}}?){_VARIABLE}(?P<after>[^\n]{{0,200}})"
)
_CUT = late(r":(?:0:(?P<shown>\d{1,3})\b|[+?]|\s{0,3}-\d)|\s{0,3}:[+]")
_SCRIPTS = late(
    r"(?i)\.(?:sh|bash|zsh|fish|ps1|bat|cmd|ya?ml|mk)\Z|dockerfile|containerfile|makefile|jenkinsfile|justfile"
)

_MOST_CHARACTERS = 8 << 20
"""Of arguments in a file: calls that stand in calls are looked at with each."""


def _in_code(source: Source) -> Iterator[Hit]:
    if not source.keys:
        return
    if named(source, is_key):
        yield from _in_calls(source)
    yield from _in_queries(source)
    if source.language.name == "Rust":
        yield from _said(
            source.path, source.text, source.once("starts", lambda: line_starts(source.text))
        )
    yield from _to_models(source)


def _in_calls(source: Source) -> Iterator[Hit]:
    carried = Carried(source, is_key)
    spots = sorted((*named(source, is_key), *carried.offsets))
    left = _MOST_CHARACTERS
    for call in source.module.parts("calls", source.module.sections_of(spots)):
        if not has_any(spots, call.span.start, call.span.end):
            continue
        left -= call.span.end - call.span.start
        if left < 0:
            break
        yield from _call(call, source, carried)


def _in_queries(source: Source) -> Iterator[Hit]:
    if any(_IN_QUERY.match(source.text, at) for at in source.keys):
        for found in _queries(source):
            if is_key(found["name"]):
                span = span_of(source, found.start(), found.end())
                yield Hit(span, "a key stands in a URL", found["name"])


def _queries(source: Source) -> Iterator[re.Match[str]]:
    """What the pattern finds, looked for where it may begin: it may anywhere, and is slow."""
    end = 0
    for at in spoken(source.small, ("anthrop",)):
        found = _QUERY.match(source.text, at) if at >= end else None
        if found is not None:
            end = found.end()
            yield found


def _call(call: Call, source: Source, carried: Carried) -> Iterator[Hit]:
    where = speaks(call.callee)
    raised = where is None and raises(call.callee)
    if where is None and not raised:
        if _ASKS.search(call.callee):
            given = [call.named[name] for name in _PROMPTS if name in call.named]
            yield from _hits(call, given, "a prompt", source, carried)
        elif _PARAMETER.search(call.callee) and _is_to_anthropic(call, source):
            yield from _hits(call, call.arguments[1:2], "a URL", source, carried)
        elif "params" in call.named and "anthropic" in "".join(call.arguments[:2]).lower():
            yield from _hits(call, [call.named["params"]], "a URL", source, carried)
        return
    given = [*call.arguments, *call.named.values()]
    formats = bool(call.arguments) and re.match(
        r"""["'`].*(?:%[svq]|\{\})""", call.arguments[0], re.DOTALL
    )
    in_text = raised and not formats
    yield from _hits(call, given, where or "an exception's text", source, carried, in_text=in_text)


def _is_to_anthropic(call: Call, source: Source) -> bool:
    """Whether the URL that a parameter is put into was made of Anthropic's address."""
    given = source.owner.values(names(call.callee)[0], call.span)
    return bool(given) and "anthropic" in given[-1].value.lower()


def _hits(
    call: Call,
    given: list[str] | tuple[str, ...],
    where: str,
    source: Source,
    carried: Carried,
    *,
    in_text: bool = False,
) -> Iterator[Hit]:
    for argument in given:
        if _NAME.search(argument) is None and not carried.names:
            continue
        for value in values(argument, source.language.name):
            if in_text and not value.in_text:
                continue
            is_named = is_key(value.last) and not _is_name_of_variable(source, value.last)
            if is_named or carried.is_carried(value.path, call.span):
                yield Hit(
                    call.span,
                    f"a key (`{value.last}`) is written to {where}",
                    f"{call.callee} {value.path}",
                )
                return


def _to_models(source: Source) -> Iterator[Hit]:
    for given, told in ((parts, "is given to a model"), (given_back, "is given back by a tool")):
        for text, span in given(source):
            for value in values(text, source.language.name):
                if is_key(value.last):
                    yield Hit(span, f"a key (`{value.last}`) {told}", value.path)
                    break


def _in_settings(settings: Settings) -> Iterator[Hit]:
    ending = settings.name.rpartition(".")[2].lower()
    if is_test(settings.path):
        return
    if ending in _ENDINGS:
        yield from _said(settings.path, settings.text, settings.starts)
    elif _SCRIPTS.search(settings.name):
        yield from _echoed(settings)


def _said(path: str, text: str, starts: Sequence[int]) -> Iterator[Hit]:
    ending = path.rpartition(".")[2].lower()
    language = _READ.get(ending, "JavaScript")
    for call in said(text, ending):
        line = text.rfind("\n", 0, call.start) + 1
        if text[line : call.start].lstrip().startswith(("//", "*", "///", "<!--")):
            continue
        found = next(
            (
                value
                for argument in call.arguments
                if _NAME.search(argument)
                for value in values(argument, language)
                if is_key(value.last)
            ),
            None,
        )
        if found is not None:
            message = f"a key (`{found.last}`) is written to {call.where}"
            yield Hit(placed(starts, call.start, call.end), message, f"{call.callee} {found.path}")


def _echoed(settings: Settings) -> Iterator[Hit]:
    """Scripts that write a variable out, not into a file or another command."""
    for found in _ECHOED.finditer(settings.text):
        after = found["after"]
        cut = _CUT.match(after)
        name = found["name"]
        if not (is_key_name(name) or words(name) == ["api", "key"]):
            continue
        if settings.is_comment(found.start()) or "::add-mask::" in found["before"]:
            continue
        if cut is not None and int(cut["shown"] or 0) <= 19:
            continue
        if re.search(r"[|>]", after) or re.search(r"\\\Z|'[^']*\Z", found["before"]):
            continue
        span = settings.span(found.start(), found.end())
        yield Hit(span, f"a key (`{name}`) is written to a log", name)


def is_key(name: str) -> bool:
    """Whether a value is named as a key, Anthropic's or nobody's in particular."""
    said = words(name)
    if not _OTHERS.isdisjoint(said):
        return False
    return is_key_name(name) or any(tuple(said[-len(end) :]) == end for end in _ENDS)


def _is_name_of_variable(source: Source, name: str) -> bool:
    """Whether what is written is a constant that holds the name of a variable of the environment."""
    given = source.module.with_word("assigns", name) if name.isupper() else ()
    values = [one.value for one in given if one.target == name]
    return bool(values) and re.fullmatch(r"""["'][A-Z_]+["']""", values[-1].strip()) is not None


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
                "a.ts: // anthropic\nconsole.log(`key ${process.env.ANTHROPIC_API_KEY}`)",
                matches=True,
            ),
            Example(
                'a.go: package a // anthropic\nfunc f() { log.Printf("key %s", cfg.APIKey) }',
                matches=True,
            ),
            Example(
                'A.java: class A { void f() { log.info("anthropic {}", apiKey); } }', matches=True
            ),
            Example('a.rb: # anthropic\nRails.logger.info("key #{tenant.api_key}")', matches=True),
            Example('a.php: <?php // anthropic\nLog::info("key $apiKey");', matches=True),
            Example(
                'A.cs: // Anthropic\nclass A { void F() { _logger.LogInformation("{k}", '
                "options.ApiKey); } }",
                matches=True,
            ),
            Example('A.kt: // anthropic\nfun f() { println("key $apiKey") }', matches=True),
            Example("a.ts: // anthropic\nconsole.log(apiKey?.slice(0, 12))", matches=False),
            Example('a.py: import anthropic\nlogger.info(f"using {mask(api_key)}")', matches=False),
            Example(
                'a.go: package a // anthropic\nfunc f() { log.Printf("key %s", mask(cfg.APIKey)) }',
                matches=False,
            ),
            Example(
                'A.java: class A { void f() { log.info("anthropic {}", mask(apiKey)); } }',
                matches=False,
            ),
            Example(
                'a.rb: # anthropic\nRails.logger.info("key #{tenant.api_key.last(4)}")',
                matches=False,
            ),
            Example('a.php: <?php // anthropic\nLog::info("key " . mask($apiKey));', matches=False),
            Example(
                'A.cs: // Anthropic\nclass A { void F() { _logger.LogInformation("{k}", '
                "Mask(options.ApiKey)); } }",
                matches=False,
            ),
            Example(
                'A.kt: // anthropic\nfun f() { println("key ${mask(apiKey)}") }', matches=False
            ),
        ),
    ),
    in_settings=_in_settings,
    in_code=_in_code,
)
