"""A scenario without a request leaves a line of evidence, and only that line shows that there was none."""

from __future__ import annotations

import io
import json

import pytest
from tests.scanner.egress.recordings.reading import at

from antkey_scanner.egress.evidence import silence_from_json, silence_to_json
from antkey_scanner.egress.reach import out_of_reach_of_records
from antkey_scanner.egress.recordings.detect import Recording
from antkey_scanner.egress.records import Silent
from antkey_scanner.model import Skip
from antkey_scanner.policy.egress import EgressPolicy

LINE = silence_to_json("no-key", ["acme"], at("2026-11-20T12:00:00Z"))


def test_what_is_written_is_read_again() -> None:
    recording = Recording(io.BytesIO(f"{LINE}\n".encode()), "run.jsonl", len(LINE) + 1)
    assert recording.is_evidence
    assert list(recording.items(EgressPolicy())) == [Silent("no-key", at("2026-11-20T12:00:00Z"))]


@pytest.mark.parametrize(
    "change",
    [
        {"antkey": 2},
        {"requests": 1},
        {"requests": None},
        {"scenario": None},
        {"scenario": ["no-key"]},
        {"host": "api.anthropic.com"},
    ],
)
def test_nothing_else_is_taken_for_silence(change: dict[str, object]) -> None:
    assert silence_from_json(json.loads(LINE) | change) is None


def test_a_line_of_another_version_is_a_skip() -> None:
    text = LINE.replace('"antkey":1', '"antkey":2')
    (found,) = Recording(io.BytesIO(text.encode()), "run.jsonl", len(text)).items(EgressPolicy())
    assert isinstance(found, Skip)
    assert found.counts


def test_without_a_recorded_fault_no_fallback_can_show() -> None:
    off = out_of_reach_of_records(EgressPolicy(), [], faults=False)
    assert "--scenario 429" in off["egress-fallback-on-error"]
    assert "egress-fallback-on-error" not in out_of_reach_of_records(
        EgressPolicy(), [], faults=True
    )
