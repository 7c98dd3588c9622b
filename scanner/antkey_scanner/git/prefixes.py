"""Finds objects by the first digits of their ids, as people abbreviate them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from antkey_scanner.git.packindex import PackIndex, readable_indexes


def with_prefix(folders: Sequence[str], hash_size: int, digits: str) -> list[bytes]:
    """The ids of all objects below some `objects` folders that begin with so many hex digits.

    digits: at least two, lower-case. Packs whose index cannot be read have none.
    """
    found: set[bytes] = set()
    for folder in folders:
        found.update(_loose(folder, hash_size, digits))
        found.update(_packed(os.path.join(folder, "pack"), hash_size, digits))
    return sorted(found)


def _loose(folder: str, hash_size: int, digits: str) -> Iterator[bytes]:
    try:
        names = os.listdir(os.path.join(folder, digits[:2]))
    except OSError:
        return
    for name in names:
        whole = digits[:2] + name
        if whole.startswith(digits) and len(whole) == 2 * hash_size:
            try:
                yield bytes.fromhex(whole)
            except ValueError:
                continue


def _packed(folder: str, hash_size: int, digits: str) -> Iterator[bytes]:
    first = bytes.fromhex(digits.ljust(2 * hash_size, "0"))
    last = bytes.fromhex(digits.ljust(2 * hash_size, "f"))
    for index in readable_indexes(folder, hash_size):
        number = _position(index, first)
        while number < index.count and _name(index, number) <= last:
            yield _name(index, number)
            number += 1


def _position(index: PackIndex, oid: bytes) -> int:
    low, high = 0, index.count
    while low < high:
        middle = (low + high) // 2
        if _name(index, middle) < oid:
            low = middle + 1
        else:
            high = middle
    return low


def _name(index: PackIndex, number: int) -> bytes:
    at = index.names_at + number * index.name_step
    return bytes(index.data[at : at + index.hash_size])
