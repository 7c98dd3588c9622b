"""Objects of JavaScript are read by their brackets: names with what they stand in."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from antkey_scanner.settings.objects import members


def found(text: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.name, one.parents) for one in members(text, 0)]


def test_a_member_is_told_with_what_it_stands_in() -> None:
    text = "{ runtimeConfig: { public: { apiKey: '' }, secret: 1 } }"
    assert ("apiKey", ("runtimeConfig", "public")) in found(text)
    assert ("secret", ("runtimeConfig",)) in found(text)


def test_what_stands_in_strings_and_comments_is_no_bracket() -> None:
    text = "{ a: '}', /* } */ b: { c: 1 }, // }\n d: 2 }"
    assert [name for name, _ in found(text)] == ["a", "b", "c", "d"]


def test_strings_of_a_list_and_shorthand_are_members() -> None:
    assert found("{ list: ['KEY', 'OTHER'], apiKey }") == [
        ("list", ()),
        ("KEY", ("list",)),
        ("OTHER", ("list",)),
        ("apiKey", ()),
    ]


def test_what_follows_the_object_is_not_read() -> None:
    assert found("{ a: 1 } { b: 2 }") == [("a", ())]


@given(st.text(alphabet="{}[](),:'\"`/*\\ab\n", max_size=300))
def test_any_text_has_a_reading(text: str) -> None:
    for one in members(text, 0):
        assert text.startswith(one.name, one.offset) or text.startswith(one.name, one.offset + 1)
