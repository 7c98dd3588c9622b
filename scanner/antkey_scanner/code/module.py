"""One file of source code as rules see it: the few kinds of places that they look at, as text and positions."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from antkey_scanner.code.languages import Language
from antkey_scanner.late import late

_BREAK = late(r"\n")
_LETTER = late(r"[A-Za-z_]")
_GOES_ON = late(r"[A-Za-z0-9_]")

_BEFORE = 80
"""Characters before a function in which its name is looked for, as `code.syntax.definitions` does."""


class Span(NamedTuple):
    """Where something stands: offsets of characters, line and column 1-based."""

    start: int
    end: int
    line: int
    column: int


class Either(NamedTuple):
    """An expression with a value and what stands in for it.

    how: the operator, as messages name it; condition: what decides, "" where it is whether the left side
    has a value.
    """

    span: Span
    left: str
    right: str
    how: str
    condition: str = ""


class Assign(NamedTuple):
    """A name gets a value. target: as written."""

    span: Span
    target: str
    value: str


class Test(NamedTuple):
    """An `if`. then: what is done when the condition holds, as text."""

    span: Span
    condition: str
    then: str
    then_span: Span


class Call:
    """A call. callee: what is called; arguments: positional ones; named: by name, also of an object or a
    dictionary that is handed over. Most calls are asked for no more than the first, so the others are read
    when they are."""

    __slots__ = ("_given", "_read", "callee", "span")

    def __init__(
        self, span: Span, callee: str, read: Callable[[], tuple[tuple[str, ...], dict[str, str]]]
    ) -> None:
        self.span = span
        self.callee = callee
        self._read = read
        self._given: tuple[tuple[str, ...], dict[str, str]] | None = None

    @property
    def arguments(self) -> tuple[str, ...]:
        """The positional arguments."""
        return self._all()[0]

    @property
    def named(self) -> dict[str, str]:
        """The named arguments, and members of objects that are handed over."""
        return self._all()[1]

    def _all(self) -> tuple[tuple[str, ...], dict[str, str]]:
        if self._given is None:
            self._given = self._read()
        return self._given


class Returned(NamedTuple):
    """A value that a function gives back."""

    span: Span
    value: str


class Caught(NamedTuple):
    """What is done about an error. tried: what was tried, as text."""

    span: Span
    tried: str
    handler: str
    tried_span: Span


class Choice(NamedTuple):
    """An expression that takes its value from one of several branches. branches: what each gives; subject:
    what decides."""

    span: Span
    subject: str
    branches: tuple[str, ...]


class Function(NamedTuple):
    """A function. head: its name and parameters as text; name: alone, "" for one without."""

    span: Span
    name: str
    head: str
    body: str


class Class(NamedTuple):
    """A class, or what a language has in place of it."""

    span: Span
    name: str


class Module:
    """A file. Lists are in the order of the text, and read when they are first asked for, section by section: what
    stands at the top of a file is long, and keys in little of it. starts: offsets at which sections begin, the
    first of them 0; no place is in two; read: gives one of the lists, of one section; is_broken: whether some of it
    could not be parsed, so that names may begin in the middle of a word."""

    __slots__ = (
        *("_is_broken", "_parts", "_read", "_sections", "_starts"),
        *("language", "path", "text"),
    )

    def __init__(
        self,
        path: str,
        language: Language,
        text: str,
        read: Callable[[str, int], tuple[Any, ...]],
        starts: Sequence[int] = (0,),
        *,
        is_broken: bool = False,
    ) -> None:
        self.path = path
        self.language = language
        self.text = text
        self._read = read
        self._starts = starts
        self._is_broken = is_broken
        self._parts: dict[tuple[str, int], tuple[Any, ...]] = {}
        self._sections: dict[tuple[str, bool], tuple[int, ...]] = {}

    @property
    def functions(self) -> tuple[Function, ...]:
        """Its functions, methods and lambdas."""
        return self._list("functions")

    @property
    def eithers(self) -> tuple[Either, ...]:
        """Where one value stands in for another."""
        return self._list("eithers")

    @property
    def assigns(self) -> tuple[Assign, ...]:
        """What names are given."""
        return self._list("assigns")

    @property
    def tests(self) -> tuple[Test, ...]:
        """Its conditions."""
        return self._list("tests")

    @property
    def calls(self) -> tuple[Call, ...]:
        """Its calls."""
        return self._list("calls")

    @property
    def returns(self) -> tuple[Returned, ...]:
        """What its functions give back."""
        return self._list("returns")

    @property
    def catches(self) -> tuple[Caught, ...]:
        """Its handlers of errors."""
        return self._list("catches")

    @property
    def choices(self) -> tuple[Choice, ...]:
        """Its expressions of several branches."""
        return self._list("choices")

    @property
    def classes(self) -> tuple[Class, ...]:
        """Its classes."""
        return self._list("classes")

    def _list(self, name: str) -> tuple[Any, ...]:
        return tuple(one for at in range(len(self._starts)) for one in self.part(name, at))

    def part(self, name: str, section: int) -> tuple[Any, ...]:
        """One of the lists, of one section."""
        found = self._parts.get((name, section))
        if found is None:
            found = self._parts[name, section] = self._read(name, section)
        return found

    def parts(self, name: str, sections: Iterable[int]) -> Iterator[Any]:
        """One of the lists, of several sections, which are given in order."""
        for section in sections:
            yield from self.part(name, section)

    def section_of(self, offset: int) -> int:
        """The section that an offset is in."""
        return bisect_right(self._starts, offset) - 1

    def sections_of(self, offsets: Iterable[int]) -> list[int]:
        """The sections that offsets are in, in order."""
        return sorted({self.section_of(at) for at in offsets})

    def sections_with(self, word: str, *, is_name: bool = False) -> tuple[int, ...]:
        """The sections that a word stands in, or right before, in order. What has a name by what stands before it
        is not farther from that than `_BEFORE`. is_name: where it is no part of another name."""
        found = self._sections.get((word, is_name))
        if found is None:
            found = self._sections[word, is_name] = tuple(self._find(word, is_name))
        return found

    def _find(self, word: str, is_name: bool) -> Iterator[int]:
        if len(self._starts) == 1:  # which may be text that was cut anywhere
            yield 0
            return
        section, at = 0, self.text.find(word)
        while at >= 0:
            beyond = at + 1
            if not is_name or self._is_broken or self._is_name(at, at + len(word)):
                first, last = self.section_of(at), self.section_of(at + _BEFORE)
                yield from range(max(first, section), last + 1)
                section = last + 1
                if section == len(self._starts):
                    return
                beyond = max(beyond, self._starts[section] - _BEFORE)
            at = self.text.find(word, beyond)

    def _is_name(self, start: int, end: int) -> bool:
        """Whether no letters go on before or after a place. Digits before it may be a number's."""
        return (_LETTER.match(self.text, start - 1) is None or start == 0) and _GOES_ON.match(
            self.text, end
        ) is None

    def with_word(self, name: str, word: str) -> Iterator[Any]:
        """One of the lists, where a word stands in the text: what has it in it is among them."""
        return self.parts(name, self.sections_with(word))

    def function_of(self, span: Span) -> Function | None:
        """The innermost function around a place."""
        found = None
        functions: tuple[Function, ...] = self.part("functions", self.section_of(span.start))
        for function in functions:
            if function.span.start > span.start:
                break
            if span.end <= function.span.end:
                found = function
        return found

    def tests_around(self, span: Span) -> list[Test]:
        """The conditions that a place stands in, or in what is done by them; the innermost first."""
        tests = self.part("tests", self.section_of(span.start))
        at = bisect_right(tests, span.start, key=lambda test: test.span.start)
        near = tests[max(0, at - 40) : at]
        return [test for test in reversed(near) if span.end <= test.span.end]

    def outermost(self, span: Span) -> Function | None:
        """The outermost function around a place: a lambda belongs to what it stands in."""
        functions: tuple[Function, ...] = self.part("functions", self.section_of(span.start))
        for function in functions:
            if function.span.start <= span.start and span.end <= function.span.end:
                return function
        return None


def line_starts(text: str) -> list[int]:
    """Offsets at which lines start."""
    return [0, *(found.end() for found in _BREAK.finditer(text))]


def line_at(starts: Sequence[int], offset: int) -> int:
    """The 1-based line of an offset."""
    return bisect_right(starts, offset)
