"""Finds what code puts into messages to a model, or gives back to one as a tool. Reads text around names of
keys; linear in their number."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from antkey_scanner.code.anchors import has_any
from antkey_scanner.code.module import Span, line_starts
from antkey_scanner.code.rule import Source
from antkey_scanner.late import late

_PART = late(
    r"""["']?\b(?:content|text|output|result)["']?\s{0,5}[:=](?![=>])\s{0,5}(?P<value>[^\n]{1,300})"""
)
_OF_MODEL = late(r"""["']?\b(?:role|type|tool_use_id|toolCallId)\b["']?\s{0,5}:""")
_TOOL = late(r"@(?:[\w.]{1,40}\.)?(?:function_)?tool\b[^\n]{0,200}\s{1,80}(?:async\s+)?(?:def\s)?")
_NEAR = 200


def parts(source: Source) -> Iterator[tuple[str, Span]]:
    """The values of parts of messages in which a key is named, each with its place."""
    text = source.text
    seen = -1
    for at in source.keys:
        line = max(text.rfind("\n", 0, at), at - _NEAR, seen)
        found = _PART.search(text, line + 1, at)
        if found is None or at <= seen:
            continue
        around = text[max(0, found.start() - _NEAR) : found.end() + _NEAR]
        if _OF_MODEL.search(around) is None:
            continue
        seen = found.end()
        whole = _PART.match(text, found.start()) or found
        yield _first(whole["value"]), span_of(source, found.start(), found.end())


def given_back(source: Source) -> Iterator[tuple[str, Span]]:
    """What functions give back that are a model's tools, in Python."""
    if "tool" not in source.text or source.language.name != "Python":
        return
    tools = [found.end() for found in _TOOL.finditer(source.text)]
    for returned in source.module.returns if tools else ():
        function = source.owner.scopes.named(returned.span)
        if function is None:
            continue
        head = function.span.start
        begun = max(head - _NEAR, source.text.rfind("def ", max(0, head - _NEAR), head) + 5)
        if has_any(tools, begun, head + 12):
            yield returned.value, returned.span


def span_of(source: Source, start: int, end: int) -> Span:
    """The place of two offsets of a file."""
    return placed(source.once("starts", lambda: line_starts(source.text)), start, end)


def placed(starts: Sequence[int], start: int, end: int) -> Span:
    """The place of two offsets in a text whose lines start where `starts` says."""
    line = bisect_right(starts, start)
    return Span(start, end, line, start - starts[line - 1] + 1)


def _first(text: str) -> str:
    """The value that begins there, up to where its part of a message ends."""
    depth, quote = 0, ""
    for at, character in enumerate(text):
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'`":
            quote = character
        elif character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
        if not quote and (depth < 0 or (character == "," and depth == 0)):
            return text[:at]
    return text
