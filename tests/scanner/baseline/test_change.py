"""Creating adds and loses nothing; pruning takes out only what was looked for and is gone."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st
from tests.scanner.baseline.conftest import Maker

from antkey_scanner.baseline import Entry
from antkey_scanner.baseline.change import Change, created, pruned
from antkey_scanner.baseline.read import parse, text_of
from antkey_scanner.model import Finding, Status

NOW = "2026-11-20T12:00:00Z"
RULES = ("anthropic-api-key",)
MAKE = Maker()


def paths(change: Change) -> list[str]:
    return [entry.path for entry in change.entries]


def test_what_is_open_is_added_with_the_time(make: Maker) -> None:
    change = created([], [make.finding("b"), make.finding("a", 2)], make.scope(below="x/"), NOW)
    assert change.entries == (
        make.entry("x/a", 2)._replace(added_at=NOW),
        make.entry("x/b")._replace(added_at=NOW),
    )
    assert (change.added, change.moved, change.removed, change.kept) == (2, 0, 0, 0)


def test_what_is_accepted_elsewhere_is_not_added(make: Maker) -> None:
    waived = make.finding("a", status=Status.WAIVED)
    assert created([], [waived], make.scope(), NOW).entries == ()


def test_what_was_there_stays_with_its_reason(make: Maker) -> None:
    known = make.entry("a", reason="sample")._replace(owner="me", added_at="2026-01-01T00:00:00Z")
    change = created([known], [make.finding("a"), make.finding("b", 2)], make.scope(), NOW)
    assert known in change.entries
    assert (change.added, change.kept) == (1, 1)
    assert created([known], [], make.scope(), NOW).entries == (known,)


def test_a_moved_entry_keeps_its_reason(make: Maker) -> None:
    known = make.entry("old", reason="sample")
    for change in (
        created([known], [make.finding("new")], make.scope(), NOW),
        pruned([known], [make.finding("new")], make.scope(), RULES),
    ):
        assert change.entries == (known._replace(path="new"),)
        assert (change.added, change.moved, change.removed, change.kept) == (0, 1, 0, 0)


def test_a_key_that_has_moved_leaves_its_entry_in_history(make: Maker) -> None:
    findings = [make.finding("old", commit="cd" * 20), make.finding("new", commit="ef" * 20)]
    change = created([make.entry("old")], findings, make.scope(gone=("old",)), NOW)
    assert change.entries == (make.entry("new"), make.entry("old", history=True))


def test_what_stands_in_history_only_is_remembered_as_such(make: Maker) -> None:
    findings = [make.finding("gone", commit="cd" * 20), make.finding("here", 2, commit="cd" * 20)]
    change = created([], findings, make.scope(gone=("gone",)), NOW)
    assert [(entry.path, entry.history) for entry in change.entries] == [
        ("gone", True),
        ("here", False),
    ]


def test_what_is_left_in_history_only_is_marked_as_such(make: Maker) -> None:
    findings = [make.finding("gone", commit="cd" * 20)]
    scope = make.scope(gone=("gone",), history=True)
    for change in (
        created([make.entry("gone")], findings, scope, NOW),
        pruned([make.entry("gone")], findings, scope, RULES),
    ):
        assert change.entries == (make.entry("gone", history=True),)


def test_no_key_in_a_path_is_written(make: Maker, make_key) -> None:  # type: ignore[no-untyped-def]
    key = make_key()
    change = created([], [make.finding(f"logs/{key}.txt")], make.scope(), NOW)
    assert paths(change) == ["logs/sk-ant-.txt"]
    again = created(change.entries, [make.finding(f"logs/{key}.txt")], make.scope(), NOW)
    assert again.entries == change.entries


def test_pruning_takes_out_what_is_gone(make: Maker) -> None:
    entries = [make.entry("a"), make.entry("b", 2), make.entry("c", 3)]
    change = pruned(entries, [make.finding("b", 2)], make.scope(), RULES)
    assert change.entries == (make.entry("b", 2),)
    assert (change.removed, change.kept) == (2, 1)


def test_pruning_keeps_what_was_not_looked_at(make: Maker) -> None:
    entries = [
        make.entry("elsewhere"),
        make.entry("here", rule="their-own-rule"),
        make.entry("past", history=True),
    ]
    assert pruned(entries, [], make.scope(unseen=("elsewhere",)), RULES).removed == 0
    assert paths(pruned(entries, [], make.scope(), RULES)) == ["here", "past"]
    assert paths(pruned(entries, [], make.scope(history=True), RULES)) == ["here"]


def test_pruning_keeps_what_a_mark_waives_as_well(make: Maker) -> None:
    waived = make.finding("a", status=Status.WAIVED)
    assert pruned([make.entry("a")], [waived], make.scope(), RULES).removed == 0


def test_an_entry_that_stands_twice_is_kept_once_the_first(make: Maker) -> None:
    entries = [make.entry("a", reason="first"), make.entry("a", reason="second")]
    assert created(entries, [], make.scope(), NOW).entries == (entries[0],)


ENTRIES = st.lists(
    st.builds(
        lambda path, key, reason, history: MAKE.entry(path, key, reason=reason, history=history),
        st.sampled_from(["a", "b/c", "d!/e", "ü/\\xe9", "../f"]),
        st.integers(1, 4),
        st.one_of(
            st.none(), st.text(st.characters(codec="utf-8"), min_size=1).map(lambda t: f"r{t}")
        ),
        st.booleans(),
    ),
    max_size=8,
)
FINDINGS = st.lists(
    st.builds(MAKE.finding, st.sampled_from(["a", "b/c", "g", "h"]), st.integers(1, 4)),
    max_size=8,
    unique_by=lambda finding: (finding.location.path, finding.anchor),
)


@given(ENTRIES, FINDINGS)
def test_creating_again_changes_nothing(entries: list[Entry], findings: list[Finding]) -> None:
    once = created(entries, findings, MAKE.scope(), NOW)
    again = created(once.entries, findings, MAKE.scope(), "2027-01-01T00:00:00Z")
    assert again.entries == once.entries
    assert (again.added, again.moved, again.removed) == (0, 0, 0)


@given(ENTRIES, FINDINGS, FINDINGS)
def test_two_runs_come_to_the_same_in_either_order(
    entries: list[Entry], one: list[Finding], other: list[Finding]
) -> None:
    # Both have looked at everything in sight, so no entry moves: what is there is theirs together.
    scope = MAKE.scope(unseen=tuple({entry.path for entry in entries} | {"a", "b/c", "g", "h"}))
    first = created(created(entries, one, scope, NOW).entries, other, scope, NOW)
    second = created(created(entries, other, scope, NOW).entries, one, scope, NOW)
    assert first.entries == second.entries
    assert {entry.identity for entry in first.entries} >= {entry.identity for entry in entries}


@given(ENTRIES, FINDINGS)
def test_pruning_after_creating_leaves_what_is_found(
    entries: list[Entry], findings: list[Finding]
) -> None:
    full = created(entries, findings, MAKE.scope(), NOW)
    left = pruned(full.entries, findings, MAKE.scope(history=True), RULES)
    assert {(entry.path, entry.sha256) for entry in left.entries} == {
        (finding.location.path, finding.anchor) for finding in findings
    }


@given(ENTRIES, FINDINGS)
def test_what_is_written_is_read_back(entries: list[Entry], findings: list[Finding]) -> None:
    written = created(entries, findings, MAKE.scope(), NOW).entries
    text = text_of(written)
    assert parse(text.encode(), "x") == written
    assert text.isascii()
    shuffled = list(written)
    random.Random(1).shuffle(shuffled)
    assert text_of(created(shuffled, [], MAKE.scope(), NOW).entries) == text
