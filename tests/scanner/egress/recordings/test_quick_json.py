"""The quick reader of lines gives what the standard library's does, or leaves the line to it."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from antkey_scanner.egress.recordings.quick_json import by_json, decoder

quick = decoder()

numbers = st.one_of(
    st.integers(),
    st.integers(2**63 - 2, 2**64 + 2),
    st.integers(-(2**63) - 2, -(2**63) + 2),
    st.floats(),
).map(json.dumps)
odd_numbers = st.sampled_from(
    [
        "01",
        "-",
        "1.",
        ".5",
        "+1",
        "1e",
        "1E5",
        "1e400",
        "-0",
        "-0.0",
        "0x1",
        "9" * 400 + ".5",
        "9" * 5000,
    ]
)
texts = st.text(st.characters(), max_size=8).map(json.dumps) | st.text(max_size=8).map(
    lambda text: json.dumps(text, ensure_ascii=False)
)
odd_texts = st.sampled_from(
    [
        '"\\ud800"',
        '"\\udc00\\ud800"',
        '"\\ud83d\\ude00"',
        '"\\x"',
        '"\\u12"',
        '"\x01"',
        '"\x7f"',
        '"',
        "NaN",
        "nul",
    ]
)
leaves = st.one_of(
    numbers, odd_numbers, texts, odd_texts, st.sampled_from(["null", "true", "false"])
)
blanks = st.sampled_from(["", "", "", " ", "\t", "\r", "\x0b", "\u00a0", "\ufeff"])
names = st.sampled_from(['"a"', '"b"', '"\\u0061"', '""', "a", '"\\ud800"'])


def joined(opening: str, parts: list[str], closing: str, blank: str) -> str:
    return opening + f"{blank},".join(parts) + closing


values = st.recursive(
    leaves,
    lambda inner: (
        st.builds(joined, st.just("["), st.lists(inner, max_size=4), st.sampled_from(["]", ""]), blanks)
        | st.builds(
            joined,
            st.just("{"),
            st.lists(st.builds(lambda name, blank, value: f"{name}{blank}:{value}", names, blanks, inner),
                     max_size=5),
            st.sampled_from(["}", "}}", ",}"]),
            blanks,
        )
    ),
    max_leaves=12,
)  # fmt: skip
lines = st.builds(
    lambda text, end: (text + end).encode("utf-8", "surrogatepass"), values, blanks
) | st.binary(max_size=30)


def alike(one: Any, other: Any) -> bool:
    """Whether two values are the same, their types and the order of their fields with them."""
    return repr(one) == repr(other)


@settings(max_examples=1500)
@given(lines)
@example(b'{"a":1,"a":2,"b":3}')
@example(b'{"a":18446744073709551616}')
@example(b'{"a":"\xff"}')
@example(b'{"a":"\xed\xa0\x80"}')
@example(b"")
@example(b"\n")
def test_it_reads_what_json_reads(line: bytes) -> None:
    expected = by_json(line)
    if expected is None and line.strip(b" \t\r\n")[:1] != line[:1]:
        return  # what blanks stand before is read again, slowly
    assert alike(quick(line), expected)


@pytest.mark.parametrize("depth", [*range(150, 240), *range(280, 1100, 40), 5000])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_what_nests_too_deep_is_refused_alike(depth: int, opening: str, closing: str) -> None:
    line = (opening * depth + "1" + closing * depth).encode()
    assert alike(quick(line), by_json(line))


def test_without_msgspec_json_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "msgspec", None)
    assert decoder() is by_json
