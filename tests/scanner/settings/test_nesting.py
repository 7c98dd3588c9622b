"""What a place of one line stands in."""

from __future__ import annotations

from antkey_scanner.settings.nesting import Nesting


def test_names_are_those_whose_brackets_are_open() -> None:
    line = Nesting()
    line.move("{ ")
    line.begin("public")
    line.move("{ ")
    line.begin("inner")
    line.move("[ ")
    assert line.names == ("public", "inner")
    line.move("] ")
    assert line.names == ("public",)
    line.move("} }")
    assert line.names == ()


def test_brackets_that_close_what_never_opened_change_nothing() -> None:
    line = Nesting()
    line.move("}}]")
    assert line.names == ()
