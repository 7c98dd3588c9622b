# ruff: noqa: SIM905 - lists of words are read as words
"""What a call lets out: which values stand in its arguments as they are, and whether it writes them to
somewhere that people read. Pure, and linear in the size of an argument.

A value that something is made of first (a mask, a length, a comparison) is not let out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from antkey_scanner.code.words import names

MOST_SHOWN = 19
"""Characters of a key's beginning that may be told: `sk-ant-api03-` and six more."""

_PREFIX = re.compile(r"(?i)[rbfu]{1,2}")
_NO_VALUES = frozenset(
    "not is in if else and or None null nil undefined true false True False typeof new await void as for"
    " unless then end".split()
)
_CUTS = frozenset(("slice", "substring", "substr", "Substring"))
_BEGINNING = re.compile(
    r"\s*(?:\[\s*0?\s*:\s*(?P<py>\d{1,4})\s*\]|\.(?:slice|substr|[sS]ubstring)\(\s*0\s*,\s*(?P<js>\d{1,4})\s*\))"
)
MOST_CHARACTERS = 20_000
"""Of an argument, so many are looked at."""

_OPENERS = {
    "Python": {"f": "{"},
    "JavaScript": {"`": "${"},
    "Kotlin": {'"': "${"},
    "Ruby": {'"': "#{", "`": "#{"},
    "PHP": {'"': "{$"},
    "C#": {"$": "{"},
}
_PLAIN = {"Kotlin": re.compile(r"\$[A-Za-z_]\w*"), "PHP": re.compile(r"\$[A-Za-z_]\w*(?:->\w+)?")}
_GETTERS = (
    "[",
    "get(",
    "getenv(",
    "Getenv(",
    "env(",
    "fetch(",
    "getProperty(",
    "Get(",
    "get_header(",
)
_SHORT = re.compile(r"""(["'`])([\w.-]{1,60})\1""")
_PATH = re.compile(
    r"""(?x)
    (?<![\w$.]) (?P<path> [$@]?[A-Za-z_]\w* (?: (?:\?\.|!\.|\.|->|::)\$?[A-Za-z_]\w* )* )
    (?P<subscript> !? (?:\.|\?\.|::|->)? \w* [\[(] \s* ["'`](?P<inner>[\w.-]{1,60})["'`] \s* [\])] )?
    """
)
_SAME = frozenset(
    "str String repr format sprintf Sprintf stringify dumps dict f toString concat to_s inspect "
    "encode decode Some Any Str Interface kv Reflect stringifyJson encodeURIComponent quote "
    "to_json json_encode strval asdict vars Sprint Sprintln printf Stringify pformat".split()
)
"""Calls that give back what they were given, as far as a reader is concerned."""

_KEEPS = frozenset(
    "strip trim toString to_string get_secret_value encode decode clone presence to_s String "
    "value unwrap as_str expose_secret".split()
)
_ASKED_AFTER = re.compile(
    r"\s*(?:\?(?![.?:])|===?|!==?|is\b|in\b|and\b|&&|else\b|[<>]|:(?!:)|=(?![=\s]*[}!:])|\[|\.|\?\.|\()"
)
_ASKED_BEFORE = re.compile(
    r"(?:!|\bnot|\bif|\btypeof|\bin|\bwith|\bdel|[=!]=|\bas)\s*\(?\s*\Z|\bif\s*\(\s*\Z"
)

