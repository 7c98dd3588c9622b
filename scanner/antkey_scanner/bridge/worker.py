"""One process's share of the bridge: opens text files, has the detectors run, makes rows of what they
find.

What antkey's own rules see in the same text is theirs. A secret's text ends here.
"""

from __future__ import annotations

import codecs
import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from antkey_scanner import system
from antkey_scanner.bridge.adapter import Adapter, Secret, Unavailable
from antkey_scanner.bridge.baseline import FILE_NAME, Baseline
from antkey_scanner.bridge.limit import TookTooLong, limited
from antkey_scanner.bridge.plan import ACCEPTED, Plan
from antkey_scanner.containers import HEAD_BYTES, detect
from antkey_scanner.git.objects import BLOB, ObjectError
from antkey_scanner.git.store import ObjectStore
from antkey_scanner.inline import judge, marks_beside
from antkey_scanner.model import Skip
from antkey_scanner.search import Searcher
from antkey_scanner.tally import Row, Tally
from antkey_scanner.tasks import Files, Objects, Outcome, Task
from antkey_scanner.windows import BytesWindows

LARGEST = 8 << 20
"""A larger file is not searched by detectors that take a second for each megabyte, and says so."""

_TOO_LARGE = f"larger than {LARGEST >> 20} MiB"
_SHORTEST_HINTED = 20
_SHORTEST_PART = 8
_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class _Text(NamedTuple):
    """A text in lines, and where each begins in its UTF-8 form."""

    whole: str
    data: bytes
    starts: tuple[int, ...]

    def line(self, number: int) -> bytes:
        stop = self.starts[number] - 1 if number < len(self.starts) else len(self.data)
        return self.data[self.starts[number - 1] : stop]


