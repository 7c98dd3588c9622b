"""No name shows the beginning or the end of a key that was found, in no format."""

from __future__ import annotations

import html
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest

from antkey_reports.pieces import without_pieces
from antkey_reports.registry import names, render
from antkey_scanner.model import Repository, SecretRef, Skip
from antkey_scanner.secret import pieces

if TYPE_CHECKING:
    from tests.reports.conftest import Maker

MakeKey = Callable[..., str]


def shown_of(random: str, text: str) -> list[str]:
    """The pieces of twelve characters that a text shows."""
    return [piece for at in range(len(random) - 11) if (piece := random[at : at + 12]) in text]


def secret_of(key: str) -> SecretRef:
    return SecretRef("api03", f"{key[:16]}…{key[-4:]}", "ab" * 32)


def varied(make_key: MakeKey) -> str:
    """A key whose ends have characters of all kinds, as nearly all have."""
    while True:
        key = make_key()
        ends = key[13:25], key[-12:]
        if all(
            any(map(str.isdigit, end)) and any(map(str.isupper, end)) and any(map(str.islower, end))
            for end in ends
        ) and not set("-_").intersection(key[13:16] + key[-4:]):
            return key


@pytest.mark.parametrize("size", [12, 20, 40, 94])
@pytest.mark.parametrize("side", ["beginning", "end"])
@pytest.mark.parametrize(
    "where", ["own path", "another path", "skip", "branch", "target", "repository"]
)
def test_no_format_shows_a_piece(
    make: Maker, make_key: MakeKey, where: str, side: str, size: int
) -> None:
    key = varied(make_key)
    random = key[13:]
    piece = random[:size] if side == "beginning" else random[-size:]
    named = f"logs/{piece}.env"
    finding = make.finding(named if where == "own path" else "a.env")._replace(
        secret=secret_of(key)
    )
    other = make.finding(named if where == "another path" else "b.env", number=2)
    if where == "branch":
        finding = finding._replace(
            location=finding.location._replace(commit="c" * 40, refs=(named,))
        )
    skip = Skip(named if where == "skip" else "c", f"{named}: is odd" if where == "skip" else "r")
    result = make.result(
        finding, other, skips=(skip,), targets=(named if where == "target" else ".",)
    )
    if where == "repository":
        result = result._replace(repositories=(Repository(named, None),))
    for name in names():
        rendered = render(name, result)
        for text in (rendered, unquote(rendered), html.unescape(rendered)):
            assert not shown_of(random, text), name


@pytest.mark.parametrize("size", [12, 13, 40, 80])
@pytest.mark.parametrize("where", ["own path", "another path", "skip", "branch", "target"])
def test_no_format_shows_a_piece_from_the_middle_of_a_key_of_this_run(
    make: Maker, make_key: MakeKey, where: str, size: int
) -> None:
    random = make_key()[13:]
    secret = secret_of(make_key())._replace(pieces=pieces(random.encode()))  # whatever its hint is
    for start in range(3, len(random) - size - 4, 7):
        piece = random[start : start + size]
        beside = next(one for one in "xyz" if one not in random[start - 1 :: size + 1][:2])
        named = f"logs/{beside}{piece}.{piece}{beside}.env"
        finding = make.finding(named if where == "own path" else "a.env")._replace(secret=secret)
        other = make.finding(named if where == "another path" else "b.env", number=2)
        if where == "branch":
            place = finding.location._replace(commit="c" * 40, refs=(named,))
            finding = finding._replace(location=place)
        skip = Skip(named if where == "skip" else "c", f"{named}: is odd")
        targets = (named if where == "target" else ".",)
        result = without_pieces(make.result(finding, other, skips=(skip,), targets=targets))
        assert not shown_of(random, repr(result))
        assert f"logs/{beside}….…{beside}.env" in repr(result)
        if start == 3:
            assert not any(shown_of(random, render(name, result)) for name in names())


def test_other_names_stay(make: Maker, make_key: MakeKey) -> None:
    paths = (
        "src/com/example/AbstractSingletonProxyFactoryBean.java",
        "node_modules/typescript/lib/lib.es2015.symbol.wellknown.d.ts",
        f"objects/{'0123456789abcdef' * 4}",
        "docs/2026-11-20-notes-on-the-release.md",
    )
    key = make_key()
    findings = [make.finding(path)._replace(secret=secret_of(key)) for path in paths]
    result = make.result(*findings)
    assert without_pieces(result) == result


def test_hashes_stay(make: Maker) -> None:
    digest = "0a1b2c3d" * 8
    secret = SecretRef("api03", "sk-ant-api03-0a1…2c3d", digest)
    finding = make.finding(f"layers/{digest}.tar")._replace(secret=secret, anchor=digest)
    assert without_pieces(make.result(finding)).findings == (finding,)


def test_what_a_hint_shows_stays(make: Maker, make_key: MakeKey) -> None:
    key = make_key()
    repeated = (key[7:] + key).encode()  # of no kind that is known, so all of it is its random part
    hint = f"{key[:16]}…{key[-4:]}"
    secret = SecretRef("unknown", hint, "ab" * 32, pieces(repeated, hint.encode()))
    finding = make.finding(f"logs/{key[40:60]}.env")._replace(
        secret=secret, message=f"A key {hint}"
    )
    shown = without_pieces(make.result(finding)).findings[0]
    assert shown.message == finding.message
    assert shown.location.path == "logs/….env"


def test_pieces_tell_nothing_beyond_the_run(make_key: MakeKey) -> None:
    """Plain digests of parts that overlap would give a key away letter by letter."""
    random = make_key()[13:]
    program = (
        "import sys; from antkey_scanner.secret import pieces;"
        "sys.stdout.buffer.write(pieces(sys.stdin.buffer.read()))"
    )
    other = subprocess.run(
        [sys.executable, "-c", program], input=random.encode(), capture_output=True, check=True
    ).stdout
    own = pieces(random.encode())
    assert len(own) == len(other) > 0
    assert own != other


def test_workers_tell_of_the_same_pieces(make_key: MakeKey, tmp_path: Path) -> None:
    key = make_key()
    folder = tmp_path / f"x-{key[13:][30:50]}"
    folder.mkdir()
    for number in range(200):
        (folder / f"{number}.txt").write_text("text\n" * 2000)
    (folder / "key.txt").write_text(key)
    done = subprocess.run(
        [sys.executable, "-m", "antkey_hooks.cli", "scan", "-j", "2", "-f", "json", str(tmp_path)],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    assert key[13:][32:46].encode() not in done.stdout + done.stderr
