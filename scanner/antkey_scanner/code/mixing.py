"""Where a tenant's key and the platform's meet in one value: what the rules about tenants' keys share."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from antkey_scanner.code import conditions, standins, uses
from antkey_scanner.code.inside import in_span
from antkey_scanner.code.module import (
    Assign,
    Caught,
    Choice,
    Either,
    Span,
    Test,
)
from antkey_scanner.code.parts import plain
from antkey_scanner.code.rule import Source
from antkey_scanner.code.whose import Whose, both
from antkey_scanner.code.words import names
from antkey_scanner.late import late

_ON_ERROR = frozenset(
    "catch rescue onErrorReturn onErrorResume exceptionally recover recoverCatching".split()  # noqa: SIM905 - words
)


class Pair(NamedTuple):
    """An operator with both keys. is_reversed: the platform's comes first."""

    either: Either
    is_reversed: bool
    on_error: bool


class Replaced(NamedTuple):
    """A name that is given the platform's key and a tenant's. assign: the platform's."""

    assign: Assign
    tenants: Assign | None
    is_reversed: bool
    on_error: bool


def pairs(source: Source) -> tuple[Pair, ...]:
    """Operators with a tenant's key on one side and the platform's on the other; of nested ones the outer."""
    return source.owner.once("pairs", lambda: tuple(_pairs(source)))


def _pairs(source: Source) -> Iterator[Pair]:
    end = -1
    for either in _either_way(source):
        if either.span.end <= end or not (
            source.owner.may_be_platforms(either.span, either.left, either.right)
            or standins.is_services(source, either.right, either.span)
        ):
            continue
        left = source.owner.of(either.left, either.span)
        if left not in _SIDES:
            continue
        right = source.owner.of(either.right, either.span)
        if left is Whose.TENANT and standins.is_services(source, either.right, either.span):
            right = Whose.PLATFORM
        if (
            (left, right) not in _MIXED
            or uses.asks(source.module, either.span)
            or uses.is_development(either.condition)
        ):
            continue
        end = either.span.end
        is_reversed = left is Whose.PLATFORM and _decides(source, either)
        yield Pair(either, is_reversed, either.how in _ON_ERROR or _takes_error(source, either))


def _either_way(source: Source) -> Iterator[Either]:
    """Those of a file in whose section something may be the platform's, or a service's."""
    sections = {*source.owner.sections, *standins.sections(source)}
    return source.module.parts("eithers", sorted(sections))


_MIXED = {
    (Whose.TENANT, Whose.PLATFORM),
    (Whose.TENANT, Whose.BOTH),
    (Whose.PLATFORM, Whose.TENANT),
    (Whose.PLATFORM, Whose.BOTH),
}


_SIDES = {left for left, _ in _MIXED}


def _takes_error(source: Source, either: Either) -> bool:
    """Rust's `or_else(|error| …)`, which is not an Option's `or_else(|| …)`."""
    text = source.module.text[either.span.start : either.span.end]
    return either.how.endswith("or_else") and re.search(r"or_else\(\s?\|\w", text) is not None


def _decides(source: Source, either: Either) -> bool:
    """Whether the left side's presence is what decides."""
    return (
        not either.condition
        or source.owner.of(either.condition, either.span) is Whose.PLATFORM
        or (either.left.strip() in either.condition)
    )


class Branched(NamedTuple):
    """Branches of which one gives a tenant's key and another the platform's. ours: the latter; on_error:
    it is that of an error."""

    choice: Choice
    ours: str
    on_error: bool


def choices(source: Source) -> tuple[Branched, ...]:
    """Expressions with such branches, or whose subject is a tenant's."""
    return source.owner.once("choices", lambda: tuple(_choices(source)))


def _choices(source: Source) -> Iterator[Branched]:
    for choice in source.owner.near("choices"):
        if not source.owner.may_be_platforms(choice.span):
            continue
        inside = choice.span._replace(start=max(choice.span.start, choice.span.end - 1))
        owners = [source.owner.of(branch, inside) for branch in choice.branches]
        if Whose.PLATFORM not in owners or Whose.BOTH in owners:
            continue
        subject = source.owner.of(choice.subject, choice.span)
        if both((*owners, subject)) is Whose.BOTH:
            text = source.module.text[choice.span.start : choice.span.end]
            yield Branched(choice, choice.branches[owners.index(Whose.PLATFORM)], "Err(" in text)


