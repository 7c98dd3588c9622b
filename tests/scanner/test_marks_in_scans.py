"""Marks in real inputs: whatever a key is found in, its mark stands beside it, and never in it."""

from __future__ import annotations

import base64
import gzip
import io
import random
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antkey_rules.load import load_builtin
from antkey_scanner import engine, ranged
from antkey_scanner.engine import Scanned, Settings, scan
from antkey_scanner.model import (
    Accepted,
    Confidence,
    Finding,
    PatternRule,
    Rule,
    Severity,
    Status,
)
from antkey_scanner.tally import Row, Tally, preferred

Maker = Callable[..., str]
RULES = load_builtin()
MARK = "antkey: ignore[anthropic-api-key]"


def scanned(path: Path, jobs: int = 1, marks: tuple[str, ...] = ("antkey",)) -> Scanned:
    found = scan([str(path)], RULES, Settings(marks=marks), jobs=jobs)
    assert found.skips == ()
    return found


def waived(path: Path, jobs: int = 1) -> list[tuple[str, int | None, str | None]]:
    """(path, line, reason) of each finding; no reason where it is open."""
    return [
        (one.location.path, one.location.line, one.accepted.reason if one.accepted else None)
        for one in scanned(path, jobs).findings
    ]


def only(path: Path) -> Finding:
    (finding,) = scanned(path).findings
    return finding


def test_a_marked_finding_is_waived_and_says_why(tmp_path: Path, make_key: Maker) -> None:
    (tmp_path / "a.py").write_text(f"k = '{make_key()}'  # {MARK} a sample\n")
    finding = only(tmp_path)
    assert finding.status is Status.WAIVED
    assert finding.accepted == Accepted("inline", "a sample")


def test_marks_count_only_when_they_are_asked_for(tmp_path: Path, make_key: Maker) -> None:
    (tmp_path / "a.py").write_text(f"k = '{make_key()}'  # {MARK} a sample\n")
    for marks in ((), ("gitleaks", "detect-secrets")):
        (finding,) = scanned(tmp_path, marks=marks).findings
        assert (finding.status, finding.accepted, finding.note) == (Status.OPEN, None, None)


def test_a_mark_without_a_reason_leaves_a_note(tmp_path: Path, make_key: Maker) -> None:
    (tmp_path / "a.py").write_text(f"k = '{make_key()}'  # {MARK}\n")
    finding = only(tmp_path)
    assert finding.status is Status.OPEN
    assert finding.note == "`antkey: ignore` without a reason does not count"


def test_one_unmarked_place_keeps_a_key_open(tmp_path: Path, make_key: Maker) -> None:
    key = make_key()
    (tmp_path / "a.txt").write_text(f"{key} # {MARK} x\n\n{key}\n")
    (tmp_path / "b.txt").write_text(f"{key}\n{key} # {MARK} x\n")
    (tmp_path / "c.txt").write_text(f"{key} # {MARK} x\n{key} # {MARK} y\n")
    encoded = base64.b64encode(key.encode()).decode()
    (tmp_path / "d.txt").write_text(f"{key} # {MARK} x\n\n{encoded}\n")
    (tmp_path / "e.txt").write_text(f"{encoded} # {MARK} x\n\n\n{key}\n")
    assert waived(tmp_path) == [
        ("a.txt", 3, None),
        ("b.txt", 1, None),
        ("c.txt", 1, "x"),
        ("d.txt", 3, None),
        ("e.txt", 4, None),
    ]


def row(offset: int, waived: str | None, *encodings: str) -> Row:
    return Row("a", "r", "s", "k", "h", encodings, offset, 1, 1, waived)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (row(9, None), row(1, "x")),
        (row(9, None, "base64", "hex"), row(1, "x")),
        (row(1, None), row(9, None)),
        (row(9, None), row(1, None, "hex")),
        (row(1, "x"), row(9, "y")),
    ],
)
def test_what_no_mark_waives_goes_first_then_what_is_plain(better: Row, worse: Row) -> None:
    assert preferred(better, worse) == preferred(worse, better) == better
    for rows in ((better, worse), (worse, better)):
        tally = Tally()
        for each in rows:
            tally.add(each)
        assert list(tally.rows.values()) == [better]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_key_in_two_ranges_of_a_large_file_is_waived_only_by_two_marks(
    tmp_path: Path, make_key: Maker, monkeypatch: pytest.MonkeyPatch, jobs: int
) -> None:
    for module in (engine, ranged):
        monkeypatch.setattr(module, "RANGE", 1 << 20)
    filler = "nothing here\n" * 100_000
    one, other = make_key(), make_key()
    (tmp_path / "a.log").write_text(
        f"{one} # {MARK} first\n{other} # {MARK} first\n{filler * 2}"
        f"{one}\n{other} # {MARK} second\n{filler}"
    )
    reasons = [reason for _, _, reason in waived(tmp_path, jobs)]
    assert sorted(reasons, key=str) == [None, "first"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "utf-32", "utf-32-be"])
def test_wide_text_has_marks_too(tmp_path: Path, make_key: Maker, encoding: str) -> None:
    a, b, c = make_key(), make_key(), make_key()
    text = f"k='{a}'  # {MARK} für ä\r\n# {MARK} zwei\r\nü = '{b}'\r\nk='{c}'\r\n"
    (tmp_path / "a.txt").write_bytes(text.encode(encoding))
    assert waived(tmp_path) == [("a.txt", 1, "für ä"), ("a.txt", 3, "zwei"), ("a.txt", 4, None)]


