"""Calls that write something out, where no parser gives them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antkey_scanner.code.said import said


@pytest.mark.parametrize(
    ("ending", "text", "callee", "arguments"),
    [
        ("rs", 'info!("key {}", key);', "info", ('"key {}"', " key")),
        ("rs", 'tracing::warn!(%key, "x")', "tracing::warn", ("%key", ' "x"')),
        ("vue", "console.log(apiKey)", "console.log", ("apiKey",)),
        ("svelte", "alert(f(a, b))", "alert", ("f(a, b)",)),
        ("swift", 'print("key \\(apiKey)")', "print", ('"key ${apiKey}"',)),
        ("dart", "debugPrint('$apiKey');", "debugPrint", ("'$apiKey'",)),
    ],
)
def test_a_call_is_told_with_its_arguments(
    ending: str, text: str, callee: str, arguments: tuple[str, ...]
) -> None:
    (found,) = said(text, ending)
    assert (found.callee, found.arguments, found.where) == (callee, arguments, "a log")


def test_exceptions_are_told_apart() -> None:
    assert [one.where for one in said('panic!("{}", key)', "rs")] == ["an exception's text"]


def test_what_swifts_own_log_hides_is_not_said() -> None:
    text = 'import OSLog\nlogger.info("\\(apiKey) \\(name, privacy: .public)")'
    (found,) = said(text, "swift")
    assert "apiKey" not in found.arguments[0]
    assert "${name}" in found.arguments[0]


@given(
    st.text(alphabet="print!(info)[]{}\"'`\\,\n ", max_size=300),
    st.sampled_from(("rs", "swift", "dart", "vue")),
)
def test_any_text_comes_to_an_end(text: str, ending: str) -> None:
    for one in said(text, ending):
        assert 0 <= one.start <= one.end <= len(text)