_SPEAKS = frozenset(
    "print println pprint puts p pp echo var_dump print_r error_log dd dump nslog debugprint warn "
    "panic eprintln eprint logger log debug info error alert".split()
)
_LEVELS = frozenset(
    "trace debug info information warn warning error critical fatal exception log print println "
    "printf notice verbose dir table debugf infof warnf errorf fatalf tracef debugw infow warnw "
    "errorw logdebug loginformation logwarning logerror logcritical logtrace write writeline echo "
    "d e i w v wtf success emit append add".split()
)
_WRITERS = re.compile(
    r"""(?ix)
    (?: \b(?:log|logs|logger|logging|slog|zap|zerolog|winston|pino|loguru|structlog|console|rich|click|typer
      | stdout|stderr|out|err|debug|timber|klog|glog|logrus|sugar|monolog|syslog)
      | logger | _log | Logger )
    (?: \(\s*[\w.]*\s*\) )? \s* (?:\.|->|::|\?\.) \Z
    """
)
_TRACKERS = re.compile(
    r"""(?x)
    (?: (?i:sentry(?:_sdk)?|bugsnag|rollbar|honeybadger|newrelic|datadog|posthog|raygun|airbrake|span|scope)
        \S{0,40}
        \b(?:capture\w*
          | [sS]et_?(?:tag|Tag|extra|Extra|context|Context|attribute|Attribute|data|Data|user|User)s?
          | add_?[bB]readcrumb|notify\w*|notice_error|record\w*|track|addMetadata|add_metadata)
      | \bcapture_?(?:exception|message|Exception|Message) ) \Z
    """
)
_RAISES = re.compile(
    r"(?:(?:Error|Exception|Panic)|errors\.New|fmt\.Errorf|\bpanic|\babort|\braise|\bfail)\Z"
)


_CODE = re.compile(r"""[^"'`{}]+""")
_SPACE = re.compile(r"""[^"'`{}\\$#\n]+""")
"""What is neither the end of a string nor the beginning of what is put into it."""


class Value(NamedTuple):
    """A value in an argument. path: as written, such as `tenant.api_key`; last: its last name; offset: in
    the argument; in_text: whether it is put into a text."""

    path: str
    last: str
    offset: int
    in_text: bool


def speaks(callee: str) -> str | None:
    """What a call writes its arguments to, in words; None where to nothing that people read."""
    callee = callee.strip()
    tail = names(callee[-80:])
    last = tail[-1] if tail else ""
    if callee.replace("!", "").isidentifier():
        if last.lower() in _SPEAKS:
            return "a log"
    elif callee.startswith("fmt."):
        return "a log" if last.startswith("Print") else None
    elif _WRITERS.search(callee[: len(callee) - len(last)][-120:]) and last.lower() in _LEVELS:
        return "a log"
    if _TRACKERS.search(callee[-160:]):
        return "an error tracker"
    return None


def raises(callee: str) -> bool:
    """Whether a call makes an exception."""
    return _RAISES.search(callee.strip()[-80:]) is not None


def values(argument: str, language: str) -> Iterator[Value]:
    """The values that an argument holds as they are."""
    argument = argument[:MOST_CHARACTERS]
    code, depth = _code(argument, language)
    has_text = '"' in code or "'" in code or "`" in code
    for found in _PATH.finditer(code):
        parts = names(found["path"])
        while len(parts) > 1 and parts[-1] in _KEEPS:
            parts.pop()
        after = code[found.end() : found.end() + 40]
        before = code[max(0, found.start() - 40) : found.start()]
        kept = names(found["path"])[-1] in _KEEPS and len(parts) < len(names(found["path"]))
        if parts[-1] in _CUTS and len(parts) > 1:
            parts.pop()
            after = f".{names(found['path'])[-1]}{after}"
        if kept:
            after = re.sub(r"^\(\s*\)", "", after)
        is_prefix = after.startswith(("'", '"')) and _PREFIX.fullmatch(found["path"]) is not None
        if is_prefix or found["path"] in _NO_VALUES:
            continue
        shown = _BEGINNING.match(after)
        if shown is not None:
            if int(shown["py"] or shown["js"]) <= MOST_SHOWN:
                continue
        elif _ASKED_AFTER.match(after) or _ASKED_BEFORE.search(before):
            continue
        if not _is_same(code, found.start()):
            continue
        last = found["inner"] or parts[-1]
        in_text = depth[found.start()] > 0 or (
            has_text and re.search(r"[+%.,]\s*\Z", before) is not None
        )
        yield Value(found.group().strip(), last, found.start(), in_text)


