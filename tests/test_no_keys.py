"""Guards what is committed: no key-shaped text, no word from outside the project."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

KEY_SHAPE = re.compile(rb"sk-ant-[a-z]+[0-9]*-[A-Za-z0-9_-]{20,}")

# In pieces, so that this file does not hold them either.
FOREIGN_WORDS = re.compile(
    "|".join(
        "".join(pieces)
        for pieces in (
            ("/wor", "k/"),
            (r"\bCE", r"O\b"),
            ("sub", "agent"),
            ("this ", "session"),
            ("farm", "-(bench|studio)"),
            ("/tm", "p/w/"),
            ("/opt", "/(pypi|wheels)"),
            (r"\.py", "env/"),
        )
    ).encode(),
    re.IGNORECASE,
)


def line_of(offset: int, data: bytes) -> int:
    return data.count(b"\n", 0, offset) + 1


def places(pattern: re.Pattern[bytes], files: list[Path]) -> list[str]:
    """`file:line` of every match; never the match, which might be a secret."""
    found = []
    for path in files:
        data = path.read_bytes()
        starts = [match.start() for match in pattern.finditer(data)]
        found += [f"{path}:{line_of(start, data)}" for start in starts]
    return found


def test_no_file_holds_key_shaped_text(project_files: list[Path]) -> None:
    assert project_files
    assert places(KEY_SHAPE, project_files) == []


def test_no_file_holds_a_foreign_word(project_files: list[Path]) -> None:
    assert places(FOREIGN_WORDS, project_files) == []


@pytest.mark.parametrize("family", ["api03", "admin01", "oat01", "sid02", "usr", "brandnew7"])
def test_key_guard_sees_every_family(
    tmp_path: Path, make_key: Callable[..., str], family: str
) -> None:
    file = tmp_path / "app.env"
    file.write_text(f"A=1\nKEY={make_key(family)}\n")
    assert places(KEY_SHAPE, [file]) == [f"{file}:2"]


def test_word_guard_sees_a_foreign_word(tmp_path: Path) -> None:
    file = tmp_path / "notes.md"
    file.write_text("by a Sub" + "agent\n")
    assert places(FOREIGN_WORDS, [file]) == [f"{file}:1"]
