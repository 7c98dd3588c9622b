"""Which marks are about what stands at a place in a text, and what they say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antkey_scanner.inline import REACH, Mark, judge, marks_beside
from antkey_scanner.windows import BytesWindows

RULE = "anthropic-api-key"
KEY = b"@KEY@"
ALL = ("antkey", "detect-secrets", "gitleaks")


def marks(text: str, honoured: tuple[str, ...] = ("antkey",)) -> tuple[Mark, ...]:
    """The marks beside the only `@KEY@` of a text."""
    data = text.encode()
    return marks_beside(BytesWindows(data), data.index(KEY), len(KEY), (), honoured)


def reason(text: str, honoured: tuple[str, ...] = ("antkey",)) -> str | None:
    return judge(marks(text, honoured), RULE)[0]


@pytest.mark.parametrize(
    "text",
    [
        "k = '@KEY@'  # antkey: ignore[anthropic-api-key] a sample",
        'k := "@KEY@" // antkey: ignore[anthropic-api-key] a sample',
        "k: @KEY@ # antkey:ignore[anthropic-api-key] a sample",
        "k = @KEY@ ; antkey: ignore[ other , anthropic-api-key ] a sample\n",
        "k = @KEY@ -- antkey: ignore[anthropic-api-key]: a sample\r\n",
        "k = @KEY@ # antkey: ignore[anthropic-api-key] - a sample\n@",
        "k = @KEY@ # antkey: ignore[other] not this antkey: ignore[anthropic-api-key] a sample",
        "<a>@KEY@</a> <!-- antkey: ignore[anthropic-api-key] a sample --> text",
        "/* antkey: ignore[anthropic-api-key] a sample */ k = '@KEY@'",
        "{# antkey: ignore[anthropic-api-key] a sample #}@KEY@",
        "{{/* antkey: ignore[anthropic-api-key] a sample */}}@KEY@",
        '{"note": "antkey: ignore[anthropic-api-key] a sample", "key": "@KEY@"}',
        "# antkey: ignore[anthropic-api-key] a sample\n@KEY@",
        "\ufeff// antkey: ignore[anthropic-api-key] a sample\r\n@KEY@",
        "one\n   <!-- antkey: ignore[anthropic-api-key] a sample -->\n@KEY@",
        "REM antkey: ignore[anthropic-api-key] a sample\r@KEY@",
        '  "_comment": "antkey: ignore[anthropic-api-key] a sample",\n  "key": "@KEY@"',
        "    /* antkey: ignore[anthropic-api-key] a sample */\n@KEY@",
    ],
)
def test_a_mark_counts_on_the_line_and_alone_on_the_line_above(text: str) -> None:
    assert reason(text) == "a sample"


@pytest.mark.parametrize(
    "text",
    [
        "@KEY@\n# antkey: ignore[anthropic-api-key] below",
        "# antkey: ignore[anthropic-api-key] too far up\n\n@KEY@",
        "# antkey: ignore[anthropic-api-key] too far up\r\r@KEY@",
        "# antkey: ignore[anthropic-api-key] too far up\r\n\r\n@KEY@",
        "a = 'other' # antkey: ignore[anthropic-api-key] for its own line\n@KEY@",
        "/* antkey: ignore[anthropic-api-key] for its own line */ a = 'b'\n@KEY@",
        "x\0# antkey: ignore[anthropic-api-key] another text\0@KEY@",
        "@KEY@\0# antkey: ignore[anthropic-api-key] another text",
        "@KEY@ # xantkey: ignore[anthropic-api-key] no word",
        "@KEY@ # my-antkey: ignore[anthropic-api-key] no word",
        "@KEY@ # antkey: ignores[anthropic-api-key] no word",
        "@KEY@ # ANTKEY: IGNORE[anthropic-api-key] loud",
        "@KEY@ # antkey: ignore[anthropic-api-key\n] broken",
        "antkey: ignore[@KEY@anthropic-api-key] in two",
        "antkey: ign@KEY@ore[anthropic-api-key] in two",
        "@KEY@ # pragma: allowlist secret",
        "@KEY@ # gitleaks:allow",
    ],
)
def test_a_mark_counts_nowhere_else(text: str) -> None:
    assert reason(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "@KEY@ # antkey: ignore[anthropic-api-key]",
        "@KEY@ # antkey: ignore[anthropic-api-key] -- ",
        "@KEY@ <!-- antkey: ignore[anthropic-api-key] --> text",
        "# antkey: ignore[anthropic-api-key]\n@KEY@",
        "/* antkey: ignore[anthropic-api-key] */ '@KEY@'",
    ],
)
def test_a_mark_without_a_reason_does_not_count_and_says_so(text: str) -> None:
    assert judge(marks(text), RULE) == (
        None,
        "`antkey: ignore` without a reason does not count",
    )


@pytest.mark.parametrize("rules", ["", "[]", "[ , ]"])
def test_a_mark_for_no_rule_does_not_count_and_says_so(rules: str) -> None:
    assert judge(marks(f"@KEY@ # antkey: ignore{rules} a sample"), RULE) == (
        None,
        "`antkey: ignore` without a [RULE] does not count",
    )


@pytest.mark.parametrize("rules", ["[other-rule]", "[*]", "[anthropic-api]"])
def test_a_mark_for_another_rule_does_not_count_and_says_so(rules: str) -> None:
    assert judge(marks(f"@KEY@ # antkey: ignore{rules} a sample"), RULE) == (
        None,
        "the `antkey: ignore` beside it is for another rule",
    )


def test_one_mark_with_a_reason_is_enough() -> None:
    text = f"# antkey: ignore[{RULE}] above\n@KEY@ # antkey: ignore[{RULE}]"
    assert reason(text) == "above"


def test_nothing_is_said_where_there_is_no_mark() -> None:
    assert judge(marks("# ask antkey about this\n@KEY@"), RULE) == (None, None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@KEY@ # pragma: allowlist secret", "pragma: allowlist secret"),
        ("@KEY@ // pragma:whitelist-secret", "pragma: allowlist secret"),
        ("# pragma: allowlist nextline secret\n@KEY@", "pragma: allowlist nextline secret"),
        ("@KEY@ # gitleaks:allow", "gitleaks:allow"),
        ("# pragma: allowlist secret\n@KEY@", None),
        ("@KEY@ # pragma: allowlist nextline secret", None),
        ("# gitleaks:allow\n@KEY@", None),
        ("@KEY@ # gitleaks:allowed", None),
    ],
)
def test_other_scanners_marks_count_where_they_do_for_them(text: str, expected: str | None) -> None:
    assert reason(text, ALL) == expected
    assert reason(text) is None


def test_a_scanner_s_marks_count_alone() -> None:
    text = "@KEY@ # gitleaks:allow antkey: ignore[anthropic-api-key] x"
    assert reason(text, ("gitleaks",)) == "gitleaks:allow"
    assert reason(text, ("detect-secrets",)) is None
    assert marks(text, ()) == ()


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("made up,  see   SEC-12", "made up, see SEC-12"),
        ("für die Doku — ämtlich", "für die Doku — ämtlich"),
        ("SECURITY-1234567 and docs/how-to-rotate", "SECURITY-1234567 and docs/how-to-rotate"),
        ("of internationalization", "of internationalization"),
        ("like aB3dE5gH7jK9mN1p here", "like aB3… here"),
        ("x" * 300, "x" * 3 + "…"),
        ("ab " * 100, ("ab " * 100)[:199] + "…"),
    ],
)
def test_a_reason_is_shown_without_what_may_be_a_key(written: str, shown: str) -> None:
    assert reason(f"@KEY@ # antkey: ignore[{RULE}] {written}") == shown


def test_bytes_that_are_no_utf8_are_shown_as_such() -> None:
    data = b"@KEY@ # antkey: ignore[anthropic-api-key] caf\xe9"
    (mark,) = marks_beside(BytesWindows(data), 0, 5, (), ALL)
    assert mark.reason == "caf\\xe9"


def test_a_mark_is_seen_as_far_as_it_is_looked_for() -> None:
    mark = f"/* antkey: ignore[{RULE}] near */"
    near = " " * (REACH - len(mark))
    assert reason(f"x{mark}{near}@KEY@") == "near"
    assert reason(f"xantkey{mark[9:]}{near}  @KEY@") is None
    assert reason(f"x{mark}{near}{mark[:9]}@KEY@") is None
    assert reason(f"@KEY@{near}{mark}") == "near"
    assert reason(f"@KEY@{near}{mark[:9]}{mark}") is None


def test_a_line_above_that_is_seen_in_part_is_not_trusted() -> None:
    mark = f"# antkey: ignore[{RULE}] may stand behind code"
    room = REACH - len(mark) - 1
    assert reason(f"{mark}\n{' ' * room}@KEY@") == "may stand behind code"
    assert reason(f"code = 1 {mark}\n{' ' * room}@KEY@") is None


@given(st.text(), st.text(), st.sampled_from(["utf-8", "utf-16-le", "utf-16-be", "utf-32-le"]))
def test_no_text_is_too_odd(before: str, behind: str, encoding: str) -> None:
    start = before.encode(encoding, "replace")
    data = start + "@KEY@".encode(encoding) + behind.encode(encoding, "replace")
    at = len(start) + (0 if encoding.endswith(("8", "le")) else 1)
    names = () if encoding == "utf-8" else (encoding[:6],)
    for mark in marks_beside(BytesWindows(data), at, 0, names, ALL):
        assert len(mark.reason) <= 200
