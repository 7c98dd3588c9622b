"""Whose key an expression is, in its place: asks what it is made of, what its names were given before, and what
they are called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from antkey_scanner.code import sdks
from antkey_scanner.code.called import Called
from antkey_scanner.code.declared import declared
from antkey_scanner.code.expressions import Expressions
from antkey_scanner.code.given import Given
from antkey_scanner.code.module import Assign, Call, Function, Module, Returned, Span
from antkey_scanner.code.reading import Reading, Readings
from antkey_scanner.code.scopes import Scopes
from antkey_scanner.code.surroundings import Surroundings
from antkey_scanner.code.tainted import Tainted
from antkey_scanner.code.terms import Term
from antkey_scanner.code.values import Values
from antkey_scanner.code.whose import Whose, both
from antkey_scanner.code.words import Vocabulary
from antkey_scanner.late import late

_HOPS = 5
_KEYISH = late(r"(?i)key|token|secret|cred|auth|client|anthropic|claude|llm|bearer")
_SHORT = 40

_Made = TypeVar("_Made")


class Owner:
    """Tells whose expressions are in one file. platforms: as `Source` has them."""

    def __init__(self, module: Module, vocabulary: Vocabulary, platforms: list[int]) -> None:
        self.module = module
        self.scopes = Scopes(module)
        self.vocabulary = vocabulary
        self.anchors = platforms
        self._readings = Readings(vocabulary)
        self._expressions = Expressions()
        self._surroundings = Surroundings(self.scopes, vocabulary)
        self._values = Values(module, self.scopes, self._expressions.spend)
        declares = declared(module.text)
        self._tainted = Tainted(module, platforms, declares.injected)
        self._called = Called(vocabulary, self._surroundings, declares)
        self._given = Given(
            module,
            vocabulary,
            self.scopes,
            self._surroundings,
            self._values,
            self._expressions,
            self._of,
        )
        self._asked: dict[tuple[str, int, int], Whose] = {}
        self._made: dict[str, Any] = {}

    def of(self, text: str, span: Span) -> Whose:
        """Whose key an expression at a place is."""
        key = (text, span.start, span.end)
        known = self._asked.get(key)
        if known is None:
            known = self._asked[key] = self._first_of(text, span)
        return known

    def of_term(self, term: Term, span: Span) -> Whose:
        """Whose one part of an expression is."""
        return self._term(term, span, _HOPS)

    def of_call(self, call: Call) -> Whose:
        """Whose what a call gives back is."""
        return self.of(self.module.text[call.span.start : call.span.end][:1000], call.span)

    def gives(self, function: Function) -> Whose:
        """Whose key, or client, a function gives back."""
        return self._given.gives(function, _HOPS)

    def may_be_platforms(self, span: Span, *texts: str) -> bool:
        """Whether something in a place can be the platform's, at a first look. texts: what stands there,
        where that is not all of it."""
        return self._tainted.holds(span.start, span.end, texts)

    @property
    def sections(self) -> list[int]:
        """The sections of the file in which something can be the platform's, in order."""
        return self._tainted.sections

    def near(self, name: str) -> Iterator[Any]:
        """One of the file's lists, of these sections."""
        return self.module.parts(name, self.sections)

    def anchored(self, name: str) -> Iterator[Any]:
        """One of the file's lists, of sections that an anchor stands in."""
        return self.module.parts(name, self.module.sections_of(self.anchors))

    def given(self, name: str) -> list[Assign]:
        """What a name is given anywhere in the file."""
        return self._values.given(name)

    def terms(self, text: str) -> tuple[Term, ...]:
        """What an expression is made of."""
        return self._expressions.terms(text)

    def values(self, name: str, span: Span) -> list[Assign]:
        """What a name was given before a place: in its function, else around it, else in the file."""
        return self._values.before(name, span)

    def given_back(self, function: Function) -> list[Returned]:
        """What a function gives back."""
        return self._values.given_back(function)

    def works_for_tenant(self, span: Span) -> bool:
        """Whether the innermost named function around a place is given one of whom the product works for,
        or asks for the one whose request it serves."""
        return self._surroundings.works_for_tenant(span)

    def acts_for_tenant(self, span: Span) -> bool:
        """Whether the functions or the class around a place are about one of whom the product works for."""
        return self._surroundings.acts_for_tenant(span)

    def is_tenants(self, term: Term) -> bool:
        """Whether a part of an expression is anything of a tenant's."""
        return self._surroundings.is_tenants(term)

    def names_tenant(self, head: str) -> bool:
        """Whether the head of a function names one of whom the product works for."""
        return self.vocabulary.names_tenant(head)

    def once(self, name: str, made: Callable[[], _Made]) -> _Made:
        """What several rules ask of a file, made once. name: of the question."""
        if name not in self._made:
            self._made[name] = made()
        return self._made[name]  # type: ignore[no-any-return]  # what was made under that name

    def _is_own_name(self, reading: Reading, span: Span) -> bool:
        """Whether a name that may be the environment's was given a value: `env = process.env.KEY`."""
        term = reading.kept
        return len(term.names) == 1 and not term.called and bool(self.values(term.root, span))

    def _first_of(self, text: str, span: Span) -> Whose:
        if len(text) > _SHORT and _KEYISH.search(text) is None:
            return Whose.NOBODY
        if self.scopes.is_of_others(span):
            return Whose.NOBODY
        return self._of(text, span, _HOPS)

    def _of(self, text: str, span: Span, hops: int, *, is_guess: bool = True) -> Whose:
        return both(
            [
                self._term(term, span, hops, is_guess=is_guess)
                for term in self._expressions.terms(text)
            ]
        )

    def _term(self, term: Term, span: Span, hops: int, *, is_guess: bool = True) -> Whose:
        self._expressions.spend(1)
        if hops <= 0:
            return Whose.NOBODY
        reading = self._readings.of(term)
        if reading.is_client:
            return self._client(term, span, hops)
        if reading.is_measure:
            return Whose.NOBODY
        own, may_guess = self._chain(reading, span, hops)
        guess = is_guess and own is Whose.NOBODY
        handed = both([self._term(arg, span, hops - 1, is_guess=guess) for arg in reading.handed])
        if guess and handed is Whose.NOBODY:
            return self._called.guess(reading, span) if may_guess else Whose.NOBODY
        return both((handed, own))

    def _client(self, term: Term, span: Span, hops: int) -> Whose:
        """A client is his whose key it is given; without one the environment's."""
        if sdks.is_bare(term):
            return Whose.PLATFORM
        return both([self._term(arg, span, hops - 1) for arg in sdks.keys(term)])

    def _chain(self, reading: Reading, span: Span, hops: int) -> tuple[Whose, bool]:
        """Whose a part is without what it is called with, and whether that may be guessed where it is
        nobody's."""
        if reading.is_argument and (
            self.scopes.is_single or reading.kept.root.lower().startswith("user")
        ):
            return Whose.NOBODY, False
        if reading.says_nothing:
            return Whose.NOBODY, False
        if reading.in_environment:
            whose = self._called.in_environment(reading)
            if whose is not Whose.NOBODY or not self._is_own_name(reading, span):
                return whose, False
        given = self._given.of(reading, span, hops)
        if given is not Whose.NOBODY or self._given.is_others(reading.kept, span):
            return given, False
        if self._given.is_hooks(reading.kept, span):
            return Whose.NOBODY, False
        return self._called.of(reading, span), True