class BridgeWorker:
    """The detectors, ready to run over one batch of files after another."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._searcher = Searcher(plan.rules, visible=plan.visible)
        self._compiled: dict[bytes, re.Pattern[bytes]] = {}
        self._unavailable: list[str] = []
        self._accepted = _by_path(plan.baseline)
        self._places = dict(plan.places)
        self._adapter = self._make_adapter()
        self._tally = Tally()

    def _make_adapter(self) -> Adapter:
        """The detectors that the installed detect-secrets has; those that it lacks are told."""
        able = []
        for chosen in self._plan.detectors:
            try:
                Adapter((chosen,))
            except Unavailable as error:
                self._unavailable.append(str(error))
            else:
                able.append(chosen)
        baseline = self._plan.baseline
        if baseline is None:
            return Adapter(able)
        return Adapter(able, baseline.heuristics, baseline.excludes)

    def run(self, task: Task) -> Outcome:
        """Search the files of one task. Never raises for what was scanned: that is a `Skip`."""
        self._tally = Tally()
        self._tally.skips += [Skip("detect-secrets", reason) for reason in self._unavailable]
        match task:
            case Files(folders):
                for folder, shown, names in folders:
                    self._folder(folder, shown, names)
            case Objects(folders, hash_size, oids):
                store = ObjectStore(folders, hash_size)
                for oid in oids:
                    self._object(store, oid)
            case _:
                pass  # larger files and histories are cut for antkey's own search only
        return Outcome(rows=tuple(self._tally.rows.values()), skips=tuple(self._tally.skips))

    def _folder(self, path: str, shown: str, names: Sequence[str]) -> None:
        try:
            folder = system.Folder.open(path)
        except OSError:
            return  # the scan itself has said so
        try:
            for name in names:
                self._file(folder, shown, name)
        finally:
            folder.close()

    def _file(self, folder: system.Folder, shown: str, name: str) -> None:
        try:
            data = self._read(folder, shown, name)
        except OSError:
            return  # the scan itself has said so
        if data is not None:
            self.search(system.show(shown + name), os.path.join(folder.path, name), data)

    def _read(self, folder: system.Folder, shown: str, name: str) -> bytes | None:
        """A file's content, None when it is no text or not to be read."""
        descriptor, status = folder.open_file(name)
        try:
            limit = self._plan.max_file_size
            if limit is not None and status.st_size > limit:
                return None
            head = system.read_at(descriptor, HEAD_BYTES, 0)
            if not _is_text(head):
                return None
            if status.st_size > LARGEST:
                self._skip(shown + name, _TOO_LARGE)
                return None
            return system.read_at(descriptor, LARGEST, 0)
        finally:
            os.close(descriptor)

    def _object(self, store: ObjectStore, oid: bytes) -> None:
        try:
            found = store.get(oid)
        except ObjectError:
            return  # the scan itself has said so
        head = found.data[:HEAD_BYTES]
        if found.kind != BLOB or not _is_text(head):
            return
        for path in self._places.get(oid, ()):
            if len(found.data) > LARGEST:
                self._skip(path, _TOO_LARGE)
            else:
                real = os.path.join(self._plan.top, path)
                self.search(path, real, found.data, blob=oid.hex())

    def _skip(self, path: str, reason: str) -> None:
        self._tally.skip(system.show(path), f"not searched by detect-secrets: {reason}")

    def search(self, path: str, real: str, data: bytes, blob: str = "") -> None:
        """Search the content of one file. path: as it is shown; real: where it lies; blob: the git object
        it is from."""
        text = _text(data)
        if text is None:
            return
        below = self._below(real)
        if below == FILE_NAME or self._adapter.leaves_out(real):
            return
        found: list[Secret] = []
        try:
            with limited(self._plan.seconds):
                found += self._adapter.secrets(real, text.whole)
        except TookTooLong:
            self._skip(path, f"its detectors took longer than {self._plan.seconds:g} s")
        except Exception as error:  # noqa: BLE001 - a detector's bug must not stop the rest, nor pass
            self._skip(path, f"its detectors failed ({type(error).__name__})")
        self._report(Row(path, "", "", "", "", (), 0, None, None, blob=blob), below, text, found)

    def _below(self, real: str) -> str | None:
        """A file's path as the baseline names it; None when it lies elsewhere."""
        baseline = self._plan.baseline
        if baseline is None:
            return None
        folder = os.path.join(baseline.folder, "")
        return real[len(folder) :].replace(os.sep, "/") if real.startswith(folder) else None

    def _report(self, empty: Row, below: str | None, text: _Text, found: list[Secret]) -> None:
        listed = self._accepted.get(below or "", set())
        if not found and not listed:
            return
        ours = list(self._ours(text))
        for rule, key in ours:
            if any(digest == _sha1(key) for _, digest in listed):
                self._accept(empty, rule, key)
        keys = [key for _, key in ours]
        for secret in dict.fromkeys(found):
            encoded = secret.text.encode("utf-8", "surrogatepass")
            if any(_overlap(encoded, key) for key in keys):
                continue
            self._add(empty, text, secret, encoded)
            # An entry for nothing but a prefix would accept every other token in the file as well.
            if not secret.cut and (secret.type, _sha1(encoded)) in listed:
                self._accept(empty, secret.rule, encoded)

    def _ours(self, text: _Text) -> Iterator[tuple[str, bytes]]:
        """(rule, key) of what antkey's own rules see in plain sight."""
        from antkey_scanner.secret import key_text

        for match in self._searcher.search(text.data).matches:
            if match.encodings:
                continue
            source = match.rule.pattern
            pattern = self._compiled.setdefault(source, re.compile(source, re.VERBOSE))
            found = pattern.match(text.data, match.start)
            if found is not None:
                yield match.rule.rule.id, key_text(found)

    def _accept(self, empty: Row, rule: str, key: bytes) -> None:
        digest = hashlib.sha256(key).hexdigest()
        self._tally.add(empty._replace(rule=ACCEPTED + rule, sha256=digest))

    def _add(self, empty: Row, text: _Text, secret: Secret, encoded: bytes) -> None:
        line = text.line(secret.line)
        within = max(0, line.find(encoded))
        at = text.starts[secret.line - 1] + within
        marks = marks_beside(BytesWindows(text.data), at, len(encoded), (), self._plan.marks)
        waived, note = judge(marks, secret.rule)
        row = empty._replace(
            rule=secret.rule,
            sha256=hashlib.sha256(encoded).hexdigest(),
            kind=secret.rule.removeprefix("detect-secrets-"),
            hint=_hint(secret.text),
            offset=at,
            line=secret.line,
            column=len(line[:within].decode("utf-8", "replace")) + 1,
            waived=waived,
            note=note,
        )
        self._tally.add(row)


def _by_path(baseline: Baseline | None) -> dict[str, set[tuple[str, str]]]:
    """(type, SHA-1) of what the baseline accepts, by path."""
    rows: dict[str, set[tuple[str, str]]] = {}
    for path, kind, digest in baseline.accepted if baseline is not None else ():
        rows.setdefault(path, set()).add((kind, digest))
    return rows


def _is_text(head: bytes) -> bool:
    return detect(head) is None and (b"\0" not in head or head.startswith(_BOMS))


def _text(data: bytes) -> _Text | None:
    """The text in a file's bytes, None when it is binary."""
    if data.startswith(_BOMS):
        whole = data.decode("utf-16", "replace")
    elif b"\0" in data:
        return None
    else:
        whole = data.decode("utf-8-sig", "replace")
    whole = whole.replace("\r\n", "\n").replace("\r", "\n")
    encoded = whole.encode("utf-8", "replace")
    starts = accumulate((len(line) + 1 for line in encoded.split(b"\n")), initial=0)
    return _Text(whole, encoded, tuple(starts)[:-1])


def _overlap(one: bytes, other: bytes) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) >= _SHORTEST_PART and shorter in longer


def _sha1(key: bytes) -> str:
    return hashlib.sha1(key, usedforsecurity=False).hexdigest()


def _hint(secret: str) -> str:
    """Of a long secret its first three and last four characters, of a short one, which may be somebody's
    password, nothing."""
    return f"{secret[:3]}…{secret[-4:]}" if len(secret) >= _SHORTEST_HINTED else "…"
