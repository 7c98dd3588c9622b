"""For whom the code around a place works: for tenants, for people who use the product, for one person."""

from __future__ import annotations

from antkey_scanner.code.module import Span
from antkey_scanner.code.scopes import Scopes
from antkey_scanner.code.terms import Term
from antkey_scanner.code.words import Vocabulary, names, parts_of
from antkey_scanner.late import late

_CURRENT = late(
    r"""(?x)
    \b (?: req(?:uest)? | ctx | c | context | session | g | state | auth ) \. (?:\w+\.){0,2}
       (?: tenant | org | organization | workspace | account | team ) (?:_?[iI][dD])? \b
    | \b Current \. (?: account | organization | tenant | workspace | team )
    | \b (?: tenant | org | organi[sz]ation | workspace )_?[iI][dD] \b
    | \b current_?(?: [tT]enant | [oO]rg(?:anization)? | [wW]orkspace | [aA]ccount | [tT]eam ) \b
    """
)
_USER = late(
    r"\b(?:user_?[iI]d|current_?[uU]ser|userAi)\b|\b[uU]ser\w*\s*:\s*\w*User\w*|\bUser\w*\s+\$?[uU]ser\b"
    r"|\A(?:class\s+)?User\b(?!\w*\()[^\n(]*\Z"
)


class Surroundings:
    """Tells of one file's places for whom they are."""

    def __init__(self, scopes: Scopes, vocabulary: Vocabulary) -> None:
        self._scopes = scopes
        self._vocabulary = vocabulary
        self._tenants: dict[str, bool] = {}
        self._guesses: dict[tuple[int, int], bool] = {}

    def acts_for_tenant(self, span: Span) -> bool:
        """Whether the functions or the class around a place are about one of whom the product works for."""
        return any(self._names_tenant(head) for head in self._scopes.heads(span))

    def _names_tenant(self, head: str) -> bool:
        known = self._tenants.get(head)
        if known is None:
            known = self._tenants[head] = self._vocabulary.names_tenant(head)
        return known

    def works_for_tenant(self, span: Span) -> bool:
        """Whether the innermost named function around a place is given one of whom the product works for,
        or asks for the one whose request it serves."""
        function = self._scopes.function(span)
        if function is None:
            return False
        return any(
            self._names_tenant(one.head.partition("(")[2]) for one in self._scopes.around(span)
        ) or (_CURRENT.search(function.body) is not None)

    def may_be_theirs(self, span: Span) -> bool:
        """Whether a key at a place, of which nothing says whose it is, is a tenant's at a guess."""
        known = self._guesses.get(span[:2])
        if known is None:
            known = self._guesses[span[:2]] = (
                self.acts_for_tenant(span)
                or self._scopes.speaks_of_own(span)
                or self._is_about_user(span)
            )
        return known

    def is_tenants(self, term: Term) -> bool:
        """Whether a part of an expression is anything of a tenant's."""
        return any(self._vocabulary.is_tenant_name(name) for name in term.names)

    def is_own(self, spoken: frozenset[str]) -> bool:
        """Whether words speak of one who uses the product, where that is not the only one."""
        return self._vocabulary.is_own_name(" ".join(spoken)) and not self._scopes.is_single

    def is_callers(self, name: str) -> bool:
        """Whether a key is named after whoever sends a request: `clientApiKey`, not a client's own."""
        parts = parts_of(name)
        is_apis = not {"api", "apikey", "anthropic", "claude"}.isdisjoint(parts[1:])
        return is_apis and parts[0] in ("client", "caller") and not self._scopes.is_single

    def is_parameter(self, name: str, span: Span) -> bool:
        """Whether a name is one of what the functions around a place are given."""
        return any(name.lstrip("$") in names(head) for head in self._scopes.heads(span))

    def _is_about_user(self, span: Span) -> bool:
        return not self._scopes.is_single and any(
            _USER.search(head) for head in self._scopes.heads(span)
        )
