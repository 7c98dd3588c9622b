"""Functions that give back a tenant's key in one place and the platform's in another."""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.code import conditions, uses
from antkey_scanner.code.mixing import is_guarded
from antkey_scanner.code.module import Assign, Function, Returned, Span
from antkey_scanner.code.rule import Source
from antkey_scanner.code.told import told
from antkey_scanner.code.whose import Whose
from antkey_scanner.code.words import is_key, names, words
from antkey_scanner.late import late


def returns(source: Source) -> tuple[tuple[Function, Returned, bool], ...]:
    """Functions that give back a tenant's key in one place and the platform's in another, with the latter;
    and whether the platform's is looked for first."""
    return source.owner.once("returns", lambda: tuple(_returns(source)))


def spared(source: Source) -> set[Span]:
    """The places of functions that give back the platform's where no tenant is."""
    returns(source)
    return _spared(source)


def _spared(source: Source) -> set[Span]:
    return source.owner.once("spared", set[Span])


_EXEMPT = late(
    r"(?i)(?:tenant|org|workspace|account|user|company|team)\w*\s*(?:!==?|is\s+not)\s*(?:[\"'`]\w|[A-Z]\w*_\w)"
    r"|(?:!|\bnot\s)\s*[\w.?]{0,40}\bis_?(?:super_?)?admin"
)


def _is_exempt(source: Source, theirs: Span, ours: Span) -> bool:
    """Whether tenants are sent away before: `if (tenantId !== "internal") return null`."""
    return any(
        theirs.start < test.span.start < ours.start
        and _EXEMPT.search(test.condition) is not None
        and conditions.ends(test.then)
        for test in source.module.part("tests", source.module.section_of(ours.start))
    )


_NOBODY = late(
    r"(?:!|not\s+)?\s*\(?\s*(\w*(?:[uU]ser|[tT]enant|[oO]rg|[wW]orkspace|[aA]ccount|[tT]eam)\w*)\s*(?:(?:===?|is)\s*(?:null|None|undefined|nil|\"\"))?\s*\)*"
)


def _is_nobodys(source: Source, function: Function, ours: Span) -> bool:
    """Whether something is given back where no tenant was named to begin with: `if (!userId) return ours()`."""
    for test in source.module.tests_around(ours):
        asked = _NOBODY.fullmatch(test.condition.strip().strip("()").strip())
        if asked is None or not conditions.is_absence(test.condition):
            continue
        name = asked[1]
        if name in names(function.head) and not is_key(words(name), name):
            return True
    return False


def _given_back(source: Source, returned: Returned) -> Whose:
    """Whose what is given back is, by what it is, else by what is said of it."""
    whose = source.owner.of(returned.value, returned.span)
    if whose is Whose.PLATFORM:
        return whose
    said = told(returned.value)
    return whose if said is Whose.NOBODY else said


def _returns(source: Source) -> Iterator[tuple[Function, Returned, bool]]:
    for function in source.owner.near("functions"):
        given = source.owner.given_back(function)
        if len(given) < 2 or uses.is_question(function.name):
            continue
        if not any(source.owner.may_be_platforms(one.span, one.value) for one in given):
            continue
        owners = [(one, _given_back(source, one)) for one in given]
        theirs = [one for one, whose in owners if whose.has_tenant]
        ours = [
            one
            for one, whose in owners
            if whose is Whose.PLATFORM and not is_guarded(source, Assign(one.span, "", ""))
        ]
        if not theirs or not ours:
            continue
        ours = [
            one
            for one in ours
            if not _is_exempt(source, theirs[0].span, one.span)
            and not _is_nobodys(source, function, one.span)
        ]
        if ours:
            yield function, ours[0], ours[0].span.start < theirs[0].span.start
        else:
            _spared(source).add(function.span)
