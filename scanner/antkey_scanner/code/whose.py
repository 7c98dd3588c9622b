"""Whose key an expression is, in its place: by what it is called, and by what its names were given before.

Small data flow, inside one file: assignments, parameters and what callers hand over for them, what
functions give back. Text that is hostile costs no more than its length: an amount of work is set.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from enum import Enum
from typing import Any, TypeVar

from antkey_scanner.code import sdks
from antkey_scanner.code.anchors import has_any
from antkey_scanner.code.declared import Declared, declared
from antkey_scanner.code.module import Assign, Call, Function, Module, Returned, Span
from antkey_scanner.code.scopes import Scopes
from antkey_scanner.code.terms import Term, terms
from antkey_scanner.code.words import (
    KEY_WORDS,
    Vocabulary,
    is_about,
    is_client,
    is_constant,
    is_key,
    is_meant,
    is_of_others,
    is_ours,
    names,
    parts_of,
    reads_environment,
    reads_settings,
    words,
)

_HOPS = 5
_ROUNDS = 4
_MOST_LOOKED_AT = 400
_MOST_WORK = 400_000
"""Expressions looked at, in one file."""

_MEASURES = frozenset(
    [
        "bool",
        "boolean",
        "len",
        "length",
        "mask",
        "maskkey",
        "masked",
        "redact",
        "hash",
        "sha256",
        "md5",
        "fingerprint",
        "isset",
        "empty",
        "isempty",
        "count",
        "startswith",
        "endswith",
        "includes",
        "contains",
        "tostring_masked",
        "present",
        "blank",
        "exists",
        "has",
        "isblank",
        "isnullorempty",
        "isnullorwhitespace",
        "hasattr",
        "in_array",
        "test",
        "match",
        "validate",
        "verify",
        "isvalid",
    ]
)
_ASKS = re.compile(
    r"(?:is|has|can|should|valid|validate|verify)(?:_|[A-Z])|(?:Is|Has|Valid\w*)[A-Z]"
    r"|(?i:generate|rotate|revoke|mint|issue|hash)\w*(?:key|token)"
)
_CALLED_BY = frozenset("req request body headers header formdata searchparams cookies".split())  # noqa: SIM905
_SENT = frozenset("header headers getheader body formdata searchparams cookies".split())  # noqa: SIM905
_KEEPS = frozenset(
    [
        "strip",
        "trim",
        "tostring",
        "to_string",
        "to_s",
        "presence",
        "clone",
        "as_deref",
        "as_ref",
        "as_str",
        "unwrap",
        "to_owned",
        "expose_secret",
        "value",
        "get_secret_value",
        "encode",
        "decode",
        "ok",
        "cloned",
        "orelsethrow",
        "get_or_throw",
        "strip_prefix",
        "removeprefix",
        "replace",
        "replaceall",
        "trimmed",
        "compact",
        "let",
        "also",
        "takeif",
        "take_if",
        "filter",
        "map",
        "and_then",
        "then",
        "await",
    ]
)
_ARGUMENTS = frozenset(
    [
        "args",
        "argv",
        "opts",
        "options",
        "flags",
        "cli",
        "cmd",
        "namespace",
        "userconfig",
        "useroptions",
        "useropts",
    ]
)
_SHAPED = (["prepare"], ["build"], ["map"], ["merge"], ["collect"], ["format"], ["normalize"])
_STORED = frozenset(
    "value encrypted ciphertext encryptedvalue encrypted_value secret secretvalue secret_value data".split()  # noqa: SIM905
)
"""What a record of a key calls the key."""

_FROM_REQUEST = re.compile(r"(?:fastapi\.)?(?:Header|Form|Body|Query|Cookie)\(")
_KEYISH = re.compile(r"(?i)key|token|secret|cred|auth|client|anthropic|claude|llm|bearer")
_SHORT = 40
_SELF = frozenset({"self", "this", "$this", "cls", "static", "base"})


_Made = TypeVar("_Made")


class Whose(Enum):
    """Whose key an expression is. BOTH: it is made of a tenant's and the platform's."""

    TENANT = "tenant"
    PLATFORM = "platform"
    BOTH = "both"
    NOBODY = "nobody"

    @property
    def has_tenant(self) -> bool:
        return self in (Whose.TENANT, Whose.BOTH)

    @property
    def has_platform(self) -> bool:
        return self in (Whose.PLATFORM, Whose.BOTH)


def both(found: Iterable[Whose]) -> Whose:
    """Whose something is that is made of several things."""
    seen = set(found)
    if Whose.BOTH in seen or {Whose.TENANT, Whose.PLATFORM} <= seen:
        return Whose.BOTH
    if Whose.TENANT in seen:
        return Whose.TENANT
    return Whose.PLATFORM if Whose.PLATFORM in seen else Whose.NOBODY


class Owner:
    """Tells whose expressions are in one file. platforms: as `Source` has them."""

    def __init__(self, module: Module, vocabulary: Vocabulary, platforms: list[int]) -> None:
        self.module = module
        self.scopes = Scopes(module)
        self.vocabulary = vocabulary
        self._work = 0
        self._terms: dict[str, tuple[Term, ...]] = {}
        self._asked: dict[tuple[str, int, int], Whose] = {}
        self._seen: dict[tuple[str, int, int], Whose] = {}
        self._assigns: dict[str, list[Assign]] = defaultdict(list)
        self._members: dict[str, list[Assign]] = defaultdict(list)
        for assign in module.assigns:
            name = plain(assign.target)
            self._assigns[name].append(assign)
            if self.scopes.function(assign.span) is None and self.scopes.is_in_class(assign.span):
                self._assigns[f"this.{name}"].append(assign)
            if "[" in name and sdks.is_key_name(name):
                self._members[name.partition("[")[0]].append(assign)
        self._functions = {one.name: one for one in reversed(module.functions) if one.name}
        self._calls: dict[str, list[Call]] | None = None
        self._returns: dict[Span, list[Returned]] | None = None
        self._open: set[str] = set()
        self._made: dict[str, Any] = {}
        self._anchors = platforms
        self._tainted = self._taint()

    def of(self, text: str, span: Span) -> Whose:
        """Whose key an expression at a place is."""
        key = (text, span.start, span.end)
        known = self._asked.get(key)
        if known is None:
            known = self._asked[key] = self._first_of(text, span)
        return known

    def _first_of(self, text: str, span: Span) -> Whose:
        if len(text) > _SHORT and _KEYISH.search(text) is None:
            return Whose.NOBODY
        if self.scopes.is_of_others(span):
            return Whose.NOBODY
        return self._of(text, span, _HOPS)

    def may_be_platforms(self, span: Span, *texts: str) -> bool:
        """Whether something in a place can be the platform's, at a first look. texts: what stands there,
        where that is not all of it."""
        if has_any(self._anchors, span.start, span.end):
            return True
        for text in texts or (self.module.text[span.start : span.end],):
            if not self._tainted.isdisjoint(names(text[:_MOST_LOOKED_AT])):
                return True
        return False

    def _taint(self) -> set[str]:
        """The names that something of the platform's may be under."""
        anchors = self._anchors
        if not anchors:
            return set()
        found = {one.name for one in self.module.functions if has_any(anchors, *one.span[:2])}
        if "private " in self.module.text:
            found |= self._declared.injected
        assigns = [(names(one.target)[-1:], one) for one in self.module.assigns]
        left = []
        for target, one in assigns:
            if has_any(anchors, one.span.start, one.span.end):
                found.update(target)
            elif len(one.value) <= _MOST_LOOKED_AT:
                left.append((target, names(one.value)))
        for _ in range(_ROUNDS):
            more = {name for target, used in left if not found.isdisjoint(used) for name in target}
            if more <= found:
                break
            found |= more
        found.discard("")
        return found

    @property
    def anchors(self) -> list[int]:
        """Where the platform's keys, and clients, may be spoken of."""
        return self._anchors

    def once(self, name: str, made: Callable[[], _Made]) -> _Made:
        """What several rules ask of a file, made once. name: of the question."""
        if name not in self._made:
            self._made[name] = made()
        return self._made[name]  # type: ignore[no-any-return]  # what was made under that name

    def terms(self, text: str) -> tuple[Term, ...]:
        """What an expression is made of."""
        found = self._terms.get(text)
        if found is None:
            self._count(1 + len(text) // 100)
            found = self._terms[text] = terms(text)
        return found

    def _count(self, work: int) -> None:
        self._work += work
        if self._work > _MOST_WORK:
            raise ValueError("it is too much work")

    def of_term(self, term: Term, span: Span) -> Whose:
        """Whose one part of an expression is."""
        return self._term(term, span, _HOPS)

    def acts_for_tenant(self, span: Span) -> bool:
        """Whether the functions or the class around a place are about one of whom the product works for."""
        return any(self.names_tenant(head) for head in self.scopes.heads(span))

    def works_for_tenant(self, span: Span) -> bool:
        """Whether the innermost named function around a place is given one of whom the product works for,
        or asks for the one whose request it serves."""
        function = self.scopes.function(span)
        if function is None:
            return False
        return any(
            self.names_tenant(one.head.partition("(")[2]) for one in self.scopes.around(span)
        ) or (_CURRENT.search(function.body) is not None)

    def is_tenants(self, term: Term) -> bool:
        """Whether a part of an expression is anything of a tenant's."""
        return any(self.vocabulary.is_tenant_name(name) for name in term.names)

    def given_back(self, function: Function) -> list[Returned]:
        """What a function gives back."""
        if self._returns is None:
            self._returns = defaultdict(list)
            for returned in self.module.returns:
                inner = self.scopes.function(returned.span)
                if inner is not None:
                    self._returns[inner.span].append(returned)
        return self._returns.get(function.span, [])

    def values(self, name: str, span: Span) -> list[Assign]:
        """What a name was given before a place: in its function, else around it, else in the file."""
        found = self._assigns.get(plain(name), [])
        if not found:
            return []
        self._count(len(found) // 8)
        if "." in plain(name) or name.startswith("@"):
            return found
        for function in self.scopes.around(span):
            inside = [
                one
                for one in found
                if self.scopes.contains(function, one.span) and one.span.start < span.start
            ]
            if inside:
                return inside
        return [one for one in found if self.scopes.function(one.span) is None]

    def of_call(self, call: Call) -> Whose:
        """Whose what a call gives back is."""
        return self.of(self.module.text[call.span.start : call.span.end][:1000], call.span)

    def all_values(self, name: str) -> list[Assign]:
        """All that a name is given in the file."""
        return self._assigns.get(name, [])

    def _of(self, text: str, span: Span, hops: int, *, is_guess: bool = True) -> Whose:
        return both(self._term(term, span, hops, is_guess=is_guess) for term in self.terms(text))

    def _term(self, term: Term, span: Span, hops: int, *, is_guess: bool = True) -> Whose:
        self._count(1)
        if hops <= 0:
            return Whose.NOBODY
        if sdks.is_client(term):
            return self._client(term, span, hops)
        if term.called and (term.last.lower() in _MEASURES or _ASKS.match(term.last)):
            return Whose.NOBODY
        own = self._chain(term, span, hops, is_guess=False)
        guess = is_guess and own is Whose.NOBODY
        args = (arg for arg in term.args if not _is_option(arg))
        handed = both(self._term(arg, span, hops - 1, is_guess=guess) for arg in args)
        if guess and handed is Whose.NOBODY:
            return self._chain(term, span, hops, is_guess=True)
        return both((handed, own))

    def _client(self, term: Term, span: Span, hops: int) -> Whose:
        """A client is his whose key it is given; without one the environment's."""
        if sdks.is_bare(term):
            return Whose.PLATFORM
        given = [self._term(arg, span, hops - 1) for arg in sdks.keys(term)]
        return both(given)

    def _chain(self, term: Term, span: Span, hops: int, *, is_guess: bool) -> Whose:
        term = kept(term)
        if term.root.lower().lstrip("$") in _ARGUMENTS and (
            self.scopes.is_single or term.root.lower().startswith("user")
        ):
            return Whose.NOBODY
        text = ".".join(term.names)
        spoken = words(f"{text} {' '.join(term.strings)}")
        last = _asked_for(term)
        if is_of_others(spoken, last) or (is_about(last) and not term.called):
            return Whose.NOBODY
        if reads_environment(text) and not self.vocabulary.is_tenant_name(term.root):
            return self._in_environment(term, spoken, last)
        given = self._given(term, span, hops)
        if given is not Whose.NOBODY or self._is_given_by_others(term, span):
            return given
        return self._called(term, spoken, last, span, is_guess=is_guess)

    def _in_environment(self, term: Term, spoken: frozenset[str], last: str) -> Whose:
        if not is_key(spoken, last):
            return Whose.NOBODY
        if any(self.is_tenants(arg) for arg in term.args) or any(
            self.vocabulary.is_tenant_name(hole.group())
            for text in term.strings
            for hole in _HOLES.finditer(text)
        ):
            return Whose.TENANT
        if not is_ours(last):
            return Whose.NOBODY
        named = words(" ".join((*term.strings, last)))
        return (
            Whose.PLATFORM
            if is_meant(named) or self.vocabulary.is_platform_name(last)
            else Whose.NOBODY
        )

    def _given(self, term: Term, span: Span, hops: int) -> Whose:
        """By what a name was given before."""
        own = term.names if term.root not in _SELF else term.names[:1] + term.names[1:]
        size = 2 if term.root in _SELF else 1
        name = ".".join(own[:size])
        key = (".".join(term.names), span.start, hops)
        known = self._seen.get(key)
        if known is not None:
            return known
        self._seen[key] = Whose.NOBODY
        found = Whose.NOBODY
        values = self.values(name, span)
        if len(own) == size and not term.called:
            entries = [one for one in self._members.get(name, ()) if one.span.start < span.start]
            found = both(self._value(one, hops) for one in (*values, *entries))
            if found is Whose.NOBODY and not values:
                found = self._handed(name, span, hops)
        elif len(own) > size:
            found = self._member(term, values, span, hops)
        elif term.called:
            found = self._helper(term, hops)
        self._seen[key] = found
        return found

    def _is_given_by_others(self, term: Term, span: Span) -> bool:
        """Whether a name was given a key of another provider and nothing else: then it says nothing."""
        if len(term.names) > 1 or term.called:
            return False
        given = [
            part for one in self.values(term.root, span)[-1:] for part in self.terms(one.value)
        ]
        return bool(given) and all(
            is_of_others(
                words(f"{'.'.join(part.names)} {' '.join(part.strings)}"), _asked_for(part)
            )
            for part in given[:9]
        )

    def _value(self, assign: Assign, hops: int) -> Whose:
        if _FROM_REQUEST.match(assign.value) and is_key(words(assign.target), assign.target):
            return Whose.TENANT
        is_guess = not self.vocabulary.is_platform_name(
            assign.target
        )  # a name says more than a guess
        return self._of(assign.value, assign.span, hops - 1, is_guess=is_guess)

    def _member(self, term: Term, values: list[Assign], span: Span, hops: int) -> Whose:
        """`settings.api_key`, where settings were looked up for a tenant."""
        last = term.strings[-1] if term.strings and _is_getter(term) else term.last
        if self._is_filled_for_tenant(term, last, span):
            return Whose.TENANT
        if not values:
            helper = self._helper(term, hops) if term.called else Whose.NOBODY
            return helper if helper is not Whose.NOBODY else self._typed(term, last, span)
        spoken = words(".".join(term.names[1:]) + " " + " ".join(term.strings))
        if not is_key(spoken, last):
            if last.lower() in _STORED and any(self._is_kept_key(one) for one in values):
                return Whose.TENANT
            return both(
                self._of(one.value, one.span, hops - 1)
                for one in values
                if _makes_client(self.terms(one.value))
            )
        for one in reversed(values):
            parts = self.terms(one.value)
            if any(self._is_about_tenant(part) for part in parts):
                return Whose.TENANT
            if any(part.called and self._is_own(words(".".join(part.names))) for part in parts):
                return Whose.TENANT
            if any(_is_request(part) for part in parts):
                return Whose.TENANT
        return Whose.NOBODY

    def _is_kept_key(self, assign: Assign) -> bool:
        """Whether a name was given what is kept of a tenant's or a user's keys: `db.orgSecrets.find(…)`."""
        spoken = words(assign.value[:_MOST_LOOKED_AT])
        if KEY_WORDS.isdisjoint(spoken) or is_of_others(spoken, ""):
            return False
        return self._is_own(spoken) or any(
            self._is_about_tenant(part) for part in self.terms(assign.value)
        )

    def _is_about_tenant(self, part: Term) -> bool:
        return self.is_tenants(part) or any(self._is_about_tenant(arg) for arg in part.args)

    def _is_filled_for_tenant(self, term: Term, last: str, span: Span) -> bool:
        """`db.Get(&settings, query, tenantID)`, and `settings.Key` after it, as it is done in Go."""
        function = self.scopes.function(span)
        if self.module.language.name != "Go" or function is None or not is_key(words(last), last):
            return False
        found = re.search(rf"&{re.escape(term.root)}\b[^\n]{{0,300}}", function.body)
        return found is not None and self.vocabulary.is_tenant_name(found.group())

    def _typed(self, term: Term, last: str, span: Span) -> Whose:
        """`cfg.key`, where `cfg` is a parameter of a type that is named after tenants."""
        if not is_key(words(".".join(term.names)), last):
            return Whose.NOBODY
        name = re.escape(term.root.lstrip("$"))
        for head in self.scopes.heads(span):
            found = re.search(
                rf"\b{name}\s*:?\s*[*&?]*\s*([A-Z]\w*)|([A-Z]\w*)[?*&<>\s]+\$?{name}\b", head
            )
            if found is not None and self.vocabulary.is_tenant_name(
                found.group(1) or found.group(2)
            ):
                return Whose.TENANT
        return Whose.NOBODY

    def _handed(self, name: str, span: Span, hops: int) -> Whose:
        """What callers in the same file hand over for a parameter."""
        if not is_key(words(name), name):
            return Whose.NOBODY
        function = self.scopes.named(span)
        if function is None or not function.name or name.lstrip("$") not in names(function.head):
            return Whose.NOBODY
        if self._calls is None:
            self._calls = defaultdict(list)
            for call in self.module.calls:
                self._calls[(names(call.callee[-60:]) or [""])[-1]].append(call)
        found = []
        for call in self._calls.get(function.name, [])[:20]:
            for text in (*call.arguments, *call.named.values()):
                whose = self._of(text, call.span, hops - 2) if len(text) < 300 else Whose.NOBODY
                found.append(Whose.TENANT if whose is Whose.TENANT else Whose.NOBODY)
        return both(found)

    def _helper(self, term: Term, hops: int) -> Whose:
        """What a function of the same file gives back."""
        function = self._functions.get(term.last)
        if function is None and len(term.names) > 1 and term.root not in self._assigns:
            asked = self._functions.get(term.root)  # `get_client().messages.create(…)`
            return (
                self.gives(asked, hops)
                if asked and is_client(words(asked.name), asked.name)
                else Whose.NOBODY
            )
        if function is None or (
            len(term.names) > 1 and term.root not in _SELF and not term.root[:1].isupper()
        ):
            return Whose.NOBODY
        return self.gives(function, hops)

    def gives(self, function: Function, hops: int = _HOPS) -> Whose:
        """Whose key, or client, a function gives back."""
        if function.name in self._open:
            return Whose.NOBODY
        self._open.add(function.name)
        try:
            return both(
                self._of(one.value, one.span, hops - 1) for one in self.given_back(function)[:40]
            )
        finally:
            self._open.discard(function.name)

    def _called(
        self, term: Term, spoken: frozenset[str], last: str, span: Span, *, is_guess: bool
    ) -> Whose:
        """By what it is called. is_guess: a key that nothing says whose it is may be the tenant's that is
        spoken of around it."""
        has_key = is_key(spoken, last)
        if not has_key and not is_client(spoken, term.last):
            if len(term.names) < 2 or not is_client(words(term.root), term.root):
                return Whose.NOBODY
            last, has_key = term.root, False
        if term.called and term.args and parts_of(term.last)[:1] in _SHAPED:
            return Whose.NOBODY  # what it is given says whose it is
        text = ".".join(term.names)
        is_tenants = self.vocabulary.is_tenant_name(f"{text} {' '.join(term.strings)}")
        if _SITE.search(text):
            return Whose.PLATFORM if has_key else Whose.NOBODY
        if self.vocabulary.is_platform_name(text) and not self.vocabulary.is_tenant_name(term.root):
            return Whose.BOTH if is_tenants and "fallback" in spoken else Whose.PLATFORM
        if is_tenants:
            return Whose.TENANT
        if has_key and self._is_declared(term, spoken, last):
            return Whose.PLATFORM
        if has_key and (self._is_own(spoken) or _is_request(term)):
            return Whose.TENANT
        if has_key and term.called and any(self.is_tenants(arg) for arg in term.args):
            return Whose.TENANT
        if (
            has_key
            and term.called
            and not term.args
            and len(term.names) == 1
            and _APPS.match(term.last)
        ):
            return Whose.PLATFORM
        if (
            reads_settings(text)
            and (is_meant(spoken) or term.last.lower() == "key")
            and (is_ours(last) or not is_constant(last))
            and has_key
            and not (reads_settings(term.root) and self._is_parameter(term.root, span))
        ):
            return Whose.PLATFORM
        if is_constant(term.last) and is_meant(spoken) and has_key and is_ours(term.last):
            return Whose.PLATFORM
        if (
            is_guess
            and has_key
            and {"llm", "key"} != words(last)
            and not reads_settings(text)
            and (
                self.acts_for_tenant(span)
                or self.scopes.speaks_of_own(span)
                or self._is_about_user(span)
            )
        ):
            return Whose.TENANT
        return Whose.NOBODY

    def _is_declared(self, term: Term, spoken: frozenset[str], last: str) -> bool:
        """Whether a key is put in from settings, or read from what is declared to hold them."""
        if not self.vocabulary.is_own_name(last) and len(term.names) == 1 + (term.root in _SELF):
            return term.last in self._declared.injected and not term.called
        at = 1 if term.root in _SELF and len(term.names) > 1 else 0
        holder = self._declared.settings.get(term.names[at].lstrip("$"))
        if holder is None or self.vocabulary.is_own_name(".".join(term.names[at + 1 :])):
            return False
        return len(term.names) > at + 1 and is_meant(spoken | holder)

    @property
    def _declared(self) -> Declared:
        return self.once("declared", lambda: declared(self.module.text))

    def _is_about_user(self, span: Span) -> bool:
        return not self.scopes.is_single and any(
            _USER.search(head) for head in self.scopes.heads(span)
        )

    def _is_own(self, spoken: frozenset[str]) -> bool:
        return self.vocabulary.is_own_name(" ".join(spoken)) and not self.scopes.is_single

    def _is_parameter(self, name: str, span: Span) -> bool:
        return any(name.lstrip("$") in names(head) for head in self.scopes.heads(span))

    def names_tenant(self, head: str) -> bool:
        """Whether the head of a function names one of whom the product works for."""
        return self.vocabulary.names_tenant(head)


_CURRENT = re.compile(
    r"""(?x)
    \b (?: req(?:uest)? | ctx | c | context | session | g | state | auth ) \. (?:\w+\.){0,2}
       (?: tenant | org | organization | workspace | account | team ) (?:_?[iI][dD])? \b
    | \b Current \. (?: account | organization | tenant | workspace | team )
    | \b (?: tenant | org | organi[sz]ation | workspace )_?[iI][dD] \b
    | \b current_?(?: [tT]enant | [oO]rg(?:anization)? | [wW]orkspace | [aA]ccount | [tT]eam ) \b
    """
)
_USER = re.compile(
    r"\b(?:user_?[iI]d|current_?[uU]ser|userAi)\b|\b[uU]ser\w*\s*:\s*\w*User\w*|\bUser\w*\s+\$?[uU]ser\b"
    r"|\A(?:class\s+)?User\b(?!\w*\()[^\n(]*\Z"
)
_APPS = re.compile(
    r"(?i)(?:get|load|read|fetch)_?(?:the_?)?(?:anthropic|claude|llm)_?(?:api_?)?key\Z"
)
_SITE = re.compile(
    r"(?i)\b(?:site|app|application|system|platform|global|general|company|installation)_?(?:wide)?_?(?:settings?|config\w*|options?)\b"
)
_HOLES = re.compile(r"\{([^{}]{1,60})\}|\$(\w+)")


def plain(target: str) -> str:
    """A target as its name is looked up."""
    found = re.match(
        r"(?:(?:this|self|\$this|cls)(?:\.|->)|@{1,2})?[$]?[A-Za-z_]\w*\Z", target.strip()
    )
    if found is not None:
        return target.strip().replace("->", ".").replace("$this", "this")
    some = re.match(
        r"(?:Some|Ok)\((?:ref\s+|mut\s+)*(\w+)\)\Z|(?:mut\s+|\*)?([A-Za-z_]\w*)\s*(?::.*)?\Z",
        target.strip(),
        re.DOTALL,
    )
    if some is not None:
        return some.group(1) or some.group(2)
    return target.strip()


def kept(term: Term) -> Term:
    """A part of an expression without calls that leave a key what it is."""
    names_ = term.names
    while len(names_) > 1 and names_[-1].lower() in _KEEPS:
        names_ = names_[:-1]
    return term if names_ is term.names else term._replace(names=names_, called=False)


def _is_getter(term: Term) -> bool:
    """Whether what is asked for stands in a string."""
    return (
        not term.called
        or bool(_GETTERS.search(term.last))
        or not is_key(words(term.last), term.last)
    )


_GETTERS = re.compile(
    r"(?i)\A(?:get\w{0,12}|fetch|dig|find\w*|read\w*|value|config|env|getenv|getattr|lookup\w*|first|at)\Z"
)


def _asked_for(term: Term) -> str:
    """The name of what an expression asks for: the last one, or what stands in a string, or what a variable
    is looked up in."""
    if not _is_getter(term):
        return term.last
    if term.strings:
        return term.strings[-1]
    is_lookup = term.called and len(term.names) > 1 and term.last == "get" and len(term.args) == 1
    return term.names[-2] if is_lookup else term.last


def _is_option(arg: Term) -> bool:
    """An argument that says how, not what."""
    return sdks.is_url_label(arg.label) or arg.label in ("model", "headers", "default")


def _is_request(term: Term) -> bool:
    """Whether a part of an expression is what a caller sent."""
    first = [name.lower().lstrip("$") for name in term.names[:3]]
    return first[0] in _CALLED_BY or not _SENT.isdisjoint(first[1:])


def _makes_client(parts: Iterable[Term]) -> bool:
    return any(sdks.is_client(part) or "client" in part.last.lower() for part in parts)
