"""Each sink has its escaper, and nothing gets past it."""

from __future__ import annotations

import csv
import io
import re
from urllib.parse import unquote_to_bytes, urljoin, urlsplit
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antkey_reports import escape

# Everything a Python string can hold, lone surrogates included.
ANY_TEXT = st.text(st.characters(), max_size=60)
# Text that is likely to be dangerous: pieces of attacks in any order.
ATTACK = st.lists(
    st.sampled_from(
        [
            *(
                "::",
                "##",
                "##[",
                "##vso[",
                "##teamcity[",
                "error",
                "\n",
                "\r",
                "\x1b[31m",
                "\x9b",
                "\x07",
            ),
            *(
                "\u202e",
                "\u2066",
                "\u200b",
                "\ufeff",
                "\u2028",
                "\x85",
                "\udcff",
                "\ud800",
                " ",
                "a",
                "/",
            ),
            *(
                "=",
                "+",
                "-",
                "@",
                "\t",
                "%",
                ",",
                "\\x",
                "ff",
                "<",
                ">",
                "&",
                "]]>",
                "[x](y)",
                "#",
                ":",
            ),
        ]
    ),
    max_size=12,
).map("".join)
HOSTILE = ANY_TEXT | ATTACK


@given(HOSTILE)
def test_visible_text_has_nothing_that_a_reader_cannot_see(text: str) -> None:
    assert escape.visible(text).isprintable()


@given(HOSTILE)
def test_visible_text_can_be_encoded_and_is_xml(text: str) -> None:
    shown = escape.visible(text)
    shown.encode()
    element = ElementTree.Element("x", {"y": shown})
    element.text = shown
    back = ElementTree.fromstring(ElementTree.tostring(element))  # noqa: S314  we made it ourselves
    assert back.text == (shown or None)
    assert back.get("y") == shown


@given(st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=30))
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    blanks = set("\u115f\u1160\u3164\uffa0\u2800")
    if not blanks & set(text) and text.isprintable():
        assert escape.visible(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\nb\r\t", r"a\nb\r\t"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("\x00\x7f", r"\x00\x7f"),
        ("\x85\x9b", r"\u0085\u009b"),
        ("txt.\u202egnp", r"txt.\u202egnp"),
        ("a\u2066b\u2069", r"a\u2066b\u2069"),
        ("ze\u200bro\ufeff", r"ze\u200bro\ufeff"),
        ("\u2028\u2029", r"\u2028\u2029"),
        ("\U000e0041", r"\U000e0041"),
        ("\u3164", r"\u3164"),
        ("\udcff", r"\udcff"),
        ("caf\\xe9 é 日本 🔑", "caf\\xe9 é 日本 🔑"),
    ],
)
def test_escapes_look_like_what_they_are(text: str, shown: str) -> None:
    assert escape.visible(text) == shown


@given(HOSTILE)
def test_terminal_text_holds_no_workflow_command(text: str) -> None:
    shown = escape.terminal(text)
    assert shown.isprintable()
    assert not re.search(r"##(?:vso|teamcity)?\[", shown)
    # A reporter may begin a new line with any word.
    assert not any(word.startswith("::") for word in re.split(r"\s", shown))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("::error::x", r"\x3a:error::x"),
        ("  ::set-output name=a::b", r"  \x3a:set-output name=a::b"),
        ("x ##vso[task.complete]", r"x #\x23vso[task.complete]"),
        ("##[command]", r"#\x23[command]"),
        ("###[error]", r"#\x23#[error]"),
        ("##teamcity[x]", r"#\x23teamcity[x]"),
        ("src/a.rs::tests #1", "src/a.rs::tests #1"),
    ],
)
def test_workflow_commands_are_taken_apart(text: str, shown: str) -> None:
    assert escape.terminal(text) == shown


@given(HOSTILE)
def test_workflow_data_is_one_line_that_says_the_same(text: str) -> None:
    line = escape.workflow_data(text)
    assert line.isprintable()
    read = line.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
    assert read.split("\n") == [
        escape.visible(part).replace("##", r"#\x23") for part in text.split("\n")
    ]


@given(HOSTILE)
def test_workflow_property_cannot_end_early(text: str) -> None:
    value = escape.workflow_property(text)
    assert not set(value) & set(":,\r\n")


def test_workflow_command_follows_githubs_table() -> None:
    assert escape.workflow_data("50%\nx:y,z") == "50%25%0Ax:y,z"
    assert escape.workflow_property("50%\nx:y,z") == "50%25%0Ax%3Ay%2Cz"


@given(HOSTILE, st.sampled_from(["=", "+", "-", "@", "\t=", " =", "\n@", "\uff1d", ""]))
def test_csv_cell_is_no_formula(text: str, start: str) -> None:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(["x", escape.csv_cell(start + text), "y"])
    rows = list(csv.reader(io.StringIO(buffer.getvalue())))
    assert len(rows) == 1
    assert len(rows[0]) == 3
    assert not rows[0][1].lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d"))


def test_csv_cell_of_ordinary_text_is_that_text() -> None:
    assert escape.csv_cell("deploy/a-b.env:3") == "deploy/a-b.env:3"


@given(HOSTILE)
def test_uri_is_relative_and_stays_on_the_scanned_root(path: str) -> None:
    uri = escape.relative_uri(path)
    assert re.fullmatch(r"(?:[A-Za-z0-9\-._~!$&'()*+,;=@/]|%[0-9A-F]{2})*", uri)
    parts = urlsplit(uri)
    assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == ("", "", "", "")
    if ".." not in path:
        assert urljoin("https://root.example/repo/", uri).startswith("https://root.example/repo/")


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\\"), max_size=40))
def test_uri_says_the_same_path(path: str) -> None:
    assert unquote_to_bytes(escape.relative_uri(path)) == path.encode()


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("deploy/backup.tar.gz!/etc/app.env", "deploy/backup.tar.gz!/etc/app.env"),
        ("caf\\xe9 x.env", "caf%E9%20x.env"),
        ("é", "%C3%A9"),
        ("a\\b\\x41\\xzz", "a%5Cb%5Cx41%5Cxzz"),
        ("c:/x?y#z", "c%3A/x%3Fy%23z"),
        ("//evil.example/x", "%2F%2Fevil.example/x"),
        ("100%", "100%25"),
        ("\udcff", "%5Cudcff"),
    ],
)
def test_uri_examples(path: str, uri: str) -> None:
    assert escape.relative_uri(path) == uri


@given(HOSTILE)
def test_sarif_message_holds_no_link(text: str) -> None:
    message = escape.sarif_message(text)
    unescaped = re.sub(r"\\[\\\[\]]", "", message)
    assert not re.search(r"\[[^\]]*\]\(", unescaped) or "](" not in message


def test_sarif_message_shows_brackets_of_a_would_be_link() -> None:
    assert (
        escape.sarif_message("[log in](https://evil.example)")
        == r"\[log in\](https://evil.example)"
    )
    assert escape.sarif_message("argv[1] and [x]") == "argv[1] and [x]"


@given(HOSTILE)
def test_finished_documents_hold_no_command_of_azure_or_github(text: str) -> None:
    assert "##" not in escape.json_document(text)
    assert "##" not in escape.html_document(text)
