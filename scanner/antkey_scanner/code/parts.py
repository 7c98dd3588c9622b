# ruff: noqa: SIM905 - lists of words are read as words
"""What one part of an expression is, as far as its own names tell: something that is asked for, an option, what
a caller sent, a client, a measure of a thing. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from antkey_scanner.code import sdks
from antkey_scanner.code.terms import Term
from antkey_scanner.code.words import is_key, words
from antkey_scanner.late import late

SELF = frozenset({"self", "this", "$this", "cls", "static", "base"})
"""What an object calls itself."""

_MEASURES = frozenset(
    "bool boolean len length mask maskkey masked redact hash sha256 md5 fingerprint isset empty isempty count"
    " startswith endswith includes contains tostring_masked present blank exists has isblank isnullorempty"
    " isnullorwhitespace hasattr in_array test match validate verify isvalid".split()
)
_ASKS = late(
    r"(?:is|has|can|should|valid|validate|verify)(?:_|[A-Z])|(?:Is|Has|Valid\w*)[A-Z]"
    r"|(?i:generate|rotate|revoke|mint|issue|hash)\w*(?:key|token)"
)
_CALLED_BY = frozenset("req request body headers header formdata searchparams cookies".split())
_SENT = frozenset("header headers getheader body formdata searchparams cookies".split())
_KEEPS = frozenset(
    "strip trim tostring to_string to_s presence clone as_deref as_ref as_str unwrap to_owned expose_secret"
    " value get_secret_value encode decode ok ok_or ok_or_else cloned orelsethrow get_or_throw strip_prefix removeprefix replace"
    " replaceall trimmed compact let also takeif take_if filter map and_then then await".split()
)
_ARGUMENTS = frozenset(
    "args argv opts options flags cli cmd namespace userconfig useroptions useropts".split()
)
_GETTERS = late(
    r"(?i)\A(?:get\w{0,12}|fetch|dig|find\w*|read\w*|value|config|env|getenv|getattr|lookup\w*|first|at)\Z"
)
_OWN = late(r"(?:(?:this|self|\$this|cls)(?:\.|->)|@{1,2})?[$]?[A-Za-z_]\w*\Z")
_BOUND = late(
    r"(?:Some|Ok)\((?:ref\s+|mut\s+)*(\w+)\)\Z|(?:mut\s+|\*)?([A-Za-z_]\w*)\s*(?::.*)?\Z",
    re.DOTALL,
)


def plain(target: str) -> str:
    """A target as its name is looked up."""
    target = target.strip()
    if _OWN.match(target) is not None:
        return target.replace("->", ".").replace("$this", "this")
    bound = _BOUND.match(target)
    return target if bound is None else bound.group(1) or bound.group(2)


def kept(term: Term) -> Term:
    """A part of an expression without calls that leave a key what it is."""
    names = term.names
    while len(names) > 1 and names[-1].lower() in _KEEPS:
        names = names[:-1]
    return term if names is term.names else term._replace(names=names, called=False)


def measures(term: Term) -> bool:
    """Whether a call only asks about what it is given, or makes another thing of it."""
    return term.called and (term.last.lower() in _MEASURES or _ASKS.match(term.last) is not None)


def is_argument(term: Term) -> bool:
    """Whether a part is what a program was started with."""
    return term.root.lower().lstrip("$") in _ARGUMENTS


def is_getter(term: Term) -> bool:
    """Whether what is asked for stands in a string."""
    return (
        not term.called
        or bool(_GETTERS.search(term.last))
        or not is_key(words(term.last), term.last)
    )


def asked_for(term: Term) -> str:
    """The name of what an expression asks for: the last one, or what stands in a string, or what a variable
    is looked up in."""
    if not is_getter(term):
        return term.last
    if term.strings:
        return term.strings[-1]
    is_lookup = term.called and len(term.names) > 1 and term.last == "get" and len(term.args) == 1
    return term.names[-2] if is_lookup else term.last


def is_option(arg: Term) -> bool:
    """An argument that says how, not what."""
    return sdks.is_url_label(arg.label) or arg.label in ("model", "headers", "default")


def is_request(term: Term) -> bool:
    """Whether a part of an expression is what a caller sent."""
    first = [name.lower().lstrip("$") for name in term.names[:3]]
    return first[0] in _CALLED_BY or not _SENT.isdisjoint(first[1:])


def makes_client(parts: Iterable[Term]) -> bool:
    """Whether one of several parts makes a client."""
    return any(sdks.is_client(part) or "client" in part.last.lower() for part in parts)