def test_what_is_encoded_in_a_line_is_marked_on_that_line(tmp_path: Path, make_key: Maker) -> None:
    plain = base64.b64encode(make_key().encode()).decode()
    packed = base64.b64encode(gzip.compress(make_key().encode())).decode()
    (tmp_path / "a.yaml").write_text(f"# {MARK} above\nk: {plain}\nj: {packed} # {MARK} beside\n")
    assert waived(tmp_path) == [("a.yaml", 2, "above"), ("a.yaml", 3, "beside")]


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_mark_inside_of_the_encoding_does_not_count(
    tmp_path: Path, make_key: Maker, pack: Callable[[bytes], bytes]
) -> None:
    inside = f"{make_key()} # {MARK} hidden\n".encode()
    (tmp_path / "a.txt").write_bytes(b"k: " + base64.b64encode(pack(inside)) + b"\n")
    assert only(tmp_path).status is Status.OPEN


def test_members_of_containers_are_marked_on_their_own_lines(
    tmp_path: Path, make_key: Maker
) -> None:
    text = f"{make_key()} # {MARK} inner\n{make_key()}\n".encode()
    (tmp_path / "a.gz").write_bytes(gzip.compress(text))
    with zipfile.ZipFile(tmp_path / "b.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.env", text)
    with tarfile.open(tmp_path / "c.tar.gz", "w:gz") as tar:
        member = tarfile.TarInfo("x.env")
        member.size = len(text)
        tar.addfile(member, io.BytesIO(text))
    packed = base64.b64encode((tmp_path / "b.zip").read_bytes()).decode()
    (tmp_path / "d.yaml").write_text(f"data: {packed}\n")
    assert waived(tmp_path) == [
        ("a.gz", 1, "inner"),
        ("a.gz", 2, None),
        ("b.zip!/x.env", 1, "inner"),
        ("b.zip!/x.env", 2, None),
        ("c.tar.gz!/x.env", 1, "inner"),
        ("c.tar.gz!/x.env", 2, None),
        ("d.yaml!/x.env", 1, "inner"),
        ("d.yaml!/x.env", 2, None),
    ]


def test_a_file_s_name_holds_no_mark(tmp_path: Path, make_key: Maker) -> None:
    (tmp_path / f"{make_key()} {MARK} named").write_text("")
    assert only(tmp_path).status is Status.OPEN


def test_a_match_is_no_place_for_a_mark(tmp_path: Path) -> None:
    rule = Rule("greedy", "Greedy", "leak", Severity.LOW, Confidence.HIGH, "", "")
    greedy = PatternRule(rule, "greedy", b"SECRET=", rb"SECRET=[^\n]{1,200}")
    (tmp_path / "a.txt").write_text("SECRET=x antkey: ignore[greedy] inside\n")
    settings = Settings(marks=("antkey",))
    (finding,) = scan([str(tmp_path)], [greedy], settings, jobs=1).findings
    assert finding.status is Status.OPEN


def test_a_line_of_a_megabyte_is_marked_near_its_keys(tmp_path: Path, make_key: Maker) -> None:
    dice = random.Random(1)
    near, far = make_key(), make_key()
    code = "".join(f"var a{dice.randrange(10**6)}={at};" for at in range(60_000))
    text = f"{code}k='{near}';/* {MARK} near */{code}k='{far}';{code}/* {MARK} far */"
    (tmp_path / "a.min.js").write_text(text)
    assert [reason for _, _, reason in waived(tmp_path)] == ["near", None]


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["file", "stream"])
@pytest.mark.parametrize("shift", range(-40, 200, 30))
def test_the_line_above_may_lie_in_the_window_before(
    tmp_path: Path, make_key: Maker, pack: Callable[[bytes], bytes], shift: int
) -> None:
    settled = (1 << 20) - (64 << 10)
    mark, key = f"# {MARK} above\n".encode(), make_key().encode()
    before = b"ab cd\n" * ((settled - shift) // 6)
    text = before + mark + b"k = " + key + b"\n" + b"ab cd\n" * 100_000
    (tmp_path / "a.txt").write_bytes(pack(text))
    finding = only(tmp_path)
    assert finding.accepted == Accepted("inline", "above")


def test_a_mark_s_reason_shows_no_other_key(tmp_path: Path, make_key: Maker) -> None:
    one, other = make_key(), make_key()
    text = f"{one} # {MARK} see {other} or {base64.b64encode(other.encode()).decode()}\n"
    (tmp_path / "a.txt").write_text(text)
    for finding in scanned(tmp_path).findings:
        shown = repr(finding.accepted)
        assert not any(key[at : at + 12] in shown for key in (one, other) for at in range(13, 97))


LINES = st.lists(
    st.sampled_from(["text", "key", "marked key", "mark alone", "key, marked for others", ""]),
    max_size=8,
)


@given(LINES, st.sampled_from(["\n", "\r\n"]), st.sampled_from(["utf-8", "utf-16", "utf-32"]))
def test_marks_are_about_their_line_and_the_next(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], end: str, encoding: str
) -> None:
    dice = random.Random(repr(lines))
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    written, expected = [], []
    for number, line in enumerate(lines, 1):
        key = "sk-ant-api03-" + "".join(dice.choices(alphabet, k=93)) + "AA"
        written.append(
            {
                "key": f"k = '{key}'",
                "marked key": f"k = '{key}'  # {MARK} r{number}",
                "mark alone": f"  # {MARK} r{number}",
                "key, marked for others": f"k = '{key}'  # antkey: ignore[other] r{number}",
            }.get(line, line)
        )
        if "key" in line:
            above = f"r{number - 1}" if number > 1 and lines[number - 2] == "mark alone" else None
            expected.append((number, f"r{number}" if line == "marked key" else above))
    folder = tmp_path_factory.mktemp("lines")
    (folder / "a.txt").write_bytes(end.join(written).encode(encoding))
    assert [(line, reason) for _, line, reason in waived(folder)] == expected
