"""PDFs written by hand and by a browser: streams, shown text, revisions, and hostile ones."""

from __future__ import annotations

import base64
import random
import shutil
import subprocess
import time
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antkey_scanner.containers.budget import Limits

Opener = Callable[..., Any]
Maker = Callable[..., str]

MEBIBYTE = 1 << 20
BROWSER = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)

needs_browser = pytest.mark.skipif(not BROWSER, reason="needs chromium")

CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
PAGE = b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>"


def stream(data: bytes, extra: bytes = b"", length: int | None = None) -> bytes:
    size = len(data) if length is None else length
    return b"<< /Length %d %s >>\nstream\n" % (size, extra) + data + b"\nendstream"


def flate(data: bytes, extra: bytes = b"") -> bytes:
    return stream(zlib.compress(data), b"/Filter /FlateDecode " + extra)


def pdf(objects: Iterable[bytes], trailer: bytes = b"") -> bytes:
    """A PDF whose objects are numbered from 1."""
    out = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    table += b"".join(b"%010d 00000 n \n" % place for place in places)
    rest = b"trailer\n<< /Root 1 0 R /Size %d %s >>\nstartxref\n" % (len(places) + 1, trailer)
    return out + table + rest + b"%d\n%%%%EOF\n" % len(out)


def page(content: bytes, font: bytes = FONT, *more: bytes) -> bytes:
    return pdf([CATALOG, PAGES, PAGE, flate(content), font, *more])


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


def test_encrypted_document_is_a_skip(opened: Opener) -> None:
    noise = stream(random.Random(1).randbytes(500), b"/Filter /FlateDecode")
    data = pdf([CATALOG, noise, b"<< /Filter /Standard /V 2 >>"], b"/Encrypt 3 0 R")
    found = opened(data)
    assert found.reasons == {"": "encrypted"}


def test_damaged_stream_is_a_skip_and_the_others_are_searched(
    opened: Opener, make_key: Maker
) -> None:
    key = make_key()
    bad = stream(b"x\x9c" + b"\xff" * 99, b"/Filter /FlateDecode")
    found = opened(pdf([CATALOG, bad, flate(key.encode())]))
    assert found.holding(key) == ["object-3"]
    assert set(found.reasons) == {"object-2"}


def test_truncated_document_is_searched_to_its_end(opened: Opener, make_key: Maker) -> None:
    key = make_key()
    noise = random.Random(1).randbytes(20_000)
    data = pdf([CATALOG, flate(key.encode() + noise)])
    found = opened(data[:10_000])
    assert found.holding(key) == ["object-2"]
    assert "truncated" in found.reasons["object-2"]


@pytest.mark.parametrize("length", [0, 5, 1 << 40])
def test_lying_length_hides_nothing(opened: Opener, make_key: Maker, length: int) -> None:
    key = make_key()
    packed = zlib.compress(key.encode())
    body = stream(packed, b"/Filter /FlateDecode", length)
    assert opened(pdf([CATALOG, body])).holding(key) == ["object-2"]


def test_bomb_stops_at_the_ratio(opened: Opener) -> None:
    packed = zlib.compress(zlib.compress(bytes(64 * MEBIBYTE), 9), 9)
    data = pdf([CATALOG, stream(packed, b"/Filter [/FlateDecode /FlateDecode]")])
    found = opened(data, Limits(ratio=100, ratio_floor=MEBIBYTE))
    assert len(found.members["object-2"]) <= 2 * MEBIBYTE
    assert found.reasons["object-2"] == "unpacks to more than 100 times its size"


@pytest.mark.parametrize(
    "hostile",
    [
        b"<< " * 300_000,
        b"[ " * 300_000,
        b"(" * 500_000,
        b"<41" * 300_000,
        b"1 0 obj " * 100_000,
        b"1 0 obj << >> stream\n" * 40_000,
        b"/" * 500_000,
        b"%" * 500_000,
        b"1 " * 300_000,
    ],
)
def test_hostile_structure_takes_little_time(opened: Opener, hostile: bytes) -> None:
    start = time.process_time()
    opened(pdf([CATALOG, hostile, flate(b"BT " + hostile)]))
    assert time.process_time() - start < 20  # quadratic work would take hours


@pytest.mark.parametrize(
    "content",
    [
        b"BT " + b"ID " * 500_000,
        b"BT " + b"(sk-ant-) Tj " * 100_000,
        b"BT " + b"1 0 0 1 5 5 Tm () Tj " * 60_000,
        b"BT " + b"<" * 500_000 + b"> Tj",
        b"begincmap " + b"beginbfrange <0000> <ffff> <0041> endbfrange " * 20_000,
        b"begincmap " + b"beginbfchar " * 80_000,
    ],
)
def test_hostile_content_takes_little_time(opened: Opener, content: bytes) -> None:
    start = time.process_time()
    opened(page(content))
    assert time.process_time() - start < 20


def test_pages_that_contain_one_another_end(opened: Opener) -> None:
    loop = b"<< /Type /Pages /Kids [2 0 R 3 0 R] /Parent 3 0 R >>"
    assert opened(pdf([CATALOG, loop, loop, flate(b"BT (x) Tj ET")])).skips == []


VALID = pdf(
    [
        CATALOG,
        PAGES,
        PAGE,
        stream(b"BT /F1 9 Tf [(a\\051b) -300 <4142>] TJ 0 -9 Td (c) ' ET BI /W 1 ID x EI"),
        b"<< /Type /Font /Encoding << /Differences [65 /a /hyphen] >> /ToUnicode 6 0 R >>",
        stream(
            b"begincmap 1 beginbfrange <41> <44> <0061> endbfrange <41> beginbfchar <42> <0041>"
        ),
        stream(b"9 0 10 4 <<>> (a\\nb)", b"/Type /ObjStm /N 2 /First 9"),
        stream(b"4142 4>", b"/Filter /AHx /DecodeParms << /Predictor 15 /Columns 2 >>"),
        flate(bytes(range(99)), b"/DecodeParms << /Predictor 15 /Columns 2 >>"),
        stream(bytes.fromhex("800B6050220C0C8501"), b"/Filter /LZWDecode"),
    ]
)


@settings(max_examples=300)
@given(data=st.data())
def test_no_damage_raises(data: st.DataObject, opened: Opener) -> None:
    broken = bytearray(VALID)
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(5, len(VALID) - 1))
        broken[at] = data.draw(st.sampled_from(b"()<>[]/% \n0123456789-R\\\0\xff"))
    opened(bytes(broken[: data.draw(st.integers(5, len(VALID)))]), name="pdf", damaged=True)
