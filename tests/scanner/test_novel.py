"""What is searched of a delta alone gives all that a search of the whole object gives."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.scanner import deltas
from tests.scanner.git.conftest import Git
from tests.scanner.git.packmaker import OFS_DELTA, PackMaker, name

from antkey_rules.load import load_builtin
from antkey_scanner import novel, objectsearch
from antkey_scanner.containers.budget import Limits
from antkey_scanner.decode.regions import regions
from antkey_scanner.git.deltas import apply_delta
from antkey_scanner.git.objects import BLOB, COMMIT, Object
from antkey_scanner.git.rebuild import Item
from antkey_scanner.git.walk import ALL, Walk
from antkey_scanner.novel import is_one_value, novelty
from antkey_scanner.objectsearch import ObjectSearch
from antkey_scanner.search import Searcher
from antkey_scanner.tasks import Outcome

Maker = Callable[..., str]

BASE, MADE = b"b" * 20, b"m" * 20


@pytest.fixture(scope="module")
def searcher() -> Searcher:
    return Searcher(load_builtin(), visible=7)


@pytest.fixture(autouse=True, scope="module")
def _always_worth_it() -> Iterator[None]:
    """Deltas of small texts, and such as change nearly all, are looked at alone as well."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(objectsearch, "_QUICK", 1 << 30)
        patch.setattr(novel, "SHARE", 1)
        yield


def _search(searcher: Searcher, items: Sequence[Item]) -> Outcome:
    return ObjectSearch(searcher, Limits(), (), None).run(items)


def _found(outcome: Outcome, oid: bytes = MADE) -> set[tuple[str, str]]:
    return {(row.rule, row.sha256) for row in outcome.rows if row.blob == oid.hex()}


def _both(searcher: Searcher, case: deltas.Case) -> tuple[Outcome, Outcome]:
    """The text searched whole, and behind its base with the delta."""
    base = Object(BASE, BLOB, case.base)
    made = Object(MADE, BLOB, case.text, BASE, case.delta)
    return _search(searcher, [Object(MADE, BLOB, case.text)]), _search(searcher, [base, made])


@settings(max_examples=400)
@given(number=st.integers(0, 2**40))
def test_what_a_delta_makes_is_found_wherever_it_is_cut(searcher: Searcher, number: int) -> None:
    case = deltas.case(random.Random(number))
    assert apply_delta(case.base, case.delta) == case.text
    whole, new = _both(searcher, case)
    assert _found(whole) == _found(new)


def _joined(pieces: Sequence[bytes]) -> deltas.Case:
    """Pieces copied from a base in which `~` stands between them."""
    base, steps = b"", b""
    for piece in pieces:
        steps += deltas.copy(len(base), len(piece))
        base += piece + b"~"
    text = b"".join(pieces)
    return deltas.Case(base, deltas.varint(len(base)) + deltas.varint(len(text)) + steps, text)


@pytest.mark.parametrize("distance", range(8))
@pytest.mark.parametrize("separator", [b",", b":", b", ", b'": "', b":,"])
def test_a_change_directly_behind_a_searched_part_is_searched(
    searcher: Searcher, make_key: Maker, separator: bytes, distance: int
) -> None:
    """The first part reaches two bytes beyond a comma; what changes there belongs to the next value."""
    key = make_key().encode()
    case = _joined([b"a = b" + separator + key[:distance], key[distance:] + b"\n" + b"x" * 500])
    whole, new = _both(searcher, case)
    assert _found(whole)
    assert _found(new) == _found(whole)


def test_every_place_where_two_copies_meet_is_seen(searcher: Searcher, make_key: Maker) -> None:
    key = make_key().encode()
    around = b"- {name: x, value: " + key + b", more: y}\n" * 3
    for cut in range(len(around)):
        case = _joined([around[:cut], around[cut:]] if cut else [around])
        whole, new = _both(searcher, case)
        assert _found(new) == _found(whole), cut


@given(number=st.integers(0, 2**40))
def test_old_text_is_old(searcher: Searcher, number: int) -> None:
    """What is neither inserted nor stands beside a change is not looked at again."""
    dice = random.Random(number)
    before, behind = (b"one: two, " * dice.randrange(1, 50) for _ in range(2))
    inserted = b"x" * dice.randrange(1, 90)
    base = before + behind
    steps = deltas.copy(0, len(before)) + deltas.insert(inserted)
    steps += deltas.copy(len(before), len(behind))
    text = before + inserted + behind
    delta = deltas.varint(len(base)) + deltas.varint(len(text)) + steps
    parts = novelty(text, delta)
    assume(parts is not None)
    assert parts is not None
    assert inserted in parts
    assert len(parts) <= len(inserted) + 60


