"""Lines and columns are those an editor shows."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from antkey_scanner.lines import Lines, line_and_column, measure
from antkey_scanner.windows import BytesWindows


def _place(text: bytes, offset: int, encodings: tuple[str, ...] = ()) -> tuple[int, int]:
    span = Lines(BytesWindows(text)).span(offset)
    return line_and_column(span, encodings, text[:4])


@given(st.text(alphabet="aé\n𝄞 ", max_size=40), st.text(alphabet="aé\n𝄞 ", max_size=40))
def test_columns_count_code_points(before: str, after: str) -> None:
    text = (before + after).encode()
    place = _place(text, len(before.encode()))
    assert place == (before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1)


@given(st.binary(max_size=200), st.integers(0, 200))
def test_measuring_in_pieces_changes_nothing(text: bytes, cut: int) -> None:
    assert measure(text[:cut]).then(measure(text[cut:])) == measure(text)


@given(
    st.text(alphabet="aé\n", max_size=40),
    st.lists(
        st.tuples(st.sampled_from(["count", "settle", "span"]), st.integers(0, 60)), max_size=9
    ),
)
def test_counting_ahead_and_settling_change_no_span(
    text: str, steps: list[tuple[str, int]]
) -> None:
    data = text.encode()
    lines = Lines(BytesWindows(data))
    settled = 0
    for step, offset in steps:
        at = min(max(offset, settled), len(data))
        if step == "span":
            assert lines.span(at) == measure(data[:at])
        elif step == "count":
            lines.count(at)
        else:
            lines.settle(at)
            settled = at


def test_a_byte_order_mark_is_no_column() -> None:
    assert _place(b"\xef\xbb\xbfkey", 3) == (1, 1)


def test_wide_text_has_columns_of_two_bytes() -> None:
    text = "a\nbc key".encode("utf-16")
    assert _place(text, text.index(b"k\0e"), ("utf-16",)) == (2, 4)
    big = "a\nbc key".encode("utf-16-be")
    assert _place(big, big.index(b"\0k\0e"), ("utf-16",)) == (2, 4)
    assert _place("key".encode("utf-16"), 2, ("utf-16",)) == (1, 1)
