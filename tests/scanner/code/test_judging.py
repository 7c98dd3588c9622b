"""What is too much for the parser is judged otherwise, and what nobody looked at counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from antkey_rules.code import load_code_rules
from antkey_rules.configuration import load_code_parts
from antkey_scanner.code import judging as module
from antkey_scanner.code.bounded import Answer
from antkey_scanner.code.judging import MOST_BYTES, MOST_READ, Judged, Judging
from antkey_scanner.code.words import Vocabulary
from antkey_scanner.model import Skip

BAD = b"k = tenant.apiKey || process.env.ANTHROPIC_API_KEY;\n"
FILLER = b"var a = 1;\n"
RULE = "tenant-key-or-platform-key"


def judge(data: bytes, judging: Judging | None = None) -> tuple[list[Judged], list[Skip]]:
    judging = judging or Judging(load_code_parts, load_code_rules, Vocabulary())
    both = list(judging.judge("llm.js", lambda size, at: data[at : at + size], len(data)))
    skips = [one for one in both if isinstance(one, Skip)]
    return [one for one in both if isinstance(one, Judged)], skips


def test_a_fallback_far_down_a_file_that_is_too_large_to_be_parsed_is_found() -> None:
    lines = MOST_BYTES // len(FILLER) + 1
    (found,), (skip,) = judge(FILLER * lines + BAD + FILLER)
    assert (found.found.rule, found.found.line, found.found.column) == (RULE, lines + 1, 5)
    assert found.data.splitlines(keepends=True)[found.line - 1] == BAD
    assert skip == Skip(
        "llm.js",
        "not parsed but read statement by statement: it is larger than 2 MiB",
        counts=False,
    )


def test_a_fallback_in_one_line_of_a_bundle_is_found_once() -> None:
    many = b"var a=1;" * (MOST_BYTES // 8)
    data = many + BAD.strip() + many
    (found,), (skip,) = judge(data)
    assert (found.found.line, found.found.column) == (1, len(many) + 5)
    assert not skip.counts


def test_what_is_minified_is_judged_where_keys_are() -> None:
    (found,), (skip,) = judge(b"var a=1;" * 5000 + BAD.strip() + b"var a=1;" * 5000)
    assert found.found.rule == RULE
    assert not skip.counts
    assert skip.reason.endswith("it is minified")


def test_what_is_beyond_all_measure_counts() -> None:
    judging = Judging(load_code_parts, load_code_rules, Vocabulary())
    (skip,) = judging.judge("llm.js", lambda *_: b"", MOST_READ + 1)
    assert isinstance(skip, Skip)
    assert skip.counts


def test_what_fails_as_a_whole_is_judged_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    judging = Judging(load_code_parts, load_code_rules, Vocabulary())
    monkeypatch.setattr(judging._bounded, "judge", lambda *_: Answer(failure="it is too much work"))
    (found,), (skip,) = judge(BAD, judging)
    assert found.found.rule == RULE
    assert skip.reason.endswith("it is too much work")
    assert not skip.counts


def test_what_fails_in_every_way_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    judging = Judging(load_code_parts, load_code_rules, Vocabulary())
    for way in ("judge", "near"):
        monkeypatch.setattr(judging._bounded, way, lambda *_: Answer(failure="it takes too long"))
    assert judge(BAD, judging) == (
        [],
        [Skip("llm.js", "not judged as source code: it takes too long", counts=True)],
    )


def test_a_file_of_nothing_but_keys_ends_and_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_PIECES", 2)
    good = b"k = tenant.anthropicApiKey; d = process.env.ANTHROPIC_API_KEY;\n"
    found, skips = judge(good * (MOST_BYTES // len(good) + 1))
    assert found == []
    assert [skip.counts for skip in skips] == [True]


def test_a_file_of_nothing_but_violations_ends_and_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_FOUND", 5)
    found, skips = judge((BAD + FILLER * 8_000) * 26)
    assert len(found) > 5
    assert len(found) < 26
    assert [skip.counts for skip in skips] == [True]


def test_a_large_file_that_speaks_of_no_tenant_is_no_work(tmp_path: Path) -> None:
    found, (skip,) = judge(b"// anthropic\n" + FILLER * (MOST_BYTES // len(FILLER)))
    assert (found, skip.counts) == ([], False)