def test_text_without_commas_is_searched_whole() -> None:
    line = b"x" * (novel.REACH + 1)
    case = _joined([b"a, " + line, line + b", b"])
    assert novelty(case.text, case.delta) is None


def test_copies_of_any_width_are_counted() -> None:
    """Sizes with a byte left out in their middle or at their start, and the size that is none."""
    sizes = (1, 0x100, 0x10001, 0x1FF00, 0x10000, 0x20000, 0xFF, 0xFFFF)
    base = b"a:" * 0x10000
    text = b"".join(base[:size] for size in sizes) + b"END"
    steps = b"".join(deltas.copy(0, size) for size in sizes) + deltas.insert(b"END")
    delta = deltas.varint(len(base)) + deltas.varint(len(text)) + steps
    assert apply_delta(base, delta) == text
    parts = novelty(text, delta)
    assert parts is not None
    assert parts.endswith(b"END")


@pytest.mark.parametrize("step", [b"\xa0\0", b"\xf0\0\0\0", b"\x80", b"\xa1\0\0"])
def test_a_size_of_zero_is_64_kibibytes_however_it_is_written(
    searcher: Searcher, make_key: Maker, step: bytes
) -> None:
    base = b"a: b, " * 20_000
    tail = b"key: " + make_key().encode() + b", c"
    text = base[:0x10000] + tail
    delta = deltas.varint(len(base)) + deltas.varint(len(text)) + step + deltas.insert(tail)
    assert apply_delta(base, delta) == text
    whole, new = _both(searcher, deltas.Case(base, delta, text))
    assert _found(new) == _found(whole) != set()


def test_a_base_that_holds_a_key_vouches_for_nothing(searcher: Searcher, make_key: Maker) -> None:
    key = make_key().encode()
    base = b"one: 1, key: " + key + b", two: 2\n"
    steps = deltas.copy(0, len(base)) + deltas.insert(b"three: 3\n")
    text = base + b"three: 3\n"
    delta = deltas.varint(len(base)) + deltas.varint(len(text)) + steps
    whole, new = _both(searcher, deltas.Case(base, delta, text))
    assert _found(new) == _found(whole) != set()


def test_a_base_in_wide_characters_vouches_for_nothing(searcher: Searcher, make_key: Maker) -> None:
    key = make_key()
    first = ("x, " + key[:60]).encode("utf-16-le")
    second = (key[60:] + ", y").encode("utf-16-le")
    whole, new = _both(searcher, _joined([first, second]))
    assert _found(new) == _found(whole) != set()


def test_of_two_objects_with_one_id_neither_vouches_for_the_other(
    searcher: Searcher, make_key: Maker
) -> None:
    """An index may say what it likes: git itself would never write that."""
    secret = b"one: 1, key: " + make_key().encode() + b", two: 2\n"
    text = secret + b"three: 3\n"
    delta = deltas.varint(len(secret)) + deltas.varint(len(text))
    delta += deltas.copy(0, len(secret)) + deltas.insert(b"three: 3\n")
    clean, leaky = Object(BASE, BLOB, b"nothing: here\n"), Object(BASE, BLOB, secret)
    made = Object(MADE, BLOB, text, BASE, delta)
    for order in ([clean, leaky, made], [leaky, clean, made], [leaky, leaky, made]):
        outcome = _search(searcher, order)
        assert _found(outcome)
        assert BASE not in outcome.clean


def test_a_signature_vouches_for_nothing(searcher: Searcher, make_key: Maker) -> None:
    """Signatures of commits are not searched for what is encoded; their text in a message is."""
    hidden = make_key().encode().hex().encode()
    head = b"tree " + b"0" * 40 + b"\nauthor A <a@b> 1 +0000\n"
    signature = b"gpgsig -----BEGIN\n " + hidden + b"\n -----END\n"
    base = head + signature + b"\nmessage: short\n"
    text = head + b"\nmessage: " + hidden + b"\n"
    at = base.index(hidden)
    delta = deltas.varint(len(base)) + deltas.varint(len(text)) + deltas.copy(0, len(head))
    delta += deltas.insert(b"\nmessage: ") + deltas.copy(at, len(hidden) + 1)
    items = [Object(BASE, COMMIT, base), Object(MADE, COMMIT, text, BASE, delta)]
    outcome = _search(searcher, items)
    assert _found(outcome) == _found(_search(searcher, [Object(MADE, COMMIT, text)])) != set()
    assert outcome.commits == 2


