"""Whose a key is by what it is called, where it was given nothing: by its words, by how it is declared, and at
a guess by what stands around it.
"""

from __future__ import annotations

from antkey_scanner.code.declared import Declared
from antkey_scanner.code.module import Span
from antkey_scanner.code.parts import SELF, is_request
from antkey_scanner.code.surroundings import Surroundings
from antkey_scanner.code.terms import Term
from antkey_scanner.code.whose import Whose
from antkey_scanner.code.words import (
    Vocabulary,
    is_client,
    is_constant,
    is_key,
    is_meant,
    is_ours,
    parts_of,
    reads_settings,
    words,
)
from antkey_scanner.late import late

_SHAPED = (["prepare"], ["build"], ["map"], ["merge"], ["collect"], ["format"], ["normalize"])
_APPS = late(r"(?i)(?:get|load|read|fetch)_?(?:the_?)?(?:anthropic|claude|llm)_?(?:api_?)?key\Z")
_SITE = late(
    r"(?i)\b(?:site|app|application|system|platform|global|general|company|installation)_?(?:wide)?_?(?:settings?|config\w*|options?)\b"
)
_HOLES = late(r"\{([^{}]{1,60})\}|\$(\w+)")


class Called:
    """Tells whose the keys of one file are by their names. declared: what the file declares."""

    def __init__(
        self, vocabulary: Vocabulary, surroundings: Surroundings, declared: Declared
    ) -> None:
        self._vocabulary = vocabulary
        self._surroundings = surroundings
        self._declared = declared

    def in_environment(self, term: Term, spoken: frozenset[str], last: str) -> Whose:
        """Whose a variable of the environment is. last: what it is called."""
        if not is_key(spoken, last):
            return Whose.NOBODY
        if any(self._surroundings.is_tenants(arg) for arg in term.args) or any(
            self._vocabulary.is_tenant_name(hole.group())
            for text in term.strings
            for hole in _HOLES.finditer(text)
        ):
            return Whose.TENANT
        if not is_ours(last):
            return Whose.NOBODY
        named = words(" ".join((*term.strings, last)))
        return (
            Whose.PLATFORM
            if is_meant(named) or self._vocabulary.is_platform_name(last)
            else Whose.NOBODY
        )

    def of(
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
        is_tenants = self._vocabulary.is_tenant_name(f"{text} {' '.join(term.strings)}")
        if _SITE.search(text):
            return Whose.PLATFORM if has_key else Whose.NOBODY
        if self._vocabulary.is_platform_name(text) and not self._vocabulary.is_tenant_name(
            term.root
        ):
            return Whose.BOTH if is_tenants and "fallback" in spoken else Whose.PLATFORM
        if is_tenants:
            return Whose.TENANT
        if not has_key:
            return Whose.NOBODY
        if self._is_declared(term, spoken, last):
            return Whose.PLATFORM
        if self._surroundings.is_own(spoken) or is_request(term):
            return Whose.TENANT
        if term.called and any(self._surroundings.is_tenants(arg) for arg in term.args):
            return Whose.TENANT
        if self._is_set_by_us(term, text, spoken, last, span):
            return Whose.PLATFORM
        if is_guess and {"llm", "key"} != words(last) and not reads_settings(text):
            return Whose.TENANT if self._surroundings.may_be_theirs(span) else Whose.NOBODY
        return Whose.NOBODY

    def _is_set_by_us(
        self, term: Term, text: str, spoken: frozenset[str], last: str, span: Span
    ) -> bool:
        """Whether a key comes out of what whoever runs the product has set: `get_anthropic_key()`,
        `settings.api_key`, `ANTHROPIC_KEY`."""
        if term.called and not term.args and len(term.names) == 1 and _APPS.match(term.last):
            return True
        if (
            reads_settings(text)
            and (is_meant(spoken) or term.last.lower() == "key")
            and (is_ours(last) or not is_constant(last))
            and not (reads_settings(term.root) and self._surroundings.is_parameter(term.root, span))
        ):
            return True
        return is_constant(term.last) and is_meant(spoken) and is_ours(term.last)

    def _is_declared(self, term: Term, spoken: frozenset[str], last: str) -> bool:
        """Whether a key is put in from settings, or read from what is declared to hold them."""
        if not self._vocabulary.is_own_name(last) and len(term.names) == 1 + (term.root in SELF):
            return term.last in self._declared.injected and not term.called
        at = 1 if term.root in SELF and len(term.names) > 1 else 0
        holder = self._declared.settings.get(term.names[at].lstrip("$"))
        if holder is None or self._vocabulary.is_own_name(".".join(term.names[at + 1 :])):
            return False
        return len(term.names) > at + 1 and is_meant(spoken | holder)