def replaced(source: Source) -> tuple[Replaced, ...]:
    """Names that are given the platform's key in one place and a tenant's in another."""
    return source.owner.once("replaced", lambda: tuple(_replaced(source)))


def _replaced(source: Source) -> Iterator[Replaced]:
    groups: dict[tuple[int, str], list[Assign]] = defaultdict(list)
    sections = {*source.owner.sections, *standins.sections(source)}
    for assign in source.module.parts("assigns", sorted(sections)):
        function = source.owner.scopes.named(assign.span)
        if function is not None and assign.span.end - function.span.start <= len(function.head):
            continue  # what a parameter is where none is given
        groups[(function.span.start if function else -1, plain(assign.target))].append(assign)
    for (start, name), group in groups.items():
        if start < 0 and any(_may_be_ours(source, one) for one in group):
            scopes = source.owner.scopes  # what a file's own names are given stands in any section
            group[:] = [one for one in source.owner.given(name) if scopes.named(one.span) is None]
    for group in sorted(groups.values(), key=lambda one: (one[0].span.start, -one[0].span.end)):
        found = _one_replaced(source, group)
        if found is not None:
            yield found


def _one_replaced(source: Source, group: list[Assign]) -> Replaced | None:
    if len(group) == 1 and not _is_parameter(source, group[0]):
        return None
    ours = [
        assign for assign in group if _is_ours(source, assign) and not is_guarded(source, assign)
    ]
    if not ours:
        return None
    theirs = [one for one in group if source.owner.of(one.value, one.span).has_tenant]
    if uses.is_question(names(group[0].target)[-1] if names(group[0].target) else ""):
        return None
    starts = [one.span.start for one in theirs]
    for assign in ours:
        at = bisect_left(starts, assign.span.start)
        if at and not _is_overwritten(source, theirs[at - 1], assign):
            return Replaced(assign, theirs[at - 1], False, _is_on_error(source, assign.span))
    for assign in ours:
        at = bisect_right(starts, assign.span.start)
        for later in theirs[at : at + 1]:
            if _is_conditional(source, later.span, assign.span):
                return Replaced(assign, later, _fills(source, later, assign), False)
    if not theirs and _is_handed(source, ours[0]):
        return Replaced(ours[0], None, False, _is_on_error(source, ours[0].span))
    return None


def _is_ours(source: Source, assign: Assign) -> bool:
    if standins.is_services(source, assign.value, assign.span):
        return True
    return (
        source.owner.may_be_platforms(assign.span, assign.value)
        and source.owner.of(assign.value, assign.span) is Whose.PLATFORM
    )


def _may_be_ours(source: Source, assign: Assign) -> bool:
    return standins.is_services(source, assign.value, assign.span) or source.owner.may_be_platforms(
        assign.span, assign.value
    )


_ERROR = late(r"(?i)\berr(?:or)?\w*\s*(?:!=|!==|is not)\s*(?:nil|null|None)|\bis_err\b|\bfailed\b")


def _is_on_error(source: Source, span: Span) -> bool:
    return on_error(source, span) is not None or any(
        _ERROR.search(test.condition) for test in source.module.tests_around(span)
    )


def is_guarded(source: Source, assign: Assign) -> bool:
    """Whether a value is given where the program asked for development."""
    return any(
        uses.is_development(test.condition) and assign.span.end <= test.then_span.end
        for test in source.module.tests_around(assign.span)
    )


_CHAIN = late(r"[$@]?[A-Za-z_]\w*(?:(?:\?\.|\.|->|&\.|!\.)[A-Za-z_]\w*(?:\(\))?)*")
_MARKS = frozenset(
    "not is None null nil undefined string String IsNullOrEmpty IsNullOrWhiteSpace empty blank len isEmpty".split()  # noqa: SIM905 - words
)