@pytest.mark.parametrize("seed", range(3))
def test_in_packs_of_git_nothing_is_lost(tmp_path: Path, searcher: Searcher, seed: int) -> None:
    git = Git(tmp_path).init()
    dice = random.Random(seed)
    lines = [deltas.filler(dice, 9) for _ in range(60)]
    versions = []
    for number in range(120):
        for _ in range(dice.randrange(1, 4)):
            at = dice.randrange(len(lines))
            match dice.randrange(5):
                case 0:
                    lines[at] = deltas.value(dice) + b"\n"
                case 1:
                    lines[at] = deltas.filler(dice, 3) + b", " + deltas.value(dice)[:90]
                case 2:
                    lines[at], lines[0] = lines[0], lines[at]
                case 3:
                    cut = dice.randrange(len(lines[at]) + 1)
                    lines[at] = lines[at][:cut] + lines[at][cut + dice.randrange(9) :]
                case _:
                    lines[at] = deltas.filler(dice, 4)
        git.write(f"{number}", b"".join(lines))
        versions.append(b"%d\n" % number)
    names = git("hash-object", "-w", "--stdin-paths", stdin=b"".join(versions))
    names = b"".join(name + b" a\n" for name in names.split(b"\n"))
    git("pack-objects", "-q", "--depth=50", ".git/objects/pack/pack", stdin=names)
    git("prune-packed")
    items = list(_packed(git))
    assert sum(bool(item.delta) for item in items) > 60
    new = _search(searcher, items)
    whole = _search(searcher, [item._replace(base=b"", delta=b"") for item in items])
    assert {(row.blob, row.sha256) for row in new.rows} == {
        (row.blob, row.sha256) for row in whole.rows
    }
    assert new.bytes == whole.bytes
    assert new.blobs == whole.blobs


def _packed(git: Git) -> Iterator[Object]:
    walk = Walk([str(git.path / ".git" / "objects")], 20, kinds=ALL)
    for piece in walk.plan().pieces:
        for item in walk.run(piece):
            assert isinstance(item, Object)
            yield item


def test_deltas_of_other_makers_are_read(
    tmp_path: Path, searcher: Searcher, make_key: Maker
) -> None:
    """Git copies sixteen bytes and more at a time; others may copy one."""
    key = make_key().encode()
    case = _joined([b"a: ", *(key[at : at + 1] for at in range(len(key))), b", b: c\n"])
    pack = PackMaker()
    at = pack.add(name(case.base), BLOB, case.base)
    oid = name(case.text)
    pack.add(oid, OFS_DELTA, case.delta, base=len(pack.data) - at)
    pack.write(tmp_path)
    walk = Walk([str(tmp_path)], 20)
    items = [item for piece in walk.plan().pieces for item in walk.run(piece)]
    assert _found(_search(searcher, items), oid)


@pytest.mark.parametrize(
    "pattern",
    [
        rb"sk-ant-[A-Za-z0-9_-]{93}AA",
        rb"sk-ant- (?P<family> [a-z]{1,16} )+ # a comment, with: both",
        rb"sk-ant- (?: a | b ){2,5}+ \. \* \#",
        rb"sk-ant- (?<!x) (?=y) (?!z) \xe2\x80",
    ],
)
def test_patterns_of_one_value(pattern: bytes) -> None:
    assert is_one_value(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        b"sk-ant-,",
        b"sk-ant-:",
        rb"sk-ant-\x2c",
        rb"sk-ant-\x3A",
        rb"sk-ant-[,a-z]",
        rb"sk-ant-[^ ]",
        rb"sk-ant-.{3}",
        rb"sk-ant-\W",
        rb"sk-ant-\S+",
        rb"sk-ant-$",
        rb"^sk-ant-",
        rb"sk-ant-\b",
        rb"sk-ant-[!-~]",
    ],
)
def test_patterns_that_may_reach_beyond_a_value(pattern: bytes) -> None:
    assert not is_one_value(pattern)


def test_the_built_in_rules_are_about_one_value() -> None:
    assert all(is_one_value(rule.pattern) for rule in load_builtin())


_BETWEEN_PIECES = st.sampled_from(
    [
        *map(bytes, zip(b" \t\r\n\"'`+.&_\\|<>^~()#*;!/-={}[]@,:")),
        b'" + "',
        b"\n> ",
        b"\\n ",
        b"&quot;",
    ]
)


@given(st.lists(st.tuples(st.integers(1, 60), st.lists(_BETWEEN_PIECES, max_size=4)), max_size=12))
def test_no_region_reaches_over_a_comma_or_a_colon(
    pieces: list[tuple[int, list[bytes]]],
) -> None:
    text = b"A" * 50 + b"".join(b"".join(between) + b"B" * size for size, between in pieces)
    for start, end in regions(text, [(0, 50), (len(text) - 1, len(text))]):
        assert not set(text[start:end]) & set(b",:")
