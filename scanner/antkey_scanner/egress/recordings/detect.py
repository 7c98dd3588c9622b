"""Tells a recording's format by its content, and reads it. Compressed ones are read as they are unpacked."""

from __future__ import annotations

import json
import re
from typing import Any

from antkey_scanner.containers import Stream
from antkey_scanner.containers.budget import Budget, Limits
from antkey_scanner.egress.evidence import VERSION_FIELD
from antkey_scanner.egress.recordings import HEAD_BYTES, Items
from antkey_scanner.egress.recordings.faults import READ_ERRORS, reason_of
from antkey_scanner.egress.recordings.joined import Joined
from antkey_scanner.model import Skip
from antkey_scanner.policy.egress import EgressPolicy

_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_MARK = b"\xef\xbb\xbf"
_BLANKS = " \t\r\n"
_WIDE = (b"\xff\xfe", b"\xfe\xff")

_DOCUMENTS = ("log", "interactions", "resourceSpans")
_FIRST_FIELD = re.compile(r'\s*\{\s*"(?P<name>[^"\\]{1,100})"\s*:')
_LIST_FIELD = re.compile(r'"(?:interactions|resourceSpans|entries)"\s*:\s*\[|"log"\s*:\s*\{')
_CASSETTE = re.compile(r"^(?:interactions|version):", re.MULTILINE)
_MOST_LINES = 50

_STRANGE = "is no recording that is known: HAR, JSON lines, a vcrpy cassette, OTLP JSON or a log"
_RATIO, _FLOOR = 300, 32 << 20
"""A log packs to a thirtieth; what packs to less than a three-hundredth is there to take up time."""

LEAST_CUT = 32 << 20
"""Shorter ones are not worth the start of other processes."""

_DEEPEST = 4
"""So often a recording may be packed."""


class Recording:
    """A recording of which the start has been read. is_evidence: it is antkey's own, so that it says
    itself whose its keys were; keeps_answers: it is of a kind that may tell of web pages and keep bodies of
    answers; can_be_cut: it is long, and of lines that stand in the file as they are and may be read in any
    order."""

    def __init__(self, stream: Stream, shown: str, size: int) -> None:
        """size: the file's, in bytes; what it unpacks to is limited by it."""
        self._shown = shown
        self._problem: str | None = None
        self._format = ""
        self._stream = stream
        self._head = b""
        try:
            self._open(Budget(Limits(ratio=_RATIO, ratio_floor=_FLOOR), size))
        except READ_ERRORS as error:
            self._problem = reason_of(error)
        if self._problem is None:
            self._format = format_of(self._head)
        self.keeps_answers = self._format in ("json document", "cassette")
        is_packed = self._stream is not stream
        self.is_evidence = self._format == "json lines" and _is_evidence(self._head)
        is_long = size >= LEAST_CUT and not is_packed
        self.can_be_cut = is_long and self._format == "json lines" and not self.is_evidence

    def items(self, policy: EgressPolicy) -> Items:
        """The requests, and what could not be read."""
        if self._problem is not None:
            return iter((Skip(self._shown, self._problem),))
        given = (self._stream, self._head, self._shown, policy)
        match self._format:
            case "json lines":
                from antkey_scanner.egress.recordings import json_lines

                return json_lines.read(*given)
            case "json document":
                from antkey_scanner.egress.recordings import json_document

                return json_document.read(*given)
            case "cassette":
                from antkey_scanner.egress.recordings import cassette_yaml

                return cassette_yaml.read(*given)
            case "access log":
                from antkey_scanner.egress.recordings import access_log

                return access_log.read(*given)
            case "empty":
                return iter(())
            case _:
                return iter((Skip(self._shown, _STRANGE),))

    def _open(self, budget: Budget) -> None:
        for _ in range(_DEEPEST):
            self._head = _read_head(self._stream)
            if self._head.startswith(_GZIP):
                from antkey_scanner.containers import gzip as packed
            elif self._head.startswith(_ZSTD):
                from antkey_scanner.containers import zstd as packed  # type: ignore[no-redef]
            else:
                return
            self._stream = packed.open_stream(Joined(self._stream, self._head), budget)
        self._problem = "is packed more often than four times"


def format_of(head: bytes) -> str:
    """The format that a recording's start is of; "" for none that is known."""
    if head.startswith(_WIDE) or b"\0" in head:
        return ""
    text = head.removeprefix(_MARK).decode("utf-8", "replace")
    start = text.lstrip(_BLANKS)
    if not start:
        # Blank lines without end may have something behind them.
        return "empty" if len(head) < HEAD_BYTES else "json lines"
    if start[0] == "[":
        return "json document"
    lines = [line for line in start.split("\n")[:_MOST_LINES] if line.strip(_BLANKS)]
    if start[0] == "{" and _is_document(start, lines):
        return "json document"
    if any(line.startswith("{") and _object(line) is not None for line in lines):
        return "json lines"
    if start[0] == "{":
        # One long line, or one that is cut or broken.
        return "json lines" if _FIRST_FIELD.match(start) else "json document"
    if _CASSETTE.search(text):
        return "cassette"
    from antkey_scanner.egress.recordings.access_log import is_log

    return "access log" if any(map(is_log, lines)) else ""


def _is_document(start: str, lines: list[str]) -> bool:
    """Whether what starts with a brace is one document, and not lines of objects."""
    first = _object(lines[0])
    if first is not None:
        # Several exports may follow each other, one on a line.
        return "interactions" in first or _is_har(first)
    field = _FIRST_FIELD.match(start)
    if field is not None and field["name"] in _DOCUMENTS:
        return True
    return len(lines[0].strip()) < len('{"":0}') or _LIST_FIELD.search(start) is not None


def _is_har(value: dict[str, Any]) -> bool:
    log = value.get("log")
    return isinstance(log, dict) and "entries" in log


def _object(line: str) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _is_evidence(head: bytes) -> bool:
    lines = head.removeprefix(_MARK).decode("utf-8", "replace").split("\n")
    first = next((line for line in lines if line.strip(_BLANKS)), "")
    found = _object(first)
    return found is not None and VERSION_FIELD in found


def _read_head(stream: Stream) -> bytes:
    pieces, wanted = [], HEAD_BYTES
    while wanted > 0 and (piece := stream.read(wanted)):
        pieces.append(piece)
        wanted -= len(piece)
    return b"".join(pieces)
