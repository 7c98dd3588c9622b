"""The text format: what people read at a terminal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from antkey_reports.registry import render
from antkey_reports.wording import rate
from antkey_scanner.model import Accepted, Result, Skip, Status

if TYPE_CHECKING:
    from tests.reports.conftest import Maker


def lines(result: Result, **how: int) -> list[str]:
    return render("text", result, **how).split("\n")


def test_a_finding_is_one_line_with_everything(make: Maker) -> None:
    finding = make.finding("a.gz!/b.env", decoded=("gzip", "base64"), status=Status.WAIVED)
    assert lines(make.result(finding))[0] == (
        "a.gz!/b.env:3:9  critical  anthropic-api-key  sk-ant-api03-R2D…igAA  gzip › base64  [waived]"  # noqa: RUF001
    )


def test_why_a_finding_is_accepted_stands_behind_it(make: Maker) -> None:
    findings = [
        make.finding("a", status=Status.BASELINE, accepted=Accepted("baseline")),
        make.finding(
            "b", status=Status.WAIVED, accepted=Accepted("policy", "freeze", "me", "2026-12-31")
        ),
        make.finding("c", note="a mark\x1b[2J does not count"),
    ]
    ends = [line.partition("  [")[2] for line in lines(make.result(*findings))[:3]]
    assert ends == [
        "baseline]",
        "waived: freeze (me, until 2026-12-31)]",
        "a mark\\x1b[2J does not count]",
    ]


def test_a_place_without_lines_is_its_path(make: Maker) -> None:
    assert lines(make.result(make.finding("app.pyc", line=None)))[0].startswith("app.pyc  critical")


def test_a_finding_without_a_key_shows_its_message(make: Maker) -> None:
    finding = make.finding(message="the key goes to every visitor")._replace(secret=None)
    assert lines(make.result(finding))[0].endswith("  the key goes to every visitor")


def test_a_commit_is_named(make: Maker) -> None:
    finding = make.finding(commit="0123456789abcdef0123456789abcdef01234567")
    assert lines(make.result(finding))[0].endswith("  commit 0123456789ab")


def test_files_with_several_findings_stand_apart(make: Maker) -> None:
    findings = [make.finding("a"), make.finding("b"), make.finding("b", line=4), make.finding("c")]
    places = [line.split(" ")[0] for line in lines(make.result(*findings))[:6]]
    assert places == ["a:3:9", "", "b:3:9", "b:4:9", "", "c:3:9"]


def test_a_remedy_is_given_once_per_rule(make: Maker) -> None:
    findings = [make.finding(f"{number}.env", number=number) for number in range(30)]
    assert render("text", make.result(*findings)).count("Deactivate the key") == 1


def test_no_remedy_for_what_is_accepted(make: Maker) -> None:
    accepted = make.finding(status=Status.BASELINE)
    text = render("text", make.result(accepted, exit_code=0))
    assert "Deactivate" not in text
    assert "CLEAN  no findings (1 more accepted)" in text


@pytest.mark.parametrize("width", [80, 120])
def test_lines_fit_the_terminal_where_they_can(results: dict[str, Result], width: int) -> None:
    long = [
        line for line in lines(results["findings-incomplete"], width=width) if len(line) > width
    ]
    assert long == []


def test_a_path_is_never_cut(make: Maker) -> None:
    # People click and copy it.
    path = "deploy/" * 20 + "app.env"
    assert lines(make.result(make.finding(path)), width=80)[0] == f"{path}:3:9"


def test_a_pipe_is_never_wrapped(make: Maker) -> None:
    finding = make.finding("d/" * 200 + "x")
    assert "sk-ant-api03" in lines(make.result(finding))[0]


def test_twenty_skips_are_named_and_the_rest_is_counted(make: Maker) -> None:
    skips = tuple(Skip(f"{number:02}.zip", "encrypted") for number in range(23))
    text = render("text", make.result(skips=skips))
    assert text.count(": encrypted\n") == 20
    assert "Not scanned: 23 places in scope\n" in text
    assert "… and 3 more; the json report has all of them\n" in text


def test_what_does_not_count_is_a_number(make: Maker) -> None:
    skips = tuple(Skip(f"link-{number}", "symbolic link", counts=False) for number in range(1200))
    text = render("text", make.result(skips=skips))
    assert "link-" not in text
    assert "Left out by design: 1,200 (links, special files, accepted omissions)\n" in text
    assert "CLEAN" in text


def test_speed_is_left_out_when_the_clock_is_fixed(results: dict[str, Result]) -> None:
    assert "MB/s" in render("text", results["clean"])
    assert "MB/s" not in render("text", results["fixed-clock"])


@pytest.mark.parametrize(
    ("count", "seconds", "speed"),
    [
        (0, 0.0, None),
        (113, 0.05, "under 0.1 MB/s"),
        (12_300_000, 1.0, "12.3 MB/s"),
        (2_147_483_648, 0.5, "4,295 MB/s"),
    ],
)
def test_speed_is_in_megabytes(make: Maker, count: int, seconds: float, speed: str | None) -> None:
    result = make.result(seconds=seconds)
    assert rate(result.stats._replace(bytes=count), result.run) == speed


def test_the_reason_for_tolerating_is_shown(results: dict[str, Result]) -> None:
    assert "exit 0: incomplete, accepted: vault is sealed\n" in render("text", results["tolerated"])


def test_findings_of_an_incomplete_run_say_so(results: dict[str, Result]) -> None:
    text = render("text", results["findings-incomplete"])
    assert "VIOLATIONS  5 findings in what was read: 3 critical, 1 high, 1 medium" in text
    assert "INCOMPLETE  not everything in scope was read\n" in text


def test_without_colour_there_is_no_escape(results: dict[str, Result]) -> None:
    for result in results.values():
        assert "\x1b" not in render("text", result)


def test_colour_only_adds(results: dict[str, Result]) -> None:
    for result in results.values():
        colored = render("text", result, color=True, width=80)
        assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == render("text", result, width=80)
