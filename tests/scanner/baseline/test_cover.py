"""Which findings a baseline accepts: the same key at the same path, also where the path has changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.scanner.baseline.conftest import Maker

from antkey_scanner.baseline import accept_findings
from antkey_scanner.model import Accepted, Status

OPEN, BASELINE, WAIVED = Status.OPEN, Status.BASELINE, Status.WAIVED
RENAMED = Maker()


def test_an_accepted_finding_says_by_whom_and_why(make: Maker) -> None:
    entry = make.entry("a.env", reason="sample")._replace(owner="team@example.com")
    (finding,) = accept_findings([make.finding("a.env")], [entry], make.scope())
    assert finding.status is BASELINE
    assert finding.accepted == Accepted("baseline", "sample", "team@example.com")


@pytest.mark.parametrize(
    "changed",
    [
        {"path": "b.env"},
        {"key": 2},
        {"rule": "anthropic-admin-key"},
    ],
)
def test_another_rule_path_or_key_is_open(make: Maker, changed: dict[str, object]) -> None:
    finding = make.finding(**{"path": "a.env", **changed})  # type: ignore[arg-type]
    scope = make.scope(unseen=("a.env",))
    assert accept_findings([finding], [make.entry("a.env")], scope) == (finding,)


def test_lines_and_commits_do_not_matter(make: Maker) -> None:
    entries = [make.entry("a.env")]
    for finding in (make.finding("a.env", line=99), make.finding("a.env", commit="cd" * 20)):
        assert accept_findings([finding], entries, make.scope())[0].status is BASELINE


def test_windows_paths_are_the_same_paths(make: Maker) -> None:
    for entry, path in (("src\\a.env", "src/a.env"), ("src/a.env", "src\\a.env")):
        (finding,) = accept_findings([make.finding(path)], [make.entry(entry)], make.scope())
        assert finding.status is BASELINE


def test_a_key_in_a_path_is_not_compared(make: Maker, make_key) -> None:  # type: ignore[no-untyped-def]
    key = make_key()
    (finding,) = accept_findings(
        [make.finding(f"logs/{key}.txt")], [make.entry("logs/sk-ant-.txt")], make.scope()
    )
    assert finding.status is BASELINE


def test_a_baseline_speaks_of_its_own_folder(make: Maker) -> None:
    findings = [make.finding("a.env")]
    for below, status in (("src/", BASELINE), ("", OPEN), ("other/", OPEN)):
        scope = make.scope(below=below, unseen=("src/a.env",))
        assert accept_findings(findings, [make.entry("src/a.env")], scope)[0].status is status


def test_what_is_waived_stays_waived(make: Maker) -> None:
    waived = make.finding("a.env", status=WAIVED)
    assert accept_findings([waived], [make.entry("a.env")], make.scope()) == (waived,)


def statuses(make: Maker, found: list[str], known: list[str], **scope: tuple[str, ...]) -> str:
    """For each path of one key `b` where the baseline accepts it, else `-`."""
    accepted = accept_findings(
        [make.finding(path) for path in found],
        [make.entry(path) for path in known],
        make.scope(**scope),  # type: ignore[arg-type]
    )
    return "".join("b" if one.status is BASELINE else "-" for one in accepted)


def test_a_moved_key_stays_accepted(make: Maker) -> None:
    assert statuses(make, ["new"], ["old"]) == "b"
    assert statuses(make, ["new1", "new2"], ["old1", "old2"]) == "bb"
    assert statuses(make, ["new"], ["old1", "old2"]) == "b"
    assert statuses(make, ["kept", "new"], ["kept", "old"]) == "bb"


def test_a_copied_key_is_open(make: Maker) -> None:
    assert statuses(make, ["old", "copy"], ["old"]) == "b-"
    assert statuses(make, ["new", "copy"], ["old"]) == "--"
    assert statuses(make, ["new1", "new2", "copy"], ["old1", "old2"]) == "---"


def test_a_key_has_not_moved_from_where_nobody_looked(make: Maker) -> None:
    assert statuses(make, ["new"], ["old"], unseen=("old",)) == "-"
    assert statuses(make, ["new"], ["old"], unseen=("old",), gone=("old",)) == "b"
    assert statuses(make, ["new"], ["old1", "old2"], unseen=("old1", "old2")) == "-"


def test_a_key_has_not_moved_from_where_it_is_waived(make: Maker) -> None:
    findings = [make.finding("old", status=WAIVED), make.finding("new")]
    accepted = accept_findings(findings, [make.entry("old")], make.scope())
    assert [one.status for one in accepted] == [WAIVED, OPEN]


def test_a_key_moves_within_its_rule(make: Maker) -> None:
    finding = make.finding("new", rule="anthropic-admin-key")
    assert accept_findings([finding], [make.entry("old")], make.scope()) == (finding,)


def test_history_holds_the_old_path_of_a_moved_key(make: Maker) -> None:
    findings = [make.finding("old", commit="cd" * 20), make.finding("new", commit="ef" * 20)]
    entries = [make.entry("old")]
    accepted = accept_findings(findings, entries, make.scope(gone=("old",)))
    assert [one.status for one in accepted] == [BASELINE, BASELINE]
    # … but not of one that was copied, nor where there is no work tree to tell the difference.
    for gone in ((), ("old", "new")):
        accepted = accept_findings(findings, entries, make.scope(gone=gone))
        assert [one.status for one in accepted] == [BASELINE, OPEN]


def test_what_was_accepted_in_history_does_not_come_back_under_another_path(make: Maker) -> None:
    entry = make.entry("old", history=True)
    for findings in (
        [make.finding("new")],
        [make.finding("old", commit="cd" * 20), make.finding("new", commit="ef" * 20)],
    ):
        accepted = accept_findings(findings, [entry], make.scope(gone=("old",)))
        assert accepted[-1].status is OPEN


def test_a_finding_without_a_key_is_known_by_what_it_is_about(make: Maker) -> None:
    from hashlib import sha256

    finding = make.finding("a.ts")._replace(secret=None, anchor="new Anthropic({})")
    entry = make.entry("a.ts")._replace(sha256=sha256(b"new Anthropic({})").hexdigest())
    assert accept_findings([finding], [entry], make.scope())[0].status is BASELINE


PLACES = st.sets(st.tuples(st.sampled_from("abcdef"), st.integers(1, 3)), max_size=8)


@given(PLACES, PLACES, st.randoms())
def test_the_order_does_not_matter(found, known, dice) -> None:  # type: ignore[no-untyped-def]
    findings = [RENAMED.finding(path, key) for path, key in sorted(found)]
    entries = [RENAMED.entry(path, key, reason=f"{path}{key}") for path, key in sorted(known)]
    first = accept_findings(findings, entries, RENAMED.scope())
    dice.shuffle(findings)
    dice.shuffle(entries)
    assert set(accept_findings(findings, entries, RENAMED.scope())) == set(first)


@given(PLACES, PLACES)
def test_no_more_places_of_a_key_are_accepted_than_entries_say(found, known) -> None:  # type: ignore[no-untyped-def]
    findings = [RENAMED.finding(path, key) for path, key in sorted(found)]
    entries = [RENAMED.entry(path, key) for path, key in sorted(known)]
    accepted = accept_findings(findings, entries, RENAMED.scope())
    for key in (1, 2, 3):
        mine = RENAMED.hash(key)
        many = [one for one in accepted if one.anchor == mine and one.status is BASELINE]
        assert len(many) <= sum(entry.sha256 == mine for entry in entries)
    for path, key in found & known:
        assert any(
            one.location.path == path and one.anchor == RENAMED.hash(key) and one.accepted
            for one in accepted
        )
