"""Searches one file of source code by rules. Nothing in it is run, and whatever it holds, this ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from antkey_scanner.code.languages import language_of
from antkey_scanner.code.rule import CodeRule, Parsing, Source
from antkey_scanner.code.words import Vocabulary
from antkey_scanner.late import late
from antkey_scanner.sha import sha256

ANCHORS = (b"nthropic", b"NTHROPIC")
"""A file without any of these has nothing to do with Anthropic, unless it has to do with keys for Claude."""

_CLAUDES = late(
    rb"(?i:claude)[._\- \[\]\"'(]{0,3}\w{0,20}(?i:key|token|secret|client)"
    rb"|\blitellm\.a?(?:text_)?completion\b|from litellm import [^\n]{0,100}completion"
)

_TESTS = ("/test/", "/tests/", "/__tests__/", "/spec/", "/specs/", "/fixtures/", "/testdata/")
_TEST_NAMES = (".test.", ".spec.", "_test.", "test_", "conftest.")


class Found(NamedTuple):
    """A violation in a file. anchor: 64 hex digits, of the code without its blanks; line, column: 1-based."""

    rule: str
    line: int
    column: int
    offset: int
    message: str
    anchor: str


def is_wanted(path: str) -> bool:
    """Whether a path is of a language that is known, and no test's."""
    return language_of(path) is not None and not _is_test(path)


def has_anchor(data: bytes | memoryview) -> bool:
    """Whether a file's bytes speak of Anthropic."""
    text = bytes(data)
    if any(anchor in text for anchor in ANCHORS):
        return True
    return (b"laude" in text or b"LAUDE" in text) and _CLAUDES.search(text) is not None


def open_source(
    path: str, data: bytes, vocabulary: Vocabulary, parsing: Parsing = Parsing.BY_PARSER
) -> Source | None:
    """A file as rules see it, None where its language is not known."""
    language = language_of(path)
    if language is None:
        return None
    return Source(path, data.decode("utf-8", "replace"), language, vocabulary, parsing)


def search(
    path: str, data: bytes, rules: Sequence[CodeRule], vocabulary: Vocabulary
) -> Iterator[Found]:
    """What is wrong in a file. Raises ValueError for a text that is too much work."""
    source = open_source(path, data, vocabulary)
    if source is not None:
        yield from judge(source, rules)


def judge(source: Source, rules: Sequence[CodeRule]) -> Iterator[Found]:
    """What rules have to say of a file. Raises ValueError where that is too much work."""
    seen: set[tuple[str, int]] = set()
    for rule in rules:
        if rule.languages and source.language.name not in rule.languages:
            continue
        if rule.needs_both and not source.has_both:
            continue
        for hit in rule.check(source):
            if (rule.rule.id, hit.span.line) in seen:
                continue
            seen.add((rule.rule.id, hit.span.line))
            text = "".join(hit.text.split())
            anchor = sha256(text.encode("utf-8", "replace")).hexdigest()
            yield Found(
                rule.rule.id, hit.span.line, hit.span.column, hit.span.start, hit.message, anchor
            )


def _is_test(path: str) -> bool:
    name = path.rpartition("/")[2]
    return any(part in f"/{path}" for part in _TESTS) or any(
        part in name if part.startswith((".", "_")) else name.startswith(part)
        for part in _TEST_NAMES
    )
