"""Percent, JSON, HTML and quoted-printable escapes: whole, partial, doubled; and where they stood."""

from __future__ import annotations

import html as stdlib_html
import json
import quopri
import re
from collections.abc import Callable
from html.entities import html5
from types import ModuleType
from urllib.parse import quote, unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antkey_scanner.decode import decodings, escapes, html, javascript, percent, quoted_printable

Hunt = Callable[[bytes, bytes], tuple[str, ...] | None]
CODECS = [percent, javascript, html, quoted_printable]

DASHES = [
    *((form, ("percent",)) for form in (b"%2D", b"%2d", b"%u002d")),
    *((form, ("percent", "percent")) for form in (b"%252D", b"%25%32%44")),
    *(
        (form, ("json",))
        for form in (rb"\u002d", rb"\u002D", rb"\x2d", rb"\55", rb"\055", rb"\u{2d}", rb"\x{2d}")
    ),
    *((form, ("json",)) for form in (rb"\-", rb"\U0000002d", rb"\u{00002D}")),
    *((form, ("json", "json")) for form in (rb"\\u002d", rb"\\x2D", rb"\u005cu002d")),
    *((form, ("html",)) for form in (b"&#45;", b"&#045;", b"&#x2d;", b"&#X2D;", b"&#x0002d;")),
    *((form, ("html", "html")) for form in (b"&amp;#45;", b"&#38;#45;", b"&amp;#x2d;")),
    (b"=2D", ("quoted-printable",)),
    (b"=3D2D", ("quoted-printable", "quoted-printable")),
    (rb"\u0025\u0032D", ("json", "percent")),
    (b"%26%2345%3B", ("percent", "html")),
    (b"&#37;2D", ("html", "percent")),
]


@pytest.mark.parametrize(("dash", "layers"), DASHES)
def test_a_key_is_found_when_only_its_hyphens_are_escaped(
    hunt: Hunt, make_key: Callable[[], str], dash: bytes, layers: tuple[str, ...]
) -> None:
    # Braces cut a token: what is left of it has to be long enough to be seen.
    key = make_key().encode()[:13] + make_key().encode()[13:].replace(b"-", b"x")
    for text in (
        key.replace(b"-", dash),
        key.replace(b"-", dash, 1),
        key.replace(b"nt-", b"nt" + dash),
    ):
        assert hunt(b'{"token": "' + text + b'"}', key) == layers


@pytest.mark.parametrize(
    ("encode", "layer"),
    [
        (lambda key: "".join(f"%{ord(each):02x}" for each in key), "percent"),
        (lambda key: "".join(f"\\u{ord(each):04X}" for each in key), "json"),
        (lambda key: "".join(f"\\x{ord(each):02x}" for each in key), "json"),
        (lambda key: "".join(f"\\{ord(each):03o}" for each in key), "json"),
        (lambda key: "".join(f"&#{ord(each)};" for each in key), "html"),
        (lambda key: "".join(f"&#x{ord(each):x};" for each in key), "html"),
        (lambda key: quopri.encodestring(f"é{key}é".encode()).decode(), "quoted-printable"),
        (lambda key: json.dumps(json.dumps(f"/{key}/")).replace("/", "\\/"), "json"),
    ],
)
def test_a_key_is_found_when_all_of_it_is_escaped(
    hunt: Hunt, make_key: Callable[[], str], encode: Callable[[str], str], layer: str
) -> None:
    key = make_key()
    found = hunt(f"a, {encode(key)} z".encode(), key.encode())
    assert found is not None
    assert found in ((layer,), ())


@pytest.mark.parametrize("codec", CODECS)
@given(
    pieces=st.lists(
        st.sampled_from(
            [
                *(b"%41", b"%4", b"%", b"%%2D", b"%01", b"%00", b"%c3%a9", b"%u0041", b"%25"),
                *(rb"\u0041", rb"\u00", rb"\u4e2d\u6587", rb"\x41\x42", rb"\x4", rb"\\", rb"\n"),
                *(
                    rb"\/",
                    rb"\"",
                    rb"\101",
                    rb"\0",
                    rb"\u0000",
                    rb"\x01",
                    rb"\u{41}",
                    rb"\a",
                    rb"\q",
                ),
                *(
                    b"&#65;",
                    b"&#x41;",
                    b"&amp;",
                    b"&lt;",
                    b"&nbsp;",
                    b"&lowbar;",
                    b"&amp",
                    b"&eacute;",
                ),
                *(b"&copy=1", b"&;", b"&#;", b"=41=42", b"=4", b"=\r\n", b"=\n", b"==", b"=00"),
                *(b"a", b"Z9", b"-", b" ", b"\n", b'"', b";", b"%%", b"\\"),
            ]
        ),
        max_size=12,
    )
)
def test_quick_ways_give_what_the_slow_one_does_and_know_where_it_stood(
    codec: ModuleType, pieces: list[bytes]
) -> None:
    text = b"".join(pieces)
    slow = escapes.undo(codec._ESCAPES, text)
    found = codec.reading(text)
    if found is None:
        assert slow is None or slow.data == text
        return
    assert found.data == (text if slow is None else slow.data)
    places = [found.origin(at) for at in range(len(found.data))]
    assert places == sorted(places)
    escaped = {
        place
        for match in codec._ESCAPES.pattern.finditer(text)
        if codec._ESCAPES.replace(match) != match.group()  # &nbsp; has no place in a key
        for place in range(*match.span())
    }
    for at, place in enumerate(places):
        if place not in escaped:
            assert text[place] == found.data[at]
        else:  # never in the middle of an escape
            assert text[place : place + 1] in (b"%", b"\\", b"&", b"=")


