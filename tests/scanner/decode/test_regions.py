"""How far a region reaches, and that reaching costs a bounded look at each byte."""

from __future__ import annotations

import base64
import mmap
import random
import re
import tempfile
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antkey_scanner.decode import joints
from antkey_scanner.decode.regions import LIMIT, OVERLAP, regions
from antkey_scanner.tokens import TOKEN_CLASS

Read = Callable[[bytes], list]
RUN = re.compile(TOKEN_CLASS + b"{48,}")
LONG = b"4" * 50
MARGINS = [
    b"",
    b"    ",
    b"\t",
    b"> ",
    b">",
    b"> > ",
    b"# ",
    b"// ",
    b" * ",
    b"-- ",
    b"; ",
    b"&gt; ",
]
JOINED = [
    *((b"\n" + margin, "wrap") for margin in MARGINS),
    *((joint, "wrap") for joint in (b"\r\n", b"\r", b" \n", b"\\\n", b"=\r\n", b"\r\r\n")),
    *(
        (joint, "concatenation")
        for joint in (
            *(b'" + "', b'"+"', b"' . '", b'"."', b'" .. "', b'" & "', b'" & _\r\n  "', b'" _\n "'),
            *(
                b'" "',
                b'""',
                b'"\n\t"',
                b'" \\\n    "',
                b'" +\n    b"',
                b'" + u8"',
                b'" L"',
                b'") + ("',
            ),
            *(b"' || '", b"' ~ '", b'" <> "', b'" ++ "', b"` + `", b'").append("', b'".concat("'),
            *(rb"\" + \"", rb"\" +\n    \"", rb"\\\" . \\\""),
        )
    ),
    *(
        (joint, "escaped")
        for joint in (
            *(rb"\n    ", rb"\r\n  ", b"&#10;  ", b"&#xA; ", b"&quot; + &quot;", b"&#39; . &#39;"),
            *(
                b"&quot; &amp; &quot;",
                rb"\u0022 + \u0022",
                rb"\u0027 \u002B \u0027",
                rb"\x22 + \x22",
            ),
        )
    ),
]
SEPARATE = [
    *(
        b" ",
        b"  ",
        b", ",
        b",\n",
        b": ",
        b'", "',
        b'",\n  "',
        b'": "',
        b'"\n',
        b'\n"',
        b"; ",
        b"()",
    ),
    *(b'="', b"('", b")\n", b"\n\n", b" + ", b"\n- ", b".", b"]\n["),
]


def only(data: bytes, first: bytes = LONG) -> bytes:
    """The region around the first piece."""
    at = data.index(first)
    ((start, end),) = regions(data, [(at, at + len(first))])
    return data[start:end]


@pytest.mark.parametrize(("joint", "_kind"), JOINED)
def test_a_joint_is_grown_over_in_both_directions(joint: bytes, _kind: str) -> None:
    one, two, three = b"1" * 20, LONG, b"3" * 20
    whole = joint.join((one, two, three))
    assert only(b"a, '" + whole + b"', z") == whole


@pytest.mark.parametrize("gap", SEPARATE)
def test_what_separates_values_is_no_joint(gap: bytes) -> None:
    data = gap.join((b"1" * 20, LONG, b"3" * 20))
    region = only(b"(" + data + b")")
    assert LONG in region
    assert b"11" not in region or b"33" not in region
    if gap not in (b'"\n', b'\n"', b'="'):
        assert region.strip(b"=;-\n") == LONG


def test_an_assignment_is_not_joined_to_its_value() -> None:
    assert only(b'export API_KEY="' + LONG + b'"\n') == LONG


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"sk-", b'" + "ant-api03-" + "'),
        (b"sk-", b'"ant-api03-"\''),
        (b"sk-", b"'\"ant-api03-"),
        (b"sk-ant", b"' '-api03-' '"),
        (b"sk-ant", b"'-api03-'\""),
    ],
)
def test_an_anchor_cut_by_quotes_is_grown(before: bytes, after: bytes) -> None:
    assert only(b"(" + before + after + b"4444)", before) == before + after + b"4444"