def _is_same(code: str, at: int) -> bool:
    """Whether nothing is made of what stands at an offset, by the call that it is an argument of."""
    open_brackets = 0
    for place in range(at - 1, max(-1, at - 400), -1):
        character = code[place]
        if character in ")]":
            open_brackets += 1
        elif character in "([":
            if open_brackets:
                open_brackets -= 1
                continue
            named = names(code[max(0, place - 60) : place].rpartition("\n")[2])
            directly = bool(named) and code[:place].rstrip().endswith(named[-1])
            if character == "(" and directly and named[-1] not in _SAME:
                return False
    return True


def _code(text: str, language: str) -> tuple[str, list[int]]:
    """The text with what stands in strings blanked, but for names in brackets and what is put into them;
    and for each character in how many strings it stands."""
    family = "JavaScript" if language.startswith("TypeScript") else language
    stripper = _Stripper(text, _OPENERS.get(family, {}), _PLAIN.get(family))
    at = 0
    while at < len(text):
        at = stripper.in_string(at) if stripper.is_inside else stripper.in_code(at)
    return "".join(stripper.out), stripper.depth


class _Stripper:
    """Goes through a text once. stack: the quote of a string, with what opens code in it, for each string;
    brackets for code that stands in one."""

    def __init__(self, text: str, openers: dict[str, str], plain: re.Pattern[str] | None) -> None:
        self.out: list[str] = []
        self.depth: list[int] = []
        self._text = text
        self._openers = openers
        self._plain = plain
        self._stack: list[tuple[str, str]] = []

    @property
    def is_inside(self) -> bool:
        """Whether what comes next stands in a string."""
        return bool(self._stack) and self._stack[-1][0] not in "{}"

    def _take(self, piece: str) -> None:
        self.out.append(piece)
        self.depth.extend([len(self._stack)] * len(piece))

    def in_code(self, at: int) -> int:
        """Take what stands at an offset of code; where the next stands."""
        run = _CODE.match(self._text, at)
        if run is not None:
            self._take(run.group())
            return run.end()
        character = self._text[at]
        if character in "\"'`":
            return self._quote(at, character)
        if self._stack and character == "{":
            self._stack.append(("{", ""))
        elif self._stack and character == "}":
            self._stack.pop()
        self._take(character)
        return at + 1

    def _quote(self, at: int, character: str) -> int:
        short = _SHORT.match(self._text, at)
        if short is not None and "".join(self.out[-12:]).rstrip().endswith(_GETTERS):
            self._take(short.group())
            return short.end()
        three = self._text[at : at + 3]
        quote = three if three in ('"""', "'''") else character
        self._take(character + " " * (len(quote) - 1))
        self._stack.append((quote, _opener(self._text, at, character, self._openers)))
        return at + len(quote)

    def in_string(self, at: int) -> int:
        """Take what stands at an offset of a string; where the next stands."""
        text = self._text
        run = _SPACE.match(text, at)
        if run is not None:
            self._take(" " * (run.end() - at))
            return run.end()
        quote, opener = self._stack[-1]
        if text[at] == "\\":
            self._take("  "[: len(text[at : at + 2])])
            return at + 2
        if text.startswith(quote, at):
            self._stack.pop()
            self._take(text[at] + " " * (len(quote) - 1))
            return at + len(quote)
        if opener == "{" and text.startswith("{{", at):
            self._take("  ")
            return at + 2
        if opener and text.startswith(opener, at):
            kept = len(opener) - opener.endswith("$")
            self._stack.append(("}", ""))
            self._take("(".rjust(kept))
            return at + kept
        name = None if self._plain is None or quote != '"' else self._plain.match(text, at)
        if name is not None:
            self._take("," + name.group()[1:])
            return name.end()
        self._take("\n" if text[at] == "\n" else " ")
        return at + 1


def _opener(text: str, at: int, quote: str, openers: dict[str, str]) -> str:
    if "f" in openers:
        return "{" if re.search(r"(?i)(?<!\w)(?:f|rf|fr)\Z", text[max(0, at - 3) : at]) else ""
    if "$" in openers:
        return "{" if text[max(0, at - 2) : at].strip("@").endswith("$") else ""
    return openers.get(quote, "")
