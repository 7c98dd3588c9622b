"""Why a finding does not count is kept in saved results and shown as data, not as markup."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from antkey_reports.load import load
from antkey_reports.registry import names, render
from antkey_scanner.model import Accepted, Status

if TYPE_CHECKING:
    from tests.reports.conftest import Maker

HOSTILE = "<b>*a* \x1b[2J\u202e</b>\n::error::x"
WHYS = (
    Accepted("inline", HOSTILE),
    Accepted("baseline"),
    Accepted("baseline", "sample", "docs team"),
    Accepted("policy", "freeze", "security@example.com", "2026-12-31"),
)


@pytest.mark.parametrize("accepted", WHYS)
def test_it_is_saved_and_read_again(make: Maker, accepted: Accepted) -> None:
    finding = make.finding(status=Status.WAIVED, accepted=accepted, note="see there")
    saved = render("json", make.result(finding))
    (read,) = load(saved, "x").findings
    assert (read.accepted, read.note) == (accepted, "see there")
    assert render("json", load(saved, "x")) == saved


def test_results_without_it_are_read_too(make: Maker) -> None:
    document = json.loads(render("json", make.result(make.finding())))
    del document["findings"][0]["accepted"], document["findings"][0]["note"]
    (read,) = load(json.dumps(document), "x").findings
    assert (read.accepted, read.note) == (None, None)


MARKUP = ("html", "junit", "markdown")
"""The formats of which all is markup."""


@pytest.mark.parametrize("name", names())
def test_no_format_trusts_a_reason(make: Maker, make_key: Callable[..., str], name: str) -> None:
    key = make_key()
    findings = (
        make.finding("a", status=Status.WAIVED, accepted=Accepted("inline", HOSTILE)),
        make.finding("b", status=Status.WAIVED, accepted=Accepted("inline", f"see {key}", key)),
        make.finding("c", note=f"{HOSTILE} {key}"),
    )
    text = render(name, make.result(*findings))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\n::error::" not in text
    assert "<b>" not in text or name not in MARKUP
    assert not any(key[at : at + 12] in text for at in range(13, 97))
