"""`antkey_scanner.git.selection` for many objects, with numpy.

Compares the first eight bytes of the ids in bulk, and whole ids only where those are equal.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from antkey_scanner.git.names import Names, Selection

_Number = TypeVar("_Number", np.int32, np.int64)
_Bytes: TypeAlias = NDArray[np.uint8]
_Keys: TypeAlias = NDArray[np.uint64]


def select_bulk(places: Sequence[Names], known: bytes) -> Selection:
    """As `select`."""
    tables = [id_rows(place) for place in places]
    flags = [np.ones(len(table), np.bool_) for table in tables]
    if known and tables:
        old = np.frombuffer(known, np.uint8).reshape(-1, tables[0].shape[1])
        keys = _keys(old)
        for table, wanted in zip(tables, flags, strict=True):
            _drop_known(table, wanted, old, keys)
    twice = _drop_repeated(tables, flags)
    return Selection(
        [bytearray(wanted.tobytes()) for wanted in flags],
        twice,
        sum(int(wanted.sum()) for wanted in flags),
    )


def id_rows(names: Names) -> _Bytes:
    """The ids in one place, a row each, where they are: nothing is copied."""
    table: _Bytes = np.ndarray(
        (names.count, names.size),
        np.uint8,
        np.frombuffer(names.data, np.uint8),
        names.start,
        (names.step, 1),
    )
    return table


def distinct(numbers: NDArray[_Number]) -> NDArray[_Number]:
    """In order, each once: what `np.unique` gives, which imports numpy.ma for that."""
    numbers = np.sort(numbers)
    is_first = np.ones(len(numbers), np.bool_)
    is_first[1:] = numbers[1:] != numbers[:-1]
    return numbers[is_first]


def _keys(table: _Bytes) -> _Keys:
    """The first eight bytes of each id, as numbers that sort like the ids."""
    return np.ascontiguousarray(table[:, :8]).view(">u8").ravel().astype(np.uint64)


def _drop_known(table: _Bytes, wanted: NDArray[np.bool_], old: _Bytes, keys: _Keys) -> None:
    """Known ids that begin like another known one may be missed: they are read again."""
    mine = _keys(table)
    at = np.minimum(np.searchsorted(keys, mine), len(keys) - 1)
    alike = np.flatnonzero(keys[at] == mine)
    wanted[alike[(table[alike] == old[at[alike]]).all(axis=1)]] = False


def _drop_repeated(
    tables: Sequence[_Bytes], flags: Sequence[NDArray[np.bool_]]
) -> frozenset[bytes]:
    if len(tables) < 2:
        return frozenset()
    keys = np.concatenate([_keys(table) for table in tables])
    order = np.argsort(keys, kind="stable")
    sorted_keys = keys[order]
    same = sorted_keys[1:] == sorted_keys[:-1]
    alike = np.zeros(len(keys), np.bool_)
    alike[order[1:][same]] = True
    alike[order[:-1][same]] = True
    seen: set[bytes] = set()
    twice: set[bytes] = set()
    start = 0
    for table, wanted in zip(tables, flags, strict=True):
        here: set[bytes] = set()
        for number in np.flatnonzero(alike[start : start + len(table)] & wanted).tolist():
            oid = table[number].tobytes()
            if oid in seen:
                wanted[number] = False
                twice.add(oid)
            here.add(oid)
        seen |= here
        start += len(table)
    return frozenset(twice)
