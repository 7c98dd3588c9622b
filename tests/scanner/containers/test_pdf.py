"""PDFs written by hand and by a browser: filtered streams, the text that pages show, revisions."""

from __future__ import annotations

import base64
import random
import shutil
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.scanner.containers.pdf_files import CATALOG, FONT, PAGE, PAGES, flate, page, pdf, stream

Opener = Callable[..., Any]
Maker = Callable[..., str]

MEBIBYTE = 1 << 20
BROWSER = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)

needs_browser = pytest.mark.skipif(not BROWSER, reason="needs chromium")


def halves(key: str) -> tuple[bytes, bytes]:
    return key[:50].encode(), key[50:].encode()


def test_key_in_a_compressed_stream_is_found(opened: Opener, make_key: Maker) -> None:
    key = make_key()
    found = opened(pdf([CATALOG, PAGES, flate(b"<xml>" + key.encode() + b"</xml>")]), name="pdf")
    assert found.holding(key) == ["object-3"]
    assert found.skips == []


@pytest.mark.parametrize(
    ("filters", "encode"),
    [
        (b"/FlateDecode", zlib.compress),
        (b"[/ASCII85Decode /FlateDecode]", lambda d: base64.a85encode(zlib.compress(d)) + b"~>"),
        (b"/ASCII85Decode", lambda data: base64.a85encode(data, wrapcol=60) + b"~>"),
        (b"/AHx", lambda data: data.hex(" ").encode() + b">"),
        (b"[/FlateDecode /FlateDecode]", lambda data: zlib.compress(zlib.compress(data))),
        (b"/RunLengthDecode", lambda d: b"".join(bytes([0, byte]) for byte in d) + b"\x80"),
        (b"[]", bytes),
    ],
    ids=["flate", "85+flate", "85", "hex", "twice", "runs", "none"],
)
@pytest.mark.parametrize("dripping", [False, True])
def test_filters_are_undone(
    opened: Opener, filters: bytes, encode: Callable[[bytes], bytes], dripping: bool
) -> None:
    data = bytes(4) + random.Random(1).randbytes(30_000) + bytes(99)
    body = stream(encode(data), b"/Filter " + filters)
    found = opened(pdf([CATALOG, body]), dripping=dripping)
    assert found.members["object-2"] == data
    assert found.skips == []


@pytest.mark.parametrize("shift", range(0, 160, 13))
def test_objects_of_a_large_file_are_found(opened: Opener, make_key: Maker, shift: int) -> None:
    keys = [make_key() for _ in range(3)]
    noise = random.Random(1).randbytes(MEBIBYTE - 80 + shift)
    bodies = [body for key in keys for body in (flate(key.encode()), stream(noise))]
    found = opened(pdf([CATALOG, *bodies]))
    assert [found.holding(key) for key in keys] == [["object-2"], ["object-4"], ["object-6"]]
    assert found.members["object-3"] == noise


def test_lzw_is_undone(opened: Opener) -> None:
    # The example of ISO 32000-1, section 7.4.4.2.
    coded = bytes.fromhex("800B6050220C0C8501")
    found = opened(pdf([CATALOG, stream(coded, b"/Filter /LZWDecode")]))
    assert found.members["object-2"] == bytes([45, 45, 45, 45, 45, 65, 45, 45, 45, 66])


def test_png_predictor_is_undone(opened: Opener, make_key: Maker) -> None:
    text = (make_key() + "  ").encode() * 4
    rows = [text[n : n + 10] for n in range(0, len(text), 10)]
    above, coded = bytes(10), b""
    for row in rows:
        coded += b"\2" + bytes((one - other) & 255 for one, other in zip(row, above, strict=True))
        above = row
    parameters = b"/DecodeParms << /Predictor 12 /Columns 10 >>"
    found = opened(pdf([CATALOG, flate(coded, parameters)]))
    assert found.members["object-2"] == text


@pytest.mark.parametrize(
    "draw",
    [
        b"(%s%s) Tj",
        b"[(%s) -30 (%s)] TJ",
        b"[(%s)\n120.5(%s)]TJ",
        b"(%s) Tj (%s) Tj",
        b"(%s) Tj /F1 12 Tf (%s) Tj",
        b"(%s) Tj 0 -14 Td (%s) Tj",
        b"(%s) Tj T* (%s) Tj",
        b"(%s) Tj (%s) '",
        b"[(%s) -900 (%s)] TJ",
        b"1 0 0 1 50 700 Tm (%s) Tj 1 0 0 1 50 686 Tm (%s) Tj",
        b"(%s) Tj ET q 1 0 0 1 9 9 cm BT (%s) Tj",
        b"(%s) Tj /Span << /ActualText (ffi) >> BDC (%s) Tj EMC",
        b"(%s) Tj ET BI /W 1 ID (((( EI BT (%s) Tj",
    ],
)
def test_key_that_is_drawn_in_two_pieces_is_found(
    opened: Opener, make_key: Maker, draw: bytes
) -> None:
    key = make_key()
    content = b"BT /F1 12 Tf (before ) Tj " + draw % halves(key) + b" 99 0 Td (behind) Tj ET"
    assert opened(page(content)).holding(key) == ["page-1"]


def test_key_that_is_drawn_character_by_character_is_found(opened: Opener, make_key: Maker) -> None:
    key = make_key()
    letters = b"".join(b"(%c) Tj 7 0 Td " % letter for letter in key.encode())
    assert opened(page(b"BT /F1 9 Tf " + letters + b"ET")).holding(key) == ["page-1"]


