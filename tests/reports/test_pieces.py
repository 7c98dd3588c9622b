"""No name shows the beginning or the end of a key that was found, in no format."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest

from antkey_reports.pieces import without_pieces
from antkey_reports.registry import names, render
from antkey_scanner.model import Repository, SecretRef, Skip

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
