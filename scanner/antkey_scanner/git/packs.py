"""Finds the packs of an `objects` folder and opens each with its index.

A pack without an `.idx` is opened with what a `multi-pack-index` says of it. Otherwise that file
adds nothing, every pack that git writes having an index of its own.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from antkey_scanner import system
from antkey_scanner.git.objects import CorruptObject, Problem
from antkey_scanner.git.pack import Pack
from antkey_scanner.git.packindex import PackIndex
from antkey_scanner.named import NamedTuple

MULTI = "multi-pack-index"
_PACK, _INDEX = ".pack", ".idx"


class Listing(NamedTuple):
    """The packs of a folder, by path and sorted, and what lies there and is none."""

    packs: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def list_packs(objects: str) -> Listing:
    """The packs below an `objects` folder. One without a `pack` folder has none."""
    folder = os.path.join(objects, "pack")
    try:
        with system.Folder.open(folder) as opened:
            names = {entry.name for entry in opened.listing()}
    except FileNotFoundError:
        return Listing()
    except OSError as error:
        reason = "is a link" if os.path.islink(folder) else f"cannot be read: {error.strerror}"
        return Listing(problems=(Problem(folder, reason),))
    packs = sorted(name for name in names if name.endswith(_PACK) and not _left_over(name))
    return Listing(
        tuple(os.path.join(folder, name) for name in packs), tuple(_problems(folder, names))
    )


def _problems(folder: str, names: set[str]) -> Iterable[Problem]:
    for name in sorted(names):
        path = os.path.join(folder, name)
        if _left_over(name):
            yield Problem(path, "was left over when git was interrupted; not read")
        elif name.endswith(_INDEX) and name[: -len(_INDEX)] + _PACK not in names:
            yield Problem(path, "is the index of a pack that is not there")


def _left_over(name: str) -> bool:
    return name.startswith(("tmp_pack_", "tmp_idx_", ".tmp-"))


def index_path(pack_path: str) -> str:
    """Where the index of a pack lies."""
    return pack_path[: -len(_PACK)] + _INDEX


def open_pack(path: str, hash_size: int) -> Pack | Problem:
    """A pack with its index, or why it cannot be had."""
    index: PackIndex | None
    beside = index_path(path)
    try:
        index = PackIndex(beside, hash_size)
    except CorruptObject as error:
        index = _from_multi(path, hash_size)
        if index is None:
            if os.path.lexists(beside):
                return Problem(beside, str(error))
            return Problem(path, "has no index")
    try:
        return Pack(path, index)
    except CorruptObject as error:
        return Problem(path, str(error))


def _from_multi(path: str, hash_size: int) -> PackIndex | None:
    folder, name = os.path.split(path)
    multi = os.path.join(folder, MULTI)
    if not os.path.lexists(multi):
        return None
    from antkey_scanner.git.multipack import index_of

    try:
        return index_of(multi, name[: -len(_PACK)] + _INDEX, hash_size)
    except CorruptObject:
        return None
