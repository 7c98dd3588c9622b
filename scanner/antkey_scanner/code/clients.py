"""Where a file makes clients of Anthropic's API: found once, for all rules that ask."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from antkey_scanner.code import sdks
from antkey_scanner.code.anchors import has_any
from antkey_scanner.code.module import Call
from antkey_scanner.code.rule import Source
from antkey_scanner.code.terms import Term
from antkey_scanner.code.words import names


class Client(NamedTuple):
    """A call that makes a client, or a request of its own. term: what it is as an expression; text: as
    written."""

    call: Call
    term: Term
    text: str


def clients(source: Source) -> tuple[Client, ...]:
    """All of a file, in order."""
    return source.once("clients", lambda: tuple(_clients(source)))


def _clients(source: Source) -> Iterator[Client]:
    sections = source.module.sections_of(source.platforms)
    for call in source.module.parts("calls", sections):
        if not has_any(source.platforms, call.span.start, call.span.end):
            continue
        if not sdks.may_make_client(names(call.callee)):
            continue
        text = source.text[call.span.start : call.span.end]
        for term in source.owner.terms(text)[:1]:
            if sdks.is_client(term):
                yield Client(call, term, text)