def test_the_middle_of_a_token_grows_to_all_of_it() -> None:
    data = b"x " + LONG + b"sk-ant-" + LONG + b" y"
    at = data.index(b"sk-ant-")
    assert list(regions(data, [(at, at + 1)])) == [(2, len(data) - 2)]


def test_regions_come_in_order_whatever_the_order_of_seeds() -> None:
    data = (LONG + b", ") * 20
    seeds = [match.span() for match in RUN.finditer(data)]
    shuffled = random.Random(1).sample(seeds, len(seeds))
    assert list(regions(data, shuffled)) == list(regions(data, iter(seeds))) == seeds


def test_any_buffer_will_do() -> None:
    data = b"(" + LONG + b"\n" + LONG + b")"
    seeds = [(1, 51)]
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            found = [list(regions(mapped, seeds))]
    found += [list(regions(buffer, seeds)) for buffer in (data, bytearray(data), memoryview(data))]
    assert found == [[(1, 102)]] * 4


LOOKED_AT = {
    "hashes, one per line": lambda dice: dice.randbytes(32).hex().encode() + b"\n",
    "hashes with names": lambda dice: dice.randbytes(32).hex().encode() + b"  ./a/b.py\n",
    "lines of different lengths": lambda dice: (
        dice.randbytes(30 + dice.randrange(9)).hex().encode() + b"\n"
    ),
    "long concatenations": lambda dice: b'"' + dice.randbytes(30).hex().encode() + b'" +\n',
    "almost joints": lambda _: LONG + b'"' + b" " * 80 + b"+" + b" " * 80 + b"(((",
    "blanks": lambda _: LONG + b"\n" + b" " * 90,
    "quotes": lambda _: LONG + b"' ",
}


@pytest.mark.parametrize("kind", LOOKED_AT)
def test_each_byte_is_in_one_region_or_in_the_overlap_of_two(kind: str) -> None:
    dice = random.Random(kind)
    data = b"".join(LOOKED_AT[kind](dice) for _ in range(40_000))
    found = list(regions(data, [match.span() for match in RUN.finditer(data)]))
    total = sum(end - start for start, end in found)
    assert total <= len(data) * (1 + OVERLAP / LIMIT)
    assert all(one[0] < two[0] and one[1] < two[1] for one, two in pairwise(found))


def test_even_lines_are_one_region_whatever_their_number() -> None:
    data = base64.encodebytes(random.Random(1).randbytes(3 * LIMIT))
    ends = [match.span() for match in RUN.finditer(data)]
    ((start, end),) = regions(data, ends)
    assert start == 0
    assert end >= len(data) - 78


def test_a_key_at_the_place_where_a_region_is_cut_is_in_the_next_one() -> None:
    pieces = b'" + "'.join([LONG] * (3 * LIMIT // 55))
    data = b'"' + pieces + b'"'
    found = list(regions(data, [match.span() for match in RUN.finditer(data)]))
    assert len(found) > 2
    for (_, end), (start, _) in pairwise(found):
        assert end - start >= OVERLAP // 2


@given(
    st.lists(
        st.sampled_from(
            [
                LONG,
                b"a",
                b"sk-",
                b"-",
                b"nt",
                *(joint for joint, _ in JOINED),
                *SEPARATE,
                b'"',
                b"{2d}",
            ]
        ),
        max_size=12,
    )
)
def test_growing_forwards_and_backwards_agree(pieces: list[bytes]) -> None:
    """Each seed of a region, taken alone, grows to a region that holds the same neighbours."""
    data = b"".join(pieces)
    seeds = [match.span() for match in RUN.finditer(data)]
    together = list(regions(data, seeds))
    for seed in seeds:
        ((start, end),) = regions(data, [seed])
        assert any(first <= start and end <= last for first, last in together)


def test_no_joint_is_longer_than_promised() -> None:
    long = b'"' + b" " * 80 + b"&" + b" " * 80 + b"_" + b" " * 80 + b'"'
    assert len(long) < joints.LONGEST
    data = LONG + long + LONG
    assert list(regions(data, [(0, 50)])) == [(0, len(data))]
    assert list(regions(data, [(len(data) - 50, len(data))])) == [(0, len(data))]
