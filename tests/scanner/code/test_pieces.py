"""Texts are cut into pieces that leave nothing out, and what is found in one keeps its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antkey_scanner.code import pieces as module
from antkey_scanner.code.pieces import OVERLAP, PIECE, Piece, pieces
from antkey_scanner.code.search import Found

ONE = Found("a-rule", 1, 1, 0, "what is wrong", "0" * 64)


def cut(data: bytes) -> list[Piece]:
    return list(pieces(lambda size, at: data[at : at + size], len(data)))


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PIECE", 64)
    monkeypatch.setattr(module, "OVERLAP", 8)


def place(data: bytes, at: int) -> tuple[int, int]:
    before = data[:at].decode()
    return before.count("\n") + 1, len(before) - before.rfind("\n")


LINES = st.lists(st.text("ab;ü", max_size=90), max_size=12)


@given(LINES.map("\n".join))
def test_pieces_hold_every_line_that_is_no_longer_than_half_of_one(text: str) -> None:
    data = text.encode()
    some = cut(data)
    assert all(data[one.offset :].startswith(one.data) for one in some)
    ends = [one.offset + len(one.data) for one in some]
    starts = [one.offset for one in some]
    assert all(start <= end for start, end in zip(starts[1:], ends, strict=False))
    assert (ends or [0])[-1] == len(data)


@given(LINES.map("\n".join))
def test_what_begins_a_piece_is_placed_where_it_stands_in_the_text(text: str) -> None:
    data = text.encode()
    for piece in cut(data):
        if data[piece.offset : piece.offset + 1] >= b"\xc0" or not data[piece.offset] & 0x80:
            placed = piece.placed(ONE)
            assert (placed.line, placed.column) == place(data, piece.offset)
            assert placed.offset == piece.offset


def test_a_line_further_down_keeps_its_column() -> None:
    data = b"a;" * 40 + b"\nb; key\n"
    last = cut(data)[-1]
    at = last.data.index(b"key")
    line, column = place(last.data, at)
    placed = last.placed(ONE._replace(line=line, column=column, offset=at))
    assert (placed.line, placed.column) == place(data, data.index(b"key"))


def test_what_has_become_shorter_ends() -> None:
    assert list(pieces(lambda *_: b"", 1000)) == []


def test_a_statement_that_is_read_fits_into_what_pieces_share() -> None:
    assert OVERLAP < PIECE // 2
    assert OVERLAP > 2 * 1000
