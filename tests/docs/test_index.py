"""The index of the documentation names every page of it."""

from __future__ import annotations

import re
from pathlib import Path

from tests.docs.references import CHECKOUT

DOCS = CHECKOUT / "docs"


def test_every_page_is_in_the_index() -> None:
    linked = set(
        re.findall(r"\]\(([\w./-]+?)(?:#[\w-]+)?\)", (DOCS / "README.md").read_text("utf-8"))
    )
    pages = {path.relative_to(DOCS).as_posix() for path in DOCS.glob("*.md")}
    pages |= {path.relative_to(DOCS).as_posix() for path in DOCS.glob("tutorials/*.md")}
    assert pages - {"README.md"} <= linked


def test_pictures_are_there_and_say_in_words_what_they_show() -> None:
    for page in (CHECKOUT / "README.md", *DOCS.glob("**/*.md")):
        for words, target in re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", page.read_text("utf-8")):
            assert (page.parent / target).is_file(), f"{page}: {target}"
            assert len(words.split()) > 4, f"{page}: {target}"


def test_there_is_a_tutorial_for_each_reader() -> None:
    names = {path.stem for path in Path(DOCS, "tutorials").glob("*.md")}
    assert names == {"developer", "ci", "security-reviewer", "platform-engineer", "incident"}
