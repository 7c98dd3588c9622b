"""Lists what to scan below folders, in batches, without following a link or recursing.

Nothing is opened here but folders; a file is opened once, by the worker that reads it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence

from antkey_scanner import system
from antkey_scanner.model import Skip
from antkey_scanner.named import NamedTuple
from antkey_scanner.sources.ignore import Ignore, NoIgnore
from antkey_scanner.tasks import Files

BATCH = 128
"""Files in one batch: some milliseconds of work, so that workers end together."""


GIT_OBJECTS = "git objects are not files; --history searches them"


Own = tuple[tuple[str, str], ...]
"""Files of the run itself: real paths, each with why it is not read, `""` where another's reason says it."""


class Target(NamedTuple):
    """A path to scan. shown: what precedes a name below it when it is printed, `""` or ending in `/`."""

    folder: str
    shown: str
    name: str | None = None


class Pipe(NamedTuple):
    """A pipe or a terminal that was named, such as a shell makes for `<(command)`."""

    path: str
    shown: str


def targets(paths: Sequence[str]) -> Iterator[Target | Pipe | Skip]:
    """What the command line names. One folder alone is the root that paths are relative to; else each
    path is shown as it was named. A link that is named is followed; a path that cannot be read is a
    skip."""
    alone = len(paths) == 1
    for path in paths:
        try:
            mode = os.stat(path).st_mode
        except OSError as error:
            yield Skip(system.show(path), _reason(error))
            continue
        shown, real = os.path.normpath(path), os.path.realpath(path)
        if stat.S_ISFIFO(mode) or stat.S_ISCHR(mode):
            yield Pipe(path, system.show(shown))
        elif stat.S_ISDIR(mode):
            yield Target(real, "" if alone or shown == "." else f"{shown}{os.sep}")
        else:
            folder, name = os.path.split(real)
            prefix = os.path.dirname(shown)
            yield Target(folder, f"{prefix}{os.sep}" if prefix else "", name)


def nothing(skips: Sequence[Skip]) -> str:
    """What to say when there is nothing to scan. skips: why."""
    if not skips:
        return "nothing to scan; name a file, a folder or `-`"
    return "; ".join(f"{skip.path}: {skip.reason}" for skip in skips) + "; name what exists"


def ignoring(exclude: Sequence[str], roots: Sequence[Target], *, follow: bool) -> Ignore:
    """What is left out. exclude: globs; follow: also what `.gitignore` files below the root name."""
    if not exclude and not follow:
        return NoIgnore()
    from antkey_scanner.sources.ignore import Exclusions

    return Exclusions(exclude, roots[0].folder if follow and roots else None)


def batches(
    targets: Sequence[Target], ignore: Ignore | None = None, own: Own = ()
) -> Iterator[Files | Skip]:
    """Regular files in batches; what is no regular file, and what is left out, as skips.

    own: is left out of folders, and told whether it is there yet or not.
    """
    walk = _Walk(ignore or NoIgnore(), frozenset(path for path, _ in own))
    for target in targets:
        if target.name is None:
            yield from _left_out(target, own)
        if target.name is not None:
            yield from walk.file(target)
        else:
            yield from walk.folder(target)
    yield from walk.rest()


def _left_out(target: Target, own: Own) -> Iterator[Skip]:
    for path, reason in own:
        if reason and path.startswith(os.path.join(target.folder, "")):
            below = os.path.relpath(path, target.folder)
            yield Skip(system.show(target.shown + below), reason, counts=False)


class _Walk:
    def __init__(self, ignore: Ignore, own: frozenset[str]) -> None:
        self._ignore = ignore
        self._own = own
        self._own_folders = frozenset(map(os.path.dirname, own))
        self._batch: list[tuple[str, str, tuple[str, ...]]] = []
        self._count = 0

    def file(self, target: Target) -> Iterator[Files | Skip]:
        assert target.name is not None
        self._batch.append((target.folder, target.shown, (target.name,)))
        self._count += 1
        if self._count >= BATCH:
            yield from self.rest()

    def folder(self, target: Target) -> Iterator[Files | Skip]:
        pending = [(target.folder, target.shown, "")]
        while pending:
            path, shown, below = pending.pop()
            try:
                folder = system.Folder.open(path)
                try:  # while it is open: what an entry is may have to be asked relative to it
                    names, folders, skips = self._sort(folder.listing(), shown, below)
                finally:
                    folder.close()
            except OSError as error:
                yield Skip(system.show(shown).rstrip("/") or ".", _reason(error))
                continue
            yield from skips
            if path in self._own_folders:
                names = [name for name in names if os.path.join(path, name) not in self._own]
            pending.extend(
                (f"{path}{os.sep}{name}", f"{shown}{name}{os.sep}", f"{below}{name}/")
                for name in reversed(folders)
            )
            yield from self._add(path, shown, names)

    def _sort(
        self, entries: list[os.DirEntry[str]], shown: str, below: str
    ) -> tuple[list[str], list[str], list[Skip]]:
        names, folders, skips = [], [], []
        for entry in entries:
            if entry.is_file(follow_symlinks=False):
                names.append(entry.name)
            elif entry.is_dir(follow_symlinks=False):
                folders.append(entry.name)
            else:
                skips.append(Skip(system.show(shown + entry.name), _kind(entry), counts=False))
        if "objects" in folders and "refs" in folders and "HEAD" in names:
            folders.remove("objects")
            skips.append(Skip(system.show(f"{shown}objects"), GIT_OBJECTS, counts=False))
        names, folders, left_out = self._ignore.split(below, names, folders)
        skips += [
            Skip(system.show(shown + name), reason, counts=False) for name, reason in left_out
        ]
        names.sort()
        folders.sort()
        return names, folders, skips

    def _add(self, path: str, shown: str, names: list[str]) -> Iterator[Files | Skip]:
        start = 0
        while start < len(names):
            piece = names[start : start + BATCH - self._count]
            self._batch.append((path, shown, tuple(piece)))
            self._count += len(piece)
            start += len(piece)
            if self._count >= BATCH:
                yield from self.rest()

    def rest(self) -> Iterator[Files]:
        """The batch that is not full yet."""
        if self._batch:
            yield Files(tuple(self._batch))
            self._batch, self._count = [], 0


def _kind(entry: os.DirEntry[str]) -> str:
    if entry.is_symlink():
        return "symbolic link"
    try:
        mode = entry.stat(follow_symlinks=False).st_mode
    except OSError:
        return "special file"
    return system.KINDS.get(mode & 0o170000, "special file")


def _reason(error: OSError) -> str:
    reason = error.strerror or type(error).__name__
    return reason[:1].lower() + reason[1:]
