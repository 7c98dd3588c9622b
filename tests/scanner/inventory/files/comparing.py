"""Reads a sheet with and without short cuts, for tests that compare both."""

from __future__ import annotations

from antkey_scanner.errors import PolicyError
from antkey_scanner.inventory.files import read_sheet
from antkey_scanner.inventory.formats import Broken, Reader
from antkey_scanner.inventory.problems import Problems
from antkey_scanner.inventory.records import Sheet
from antkey_scanner.inventory.sheet import sheet_of


def slowly(reader: Reader) -> Sheet | tuple[str, ...]:
    """The sheet, or what is wrong with it, without short cuts."""
    try:
        return sheet_of(reader, "keys")
    except Broken as broken:
        problems = Problems("keys")
        for problem in broken.problems:
            problems.add(broken.line, problem)
        return problems.error().args
    except PolicyError as error:
        return error.args


def quickly(text: str, ending: str) -> Sheet | tuple[str, ...]:
    """The same as a command reads it."""
    try:
        return read_sheet(text.encode(), "keys", ending)
    except PolicyError as error:
        return error.args
