"""Whose a key is by what its name was given before: small data flow inside one file, through assignments,
members, parameters and what callers hand over for them, and what functions give back.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Protocol

from antkey_scanner.code.expressions import Expressions
from antkey_scanner.code.module import Assign, Call, Function, Module, Span
from antkey_scanner.code.parts import SELF, asked_for, is_getter, is_request, makes_client
from antkey_scanner.code.reading import Reading
from antkey_scanner.code.scopes import Scopes
from antkey_scanner.code.surroundings import Surroundings
from antkey_scanner.code.terms import Term
from antkey_scanner.code.values import Values
from antkey_scanner.code.whose import Whose, both
from antkey_scanner.code.words import (
    KEY_WORDS,
    Vocabulary,
    is_client,
    is_key,
    is_of_others,
    names,
    reads_environment,
    reads_settings,
    words,
)
from antkey_scanner.late import late

_MOST_LOOKED_AT = 400
_STORED = frozenset(
    "value encrypted ciphertext encryptedvalue encrypted_value secret secretvalue secret_value data".split()  # noqa: SIM905
)
"""What a record of a key calls the key."""

_NOTHING = frozenset(("None", "null", "nil", "undefined", '""', "''"))
_HOOK = late(r"use[A-Z]\w{0,60}\(")
_TYPED_IN = late(
    r"(?:await\s+)?(?:input|getpass\.getpass|getpass|click\.prompt|Prompt\.ask|typer\.prompt|\w+\.question)\("
)
_TYPED_BY = ("input(", "getpass(", "prompt(", "Prompt.ask(", ".question(")
"""One of these stands in whatever the pattern above finds, and asking for them is quicker."""

_BY_ID = late(r"\b(?:user|creator|owner|member|customer)_?[iI]d\b")
_FROM_REQUEST = late(r"(?:fastapi\.)?(?:Header|Form|Body|Query|Cookie)\(")


class Asks(Protocol):
    """Tells whose an expression is at a place, with so many hops left."""

    def __call__(self, text: str, span: Span, hops: int, *, is_guess: bool = True) -> Whose: ...


class Given:
    """Tells whose names of one file are by their values. asks: tells it of those."""

    def __init__(
        self,
        module: Module,
        vocabulary: Vocabulary,
        scopes: Scopes,
        surroundings: Surroundings,
        values: Values,
        expressions: Expressions,
        asks: Asks,
    ) -> None:
        self._language = module.language.name
        self._text = module.text
        self._vocabulary = vocabulary
        self._scopes = scopes
        self._surroundings = surroundings
        self._values = values
        self._terms = expressions.terms
        self._asks = asks
        self._seen: dict[tuple[str, int, int], Whose] = {}
        self._open: set[str] = set()
        self._others: dict[str, bool] = {}
        self._has_hooks = (
            any(mark in module.text for mark in _TYPED_BY) or _HOOK.search(module.text) is not None
        )
        self._may_guess: dict[str, bool] = {}

    def of(self, reading: Reading, span: Span, hops: int) -> Whose:
        """Whose a part of an expression at a place is, with so many hops left."""
        key = (reading.text, span.start, hops)
        known = self._seen.get(key)
        if known is None:
            self._seen[key] = Whose.NOBODY  # what is given itself says nothing
            known = self._seen[key] = self._first_of(reading, span, hops)
        return known

    def _first_of(self, reading: Reading, span: Span, hops: int) -> Whose:
        term, name = reading.kept, reading.name
        values = self._values.before(name, span)
        if len(term.names) == reading.size and not term.called:
            entries = self._values.members(name, span)
            found = both([self._value(one, hops) for one in (*values, *entries)])
            if found is Whose.PLATFORM and self._is_users(name, values):
                return Whose.TENANT
            if found is not Whose.NOBODY or any(one.value not in _NOTHING for one in values):
                return found
            if self._language == "Ruby" and self._values.function(name) is not None:
                return self._helper(term, hops)  # a method is called without brackets
            built = self._built(term, span, hops)
            return built if built is not Whose.NOBODY else self._handed(name, span, hops)
        if len(term.names) > reading.size:
            return self._member(term, values, span, hops)
        return self._helper(term, hops) if term.called else Whose.NOBODY

    def _is_users(self, name: str, values: list[Assign]) -> bool:
        """Whether a name says that it is a user's key, and nothing that it is given is read from settings:
        `userKey = await internal.keys.get(…)`."""
        if not self._surroundings.is_own(words(name)) or not is_key(words(name), name):
            return False
        return not any(reads_environment(one.value) or reads_settings(one.value) for one in values)

    def is_hooks(self, term: Term, span: Span) -> bool:
        """Whether a name was given what a hook of a page holds, settings of whoever looks at the page, or what
        somebody typed in."""
        if not self._has_hooks:
            return False
        given = self._values.before(term.root, span)[-1:]
        return bool(given) and (
            _HOOK.match(given[0].value) is not None or _TYPED_IN.match(given[0].value) is not None
        )

    def is_others(self, term: Term, span: Span) -> bool:
        """Whether a name was given a key of another provider and nothing else: then it says nothing."""
        if len(term.names) > 1 or term.called:
            return False
        for one in self._values.before(term.root, span)[-1:]:
            known = self._others.get(one.value)
            if known is None:
                known = self._others[one.value] = self._is_of_others(one.value)
            return known
        return False

    def _is_of_others(self, value: str) -> bool:
        given = self._terms(value)
        return bool(given) and all(
            is_of_others(words(f"{'.'.join(part.names)} {' '.join(part.strings)}"), asked_for(part))
            for part in given[:9]
        )

    def gives(self, function: Function, hops: int) -> Whose:
        """Whose key, or client, a function gives back."""
        if function.name in self._open:
            return Whose.NOBODY
        self._open.add(function.name)
        try:
            return both(
                self._asks(one.value, one.span, hops - 1)
                for one in self._values.given_back(function)[:40]
            )
        finally:
            self._open.discard(function.name)

    def _value(self, assign: Assign, hops: int) -> Whose:
        if _TYPED_IN.match(assign.value):
            return Whose.NOBODY
        if _FROM_REQUEST.match(assign.value) and is_key(words(assign.target), assign.target):
            return Whose.TENANT
        is_guess = self._may_guess.get(assign.target)
        if is_guess is None:  # a name says more than a guess
            is_guess = not self._vocabulary.is_platform_name(assign.target)
            self._may_guess[assign.target] = is_guess
        return self._asks(assign.value, assign.span, hops - 1, is_guess=is_guess)

    def _member(self, term: Term, values: list[Assign], span: Span, hops: int) -> Whose:
        """`settings.api_key`, where settings were looked up for a tenant."""
        last = term.strings[-1] if term.strings and is_getter(term) else term.last
        if self._is_filled_for_tenant(term, last, span):
            return Whose.TENANT
        if not values:
            helper = self._helper(term, hops) if term.called else Whose.NOBODY
            if helper is Whose.NOBODY:
                helper = self._built(term, span, hops)
            return helper if helper is not Whose.NOBODY else self._typed(term, last, span)
        spoken = words(".".join(term.names[1:]) + " " + " ".join(term.strings))
        if not is_key(spoken, last):
            if last.lower() in _STORED and any(self._is_kept_key(one) for one in values):
                return Whose.TENANT
            return both(
                self._asks(one.value, one.span, hops - 1)
                for one in values
                if makes_client(self._terms(one.value))
            )
        is_tenants = any(self._is_looked_up(one) for one in reversed(values))
        return Whose.TENANT if is_tenants else Whose.NOBODY

    def _is_looked_up(self, assign: Assign) -> bool:
        """Whether a name was given what was looked up for a tenant or a user, or came with a request."""
        parts = self._terms(assign.value)
        return (
            any(self._is_about_tenant(part) for part in parts)
            or any(
                part.called and self._surroundings.is_own(words(".".join(part.names)))
                for part in parts
            )
            or any(is_request(part) for part in parts)
            or _BY_ID.search(assign.value[:_MOST_LOOKED_AT]) is not None
        )

    def _is_kept_key(self, assign: Assign) -> bool:
        """Whether a name was given what is kept of a tenant's or a user's keys: `db.orgSecrets.find(…)`."""
        spoken = words(assign.value[:_MOST_LOOKED_AT])
        if KEY_WORDS.isdisjoint(spoken) or is_of_others(spoken, ""):
            return False
        return self._surroundings.is_own(spoken) or any(
            self._is_about_tenant(part) for part in self._terms(assign.value)
        )

    def _is_about_tenant(self, part: Term) -> bool:
        return self._surroundings.is_tenants(part) or any(
            self._is_about_tenant(arg) for arg in part.args
        )

    def _is_filled_for_tenant(self, term: Term, last: str, span: Span) -> bool:
        """`db.Get(&settings, query, tenantID)`, and `settings.Key` after it, as it is done in Go."""
        if self._language != "Go" or not is_key(words(last), last):
            return False
        function = self._scopes.function(span)
        if function is None:
            return False
        found = re.search(rf"&{re.escape(term.root)}\b[^\n]{{0,300}}", function.body)
        return found is not None and self._vocabulary.is_tenant_name(found.group())

    def _built(self, term: Term, span: Span, hops: int) -> Whose:
        """`s.key`, where what it is a member of is made in the file: `&Service{key: cfg.Key}`."""
        if self._language not in ("Go", "Rust") or len(term.names) != 2 or term.called:
            return Whose.NOBODY
        if not is_key(words(term.last), term.last):
            return Whose.NOBODY
        function = self._scopes.named(span)
        if function is None or not (
            term.root in SELF or function.head.startswith(f"func ({term.root} ")
        ):
            return Whose.NOBODY
        made = re.finditer(rf"(?<![\w.]){term.last}:\s{{0,20}}([^,\n{{}}]{{1,120}})", self._text)
        return both(
            self._asks(one[1], self._scopes.span(*one.span(1)), hops - 1, is_guess=False)
            for one in islice(made, 9)
        )

    def _typed(self, term: Term, last: str, span: Span) -> Whose:
        """`cfg.key`, where `cfg` is a parameter of a type that is named after tenants."""
        if not is_key(words(".".join(term.names)), last):
            return Whose.NOBODY
        name = re.escape(term.root.lstrip("$"))
        for head in self._scopes.heads(span):
            found = re.search(
                rf"\b{name}\s*:?\s*[*&?]*\s*([A-Z]\w*)|([A-Z]\w*)[?*&<>\s]+\$?{name}\b", head
            )
            if found is not None and self._vocabulary.is_tenant_name(
                found.group(1) or found.group(2)
            ):
                return Whose.TENANT
        return Whose.NOBODY

    def _handed(self, name: str, span: Span, hops: int) -> Whose:
        """What callers in the same file hand over for a parameter."""
        if not is_key(words(name), name):
            return Whose.NOBODY
        function = self._scopes.named(span)
        if function is None or not function.name or name.lstrip("$") not in names(function.head):
            return Whose.NOBODY
        found = []
        for call in self._calls_of(function)[:20]:
            for text in (*call.arguments, *call.named.values()):
                whose = self._asks(text, call.span, hops - 2) if len(text) < 300 else Whose.NOBODY
                found.append(Whose.TENANT if whose is Whose.TENANT else Whose.NOBODY)
        return both(found)

    def _calls_of(self, function: Function) -> list[Call]:
        """The calls of a function; of a constructor those that make one of its class."""
        made = self._scopes.made_by(function)
        if not made:
            return self._values.calls_of(function.name)
        calls = [*self._values.calls_of(made), *self._values.calls_of("self")]
        return calls + [
            one for one in self._values.calls_of("new") if one.callee.startswith(f"{made}.")
        ]

    def _helper(self, term: Term, hops: int) -> Whose:
        """What a function of the same file gives back."""
        function = self._values.function(term.last)
        if function is None and len(term.names) > 1 and not self._values.is_given(term.root):
            asked = self._values.function(term.root)  # `get_client().messages.create(…)`
            return (
                self.gives(asked, hops)
                if asked and is_client(words(asked.name), asked.name)
                else Whose.NOBODY
            )
        if function is None or (
            len(term.names) > 1 and term.root not in SELF and not term.root[:1].isupper()
        ):
            return Whose.NOBODY
        return self.gives(function, hops)
