"""What one task has found, skipped and counted: plain tuples, which workers send home as they are."""

from __future__ import annotations

from antkey_scanner.model import Skip
from antkey_scanner.named import NamedTuple


class Row(NamedTuple):
    """A finding on its way home. offset: in the searched bytes, for what has no line yet; waived: the
    reason that a mark beside it gives; note: what keeps such a mark from counting; blob: the git object
    it is in, by its id in hex, and until that is placed `path` is only what follows the object's own;
    commit, first_seen, refs: as in `Location`; message: what is wrong where that is no key, and then
    sha256 is of the code that it is about; pieces: as in `SecretRef`."""

    path: str
    rule: str
    sha256: str
    kind: str
    hint: str
    encodings: tuple[str, ...]
    offset: int
    line: int | None
    column: int | None
    waived: str | None = None
    note: str | None = None
    blob: str = ""
    commit: str | None = None
    first_seen: str | None = None
    refs: tuple[str, ...] | None = None
    message: str | None = None
    pieces: bytes = b""


def preferred(one: Row, other: Row) -> Row:
    """Of two places of one key in one path the one that is reported: one that no mark waives, for
    marking one place must not waive them all; then the plainest."""
    return other if _rank(other) < _rank(one) else one


class Tally:
    """What was found, skipped and counted. Of the same key in one path one place is kept."""

    __slots__ = ("blobs", "bytes", "files", "rows", "skips")

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str, str], Row] = {}
        self.skips: list[Skip] = []
        self.files = 0
        self.blobs = 0
        self.bytes = 0

    def add(self, row: Row) -> None:
        key = (row.path, row.rule, row.sha256)
        other = self.rows.get(key)
        self.rows[key] = row if other is None else preferred(other, row)

    def skip(self, path: str, reason: str, *, counts: bool = True) -> None:
        self.skips.append(Skip(path, reason, counts))

    def merge_raw(self, raw: Tally, path: str) -> None:
        """Add what the bytes of the archive at `path` showed, but for echoes of what was found in its
        members: the same key again, or the first piece of one that the format has cut."""
        members = [row for row in self.rows.values() if row.path.startswith(f"{path}!/")]
        same = {(row.rule, row.sha256) for row in members}
        heads = {_head_of(row) for row in members}
        for row in raw.rows.values():
            if (row.rule, row.sha256) not in same and _head_of(row) not in heads:
                self.add(row)
        self.skips += raw.skips
        self.blobs += raw.blobs
        self.bytes += raw.bytes


def _head_of(row: Row) -> str:
    return row.hint.partition("…")[0]


def _rank(row: Row) -> tuple[bool, int, int]:
    return row.waived is not None, len(row.encodings), row.offset