def filled(source: Source) -> tuple[tuple[str, Span], ...]:
    """What is given, given back or handed over of the platform's where a tenant's key is found missing."""
    return source.owner.once("filled", lambda: tuple(_filled(source)))


def _filled(source: Source) -> Iterator[tuple[str, Span]]:
    for test in source.owner.near("tests"):
        if not conditions.is_absence(test.condition) or not source.owner.may_be_platforms(
            test.then_span
        ):
            continue
        if not _asks_for_tenants(source, test):
            continue
        for text, span in kept_in(source, test.then_span):
            if source.owner.of(text, span) is Whose.PLATFORM and not uses.requests(text[:80]):
                yield text, span
                break


def _asks_for_tenants(source: Source, test: Test) -> bool:
    for found in _CHAIN.finditer(test.condition[:300]):
        if (
            found.group() not in _MARKS
            and source.owner.of(found.group(), test.span) is Whose.TENANT
        ):
            return True
    return False


def _is_overwritten(source: Source, earlier: Assign, later: Assign) -> bool:
    """Whether two values have nothing to do with each other: one follows the other, and nothing decides."""
    return not _is_conditional(source, later.span, earlier.span) and not _is_conditional(
        source, earlier.span, later.span
    )


def _is_conditional(source: Source, span: Span, other: Span) -> bool:
    """Whether a place is reached on a condition that another is not under, or in a handler or a case."""
    if any(
        not (one.span.start <= other.start < one.then_span.end)
        for one in source.module.tests_around(span)
    ):
        return True
    if on_error(source, span) or on_error(source, other):
        return True
    around = source.module.text[max(0, span.start - 160) : span.start]
    return any(
        word in around
        for word in ("case ", "case\t", "default:", "else", "when ", "elsif", "} catch", "rescue")
    )


def _fills(source: Source, theirs: Assign, ours: Assign) -> bool:
    """`if not key: key = tenant.key`, after the platform's."""
    name = (names(ours.target) or [""])[-1]
    return any(
        conditions.is_absence(test.condition) and name in names(test.condition)
        for test in source.module.tests_around(theirs.span)
    )


def _is_parameter(source: Source, assign: Assign) -> bool:
    function = source.owner.scopes.named(assign.span)
    return function is not None and plain(assign.target) in names(function.head)


def _is_handed(source: Source, assign: Assign) -> bool:
    """`if not key: key = PLATFORM`, where the key is a parameter and a tenant's."""
    name = plain(assign.target)
    if not _is_parameter(source, assign):
        return False
    if source.owner.of(name, assign.span) is not Whose.TENANT:
        return False
    return any(
        conditions.is_absence(test.condition) and name in names(test.condition)
        for test in source.module.tests_around(assign.span)
    )


def on_error(source: Source, span: Span) -> Caught | None:
    """The handler around a place, of an error of what a tenant's key was used in or read by."""
    catches: tuple[Caught, ...] = source.module.part(
        "catches", source.module.section_of(span.start)
    )
    for caught in catches:
        if (
            caught.span.start <= span.start
            and span.end <= caught.span.end
            and tries_tenants(source, caught)
        ):
            return caught
    return None


def tries_tenants(source: Source, caught: Caught) -> bool:
    """Whether what was tried has to do with a tenant's key."""
    owners = (source.owner.of(*each) for each in within(source, caught.tried_span))
    return source.once(f"{caught.tried_span}", lambda: any(one.has_tenant for one in owners))


def within(source: Source, inside: Span) -> Iterator[tuple[str, Span]]:
    """The values that are given, given back and handed over in a place."""
    yield from kept_in(source, inside)
    for call in in_span(source, "calls", inside):
        yield source.module.text[call.span.start : call.span.end][:1000], call.span


def kept_in(source: Source, inside: Span) -> Iterator[tuple[str, Span]]:
    """The values that are given and given back in a place."""
    for assign in in_span(source, "assigns", inside):
        yield assign.value, assign.span
    for returned in in_span(source, "returns", inside):
        yield returned.value, returned.span
