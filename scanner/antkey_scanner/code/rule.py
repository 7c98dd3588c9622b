"""What a rule about source code is, and what it gets to see."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from antkey_scanner.model import Rule

if TYPE_CHECKING:
    # Settings are judged by rules of the same shape, without any of what parses source code.
    from antkey_scanner.code.module import Module, Span
    from antkey_scanner.code.whose import Owner


class Hit(NamedTuple):
    """A violation. text: the code that it is about, which is recognised when it moves."""

    span: Span
    message: str
    text: str


class Source(NamedTuple):
    """A file as rules see it."""

    module: Module
    owner: Owner


class CodeRule(NamedTuple):
    """A rule about source code.

    languages: names of those that it knows, none for all; conditional: where the policy lets tenants
    without a key use the platform's, what it finds is for information.
    """

    rule: Rule
    check: Callable[[Source], Iterator[Hit]]
    languages: tuple[str, ...] = ()
    conditional: bool = True
