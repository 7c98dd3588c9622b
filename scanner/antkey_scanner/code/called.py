"""Whose a key is by what it is called, where it was given nothing: by its words, by how it is declared, and at
a guess by what stands around it.
"""

from __future__ import annotations

from typing import NamedTuple

from antkey_scanner.code.declared import Declared
from antkey_scanner.code.module import Span
from antkey_scanner.code.parts import SELF, is_request
from antkey_scanner.code.reading import Reading
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
_APPS = late(
    r"(?i)(?:(?:get|load|read|fetch)_?)?(?:the_?)?(?:anthropic|claude|llm)_?(?:api_?)?key\Z"
)
_SITE = late(
    r"(?i)\b(?:site|app|application|system|platform|global|general|company|installation)_?(?:wide)?_?(?:settings?|config\w*|options?)\b"
)
_VARIABLE = frozenset(
    [
        "key",
        "keys",
        "env",
        "envs",
        "var",
        "vars",
        "variable",
        "variables",
        "environment",
        "name",
        "provider",
    ]
)
_OTHER_VARIABLES = frozenset("url uri base model models host port region mode flag".split())  # noqa: SIM905 - words
_HOLES = late(r"\{([^{}]{1,60})\}|\$(\w+)")


class _Verdict(NamedTuple):
    """Whose a part is by its names. unless_parameter: not where it is handed over; may_guess: where it is
    nobody's, it may be the tenant's that is spoken of around it."""

    whose: Whose
    unless_parameter: bool = False
    may_guess: bool = False


_NOTHING = _Verdict(Whose.NOBODY)


class Called:
    """Tells whose the keys of one file are by their names. declared: what the file declares."""

    def __init__(
        self, vocabulary: Vocabulary, surroundings: Surroundings, declared: Declared
    ) -> None:
        self._vocabulary = vocabulary
        self._surroundings = surroundings
        self._declared = declared
        self._environment: dict[Reading, Whose] = {}
        self._verdicts: dict[Reading, _Verdict] = {}

    def in_environment(self, reading: Reading) -> Whose:
        """Whose a variable of the environment is."""
        known = self._environment.get(reading)
        if known is None:
            known = self._environment[reading] = self._first_in_environment(reading)
        return known

    def _first_in_environment(self, reading: Reading) -> Whose:
        term, last = reading.kept, reading.last
        if not is_key(reading.spoken, last):
            return Whose.PLATFORM if self._is_looked_up(term) else Whose.NOBODY
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

    def _is_looked_up(self, term: Term) -> bool:
        """Whether a variable's name is looked up among those of keys: `process.env[KEYS[provider]]`."""
        if not self._declared.lists_variables or (term.strings and not term.args):
            return False
        asked = [words(" ".join((*arg.names, *arg.strings))) for arg in term.args]
        return any(
            not _VARIABLE.isdisjoint(one) and _OTHER_VARIABLES.isdisjoint(one) for one in asked
        )

    def of(self, reading: Reading, span: Span) -> Whose:
        """By what it is called."""
        verdict = self._verdict(reading)
        if verdict.unless_parameter and self._surroundings.is_parameter(reading.kept.root, span):
            return Whose.NOBODY
        return verdict.whose

    def guess(self, reading: Reading, span: Span) -> Whose:
        """Whose a key is that `of` says is nobody's: it may be the tenant's that is spoken of around it."""
        if self._verdict(reading).may_guess and self._surroundings.may_be_theirs(span):
            return Whose.TENANT
        return Whose.NOBODY

    def _verdict(self, reading: Reading) -> _Verdict:
        known = self._verdicts.get(reading)
        if known is None:
            known = self._verdicts[reading] = self._first_verdict(reading)
        return known

    def _first_verdict(self, reading: Reading) -> _Verdict:
        term, spoken, last = reading.kept, reading.spoken, reading.last
        has_key = is_key(spoken, last)
        if not has_key and not is_client(spoken, term.last):
            if len(term.names) < 2 or not is_client(words(term.root), term.root):
                return _NOTHING
            last, has_key = term.root, False
        if term.called and term.args and parts_of(term.last)[:1] in _SHAPED:
            return _NOTHING  # what it is given says whose it is
        text = reading.text
        is_tenants = self._vocabulary.is_tenant_name(f"{text} {' '.join(term.strings)}")
        if _SITE.search(text):
            return _Verdict(Whose.PLATFORM) if has_key else _NOTHING
        if self._vocabulary.is_platform_name(text) and not self._vocabulary.is_tenant_name(
            term.root
        ):
            return _Verdict(Whose.BOTH if is_tenants and "fallback" in spoken else Whose.PLATFORM)
        if is_tenants:
            return _Verdict(Whose.TENANT)
        if not has_key:
            return _NOTHING
        if self._is_declared(term, spoken, last):
            return _Verdict(Whose.PLATFORM)
        if _is_customers(term, last):
            return _Verdict(Whose.TENANT)
        if self._surroundings.is_callers(last):
            return _Verdict(Whose.TENANT)
        if self._surroundings.is_own(spoken) or is_request(term):
            return _Verdict(Whose.TENANT)
        if term.called and any(self._surroundings.is_tenants(arg) for arg in term.args):
            return _Verdict(Whose.TENANT)
        return self._by_settings(term, text, spoken, last)

    def _by_settings(self, term: Term, text: str, spoken: frozenset[str], last: str) -> _Verdict:
        """Whether a key comes out of what whoever runs the product has set: `get_anthropic_key()`,
        `settings.api_key`, `ANTHROPIC_KEY`."""
        if term.called and not term.args and len(term.names) == 1 and _APPS.match(term.last):
            return _Verdict(Whose.PLATFORM)
        if is_constant(term.last) and is_meant(spoken) and is_ours(term.last):
            return _Verdict(Whose.PLATFORM)
        if _is_variable(term, last):
            return _Verdict(Whose.PLATFORM)
        is_set = reads_settings(text)
        if (
            is_set
            and (is_meant(spoken) or term.last.lower() == "key")
            and (is_ours(last) or not is_constant(last))
        ):
            is_declared = term.root.lstrip("$") in self._declared.settings
            return _Verdict(
                Whose.PLATFORM, unless_parameter=reads_settings(term.root) and not is_declared
            )
        return _Verdict(Whose.NOBODY, may_guess={"llm", "key"} != words(last) and not is_set)

    def _is_declared(self, term: Term, spoken: frozenset[str], last: str) -> bool:
        """Whether a key is put in from settings, or read from what is declared to hold them."""
        if not self._vocabulary.is_own_name(last) and len(term.names) == 1 + (term.root in SELF):
            return term.last in self._declared.injected and not term.called
        at = 1 if term.root in SELF and len(term.names) > 1 else 0
        holder = self._declared.settings.get(term.names[at].lstrip("$"))
        if holder is None or self._vocabulary.is_own_name(".".join(term.names[at + 1 :])):
            return False
        return len(term.names) > at + 1 and is_meant(spoken | holder)


def _is_variable(term: Term, last: str) -> bool:
    """A function that is asked for a variable of the environment by its name alone."""
    return (
        term.called
        and len(term.names) == 1
        and not term.args
        and term.strings == (last,)
        and is_constant(last)
        and is_meant(words(last))
        and is_ours(last)
    )


def _is_customers(term: Term, last: str) -> bool:
    """`client.claude_api_key`: a client of the API has a key, but none that is named after whose API it is."""
    return (
        len(term.names) == 2
        and not term.called
        and term.root.lower().lstrip("$@") == "client"
        and not {"anthropic", "claude"}.isdisjoint(words(last))
    )