def test_escapes_and_hexadecimal_strings_are_read(opened: Opener, make_key: Maker) -> None:
    key = make_key()
    escaped = b"".join(b"\\%03o" % byte for byte in key[:30].encode())
    wrapped = key[30:60].encode() + b"\\\n"
    content = (
        b"BT (\\(" + escaped + wrapped + b")Tj <" + key[60:].encode().hex(" ").encode() + b">Tj ET"
    )
    found = opened(page(content))
    assert found.holding(key) == ["page-1"]
    assert b"(" + key.encode() in found.members["page-1"]


@pytest.mark.parametrize("ranges", [False, True])
def test_codes_of_an_embedded_font_are_translated(
    opened: Opener, make_key: Maker, ranges: bool
) -> None:
    key = make_key()
    codes = {letter: n + 3 for n, letter in enumerate(sorted(set(key)))}
    if ranges:
        lines = (b"<%04x> <%04x> [<%04x>]" % (n, n, ord(letter)) for letter, n in codes.items())
        table = b"beginbfrange\n" + b"\n".join(lines) + b"\nendbfrange"
    else:
        lines = (b"<%04x> <%04x>" % (n, ord(letter)) for letter, n in codes.items())
        table = b"beginbfchar\n" + b"\n".join(lines) + b"\nendbfchar"
    drawn = b"BT /F1 9 Tf <" + b"".join(b"%04x" % codes[letter] for letter in key) + b"> Tj ET"
    font = b"<< /Type /Font /Subtype /Type0 /Encoding /Identity-H /ToUnicode 6 0 R >>"
    data = page(drawn, font, flate(b"begincmap\n" + table + b"\nendcmap"))
    assert opened(data).holding(key) == ["page-1"]


def test_named_differences_are_translated(opened: Opener, make_key: Maker) -> None:
    key = make_key()
    digits = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    names = {"-": "hyphen", "_": "underscore", **dict(zip("0123456789", digits, strict=True))}
    letters = sorted(set(key))
    listed = " ".join("/" + names.get(letter, letter) for letter in letters)
    font = f"<< /Type /Font /Encoding << /Differences [1 {listed}] >> >>".encode()
    codes = bytes(letters.index(letter) + 1 for letter in key)
    drawn = b"BT /F1 9 Tf <" + codes.hex().encode() + b"> Tj ET"
    assert opened(page(drawn, font)).holding(key) == ["page-1"]


def test_objects_in_an_object_stream_are_read(opened: Opener, make_key: Maker) -> None:
    key = make_key()
    escaped = key.replace("-", "\\055").encode()
    bodies = [b"<< /Title (x) >>", b"<< /V (" + escaped + b") >>", PAGE]
    starts = [sum(len(body) + 1 for body in bodies[:n]) for n in range(3)]
    index = b" ".join(b"%d %d" % pair for pair in zip((9, 10, 3), starts, strict=True)) + b" "
    group = flate(index + b" ".join(bodies), b"/Type /ObjStm /N 3 /First %d" % len(index))
    content = flate(b"BT (shown) Tj ET")
    found = opened(pdf([CATALOG, PAGES, group, content, FONT]))
    assert found.holding(key) == ["strings"]
    assert b"shown" in found.members["page-1"]


def test_older_revisions_are_searched(opened: Opener, make_key: Maker) -> None:
    key = make_key()
    old = page(b"BT [(%s) -30 (%s)] TJ ET" % halves(key))
    new = old + b"4 0 obj\n" + flate(b"BT (redacted) Tj ET") + b"\nendobj\n"
    found = opened(new)
    assert found.holding(key) == ["object-4"]
    assert b"redacted" in found.members["page-1"]


def test_pages_are_numbered_as_they_are_read(opened: Opener) -> None:
    pages = b"<< /Type /Pages /Kids [5 0 R 3 0 R] /Count 2 >>"
    first = b"<< /Type /Page /Parent 2 0 R /Contents 6 0 R >>"
    second = b"<< /Type /Page /Parent 2 0 R /Contents [4 0 R] >>"
    texts = [flate(b"BT (second) Tj ET"), flate(b"BT (first) Tj ET")]
    found = opened(pdf([CATALOG, pages, second, texts[0], first, texts[1]]))
    assert b"first" in found.members["page-1"]
    assert b"second" in found.members["page-2"]


def test_no_part_of_a_key_is_left_where_it_was_broken(opened: Opener, make_key: Maker) -> None:
    key = make_key()
    lines = b" ".join(b"T* (%s) Tj" % key[n : n + 30].encode() for n in range(0, len(key), 30))
    (text,) = opened(page(b"BT " + lines + b" ET")).members["page-1"].split(b" ET\n")[1:]
    assert text.count(b"sk-ant-") == 1
    assert key.encode() in text


def test_words_behind_something_like_a_key_are_not_taken_for_its_rest(opened: Opener) -> None:
    words = (
        b"BT (the prefix is sk-ant-api03- and then) Tj " + b"T* (more plain words follow) Tj " * 9
    )
    assert b"api03-andthen" not in opened(page(words + b"ET")).members["page-1"]


@needs_browser
@pytest.mark.parametrize("style", ["font-family: serif", "word-break: break-all; width: 200px"])
def test_key_in_a_page_that_a_browser_printed_is_found(
    tmp_path: Path, opened: Opener, make_key: Maker, style: str
) -> None:
    key = make_key()
    (tmp_path / "page.html").write_text(f'<p style="{style}">The key is {key} and no other.</p>')
    command = [str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu"]
    command += [f"--user-data-dir={tmp_path / 'profile'}", "--print-to-pdf=page.pdf", "page.html"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    assert opened((tmp_path / "page.pdf").read_bytes()).holding(key) == ["page-1"]
