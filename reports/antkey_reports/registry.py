"""Finds a format by its name and renders a result with it. Imports only the one that is asked for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib import import_module
from typing import Protocol, cast

from antkey_reports.escape import visible
from antkey_reports.mask import mask, masked
from antkey_scanner.errors import PolicyError
from antkey_scanner.model import Finding, Result

_FORMATS = "antkey_reports.formats"


class Format(Protocol):
    """What a module in `antkey_reports.formats` provides."""

    def render(self, result: Result, color: bool, width: int, /) -> str:
        """The whole report, ending with a newline."""


def names() -> tuple[str, ...]:
    """The names of all formats, in alphabetical order."""
    folder = os.path.join(os.path.dirname(__file__), "formats")
    files = (name for name in os.listdir(folder) if name.endswith(".py"))
    return tuple(sorted(name[:-3].replace("_", "-") for name in files if name[0] != "_"))


def render(name: str, result: Result, *, color: bool = False, width: int = 0) -> str:
    """Render a result. Raises PolicyError when there is no such format.

    color: ANSI colours are wanted; width: columns of the terminal, 0 for a pipe or a file, where a
    finding is one line however long. Only formats for terminals look at these two.

    What a format gets holds no key-shaped text and is in one order, whatever order the workers
    finished in.
    """
    if name not in names():
        shown = visible(mask(name))
        raise PolicyError(f"format {shown}: there is no such format; use {', '.join(names())}")
    return load(name).render(_settled(masked(_without_pieces(result))), color, width)


def load(name: str) -> Format:
    """The module of a format that there is."""
    return cast(Format, import_module(f"{_FORMATS}.{name.replace('-', '_')}"))


def pieces(name: str, result: Result, *, color: bool = False, width: int = 0) -> Iterator[str]:
    """What `render` gives, piece by piece where the format can, so that a large report is never whole in
    memory. Raises PolicyError before the first piece."""
    if name == "json":
        from antkey_reports.formats.json import pieces

        return pieces(_settled(masked(_without_pieces(result))))
    return iter((render(name, result, color=color, width=width),))


def _without_pieces(result: Result) -> Result:
    """The result without pieces of the keys that were found, where any were."""
    if all(finding.secret is None for finding in result.findings):
        return result
    from antkey_reports.pieces import without_pieces

    return without_pieces(result)


def _settled(result: Result) -> Result:
    return result._replace(
        findings=tuple(sorted(result.findings, key=_place)),
        skips=tuple(sorted(result.skips)),
    )


def _place(finding: Finding) -> tuple[str, int, int, str, str, str]:
    where = finding.location
    return (
        where.path,
        where.line or 0,
        where.column or 0,
        finding.rule.id,
        finding.anchor,
        where.commit or "",
    )
