"""Tells where found objects stand in the history: paths, earliest commits, and who still has them.

Done for hits only: all commits and trees are read once, whatever the number of hits.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from antkey_scanner import system
from antkey_scanner.git import commits
from antkey_scanner.git.commitgraph import CommitGraph
from antkey_scanner.git.indexed import indexed
from antkey_scanner.git.objects import COMMIT, NAMES, TAG, TREE, Object, ObjectError
from antkey_scanner.git.tips import Tips
from antkey_scanner.git.trail import Trail, pack_trail, unpack_trail
from antkey_scanner.git.treelinks import PATHS, Held, Root, TreeLinks
from antkey_scanner.git.walk import Walk
from antkey_scanner.model import Skip

if TYPE_CHECKING:
    from antkey_scanner.git.bulklinks import Links
    from antkey_scanner.git.commits import Commit
    from antkey_scanner.git.repository import Repository
    from antkey_scanner.git.store import ObjectStore


_FEW = 200
"""So many trees are read one by one."""

_REACH = 1 << 31
"""So many bits tell, for all commits together, which refs reach them: 256 MB."""


class Seen(NamedTuple):
    """One place of an object.

    path: in the repository, as it is printed; `KIND:ID` when no tree has the object, and for commits
    and tags; commit: id of the earliest one that has it there, in hex digits, None when none has;
    author_date: of that commit, RFC 3339 in UTC; refs: names of some refs that reach such a commit;
    ref_count: how many do; dangling: nothing but reflogs leads to it, if anything; in_index: it is
    staged at this path.
    """

    path: str
    commit: str | None
    author_date: str | None
    refs: tuple[str, ...]
    ref_count: int
    dangling: bool
    in_index: bool


class Provenance(NamedTuple):
    """The places of each object, the earliest first, and what could not be read or listed; trail: what
    was read for it, nothing when that cannot be kept."""

    seen: dict[bytes, tuple[Seen, ...]]
    skips: tuple[Skip, ...]
    trail: bytes = b""


def provenance(
    repository: Repository,
    store: ObjectStore,
    hits: Iterable[bytes],
    *,
    trail: bytes = b"",
    fresh: Collection[bytes] = (),
    keep: bool = False,
    links: Links | None = None,
) -> Provenance:
    """Where objects, of any kind, stand in a repository. Every one of `hits` gets a place.

    trail: what an earlier search left; fresh: all objects that are there since; keep: whether to leave
    something for a later one; links: which object leads to which, if all are known.
    """
    wanted = list(dict.fromkeys(hits))
    if not wanted:
        return Provenance({}, ())
    return _Search(repository, store, wanted).run(trail, fresh, links, keep=keep)


class _Search:
    """One search and what it has gathered."""

    def __init__(self, repository: Repository, store: ObjectStore, wanted: list[bytes]) -> None:
        self._repository = repository
        self._store = store
        self._wanted = wanted
        self._links = TreeLinks(wanted, repository.hash_size)
        self._commits: dict[bytes, Commit] = {}
        self._tags: dict[bytes, bytes] = {}
        self._skips: list[Skip] = []
        self._followed = b""

    def run(
        self, trail: bytes, fresh: Collection[bytes], links: Links | None, *, keep: bool
    ) -> Provenance:
        # A million small lists without a cycle among them: looking for cycles costs a sixth.
        collects = gc.isenabled()
        gc.disable()
        try:
            known = bool(trail) and self._follow(trail, fresh)
            if not known and (links is None or not self._climb(links)):
                self._read()
            return self._run(keep=keep)
        finally:
            if collects:
                gc.enable()

    def _run(self, *, keep: bool) -> Provenance:
        graph = CommitGraph(self._commits)
        most = max(64, _REACH // (len(graph.ids) + 1))
        tips = Tips(self._repository, self._tags, most)
        self._skips += tips.skips
        reach = graph.reach(tips.objects)
        roots: dict[bytes, Root] = {}
        leading = self._links.leading()
        for number, tree in enumerate(graph.trees()):
            if tree not in leading:
                continue
            known = roots.get(tree)
            if known is None:
                roots[tree] = Root(number, number, reach[number])
            elif known.reach | reach[number] != known.reach:
                roots[tree] = known._replace(reach=known.reach | reach[number])
        direct = tips.direct()
        for oid, bits in direct.items():
            known = roots.get(oid, Root(-1, None, 0))
            roots[oid] = known._replace(reach=known.reach | bits)
        places = self._links.places(roots)
        staged = self._staged()
        seen: dict[bytes, tuple[Seen, ...]] = {}
        for oid in self._wanted:
            at = graph.numbers.get(oid)
            if at is not None:
                seen[oid] = (self._of_commit(oid, reach[at], tips),)
            elif oid in self._tags:
                seen[oid] = (self._of_tag(oid, direct, tips),)
            else:
                held = self._known(oid, places.get(oid, []), direct)
                seen[oid] = tuple(self._of_file(oid, held, staged.get(oid, []), graph, tips))
        keep = keep and all(len(held) < PATHS for held in places.values())
        return Provenance(
            seen, tuple(dict.fromkeys(self._skips)), self._trail(graph) if keep else b""
        )

    def _trail(self, graph: CommitGraph) -> bytes:
        if self._followed:
            return self._followed
        links = self._links
        sought = frozenset(self._wanted)
        # The last ones first, as `CommitGraph` orders them soonest.
        ordered = {oid: self._commits[oid] for oid in reversed(graph.ids)}
        return pack_trail(Trail(sought, ordered, self._tags, links.seen, tuple(links.edges())))

    def _follow(self, data: bytes, fresh: Collection[bytes]) -> bool:
        """Take what an earlier search read, and read what is fresh. False when that is not enough."""
        trail = unpack_trail(data, self._store)
        if trail is None or not trail.sought.union(fresh).issuperset(self._wanted):
            return False
        self._commits.update(trail.commits)
        self._tags.update(trail.tags)
        self._links.restore(trail.seen, trail.edges)
        for oid in fresh:
            try:
                self._add(self._store.get(oid))
            except ObjectError:
                continue
        if not fresh and trail.sought == frozenset(self._wanted):
            self._followed = data  # nothing is to be added
        return True

    def _climb(self, links: Links) -> bool:
        """Read the trees that lead to what is wanted, and no others. False when they are not known."""
        above = links.above(self._wanted)
        if above is None:
            return False
        self._commits.update(above.commits)
        self._tags.update(above.tags)
        if len(above.trees) > _FEW:
            self._read(1 << TREE, links.presence.others(above.trees))
            return True
        for number in above.trees.tolist():
            try:
                self._add(self._store.get(links.presence.id_of(number)))
            except ObjectError:
                continue
        return True

    def _read(self, kinds: int = 1 << COMMIT | 1 << TREE | 1 << TAG, known: bytes = b"") -> None:
        """All commits, trees and tags, once, but the known ones. What cannot be read was told by the scan
        itself."""
        repository = self._repository
        walk = Walk(
            repository.objects, repository.hash_size, kinds=kinds, known=known, checksums=False
        )
        add = self._links.add
        for piece in walk.plan().pieces:
            for item in walk.run(piece):
                if isinstance(item, Object):
                    if item.kind == TREE:
                        add(item.oid, item.data)
                    else:
                        self._add(item)

    def _add(self, item: Object) -> None:
        """Take note of one object."""
        try:
            if item.kind == TREE:
                self._links.add(item.oid, item.data)
            elif item.kind == COMMIT:
                self._commits[item.oid] = commits.parse(item.data, self._repository.hash_size)
            elif item.kind == TAG:
                self._tags[item.oid] = commits.target(item.data)[0]
        except ObjectError:
            pass  # malformed: it leads nowhere

    def _staged(self) -> dict[bytes, list[bytes]]:
        """The paths of the wanted objects in the indexes of all worktrees."""
        wanted = set(self._wanted)
        found: dict[bytes, list[bytes]] = {}
        for each in indexed(self._repository):
            if isinstance(each, Skip):
                self._skips.append(each)
            elif each[1] in wanted and each[0] not in found.setdefault(each[1], []):
                found[each[1]].append(each[0])
        return found

    def _known(self, oid: bytes, held: list[Held], direct: Mapping[bytes, int]) -> list[Held]:
        """The places in commits; those in trees without a commit only when there are no others."""
        if len(held) >= PATHS:
            self._skips.append(
                Skip(_name(self._store, oid), f"stands at more than {PATHS} paths", counts=False)
            )
        if oid in direct:  # a ref leads to it itself
            held = held or [Held(b"", -1, None, direct[oid])]
        in_commits = [each for each in held if each.commit is not None]
        return sorted(in_commits or held, key=lambda each: (each.order, each.path))

    def _of_file(
        self,
        oid: bytes,
        held: list[Held],
        staged: list[bytes],
        graph: CommitGraph,
        tips: Tips,
    ) -> Iterator[Seen]:
        for each in held:
            commit = None if each.commit is None else graph.ids[each.commit]
            names, count = tips.named(each.reach)
            path = self._shown(each.path) if each.path else _name(self._store, oid)
            in_index = each.path in staged
            date = None if commit is None else self._date(commit)
            yield Seen(
                path,
                None if commit is None else commit.hex(),
                date,
                names,
                count,
                not count and not in_index,
                in_index,
            )
        paths = {each.path for each in held}
        for only in staged:
            if only not in paths:
                yield Seen(self._shown(only), None, None, (), 0, dangling=False, in_index=True)
        if not held and not staged:
            name = _name(self._store, oid)
            yield Seen(name, None, None, (), 0, dangling=True, in_index=False)

    def _of_commit(self, oid: bytes, reach: int, tips: Tips) -> Seen:
        names, count = tips.named(reach)
        path = f"commit:{oid.hex()}"
        return Seen(path, oid.hex(), self._date(oid), names, count, not count, in_index=False)

    def _of_tag(self, oid: bytes, direct: Mapping[bytes, int], tips: Tips) -> Seen:
        names, count = tips.named(direct.get(oid, 0))
        date = self._date(oid, b"\ntagger ")
        return Seen(f"tag:{oid.hex()}", None, date, names, count, not count, in_index=False)

    def _date(self, oid: bytes, field: bytes = b"\nauthor ") -> str | None:
        try:
            return commits.date(self._store.get(oid).data, field)
        except ObjectError:
            return None

    def _shown(self, path: bytes) -> str:
        return system.show(os.fsdecode(path))


def _name(store: ObjectStore, oid: bytes) -> str:
    """How an object without a path is called."""
    try:
        kind = NAMES[store.describe(oid)[0]].decode()
    except (ObjectError, KeyError):
        kind = "object"
    return f"{kind}:{oid.hex()}"
