"""Each format looks as it was last looked at. ANTKEY_UPDATE_GOLDEN=1 writes the files anew."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from antkey_reports.registry import names, render
from antkey_scanner.model import Result

GOLDEN = Path(__file__).parent / "golden"
CASES = {
    **{f"findings-incomplete.{name}": (name, "findings-incomplete", False, 0) for name in names()},
    **{f"keys.{name}": (name, "keys", False, 0) for name in names()},
    **{f"requests.{name}": (name, "requests", False, 0) for name in names()},
    **{f"compared.{name}": (name, "compared", False, 0) for name in names()},
    "requests-clean.text": ("text", "requests-clean", False, 0),
    "requests-narrow.text": ("text", "requests", False, 50),
    "keys-clean.text": ("text", "keys-clean", False, 0),
    "keys-narrow.text": ("text", "keys", False, 60),
    "keys-undecided.text": ("text", "keys-undecided", False, 0),
    "recognised.text": ("text", "recognised", False, 0),
    "clean.text": ("text", "clean", False, 0),
    "incomplete.text": ("text", "incomplete", False, 0),
    "narrow.text": ("text", "findings-incomplete", False, 80),
    "compared-narrow.text": ("text", "compared", False, 40),
    "color.text": ("text", "findings-incomplete", True, 80),
}


@pytest.mark.parametrize("file", CASES)
def test_format_looks_as_before(results: dict[str, Result], file: str) -> None:
    name, state, color, width = CASES[file]
    text = render(name, results[state], color=color, width=width)
    path = GOLDEN / file
    if os.environ.get("ANTKEY_UPDATE_GOLDEN"):
        path.write_bytes(text.encode())
    assert text == path.read_bytes().decode()


def test_no_golden_file_is_left_over() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == set(CASES)
