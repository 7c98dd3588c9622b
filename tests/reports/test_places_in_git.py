"""Each format tells since when, and under which names, a finding stands in git."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from antkey_reports.load import load
from antkey_reports.registry import names, render
from antkey_scanner.fingerprint import fingerprint
from antkey_scanner.model import Finding, Result, Stats

if TYPE_CHECKING:
    from tests.reports.conftest import Maker

COMMIT = "0123456789abcdef0123456789abcdef01234567"
DATE = "2026-03-01T09:15:00Z"
REFS = ("refs/heads/main", "refs/tags/v1.0")


def _finding(make: Maker, path: str = "old.env", refs: tuple[str, ...] | None = REFS) -> Finding:
    return make.finding(path, commit=COMMIT, first_seen=DATE, refs=refs)


def _text(result: Result, width: int = 0) -> list[str]:
    return render("text", result, color=False, width=width).splitlines()


def _html(result: Result) -> str:
    return render("html", result, color=False, width=0)


def _json(result: Result) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(render("json", result, color=False, width=0))
    return document


def _sarif(result: Result) -> dict[str, Any]:
    log = json.loads(render("sarif", result, color=False, width=0))
    found: dict[str, Any] = log["runs"][0]["results"][0]
    return found


@pytest.mark.parametrize(
    ("refs", "ending"),
    [
        (REFS, "  commit 0123456789ab  2026-03-01  refs/heads/main, …"),
        (REFS[:1], "  commit 0123456789ab  2026-03-01  refs/heads/main"),
        ((), "  commit 0123456789ab  2026-03-01  dangling"),
        (None, "  commit 0123456789ab  2026-03-01"),
    ],
)
def test_text_names_commit_date_and_refs(
    make: Maker, refs: tuple[str, ...] | None, ending: str
) -> None:
    assert _text(make.result(_finding(make, refs=refs)))[0].endswith(ending)


def test_text_says_that_a_blob_without_commit_dangles(make: Maker) -> None:
    line = _text(make.result(make.finding(f"blob:{COMMIT}", refs=())))[0]
    assert line.endswith("  dangling")
    assert "commit" not in line


@pytest.mark.parametrize("width", [40, 60, 80])
def test_the_history_fits_narrow_terminals(make: Maker, width: int) -> None:
    lines = _text(make.result(_finding(make)), width)
    assert max(map(len, lines)) <= width
    assert "refs/heads/main, …" in " ".join(lines)


@pytest.mark.parametrize(
    ("refs", "shown"),
    [
        (REFS, "refs/heads/main, refs/tags/v1.0"),
        (("refs/heads/a", "and 3 more"), "refs/heads/a, and 3 more"),
        ((), "dangling"),
    ],
)
def test_html_names_commit_date_and_refs(make: Maker, refs: tuple[str, ...], shown: str) -> None:
    page = _html(make.result(_finding(make, refs=refs)))
    place = next(line for line in page.splitlines() if line.startswith('<li id="finding-'))
    assert re.findall('<span class="tag">([^<]*)</span>', place) == [
        "commit 0123456789ab",
        "2026-03-01",
        shown,
    ]


@pytest.mark.parametrize("refs", [REFS, (), None])
def test_json_has_the_refs_and_reads_them_back(make: Maker, refs: tuple[str, ...] | None) -> None:
    result = make.result(_finding(make, refs=refs))
    location = _json(result)["findings"][0]["location"]
    assert location["refs"] == (None if refs is None else list(refs))
    assert (location["commit"], location["first_seen"]) == (COMMIT, DATE)
    loaded = load(json.dumps(_json(result)), "x.json")
    assert loaded.findings[0].location.refs == refs


def test_json_of_an_earlier_version_loads(make: Maker) -> None:
    document = _json(make.result(_finding(make)))
    del document["findings"][0]["location"]["refs"]
    del document["stats"]["objects"]
    loaded = load(json.dumps(document), "x.json")
    assert loaded.findings[0].location.refs is None
    assert loaded.stats.objects == 0


@pytest.mark.parametrize("refs", [REFS, ()])
def test_sarif_has_the_refs(make: Maker, refs: tuple[str, ...]) -> None:
    properties = _sarif(make.result(_finding(make, refs=refs)))["properties"]
    assert properties["refs"] == list(refs)
    assert (properties["commit"], properties["firstSeen"]) == (COMMIT, DATE)


@pytest.mark.parametrize("kind", ["blob", "commit", "object", "tag", "tree"])
def test_the_path_of_an_object_is_no_scheme_in_sarif(make: Maker, kind: str) -> None:
    result = _sarif(make.result(make.finding(f"{kind}:{COMMIT}")))
    artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact["uri"] == f"{kind}%3A{COMMIT}"


def test_refs_are_no_part_of_the_fingerprint(make: Maker) -> None:
    """A branch that is deleted must not make a new finding of an old one."""
    assert len({fingerprint(_finding(make, refs=refs)) for refs in (REFS, (), None)}) == 1
    assert fingerprint(_finding(make)) == fingerprint(make.finding("old.env"))


@pytest.mark.parametrize("name", names())
def test_ref_names_are_inert(make: Maker, name: str) -> None:
    hostile = ("refs/heads/\x1b[2J\u202e<script>##[x]", "::error::x")
    text = render(name, make.result(_finding(make, refs=hostile)), color=True, width=80)
    assert "\x1b[2J" not in text
    assert "\u202e" not in text
    assert "##[" not in text
    assert "<script>" not in text or name != "html"


@pytest.mark.parametrize("name", names())
def test_a_key_in_the_name_of_a_ref_is_masked(make: Maker, make_key: Any, name: str) -> None:
    key = make_key()
    text = render(name, make.result(_finding(make, refs=(f"refs/heads/{key}",))))
    assert key[13:25] not in text


@pytest.mark.parametrize(
    ("stats", "words"),
    [
        (Stats(files=3, blobs=3), "3 files"),
        (Stats(files=3, blobs=9), "3 files (9 with members)"),
        (
            Stats(files=3, blobs=76_355, commits=18_346, objects=76_352),
            "3 files, 76,352 git objects, 18,346 commits",
        ),
        (
            Stats(files=1, blobs=14, commits=1, objects=9),
            "1 file, 9 git objects (14 with members), 1 commit",
        ),
        (Stats(blobs=9, commits=1, objects=9), "9 git objects, 1 commit"),
        (Stats(), "0 files"),
    ],
)
def test_what_was_read_is_told_apart(make: Maker, stats: Stats, words: str) -> None:
    result = make.result()._replace(stats=stats)
    assert any(line.startswith(f"{words}, ") for line in _text(result))
    assert f"<dt>Read</dt><dd>{words}, " in _html(result)
    assert _json(result)["stats"]["objects"] == stats.objects
