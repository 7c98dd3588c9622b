"""A pattern that is compiled late is the one that `re.compile` gives."""

from __future__ import annotations

import copy
import importlib
import pkgutil
import re

import pytest

import antkey_rules
import antkey_scanner
from antkey_scanner.late import _Late, late


def test_all_methods_are_those_of_the_pattern() -> None:
    ours, theirs = late(r"(?P<word>[a-z]+)-", re.IGNORECASE), re.compile(r"(?P<word>[a-z]+)-", re.I)
    text = "Some-words-here"
    for _ in range(2):  # asked for the first time, and again
        assert ours.findall(text) == theirs.findall(text) == ["Some", "words"]
        assert ours.sub("<>", text) == theirs.sub("<>", text)
        assert (ours.pattern, ours.flags, ours.groupindex) == (
            theirs.pattern,
            theirs.flags,
            theirs.groupindex,
        )
    assert late(rb"\d").search(b"a1") is not None


def test_nothing_is_compiled_before_it_is_asked_for() -> None:
    broken = late("(")
    with pytest.raises(re.error):
        broken.search("")


def test_a_pattern_may_be_copied() -> None:
    assert copy.copy(late("a")).search("a") is not None


def names() -> list[str]:
    """All modules of what judges files."""
    return [
        found.name
        for package in (antkey_scanner, antkey_rules)
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        if not found.name.endswith("__main__")
    ]


@pytest.mark.parametrize("name", names())
def test_each_pattern_of_a_module_can_be_compiled(name: str) -> None:
    for value in vars(importlib.import_module(name)).values():
        if isinstance(value, _Late):
            assert value.pattern is not None
