"""What the refs of a repository lead to, each different object as one bit of a number."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from antkey_scanner import system
from antkey_scanner.git import refs
from antkey_scanner.git.repository import Repository
from antkey_scanner.model import Skip

_BITS = 4096
"""So many different objects that refs stand at are told apart at most."""

_NAMED = 5
"""So many refs are named; all are counted."""

_RANKS = (b"refs/heads/", b"refs/remotes/", b"refs/tags/", b"refs/stash", b"refs/", b"")


class Tips:
    """The refs of a repository, stashes in the reflog of `refs/stash` among them.

    tags: what each annotated tag is of; most: bits there may be; the refs beyond them share one, and
    are counted all when one of them leads there. objects: for each bit the ids that its refs lead to, a tag
    and what it is of; skips: refs that could not be read.

    HEAD counts where it is detached. ORIG_HEAD, FETCH_HEAD and the like, and reflogs, do not count.
    """

    def __init__(
        self, repository: Repository, tags: Mapping[bytes, bytes], most: int = _BITS
    ) -> None:
        most = min(most, _BITS)
        self.skips: list[Skip] = []
        self._tags = tags
        self._branch = refs.symbolic_target(repository, b"HEAD")
        self._named: dict[int, tuple[tuple[str, ...], int]] = {}
        by_tip: dict[bytes, list[bytes]] = {}
        for ref in self._refs(repository):
            by_tip.setdefault(ref.oid, []).append(ref.name)
        for names in by_tip.values():
            if len(names) > 1:
                names.sort(key=self._rank)
        ordered = sorted(by_tip.items(), key=lambda each: self._rank(each[1][0]))
        self.objects = [list(self._peeled(oid)) for oid, _ in ordered[:most]]
        self._names = [names for _, names in ordered[:most]]
        if len(ordered) > most:
            self.objects.append([each for oid, _ in ordered[most:] for each in self._peeled(oid)])
            self._names.append([name for _, names in ordered[most:] for name in names])

    def direct(self) -> dict[bytes, int]:
        """For each object that refs lead to, over tags at most, the bits of those refs."""
        found: dict[bytes, int] = {}
        for bit, objects in enumerate(self.objects):
            for oid in objects:
                found[oid] = found.get(oid, 0) | 1 << bit
        return found

    def named(self, reach: int) -> tuple[tuple[str, ...], int]:
        """Some names of the refs whose bits are set, the most telling first, and how many there are."""
        found = self._named.get(reach)
        if found is None:
            found = self._named[reach] = self._name(reach)
        return found

    def _name(self, reach: int) -> tuple[tuple[str, ...], int]:
        first: list[bytes] = []
        more: list[bytes] = []
        count = 0
        for bit, names in enumerate(self._names[: reach.bit_length()]):
            if reach >> bit & 1:
                count += len(names)
                if len(first) < _NAMED:
                    first.append(names[0])
                    more += names[1:_NAMED]
        chosen = (first + more)[:_NAMED]
        return tuple(system.show(os.fsdecode(name)) for name in chosen), count

    def _refs(self, repository: Repository) -> Iterator[refs.Ref]:
        heads: list[refs.Ref] = []
        held: set[bytes] = set()
        for ref in refs.refs(repository):
            if isinstance(ref, Skip):
                self.skips.append(ref)
            elif ref.name.startswith(b"refs/") or b"/refs/" in ref.name:
                held.add(ref.oid)
                yield ref
            elif ref.name == b"HEAD" or ref.name.endswith(b"/HEAD"):
                heads.append(ref)
        yield from (head for head in heads if head.oid not in held)
        for log in refs.reflogs(repository):
            if isinstance(log, Skip):
                self.skips.append(log)
            elif log[0] == b"refs/stash":  # older stashes are in its log only
                for back, oid in enumerate(reversed(log[1][:-1]), 1):
                    yield refs.Ref(b"refs/stash@{%d}" % back, oid)

    def _peeled(self, oid: bytes) -> Iterator[bytes]:
        """An object and what it is a tag of."""
        seen: set[bytes] = set()
        while oid not in seen:
            seen.add(oid)
            yield oid
            oid = self._tags.get(oid, oid)

    def _rank(self, name: bytes) -> tuple[bool, int, bytes]:
        """HEAD's branch first, then other branches, then what is less of a name."""
        for at, prefix in enumerate(_RANKS):
            if name.startswith(prefix):
                return name != self._branch, at, name
        raise AssertionError("every name begins with nothing")
