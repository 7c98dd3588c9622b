"""A finding is recognised from run to run, and only then."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from antkey_reports.mask import masked
from antkey_scanner.fingerprint import fingerprint
from antkey_scanner.model import Status

if TYPE_CHECKING:
    from tests.reports.conftest import Maker


def test_it_is_the_hash_of_rule_path_and_anchor(make: Maker) -> None:
    finding = make.finding("deploy/app.env")
    text = f"anthropic-api-key\0deploy/app.env\0{finding.anchor}"
    assert fingerprint(finding) == sha256(text.encode()).hexdigest()


def test_line_message_commit_and_status_do_not_matter(make: Maker) -> None:
    finding = make.finding()
    other = make.finding(
        line=99,
        column=1,
        message="reworded",
        commit="c0ffee",
        decoded=("hex",),
        status=Status.WAIVED,
    )
    assert fingerprint(other) == fingerprint(finding)


def test_rule_path_and_key_matter(make: Maker) -> None:
    several = [
        make.finding(),
        make.finding("other/app.env"),
        make.finding(number=2),
        make.finding(rule=make.rule("another")),
    ]
    assert len({fingerprint(finding) for finding in several}) == 4


def test_it_is_the_same_on_windows(make: Maker) -> None:
    assert fingerprint(make.finding("deploy\\app.env")) == fingerprint(
        make.finding("deploy/app.env")
    )


@given(path=st.text(max_size=20), anchor=st.text(max_size=20), number=st.integers(0, 9))
def test_parts_cannot_be_shifted_into_each_other(
    make: Maker, path: str, anchor: str, number: int
) -> None:
    finding = make.finding("a")._replace(anchor=f"b\0{anchor}")
    shifted = make.finding("a\0b")._replace(anchor=anchor)
    assert fingerprint(finding) != fingerprint(shifted)
    assert len(fingerprint(make.finding(path)._replace(anchor=anchor))) == 64


def test_lone_surrogates_are_hashed(make: Maker) -> None:
    assert fingerprint(make.finding("a\udcff")) != fingerprint(make.finding("a\udcfe"))


def test_masking_a_key_in_the_path_does_not_change_it(
    make: Maker, make_key: Callable[..., str]
) -> None:
    finding = make.finding(f"mail/{make_key()}.eml\udcff")._replace(anchor=f"use({make_key()})")
    assert masked(finding) != finding
    assert fingerprint(masked(finding)) == fingerprint(finding)
