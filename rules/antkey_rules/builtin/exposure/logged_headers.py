# ruff: noqa: SIM905 - lists of words are read as words
"""Whoever logs the headers of a request as a whole logs the key that they carry, `x-api-key` or
`Authorization`, and keeps doing so when headers are added later.

What counts is an object named as headers, of a request and not of an answer, that goes as it is into a call
of a logger, `print`, `console` or an error tracker, in a file where such a header is spoken of; and one of
these headers by its name. What a function made of the headers (`redact(headers)`), and single other ones,
may be told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from antkey_scanner.code.anchors import has_any, spoken
from antkey_scanner.code.messages import span_of
from antkey_scanner.code.printed import Value, raises, speaks, values
from antkey_scanner.code.rule import Hit, Source
from antkey_scanner.code.said import said
from antkey_scanner.late import late
from antkey_scanner.model import Confidence, Example, Rule, Severity
from antkey_scanner.settings.names import words
from antkey_scanner.settings.rule import FileRule

_SPOKEN = late(r"(?i)headers?|x-api-key|authorization")

_ANSWERS = frozenset(
    "response responses res resp reply result answer out csv column columns table row cors rate "
    "limit masked redacted safe sanitized filtered scrubbed clean http_headers_names".split()
)
_SECRET = ("x-api-key", "authorization", "proxy-authorization")


_MOST_CHARACTERS = 8 << 20
"""Of arguments in a file: calls that stand in calls are looked at with each."""


def _check(source: Source) -> Iterator[Hit]:
    left = _MOST_CHARACTERS
    if not any(name in source.small for name in _SECRET):
        return
    named = spoken(source.small, ("header", *_SECRET))
    for call in source.module.parts("calls", source.module.sections_of(named)):
        if not has_any(named, call.span.start, call.span.end):
            continue
        where = speaks(call.callee)
        raised = where is None and raises(call.callee)
        left -= call.span.end - call.span.start
        if (where is None and not raised) or left < 0:
            continue
        for argument in (*call.arguments, *call.named.values()):
            if _SPOKEN.search(argument) is None:
                continue
            for value in values(argument, source.language.name):
                told = None if raised and not value.in_text else _told(value)
                if told is not None:
                    to = where or "an exception's text"
                    yield Hit(call.span, f"{told} to {to}", f"{call.callee} {value.path}")
                    break
    if source.language.name == "Rust":
        yield from _in_macros(source)


def _in_macros(source: Source) -> Iterator[Hit]:
    for call in said(source.text, "rs"):
        for value in (one for argument in call.arguments for one in values(argument, "Rust")):
            told = _told(value)
            if told is not None:
                span = span_of(source, call.start, call.end)
                yield Hit(span, f"{told} to {call.where}", f"{call.callee} {value.path}")
                break


def _told(value: Value) -> str | None:
    if value.last.lower() in _SECRET:
        return f"the header {value.last.lower()} is written"
    path = value.path[: value.path.rfind(value.last) + len(value.last)]
    spoken_of = words(re.sub(r"(?i)\b(?:get_?)?(?:all_?)?headers(?:_?map)?\Z", "headers", path))
    is_gos = path.endswith(".Header") and not {"req", "request", "r"}.isdisjoint(spoken_of)
    if (
        not spoken_of
        or not (spoken_of[-1] == "headers" or is_gos)
        or not _ANSWERS.isdisjoint(spoken_of)
    ):
        return None
    return f"all headers (`{value.path[:60]}`) are written"


RULE = FileRule(
    Rule(
        id="logged-headers",
        title="Headers that carry a key written to a log",
        family="exposure",
        severity=Severity.MEDIUM,
        confidence=Confidence.MEDIUM,
        why=__doc__,
        remedy=(
            "Log the headers that you need by their names, or take x-api-key and Authorization "
            "out in one"
            " place that all logging goes through. Replace a key that such a line has already "
            "written."
        ),
        requirements=("P1", "A4"),
        frameworks=("SOC2:CC6.1", "ISO27001:A.8.15", "CWE-532"),
        examples=(
            Example(
                'a.py: # anthropic\nheaders = {"x-api-key": key}\nlogger.debug("sending %s", '
                "headers)",
                matches=True,
            ),
            Example(
                'a.py: # anthropic x-api-key\nprint(f"headers: {request.headers}")', matches=True
            ),
            Example('a.py: # anthropic\nlogging.info(request.headers["x-api-key"])', matches=True),
            Example(
                "a.ts: // anthropic\nconst headers = {'x-api-key': key}\nconsole.log({ url, "
                "headers })",
                matches=True,
            ),
            Example("a.ts: // anthropic\nlogger.info(req.headers.authorization)", matches=True),
            Example(
                "a.ts: // anthropic x-api-key\nlogger.info(`sent ${JSON.stringify(req.headers)}`)",
                matches=True,
            ),
            Example(
                "a.go: package a // anthropic\nfunc f() { "
                'log.Print(r.Header.Get("Authorization")) }',
                matches=True,
            ),
            Example(
                'a.go: package a // anthropic x-api-key\nfunc f() { log.Printf("%v", headers) }',
                matches=True,
            ),
            Example(
                'a.go: package a // anthropic x-api-key\nfunc f() { slog.Info("sent", '
                '"headers", req.headers) }',
                matches=True,
            ),
            Example(
                'a.py: # anthropic\nheaders = {"x-api-key": key}\nlogger.debug("sending %s", '
                "redact(headers))",
                matches=False,
            ),
            Example(
                'a.py: # anthropic x-api-key\nprint(f"answered: {response.headers}")', matches=False
            ),
            Example(
                'a.py: # anthropic\nheaders = {"x-api-key": key}\nrequests.post(url, '
                "headers=headers)",
                matches=False,
            ),
            Example(
                "a.ts: // anthropic x-api-key\nconsole.log(req.headers['user-agent'])",
                matches=False,
            ),
            Example(
                "a.ts: // anthropic x-api-key\nconsole.log(Object.keys(headers))", matches=False
            ),
            Example(
                "a.ts: // anthropic x-api-key\nlogger.info({ headers: sanitize(headers) })",
                matches=False,
            ),
            Example(
                "a.go: package a // anthropic x-api-key\nfunc f() { "
                'log.Print(r.Header.Get("Request-Id")) }',
                matches=False,
            ),
            Example(
                "a.go: package a // anthropic x-api-key\nfunc f() { log.Print(len(headers)) }",
                matches=False,
            ),
            Example(
                'a.go: package a // anthropic x-api-key\nfunc f() { log.Printf("%v", '
                "masked(headers)) }",
                matches=False,
            ),
        ),
    ),
    in_code=_check,
)
