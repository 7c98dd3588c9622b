"""What one part of an expression says, wherever it stands: asked once for each part of a file's expressions, since
the same few are asked after by every rule, at every place and for every name that is given them.
"""

from __future__ import annotations

from antkey_scanner.code import sdks
from antkey_scanner.code.parts import SELF, asked_for, is_argument, is_option, kept, measures
from antkey_scanner.code.terms import Term
from antkey_scanner.code.words import (
    Vocabulary,
    is_about,
    is_of_others,
    reads_environment,
    words,
)


class Reading:
    """A part of an expression, read. kept: without calls that leave a key what it is; text: its names; spoken:
    their words, and those of strings that it is called with; last: what it asks for; name: what its values are
    found under, and size: of how many names that is; says_nothing: it is of others, or about a key; handed: what
    it is called with and may be made of."""

    __slots__ = (
        *("handed", "in_environment", "is_argument", "is_client", "is_measure", "kept", "last"),
        *("name", "says_nothing", "size", "spoken", "text"),
    )

    def __init__(self, term: Term, vocabulary: Vocabulary) -> None:
        self.is_client = sdks.is_client(term)
        self.is_measure = measures(term)
        self.kept = short = kept(term)
        self.text = text = ".".join(short.names)
        self.spoken = words(f"{text} {' '.join(short.strings)}")
        self.last = asked_for(short)
        self.is_argument = is_argument(short)
        self.says_nothing = is_of_others(self.spoken, self.last) or (
            is_about(self.last) and not short.called
        )
        self.in_environment = (
            not self.says_nothing
            and reads_environment(text)
            and not vocabulary.is_tenant_name(short.root)
        )
        self.size = 2 if short.root in SELF else 1
        self.name = ".".join(short.names[: self.size])
        self.handed = tuple(arg for arg in term.args if not is_option(arg))


class Readings:
    """The readings of one file's expressions."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._known: dict[int, tuple[Term, Reading]] = {}
        self._plain: dict[tuple[object, ...], Reading] = {}

    def of(self, term: Term) -> Reading:
        """Of a part of an expression. Found by identity, which is sure because the part is kept with it."""
        known = self._known.get(id(term))
        if known is None:
            known = self._known[id(term)] = (term, self._first_of(term))
        return known[1]

    def _first_of(self, term: Term) -> Reading:
        if term.args:
            return Reading(term, self._vocabulary)
        key = term[:2] + term[4:]  # what it is handed over as changes nothing
        known = self._plain.get(key)
        if known is None:
            known = self._plain[key] = Reading(term, self._vocabulary)
        return known
