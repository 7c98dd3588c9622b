"""Texts in CSV cells that a spreadsheet would take for a formula: marked when written, plain when read.

The mark is a single quote, which spreadsheets show as nothing or as itself and never run behind.
"""

from __future__ import annotations

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""Excel, LibreOffice and Google Sheets; the last four are full-width forms, which Excel folds."""


def marked(text: str) -> str:
    """The text of a cell that is no formula. `plain` gives back the text, whatever it is."""
    return f"'{text}" if _reads_as_formula(text) else text


def plain(cell: str) -> str:
    """The text that `marked` made a cell of. A quote before anything but a formula is the text's own."""
    return cell[1:] if cell.startswith("'") and _reads_as_formula(cell) else cell


def _reads_as_formula(text: str) -> bool:
    # What is marked already counts as well, so that each mark that is taken off had been put on.
    return text.lstrip("' ").startswith(_STARTS)
