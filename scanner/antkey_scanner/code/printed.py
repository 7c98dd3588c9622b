# ruff: noqa: SIM905 - lists of words are read as words
"""What a call lets out: which values stand in its arguments as they are, and whether it writes them to
somewhere that people read. Pure, and linear in the size of an argument.

A value that something is made of first (a mask, a length, a comparison) is not let out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from antkey_scanner.code.stripped import code_of
from antkey_scanner.code.words import names
from antkey_scanner.late import late

MOST_SHOWN = 19
"""Characters of a key's beginning that may be told: `sk-ant-api03-` and six more."""

_PREFIX = late(r"(?i)[rbfu]{1,2}")
_NO_VALUES = frozenset(
    "not is in if else and or None null nil undefined true false True False typeof new await void as for"
    " unless then end".split()
)
_CUTS = frozenset(("slice", "substring", "substr", "Substring"))
_BEGINNING = late(
    r"\s*(?:\[\s*0?\s*:\s*(?P<py>\d{1,4})\s*\]|\.(?:slice|substr|[sS]ubstring)\(\s*0\s*,\s*(?P<js>\d{1,4})\s*\))"
)
MOST_CHARACTERS = 20_000
"""Of an argument, so many are looked at."""

_PATH = late(
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
_ACCESSOR = late(
    r"(?i)(?:get|read|fetch)?_?(?:all|tenant|anthropic|claude|request)?_?(?:x_?)?(?:api_?key|auth_?token|secret_?key|headers?)\Z"
)
"""Calls without arguments that give back what they are named after."""

_FORMATS = ("Python", "Rust", "C#")
_FORMAT = late(r"\A\s*(?:![rsa])?:[^{}\s]{0,20}(?=\})")
_ASKED_AFTER = late(
    r"\s*(?:\?(?![.?:])|===?|!==?|is\b|in\b|and\b|&&|else\b|[<>]|:(?!:)|=(?![=\s]*[}!:])|\[|\.|\?\.|\()"
)
_ASKED_BEFORE = late(
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
    "d e i w v wtf success emit append add bind child with withfield withfields".split()
)
_WRITERS = late(
    r"""(?ix)
    (?: \b(?:log|logs|logger|logging|slog|zap|zerolog|winston|pino|loguru|structlog|console|rich|click|typer
      | stdout|stderr|out|err|debug|timber|klog|glog|logrus|sugar|monolog|syslog)
      | logger | _log | Logger )
    (?: \(\s*[\w.]*\s*\) )? \s* (?:\.|->|::|\?\.) \Z
    """
)
_TRACKERS = late(
    r"""(?x)
    (?: (?i:sentry(?:_sdk)?|bugsnag|rollbar|honeybadger|newrelic|datadog|posthog|raygun|airbrake|span|scope)
        \S{0,40}
        \b(?:capture\w*
          | [sS]et_?(?:tag|Tag|extra|Extra|context|Context|attribute|Attribute|data|Data|user|User)s?
          | add_?[bB]readcrumb|notify\w*|notice_error|record\w*|track|addMetadata|add_metadata)
      | \bcapture_?(?:exception|message|Exception|Message)
      | \b(?:add_?[mM]etadata|setExtras?|addBreadcrumb) ) \Z
    """
)
_RAISES = late(
    r"(?:(?:Error|Exception|Panic)|errors\.New|fmt\.Errorf|\bpanic|\babort|\braise|\bfail)\Z"
)


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
    code, depth = code_of(argument, language)
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
        if kept or _ACCESSOR.match(parts[-1]):
            after = re.sub(r"^\(\s*\)", "", after)
        if depth[found.start()] and language in _FORMATS:
            after = _FORMAT.sub("", after)
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
