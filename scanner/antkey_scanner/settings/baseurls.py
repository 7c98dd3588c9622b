"""Finds the URLs that Anthropic requests are sent to, where code or settings write them out, and judges
them.

Judging is `antkey_scanner.urlpolicy`'s; nothing is looked up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from antkey_scanner.code.anchors import has_any
from antkey_scanner.code.module import Call, Span
from antkey_scanner.code.rule import Source
from antkey_scanner.late import late
from antkey_scanner.settings.names import is_url_name, words
from antkey_scanner.settings.places import is_test
from antkey_scanner.settings.read import Settings
from antkey_scanner.settings.siblings import is_beside_anthropic

_LITERAL = late(
    r"""(?:new\s+)?(?:Uri|URL|URI\.create|URI)?\(?\s*[rbfu@]?(["'`])(?P<url>[^"'`\s]{1,2000})\1\s*\)?\Z"""
)
_QUOTED = late(r"""(["'`])(?P<url>[^"'`\s]{1,2000})\1""")
_LONGEST_SCHEME = 120
_NOWHERE = Span(0, 0, 1, 1)
_DEFAULT = late(r"\$\{[A-Za-z_]\w{0,80}:?-(?P<url>[^${}]{1,2000})\}")
_NAMED = (
    "base_url",
    "baseURL",
    "baseUrl",
    "BaseUrl",
    "anthropic_api_url",
    "anthropicApiUrl",
    "api_base",
    "ApiUrlFormat",
)
_METHODS = late(r"(?:[wW]ithBaseU[rR][lLiI]|baseUr[il]|BaseUrl|base_url)\Z")
_OWN = late(r"(?i)anthropic|claude")
_OTHER = late(r"(?i)openai|mistral|cohere|groq")
_VARIABLES = late(r"[$%{}<>]|\bYOUR\b|\.\.\.|…")


class Judged(NamedTuple):
    """A URL that a key must not be sent to. reason: of the policy, which repeats nothing of the URL;
    is_loopback: whether it stays on the machine."""

    span: Span
    name: str
    reason: str
    is_loopback: bool


def in_settings(settings: Settings) -> Iterator[Judged]:
    """What a file of settings names."""
    if is_test(settings.path):
        return
    for at, entry in enumerate(settings.entries):
        # What a list of keys was read from is named in its `source`; nothing is sent there from here.
        is_past = entry.parents[-1:] == ("source",)
        if is_url_name(entry.name, entry.parents) or (
            entry.name in _NAMED and not is_past and is_beside_anthropic(settings, at)
        ):
            yield from _judged(entry.value, entry.name, entry.span)


def in_code(source: Source) -> tuple[Judged, ...]:
    """What source code writes out."""
    return source.once("base urls", lambda: tuple(_in_code(source)))


def _in_code(source: Source) -> Iterator[Judged]:
    refused = list(_refused(source.text))
    if not refused or is_test(source.path):
        return
    module = source.module
    is_alone = _OTHER.search(module.text) is None
    for call in module.calls:
        if has_any(refused, *call.span[:2]):
            yield from _called(call, is_alone)
    for assign in module.assigns:
        if not has_any(refused, *assign.span[:2]):
            continue
        if is_url_name(assign.target.strip("\"'[]() ").rpartition(" ")[0] or assign.target):
            yield from _written(assign.value, assign.target, assign.span)
    for either in module.eithers:
        if not has_any(refused, *either.span[:2]):
            continue
        asked = re.findall(r"[A-Za-z_]\w*", either.left)
        if any(is_url_name(name) for name in asked):
            yield from _written(either.right, asked[-1], either.span)


def _refused(text: str) -> Iterator[int]:
    """The offsets of URLs that are written out and not allowed: most files have none, and end here."""
    at = text.find("://")
    while at >= 0:
        begun = max(text.rfind(quote, max(0, at - _LONGEST_SCHEME), at) for quote in "\"'`")
        found = None if begun < 0 else _QUOTED.match(text, begun)
        if found is not None and next(_judged(found["url"], "", _NOWHERE), None) is not None:
            yield at
        at = text.find("://", at + 3)


def _called(call: Call, is_alone: bool) -> Iterator[Judged]:
    """is_alone: whether the file speaks of no other provider, whose options are called alike."""
    if _OWN.search(call.callee) or (is_alone and call.callee == "option.WithBaseURL"):
        for name in _NAMED:
            if name in call.named:
                yield from _written(call.named[name], name, call.span)
        method = call.callee.rpartition(".")[2]
        if _METHODS.search(method) and len(call.arguments) == 1:
            yield from _written(call.arguments[0], method, call.span)
    if (
        words(call.callee)[-1:] in (["setenv"], ["setdefault"], ["getenv"], ["env"], ["get"])
        and len(call.arguments) >= 2
    ):
        name = call.arguments[0].strip("\"'`")
        if is_url_name(name):
            yield from _written(call.arguments[1], name, call.span)


def _written(expression: str, name: str, span: Span) -> Iterator[Judged]:
    found = _LITERAL.match(expression.strip()[:3000])
    if found is not None:
        yield from _judged(found["url"], name[:80], span)


def _judged(value: str, name: str, span: Span) -> Iterator[Judged]:
    fallback = _DEFAULT.fullmatch(value)
    url = fallback["url"] if fallback is not None else value
    if "://" not in url or _VARIABLES.search(url):
        return
    from antkey_scanner.urlpolicy import Root, check_base_url, root_of  # 10 ms, and few need it

    verdict = check_base_url(url)
    if verdict.ok:
        return
    root = root_of(url)
    loopback = isinstance(root, Root) and root.is_loopback
    yield Judged(span, name, verdict.reason or "is not allowed", loopback)
