"""PDFs that are encrypted, damaged, cut, lying or made to take time: a skip, never an exception."""

from __future__ import annotations

import random
import time
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.scanner.containers.pdf_files import CATALOG, PAGE, PAGES, flate, page, pdf, stream

from antkey_scanner.containers.budget import Limits

Opener = Callable[..., Any]
Maker = Callable[..., str]

MEBIBYTE = 1 << 20


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