@given(st.text(max_size=60))
def test_percent_encoding_agrees_with_urllib(text: str) -> None:
    encoded = quote(text).encode()
    found = percent.reading(encoded)
    assert (encoded if found is None else found.data) == unquote_to_bytes(encoded)


@given(st.text(st.characters(max_codepoint=255), max_size=60))
def test_json_agrees_with_json(text: str) -> None:
    encoded = json.dumps(text)[1:-1].encode()
    found = javascript.reading(encoded)
    assert (encoded if found is None else found.data) == text.encode("latin-1")


PIECES = [
    rb"\u0430",
    rb"\u00e9",
    rb"\ud83d",
    rb"\u04",
    rb"\u0000",
    rb"\u0001",
    rb"\x2d",
    rb"\x00",
    rb"\x0",
]
PIECES += [
    rb"\n",
    rb"\t",
    rb"\\",
    rb"\"",
    rb"\b",
    rb"\55",
    rb"\U0001F600",
    b"\\",
    b"u",
    b"x",
    b"0a",
    b"=",
    b"?",
    b"\n",
]


@given(st.lists(st.sampled_from(PIECES), max_size=12).map(b"".join))
def test_escapes_that_are_undone_at_once_are_so_as_one_by_one(text: bytes) -> None:
    found = javascript.reading(text)
    single = escapes.undo(javascript._ESCAPES, text)
    if found is None or single is None:
        assert found is single
        return
    assert found.data == single.data
    places = range(len(found.data))
    assert [found.origin(at) for at in places] == [single.origin(at) for at in places]


@given(st.text(st.characters(max_codepoint=126, min_codepoint=32), max_size=60))
def test_html_agrees_with_html(text: str) -> None:
    encoded = stdlib_html.escape(text).encode()
    found = html.reading(encoded)
    assert (encoded if found is None else found.data) == text.encode()


@given(st.binary(max_size=200))
def test_quoted_printable_agrees_with_quopri(data: bytes) -> None:
    encoded = quopri.encodestring(data.replace(b"\r", b""))
    found = quoted_printable.reading(encoded)
    assert (encoded if found is None else found.data) == quopri.decodestring(encoded)


def test_all_names_of_ascii_characters_are_known() -> None:
    named = {
        name.rstrip(";").encode(): character.encode()
        for name, character in html5.items()
        if len(character) == 1 and character.isascii()
    }
    assert named == html.NAMED


def test_a_wrap_may_cut_an_escape(hunt: Hunt, make_key: Callable[[], str]) -> None:
    key = make_key().encode()
    for dash, layer in ((b"%2D", "percent"), (rb"\u002d", "json"), (b"&#45;", "html")):
        escaped = key.replace(b"-", dash)
        at = escaped.index(dash) + 2
        found = hunt(b"k: " + escaped[:at] + b"\n  " + escaped[at:] + b"\n", key)
        assert set(found or ()) == {layer}


def test_source_code_in_a_json_string_is_read_in_one_go(
    hunt: Hunt, make_key: Callable[[], str]
) -> None:
    key = make_key().encode()
    source = b'key = "' + key[:30] + b'" +\n    "' + key[30:] + b'";'
    assert hunt(json.dumps({"code": source.decode()}).encode(), key) == ("concatenation",)


def test_source_code_in_a_web_page_is_read(hunt: Hunt, make_key: Callable[[], str]) -> None:
    key = make_key()
    source = f'key = "{key[:60]}" + \n    "{key[60:]}";'
    page = f"<pre>{stdlib_html.escape(source)}</pre>".encode()
    assert hunt(page, key.encode()) == ("html", "concatenation")


def test_yaml_in_a_json_string_is_read(hunt: Hunt, make_key: Callable[[], str]) -> None:
    import base64

    key = make_key()
    encoded = base64.b64encode(f"ANTHROPIC_API_KEY={key}\nOTHER=value".encode()).decode()
    lines = "\n".join("    " + line for line in re.findall(".{1,64}", encoded))
    document = json.dumps({"manifest": f"data:\n  env: |\n{lines}\n"}).encode()
    assert hunt(document, key.encode()) == ("json", "base64")


def test_a_region_with_every_kind_of_escape_has_few_readings() -> None:
    region = rb"%41\u0041&#65;=41" * 10
    assert sorted(each.encoding for each in decodings(region)) == [
        "html",
        "json",
        "percent",
        "quoted-printable",
    ]


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize(
    "text",
    [b"a=b&amplitude;=1", b"&nbsp;" * 9, b"&copy=3&eacute;", b"100%", b"a;b;", b"=" * 9, b"a"],
)
def test_text_without_escapes_is_not_read_again(codec: ModuleType, text: bytes) -> None:
    assert codec.reading(text) is None
