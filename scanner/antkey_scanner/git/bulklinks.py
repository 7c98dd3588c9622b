"""Keeps which object leads to which, as a scan that reads all objects sees it, by their numbers.

So the trees that lead to what was found are known, and need not be sought in all of them once more.
"""

from __future__ import annotations

import marshal
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from antkey_scanner.git.bulkselection import distinct
from antkey_scanner.git.commits import Commit

if TYPE_CHECKING:
    from antkey_scanner.git.bulkids import BulkIds

_MOST = 128 << 20
"""Bytes; of what is larger nothing is kept."""

_DEEPEST = 512
"""So many steps are gone up from what is wanted."""

_Numbers: TypeAlias = NDArray[np.int32]


def pack_links(
    token: bytes,
    count: int,
    trees: bytes,
    counts: bytes,
    named: bytes,
    commits: list[tuple[bytes, bytes, tuple[bytes, ...], int]],
    tags: list[tuple[bytes, bytes]],
) -> bytes:
    """What one task saw. token: of the `BulkIds` that gave the numbers; count: of all objects of the
    task; trees: their numbers; counts: how many lines each has; named: the numbers in those lines;
    commits: id, tree, parents, date; tags: id, and of what."""
    return marshal.dumps((token, count, trees, counts, named, marshal.dumps((commits, tags))))


class Above(NamedTuple):
    """All that leads to some objects: all commits and tags, and the numbers of trees."""

    commits: dict[bytes, Commit]
    tags: dict[bytes, bytes]
    trees: NDArray[np.int64]


class Links:
    """What all tasks of a scan saw. objects: how many they have to give."""

    def __init__(self, presence: BulkIds, objects: int) -> None:
        self.presence = presence
        self._left = objects
        self._parts: list[tuple[bytes, bytes, bytes, bytes]] = []
        self._size = 0

    def take(self, packed: bytes) -> None:
        """Add what one task saw."""
        token, count, *part = marshal.loads(packed)  # noqa: S302 - from our worker
        if token != self.presence.token:
            return
        self._left -= count
        self._size += len(packed)
        if self._size > _MOST:
            self._parts.clear()
        else:
            trees, counts, named, leads = part
            self._parts.append((trees, counts, named, leads))

    @property
    def whole(self) -> bool:
        """Whether all objects were seen, and what leads where was kept."""
        return not self._left and self._size <= _MOST

    def above(self, wanted: Collection[bytes]) -> Above | None:
        """What leads to these objects; None when that is not known of all of them."""
        numbers = self.presence.numbers_of(b"".join(wanted))
        if not self.whole or (numbers < 0).any():
            return None
        trees, counts, named = (_joined(part[place] for part in self._parts) for place in range(3))
        is_tree = np.zeros(self.presence.count, np.bool_)
        is_tree[trees] = True
        if int(is_tree.sum()) != len(trees):
            return None  # two trees of one id: one of them may be damaged
        above = _above(trees, counts, named, is_tree, numbers)
        if above is None:
            return None
        commits: dict[bytes, Commit] = {}
        tags: dict[bytes, bytes] = {}
        for _, _, _, leads in self._parts:
            some, others = marshal.loads(leads)  # noqa: S302 - from our worker
            commits.update((oid, Commit(tree, parents, date)) for oid, tree, parents, date in some)
            tags.update(others)
        return Above(commits, tags, above)


def _joined(parts: Iterable[bytes]) -> _Numbers:
    return np.frombuffer(b"".join(parts), np.int32)


def _above(
    trees: _Numbers,
    counts: _Numbers,
    named: _Numbers,
    is_tree: NDArray[np.bool_],
    wanted: NDArray[np.int64],
) -> NDArray[np.int64] | None:
    """The numbers of the trees that lead to wanted objects, and of those that are wanted themselves; None
    when they are nested too deeply."""
    sought = np.zeros(len(is_tree) + 1, np.bool_)  # the last for -1, which is none
    sought[wanted] = True
    outer = np.repeat(trees, counts)
    found = is_tree & sought[:-1]
    new = distinct(outer[sought[named]])
    found[new] = True
    folders = (named >= 0) & is_tree[named]
    named, outer = named[folders], outer[folders]
    for _ in range(_DEEPEST):
        if not len(new):
            return np.flatnonzero(found)
        sought[:] = False
        sought[new] = True
        above = distinct(outer[sought[named]])
        new = above[~found[above]]
        found[new] = True
    return None
