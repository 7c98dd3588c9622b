"""The lines of keys, for every way in which TOML lets one write them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

import pytest

from antkey_scanner.policy.places import Path, find_places

EVERYTHING = '''\
# a comment with [brackets] and "quotes"
profile = "strict-byok"

[scan]                       # a table
paths = [
    ".",                     # ] in a comment
    "a]b", 'c,d',
]
"quoted key" = 1
'literal.key' = 2
"es\\u0063aped" = 3
text = """
[not.a.table]
key = "value"
\\""" still inside""""
raw = \'\'\'
[[neither]] \'\' \'\'\'\'

[rotation]
environments.prod.max_age_days = 30
environments . "st.age" . warn_days = 7
limits = { a = 1, b = { c = [1, 2, { d = "}" }] } }

[[waiver]]
rule = "a"
[waiver.extra]
deep = true
[[waiver]]
rule = "b"
[[waiver.part]]
x = 1
[[waiver.part]]
x = 2
[ after . all ]
time = 07:32:00
date = 1979-05-27 07:32:00  # a space in it
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("profile",), 2),
        (("scan",), 4),
        (("scan", "paths"), 5),
        (("scan", "paths", 0), 6),
        (("scan", "paths", 1), 7),
        (("scan", "paths", 2), 7),
        (("scan", "quoted key"), 9),
        (("scan", "literal.key"), 10),
        (("scan", "escaped"), 11),
        (("scan", "text"), 12),
        (("scan", "raw"), 16),
        (("rotation", "environments", "prod", "max_age_days"), 20),
        (("rotation", "environments", "st.age", "warn_days"), 21),
        (("rotation", "limits", "b", "c", 2, "d"), 22),
        (("waiver", 0), 24),
        (("waiver", 0, "rule"), 25),
        (("waiver", 0, "extra", "deep"), 27),
        (("waiver", 1, "rule"), 29),
        (("waiver", 1, "part", 0, "x"), 31),
        (("waiver", 1, "part", 1), 32),
        (("waiver", 1, "part", 1, "x"), 33),
        (("after", "all"), 34),
        (("after", "all", "date"), 36),
    ],
)
def test_a_key_is_found_on_the_line_where_it_is_written(path: Path, line: int) -> None:
    assert find_places(EVERYTHING).lines[path] == line


def test_every_value_that_the_parser_sees_has_a_place() -> None:
    seen = set(find_places(EVERYTHING).lines)
    assert set(_paths(tomllib.loads(EVERYTHING), ())) <= seen


def test_windows_line_ends_count_once() -> None:
    assert find_places(EVERYTHING.replace("\n", "\r\n")).lines[("waiver", 1, "rule")] == 29


def test_what_is_missing_is_placed_at_the_table_around_it() -> None:
    assert find_places(EVERYTHING).line(("waiver", 1, "reason")) == 28
    assert find_places("").line(("anything",)) == 1


def test_headers_are_listed_in_order() -> None:
    headers = find_places('[a]\nx = "[b]"\n[[c]]\n').headers
    assert [(header.line, header.path) for header in headers] == [(1, ("a",)), (3, ("c", 0))]


def _paths(value: object, path: Path) -> Iterator[Path]:
    if path:
        yield path
    if isinstance(value, dict):
        for key, element in value.items():
            yield from _paths(element, (*path, key))
    elif isinstance(value, list):
        for position, element in enumerate(value):
            yield from _paths(element, (*path, position))
