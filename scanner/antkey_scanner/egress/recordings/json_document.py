"""Recordings that are one JSON document: HAR, a cassette, an OpenTelemetry export, a list of records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from antkey_scanner.containers import Stream
from antkey_scanner.egress.recordings import Item, Items, cassette, har
from antkey_scanner.egress.recordings.document import Broken, Document, Part
from antkey_scanner.egress.recordings.faults import Faults
from antkey_scanner.egress.recordings.json_lines import Records
from antkey_scanner.egress.recordings.otlp import Spans
from antkey_scanner.egress.recordings.whole import Seen, Whole
from antkey_scanner.model import Skip
from antkey_scanner.policy.egress import EgressPolicy

_ENTRY = "an entry that is no request; mend the recording"
_STRANGE = "is no recording that is known: HAR, JSON lines, a vcrpy cassette, OTLP JSON or a log"

_LATE = (
    "names its browser behind its entries, which were not judged as a web page's; put log.creator and"
    " log.browser first"
)


def read(stream: Stream, head: bytes, shown: str, policy: EgressPolicy) -> Items:
    """One request for each element that is one."""
    reading = _Reading(shown, policy)
    try:
        for part in Document(stream, head).parts():
            yield from reading.items(part)
    except Broken as broken:
        yield Skip(shown, f"line {broken.line:,}: {broken.problem}; what follows was not read")
    yield from reading.rest()


class _Reading:
    """What is known of a document so far."""

    def __init__(self, shown: str, policy: EgressPolicy) -> None:
        self._shown = shown
        self._policy = policy
        self._faults = Faults(shown)
        self._recorder = har.Recorder()
        self._whole: Whole | None = None
        self._records = Records(shown, policy)
        self._spans = Spans(shown, policy)
        self._around: dict[str, Any] = {}
        self._is_known = False
        self._is_late = False

    def items(self, part: Part) -> Iterator[Item]:
        """What a part of the document tells."""
        match part.path:
            case ("log", "creator" | "browser"):
                was_browser = self._recorder.is_browser
                self._recorder.read(part.value)
                self._is_late |= self._whole is not None and self._recorder.is_browser > was_browser
            case () | ("log", "entries") | ("interactions",) | ("resourceSpans",):
                self._is_known = isinstance(part.value, list)
            case ("log", "entries", "*"):
                seen = har.seen(part.value, self._shown, part.line, self._recorder)
                yield from self._seen(seen, part.line, is_trusted=True)
            case ("interactions", "*"):
                seen = cassette.seen(part.value, self._shown, part.line)
                yield from self._seen(seen, part.line, is_trusted=False)
            case ("resourceSpans", "*", "resource"):
                self._is_known = True
                self._around = self._spans.attributes(part.value)
            case ("resourceSpans", "*", _, "*", "spans", "*"):
                yield from self._span(part)
            case ("*",):
                self._is_known = True
                if isinstance(part.value, dict):
                    yield from self._records.items(part.value, part.line, self._faults)
                else:
                    yield from self._faults.at(part.line, _ENTRY)
            case _:
                pass

    def rest(self) -> Iterator[Item]:
        """What could only be told at the end."""
        if self._whole is not None:
            yield from self._whole.rest()
        yield from self._faults.rest()
        if not self._is_known:
            yield Skip(self._shown, _STRANGE)
        if self._is_late:
            yield Skip(self._shown, _LATE)

    def _seen(self, seen: Seen | None, line: int, *, is_trusted: bool) -> Iterator[Item]:
        """is_trusted: those who write such recordings, browsers aside, leave no headers out."""
        self._is_known = True
        if seen is None:
            yield from self._faults.at(line, _ENTRY)
            return
        if self._whole is None:
            self._whole = Whole(self._policy, is_trusted=is_trusted and not seen.browser)
        yield from self._whole.requests(seen)

    def _span(self, part: Part) -> Iterator[Item]:
        self._is_known = True
        if not isinstance(part.value, dict):
            yield from self._faults.at(part.line, _ENTRY)
            return
        request = self._spans.of_span(part.value, self._around, part.line)
        if request is not None:
            yield request
