"""The HTML page: valid, readable, small, and the answers where one looks first."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html import unescape
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from tests.reports.showcase import many, showcase

from antkey_reports.incidents import incidents
from antkey_reports.registry import render
from antkey_scanner.model import Attestation, Cell, Repository, Result, Severity, Skip, Status
from antkey_scanner.trend import Trend

if TYPE_CHECKING:
    from tests.reports.conftest import Maker

MEBIBYTE = 1 << 20


def style_of(page: str) -> str:
    found = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert found
    return found[1]


def test_every_state_is_valid_html(results: dict[str, Result]) -> None:
    html5lib = pytest.importorskip("html5lib", reason="html5lib is not installed")
    for result in results.values():
        parser = html5lib.HTMLParser(strict=True)
        parser.parse(render("html", result))


def script_of(page: str) -> str:
    found = re.search(r'<script id="filtering">(.*?)</script>', page, re.DOTALL)
    assert found
    return found[1]


def digest(text: str) -> str:
    return b64encode(sha256(text.encode()).digest()).decode()


def test_style_and_script_are_allowed_by_their_hashes_and_nothing_else_is(
    results: dict[str, Result],
) -> None:
    page = render("html", results["findings"])
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest(style_of(page))}';"
        f" script-src 'sha256-{digest(script_of(page))}'; base-uri 'none'; form-action 'none'"
    )
    assert f'<meta http-equiv="Content-Security-Policy" content="{policy}">' in page
    assert page.index("Content-Security-Policy") < page.index("<style>")
    assert page.count("<script") == page.count("<style") == 1


def test_page_refers_to_nothing_outside(make: Maker, results: dict[str, Result]) -> None:
    for result in (results["findings-incomplete"], showcase(make)):
        page = render("html", result)
        markup = page.replace(script_of(page), "")
        assert not re.search(r"<(?:link|img|iframe|object|embed|base)\b", markup)
        assert not re.search(r"\son\w+=|\sstyle=|url\(|@import|\saction=", markup)
        assert not re.search(r"(?:href|src|xlink:href)=.(?!#)", markup)
        assert not re.search(r"fetch|XMLHttp|import|eval|innerHTML|https?:", script_of(page))


def test_every_part_of_the_page_is_valid_html(make: Maker) -> None:
    html5lib = pytest.importorskip("html5lib", reason="html5lib is not installed")
    html5lib.HTMLParser(strict=True).parse(render("html", showcase(make)))


def test_links_lead_somewhere_and_ids_are_unique(results: dict[str, Result]) -> None:
    for result in results.values():
        page = render("html", result)
        ids = re.findall(r'\bid="([^"]+)"', page)
        assert len(ids) == len(set(ids))
        targets = re.findall(r'href="#([^"]+)"|aria-labelledby="([^"]+)"', page)
        named = {name for one, other in targets for name in (one or other).split()}
        assert named <= set(ids)


def test_headings_descend_by_one(results: dict[str, Result]) -> None:
    levels = [int(level) for level in re.findall(r"<h(\d)", render("html", results["findings"]))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_answers_come_before_details(results: dict[str, Result]) -> None:
    page = unescape(render("html", results["findings-incomplete"]))
    answers = [
        "Do not deploy",  # may we?
        ">Do this first<",  # what is worst, where, whose, since when, what now?
        "deploy/app.env:3:9",
        ">Whose<",
        ">Since<",
        "Deactivate the key",
        ">Found</h2>",
        ">Not scanned</h2>",
        "var/huge.bin",
        ">Scope</h2>",
        ">Controls</h2>",
        ">Findings by key<",
    ]
    places = [page.index(answer, page.index("<body")) for answer in answers]
    assert places == sorted(places)


def test_one_key_in_many_places_is_one_incident(make: Maker) -> None:
    findings = [make.finding(f"{n}.env", number=7) for n in range(40)] + [make.finding(number=8)]
    page = render("html", make.result(*findings))
    assert page.count('<li id="i-') == 2
    assert "41 open findings, 2 keys exposed" in page
    assert "40 places" in page
    assert "<summary>15 more places</summary>" in page
    assert page.count('id="finding-') == 41


def test_worst_incident_comes_first_and_accepted_ones_last(make: Maker) -> None:
    low = make.rule("low-rule", severity=Severity.LOW)
    findings = (
        make.finding("a", number=1, status=Status.BASELINE),
        make.finding("b", number=2, rule=low),
        make.finding("c", number=3),
        make.finding("d", number=4),
        make.finding("e", number=4, rule=low),
    )
    order = [[one.location.path for one in incident.findings] for incident in incidents(findings)]
    assert order == [["d", "e"], ["c"], ["b"], ["a"]]


def test_an_incident_with_an_open_place_is_open(make: Maker) -> None:
    accepted = make.finding("a", status=Status.WAIVED)
    (incident,) = incidents((accepted, make.finding("b")))
    assert incident.is_open
    assert [finding.location.path for finding in incident.findings] == ["b", "a"]


def test_what_was_not_scanned_stands_beside_what_was_found(results: dict[str, Result]) -> None:
    page = render("html", results["incomplete"])
    halves = page[page.index('<div class="halves">') : page.index('aria-labelledby="scope"')]
    assert halves.count("<h2") == 2
    assert "2 places in scope" in halves
    assert "vault/locked.zip!/a.txt" in halves
    assert "encrypted member" in halves


def test_the_reason_for_tolerating_is_shown(results: dict[str, Result]) -> None:
    assert "vault is sealed" in render("html", results["tolerated"])


def test_page_of_10000_findings_is_small_and_tells_what_it_leaves_out(make: Maker) -> None:
    folder = "services/team/deploy/production"
    findings = [make.finding(f"{folder}/{n % 700}-{n}.env", number=n % 4000) for n in range(10_000)]
    skips = tuple(Skip(f"vault/{n}.zip", "encrypted") for n in range(10_000))
    page = render("html", make.result(*findings, skips=skips))
    assert len(page.encode()) < 3 * MEBIBYTE
    assert page.count('<li id="i-') == 4000
    assert re.search(r"[\d,]+ more places in results\.json", page)


def test_a_page_of_10000_findings_has_each_of_them(make: Maker) -> None:
    page = render("html", many(make))
    assert len(page.encode()) < 3_000_000
    assert page.count('id="finding-') == 10_000
    assert "no room for" not in page


def test_one_key_in_10000_places_leaves_room_for_other_keys(make: Maker) -> None:
    folder = "services/team/deploy/production/of/a/long/path" * 4
    findings = [make.finding(f"{folder}/{n}.env", number=1) for n in range(10_000)]
    others = [make.finding(f"{n}.env", number=n) for n in range(2, 500)]
    page = render("html", make.result(*findings, *others))
    assert len(page.encode()) < 3_000_000
    assert page.count('<li id="i-') == 499
    assert re.search(r"[\d,]+ more places in results\.json", page)


def test_nothing_makes_the_page_big(make: Maker) -> None:
    long = "<\u202e&\udcff\U000e0041" * 800
    findings = [
        make.finding(f"{n}{long}", number=n, rule=make.rule(f"r{n}", title=long), decoded=(long,))
        for n in range(400)
    ]
    skips = [Skip(f"{n}{long}", long, counts=n % 2 == 0) for n in range(400)]
    page = render("html", make.result(*findings, skips=tuple(skips)))
    assert len(page.encode()) < 3 * MEBIBYTE
    assert re.search(r"no room for \d+ more incidents; all are in results\.json", page)
    assert "400 open findings" in page
    assert "200 places in scope" in page


def test_no_part_of_a_result_makes_the_page_big(make: Maker) -> None:
    long = "<\u202e&\U000e0041" * 1000
    result = showcase(make)
    controls = tuple(
        one._replace(
            control=one.control._replace(
                id=f"{n}{long}", title=long, requirements=(f"M{n}{long}",)
            ),
            evidence=f"{n}{long}",
            attestation=Attestation(long, long, long, long),
        )
        for n, one in enumerate(result.assessments * 30)
    )
    keys = tuple(
        key._replace(name=f"{n}{long}", owner=long) for n, key in enumerate(result.keys * 50)
    )
    leaks = tuple(
        make.finding(f"{n}/{m}{long}", number=n)._replace(key=keys[n])
        for n in range(40)
        for m in range(3)
    )
    assert result.trend
    assert result.comparison
    runs = tuple(run._replace(at=long) for run in result.trend.runs * 9)
    whole = result._replace(
        run=result.run._replace(
            command=long,
            targets=(long,) * 400,
            started_at=long,
            allow_incomplete=long,
            version=long,
        ),
        findings=leaks,
        assessments=controls,
        keys=keys,
        coverage=tuple(
            Cell(f"{n}{long}", long, f"{n % 40}{long}", "failed", 1) for n in range(400)
        ),
        skips=tuple(Skip(f"{n}{long}", long, counts=n % 2 == 0) for n in range(200)),
        repositories=(Repository(long, long, long),) * 400,
        hosts=(long,) * 400,
        trend=Trend(runs, 1.0),
        comparison=result.comparison._replace(before=long, fixed=leaks),
    )
    page = render("html", whole)
    assert len(page.encode()) < 3_000_000
    assert "more controls in results.json" in page


def luminance(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2."""
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


ON_CARD = [
    "text",
    "quiet",
    "link",
    "pass",
    "warn",
    "undecided",
    "fail",
    "critical",
    "high",
    "medium",
    "low",
    "info",
]


@pytest.mark.parametrize("theme", [0, 1, 2], ids=["light", "dark", "print"])
def test_contrast_is_enough_for_wcag_aa(results: dict[str, Result], theme: int) -> None:
    blocks = re.findall(r":root \{(.*?)\}", style_of(render("html", results["clean"])), re.DOTALL)
    assert len(blocks) == 3
    color = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", blocks[theme]))
    pairs = [(name, "card") for name in ON_CARD]
    pairs += [
        ("text", "page"),
        ("quiet", "page"),
        ("text", "todo"),
        ("text", "code"),
        ("link", "code"),
    ]
    pairs += [("quiet", "code"), ("link", "todo")]
    pairs += [("on-tone", severity.value) for severity in Severity]
    assert [pair for pair in pairs if contrast(color[pair[0]], color[pair[1]]) < 4.5] == []
    banners = [color[f"banner-{tone}"] for tone in ("pass", "warn", "undecided", "fail")]
    assert min(contrast("#ffffff", banner) for banner in banners) >= 4.5
