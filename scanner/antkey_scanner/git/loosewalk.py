"""Lists the loose objects of an `objects` folder and reads them one after the other."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from antkey_scanner import system
from antkey_scanner.git import loose
from antkey_scanner.git.objects import (
    NAMES,
    CorruptObject,
    LargeObject,
    Object,
    ObjectError,
    Problem,
)
from antkey_scanner.git.store import ObjectStream, verify

_TEMPORARY = "tmp_obj_"
_FOLDERS = re.compile(r"[0-9a-f]{2}", re.ASCII)
_REST = re.compile(r"(?:[0-9a-f]{2})+", re.ASCII)


class Loose(NamedTuple):
    """What lies in a folder of loose objects: (folder, name) of each object, and of leftovers."""

    ids: tuple[bytes, ...] = ()
    leftovers: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def list_loose(objects: str, hash_size: int) -> Loose:
    """All loose objects, and files left over from `git add`."""
    ids: list[bytes] = []
    leftovers: list[str] = []
    problems: list[Problem] = []
    for name in _folders(objects, problems):
        path = os.path.join(objects, name)
        try:
            with system.Folder.open(path) as folder:
                entries = sorted(entry.name for entry in folder.listing())
        except OSError as error:
            reason = "is a link" if os.path.islink(path) else f"cannot be read: {error.strerror}"
            problems.append(Problem(path, reason))
            continue
        for entry in entries:
            if len(entry) == 2 * hash_size - 2 and _REST.fullmatch(entry):
                ids.append(bytes.fromhex(name + entry))
            elif entry.startswith(_TEMPORARY):
                leftovers.append(os.path.join(path, entry))
            else:
                problems.append(Problem(os.path.join(path, entry), "is no object of this store"))
    return Loose(tuple(ids), tuple(leftovers), tuple(problems))


def _folders(objects: str, problems: list[Problem]) -> list[str]:
    try:
        with system.Folder.open(objects) as opened:
            names = sorted(entry.name for entry in opened.listing())
    except OSError as error:
        problems.append(Problem(objects, f"cannot be read: {error.strerror}"))
        return []
    problems += [
        Problem(os.path.join(objects, name), "was left over when git was interrupted; not read")
        for name in names
        if name.startswith(("tmp_", "incoming-"))
    ]
    return [name for name in names if _FOLDERS.fullmatch(name)]


def walk_loose(
    objects: str, ids: Iterator[bytes], elsewhere: Callable[[bytes], Object | None]
) -> Iterator[Object | ObjectStream | Problem]:
    """The loose objects of these ids, each checked to have its id.

    elsewhere: where to look for another copy of one that cannot be read.
    """
    for oid in ids:
        found: Object | ObjectStream | None
        try:
            found = read_checked(objects, oid)
        except ObjectError as error:
            found = elsewhere(oid)
            if found is None:
                name = oid.hex()
                path = os.path.join(objects, name[:2], name[2:])
                yield Problem(path, str(error), oid)
                continue
        yield found


def read_checked(objects: str, oid: bytes) -> Object | ObjectStream:
    """A loose object that has the id it goes by; of a large one that shows at its end.

    Raises MissingObject and CorruptObject.
    """
    try:
        found = loose.read(objects, oid)
    except LargeObject:
        header, pieces = loose.stream(objects, oid)
        return ObjectStream(oid, header.kind, header.size, _checked(oid, header, pieces))
    if not verify(found):
        raise CorruptObject(_OTHER)
    return found


_OTHER = "holds something else than its name says"


def _checked(oid: bytes, header: loose.Header, pieces: Iterator[bytes]) -> Iterator[bytes]:
    kind = hashlib.sha1 if len(oid) == 20 else hashlib.sha256
    digest = kind(b"%s %d\0" % (NAMES[header.kind], header.size), usedforsecurity=False)
    for piece in pieces:
        digest.update(piece)
        yield piece
    if digest.digest() != oid:
        raise CorruptObject(_OTHER)


def read_leftover(path: str, hash_size: int) -> Object | Problem:
    """What an interrupted `git add` left behind, if it is whole."""
    kind = hashlib.sha1 if hash_size == 20 else hashlib.sha256
    try:
        descriptor, status = system.open_file(path)
        try:
            number, data = loose.read_file(descriptor, status.st_size)
        finally:
            os.close(descriptor)
    except (ObjectError, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        return Problem(path, f"was left over when git was interrupted, and {reason}")
    header = b"%s %d\0" % (NAMES[number], len(data))
    return Object(kind(header + data, usedforsecurity=False).digest(), number, data)


def loose_ranges(listed: Loose, most: int) -> Iterator[tuple[int, int]]:
    """Ranges of the 256 folders with about `most` objects each."""
    counts = [0] * 256
    for oid in listed.ids:
        counts[oid[0]] += 1
    for path in listed.leftovers:
        counts[int(os.path.basename(os.path.dirname(path)), 16)] += 1
    start = total = 0
    for number, count in enumerate(counts):
        total += count
        if total >= most or (total and number == 255):
            yield start, number + 1
            start, total = number + 1, 0
