"""Windows and copies in memory: the right bytes, never those of a neighbour, and memory given back."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antkey_scanner.containers.budget import MEBIBYTE, Budget, Limits, MemoryExceeded
from antkey_scanner.containers.streams import Prefixed, Window, can_seek, seekable, spooled

DATA = bytes(range(256)) * 4


class Once:
    """A stream that breaks off with an error behind its data."""

    def __init__(self, data: bytes, error: Exception | None = None) -> None:
        self._data = io.BytesIO(data)
        self._error = error

    def read(self, size: int = -1, /) -> bytes:
        data = self._data.read(size)
        if not data and self._error is not None:
            raise self._error
        return data


@given(
    outer=st.tuples(st.integers(0, 1024), st.integers(0, 1200)),
    inner=st.tuples(st.integers(0, 1024), st.integers(0, 1200)),
    seek=st.integers(0, 1300),
    size=st.integers(-1, 1300),
)
def test_window_in_a_window_shows_what_slices_would(
    outer: tuple[int, int], inner: tuple[int, int], seek: int, size: int
) -> None:
    there = DATA[outer[0] : outer[0] + outer[1]]
    first = Window(io.BytesIO(DATA), outer[0], len(there))
    second = Window(first, *inner)
    expected = there[inner[0] : inner[0] + inner[1]]
    second.seek(seek)
    whole = expected[seek:] if size < 0 else expected[seek : seek + size]
    try:
        assert second.read(size) == whole
    except EOFError:
        assert not whole
        assert inner[1] > len(expected)


def test_end_of_a_cut_window_is_an_error() -> None:
    window = Window(io.BytesIO(DATA), 1000, 24, cut=True)
    assert window.read(100) == DATA[1000:]
    with pytest.raises(EOFError):
        window.read(1)


def test_windows_of_one_file_do_not_disturb_each_other() -> None:
    file = io.BytesIO(DATA)
    first, second = Window(file, 0, 100), Window(file, 100, 100)
    pieces = [(first.read(10), second.read(10)) for _ in range(10)]
    assert b"".join(a for a, _ in pieces) == DATA[:100]
    assert b"".join(b for _, b in pieces) == DATA[100:200]


def test_window_works_as_a_file_of_the_standard_library() -> None:
    window = Window(io.BytesIO(DATA), 10, 100)
    assert io.BufferedReader(window).read() == DATA[10:110]
    assert window.seek(-5, io.SEEK_END) == 95
    assert window.seek(2, io.SEEK_CUR) == 97
    with pytest.raises(ValueError, match="before the start"):
        window.seek(-1)


def test_file_is_used_as_it_is() -> None:
    file = io.BytesIO(DATA)
    budget = Budget(Limits(spool=1), 0)
    with seekable(file, budget) as window:
        assert window.read() == DATA
    assert not file.closed


def test_memory_of_a_copy_counts_until_it_is_closed() -> None:
    budget = Budget(Limits(), 0)
    with seekable(Once(DATA), budget) as copy:
        assert budget.held == len(DATA)
        assert copy.read() == DATA
    assert budget.held == 0


def test_copy_that_nobody_closes_gives_its_memory_back() -> None:
    budget = Budget(Limits(), 0)
    seekable(Once(DATA), budget)
    assert budget.held == 0


@pytest.mark.parametrize("limits", [Limits(spool=MEBIBYTE), Limits(memory=MEBIBYTE)])
def test_copy_that_is_too_large_is_refused(limits: Limits) -> None:
    budget = Budget(limits, 0)
    with pytest.raises(MemoryExceeded, match="1 MiB"):
        seekable(Once(bytes(2 * MEBIBYTE)), budget)
    assert budget.held == 0


def test_copy_keeps_what_stands_before_an_error() -> None:
    problem = ValueError("damaged")
    copy, failure = spooled(Once(DATA, problem), Budget(Limits(), 0))
    assert (copy.read(), failure) == (DATA, problem)


def test_pipe_cannot_seek() -> None:
    assert can_seek(io.BytesIO())
    assert not can_seek(Once(b""))


@pytest.mark.parametrize("size", [1, 3, -1])
def test_own_bytes_start_with_a_newline(size: int) -> None:
    stream = Prefixed(io.BytesIO(DATA), b"head")
    assert b"".join(iter(lambda: stream.read(size), b"")) == b"\nhead" + DATA
