"""Whose key an expression is, in its place: by what it is called, and by what its names were given before.

Small data flow, inside one function: assignments, parameters, what the function is for.
"""

from __future__ import annotations

import re
from enum import Enum

from antkey_scanner.code.module import Module, Span
from antkey_scanner.code.words import Vocabulary, names

_PLAIN = re.compile(r"[$@]?[A-Za-z_][A-Za-z0-9_]*[!?]?")
_HOPS = 3


class Whose(Enum):
    """Whose key an expression is. BOTH: it was made of a tenant's and the platform's already."""

    TENANT = "tenant"
    PLATFORM = "platform"
    BOTH = "both"
    NOBODY = "nobody"


class Owner:
    """Tells whose expressions are in one file."""

    def __init__(self, module: Module, vocabulary: Vocabulary) -> None:
        self._module = module
        self._vocabulary = vocabulary

    def of(self, text: str, span: Span) -> Whose:
        """Whose key an expression at a place is."""
        return self._of(text, span, _HOPS)

    def acts_for_tenant(self, span: Span) -> bool:
        """Whether the function around a place is about a tenant: by its name, its parameters, or by
        what it looks up."""
        function = self._module.outermost(span)
        if function is None:
            return False
        return self._vocabulary.is_tenant_name(function.head) or any(
            self._vocabulary.is_tenant_name(assign.value)
            for assign in self._module.assigns
            if function.span.start <= assign.span.start < span.start
        )

    def _of(self, text: str, span: Span, hops: int) -> Whose:
        plain = _unwrapped(text)
        if self._vocabulary.is_platform(plain):
            return Whose.PLATFORM
        if self._vocabulary.is_tenant_key(plain):
            return Whose.TENANT
        if _PLAIN.fullmatch(plain) and hops:
            given = self._given(plain, span, hops)
            if given is not Whose.NOBODY:
                return given
        if self._vocabulary.is_given_key(plain) and self.acts_for_tenant(span):
            return Whose.TENANT
        return Whose.NOBODY

    def _given(self, name: str, span: Span, hops: int) -> Whose:
        """By the last value that a name was given before."""
        function = self._module.outermost(span)
        if function is None:
            return Whose.NOBODY
        values = [
            assign
            for assign in self._module.assigns
            if function.span.start <= assign.span.start
            and assign.span.end <= span.start
            and names(assign.target)[-1:] == names(name)[-1:]
        ]
        if not values:
            return Whose.NOBODY
        last = values[-1]
        return self._of(last.value, last.span, hops - 1)


def _unwrapped(text: str) -> str:
    """An expression without what only waits for it, casts it or takes blanks off."""
    plain = text.strip().removeprefix("||").strip()
    plain = re.sub(r"^(?:await|new|\(\)\s*(?:=>|->)|\{)\s+", "", plain)
    plain = re.sub(
        r"\.(?:strip|trim|presence|clone|to_string|as_deref|as_ref|unwrap|to_owned)\b(?:\(\))?",
        "",
        plain,
    )
    return plain.strip("() \n\t!")
