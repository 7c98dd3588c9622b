"""Whether a tenant's key may be missing where a client is given it, as far as the code says so itself."""

from __future__ import annotations

import re

from antkey_scanner.code import conditions, sdks
from antkey_scanner.code.mixing import within
from antkey_scanner.code.module import Call, Span
from antkey_scanner.code.parts import kept
from antkey_scanner.code.rule import Source
from antkey_scanner.code.terms import Term
from antkey_scanner.code.words import names
from antkey_scanner.late import late

_MAYBE = late(
    r"""(?x)
      \?\. | \?-> | &\. | \?\[
    | (?: \|\| | \?\? | \bor\b | \belse\b | : ) \s* (?: undefined | null | None | nil )
    | : \s* \{ \s* \}
    | \. get\( \s* ["'`] [^"'`]{1,60} ["'`] \s* \) | \bgetattr\([^()]{1,80},\s*None\s*\) | \. orElse\( \s* null \s* \)
    | \. presence \b | \.as_deref\( | \bdig\( | array_filter\( | data_get\(
    """
)
_REFUSES = late(
    r"""(?xi)
    \b(?:require\w*|must\w*|ensure\w*|assert\w*|orElseThrow|demand\w*|strict\w*|fetch!|getOrThrow|checkNotNull|requireNotNull
      |expect|ok_or\w*|unwrap|throw_?if\w*|abort_?(?:if|unless)) \s* [!(]
    | !! | \?: \s* (?:throw|return|error) | \?\? \s* throw | \|\| \s* raise | \?\s*;
    """
)


_CHECKED = r"(?i)\b(?:assert|check|require|ensure|validate|demand|must)\w*[ (][^\n]{{0,80}}\b{}\b"


def may_be(source: Source, call: Call, text: str) -> bool:
    """Whether the code says that the key may be missing, and does not refuse before."""
    for term in source.owner.terms(text)[:1]:
        if any(_is_option_list(source, arg, call.span) for arg in term.args):
            return True
        for given in sdks.keys(term):
            if _is_maybe(source, given, call.span, text):
                return True
    return False


def _is_maybe(source: Source, given: Term, span: Span, text: str) -> bool:
    name = ".".join(given.names)
    written = _written(text, given)
    if _REFUSES.search(written):
        return False
    if _is_refused(source, kept(given).last, span):
        return False
    if _MAYBE.search(written):
        return True
    if len(given.names) > 2 or given.called:
        return False
    values = source.owner.values(name, span)
    if any(_REFUSES.search(one.value) for one in values):
        return False
    if any(_MAYBE.search(one.value) or _is_nothing(one.value) for one in values):
        return True
    return not values and any(
        _may_lack(head, given.root) for head in source.owner.scopes.heads(span)
    )


def _written(text: str, given: Term) -> str:
    """About how an argument is written."""
    at = text.find(given.last)
    start, end = max(0, at - 60), at + 120
    if at < 0:
        return text[start:end].partition("\n")[0]
    after = at + len(given.last)
    return text[start : after if text[after : after + 1] == "," else end]


def _is_nothing(value: str) -> bool:
    return value.strip() in ("None", "null", "nil", "undefined")


def _may_lack(head: str, name: str) -> bool:
    """`api_key: str | None`, `apiKey?: string`, `string? apiKey`, `Option<String>`."""
    plain = re.escape(name.lstrip("$"))
    return (
        re.search(
            rf"""(?x)
              \b{plain} \s* \?\s*: | \b{plain} \s* : \s* [^,()=]{{0,60}} (?: \bnull\b | \bundefined\b | \bNone\b | \bOptional\[ | \bOption< | \? )
            | (?: \?\w+ | \w+\? | Optional<\w+> | @Nullable\s+\w+ ) \s+ \$?{plain} \b | \b{plain} \s* (?::[^,()=]{{0,40}})? = \s* (?: None | null | nil | undefined )
            | \b{plain} \s* : \s* nil\b
            """,
            head,
        )
        is not None
    )


def _is_refused(source: Source, name: str, span: Span) -> bool:
    """Whether code before a place ends the way where a name has no value, or it stands where there is one."""
    for test in source.module.tests_around(span):
        if test.then_span.start <= span.start and span.end <= test.then_span.end:
            if name in names(test.condition) and not conditions.is_absence(test.condition):
                return True
    function = source.owner.scopes.function(span)
    start = function.span.start if function is not None else 0
    return (
        any(
            start <= test.span.start < span.start
            and name in names(test.condition)
            and conditions.is_absence(test.condition)
            and conditions.ends(test.then)
            for test in source.module.with_word("tests", name)
        )
        or re.search(
            rf"\bassert\s+[^\n]{{0,60}}\b{re.escape(name)}\b",
            source.module.text[start : span.start],
        )
        is not None
    )


def _is_option_list(source: Source, arg: Term, span: Span) -> bool:
    """`kwargs`, `opts` that are given a key on a condition."""
    if len(arg.names) != 1 or arg.called:
        return False
    name = arg.root
    for assign in source.module.with_word("assigns", name):
        target = names(assign.target)
        if target[:1] != [name] or not assign.span.start < span.start:
            continue
        is_key = sdks.is_key_name(assign.target) or re.search(r"(?i)with_?api_?key", assign.value)
        if is_key and source.owner.of(assign.value, assign.span).has_tenant:
            for test in source.module.tests_around(assign.span):
                if not conditions.is_absence(test.condition) and not _inside(test.then_span, span):
                    return True
    return False


def _inside(outer: Span, inner: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def is_judged(source: Source, span: Span) -> bool:
    """Whether the function around a place has to do with a tenant's key as well: then other rules see it."""
    function = source.owner.scopes.named(span)
    if function is None:
        return False
    return any(
        source.owner.of(text, place).has_tenant for text, place in within(source, function.span)
    )
