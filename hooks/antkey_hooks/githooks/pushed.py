"""Tells what is new in a push, from what git or a framework says to the hook, as values of `--range`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

_ZEROS = re.compile(rb"0+")
_ID = re.compile(rb"[0-9a-f]{40}|[0-9a-f]{64}")
_REMOTE = re.compile(r"[A-Za-z0-9_][\w.-]*(?:/[\w.-]+)*", re.ASCII)


class BrokenLine(Exception):
    """A line that git does not write."""


def pushed(lines: Iterable[bytes], remote: str | None, has: Callable[[str], bool]) -> list[str]:
    """The ranges of a pre-push hook, of `<local ref> <local id> <remote ref> <remote id>` lines.

    remote: its name or, when it has none, its address; has: whether an object is here. Raises
    BrokenLine.
    """
    ranges = []
    for line in lines:
        words = line.split()
        if len(words) < 4:
            raise BrokenLine
        new, old = (
            _oid(words[-3]),
            _oid(words[-1]),
        )  # the local ref may be an expression with spaces
        if new is not None:
            ranges.append(sent(new, old, remote, has))
    return list(dict.fromkeys(ranges))


def received(lines: Iterable[bytes]) -> list[str]:
    """The ranges of a pre-receive hook, of `<old id> <new id> <ref>` lines. Raises BrokenLine."""
    ranges = []
    for line in lines:
        words = line.split(b" ", 2)
        if len(words) < 3:
            raise BrokenLine
        _oid(words[0])
        new = _oid(words[1])
        if new is not None:
            ranges.append(f"{new} --not --all")
    return list(dict.fromkeys(ranges))


def announced(
    environment: Mapping[str, str], resolve: Callable[[str], str | None], has: Callable[[str], bool]
) -> list[str] | None:
    """The range that pre-commit and prek put into the environment; None when there is none.

    On the first push of a whole history they name the local branch only. resolve: the id of what a
    revision names.
    """
    local = environment.get("PRE_COMMIT_LOCAL_BRANCH")
    new = environment.get("PRE_COMMIT_TO_REF") or (resolve(local) if local else None)
    if not new:
        return None
    old = environment.get("PRE_COMMIT_FROM_REF")
    if old:
        old = resolve(old)
    remote = environment.get("PRE_COMMIT_REMOTE_NAME")
    return [sent(resolve(new) or new, old, remote, has)]


def sent(new: str, old: str | None, remote: str | None, has: Callable[[str], bool]) -> str:
    """What a remote does not have yet: not what it had in this ref, nor in others as far as is known.

    Only its own branches count: what another remote has may be a secret from this one.
    """
    words = [new, "--not"]
    if old is not None and has(old):  # after a force push by others it is not here
        words.append(old)
    if remote is None:
        words.append("--remotes")
    elif _REMOTE.fullmatch(remote):
        words.append(f"--remotes={remote}")
    return " ".join(words)


def _oid(word: bytes) -> str | None:
    """An id, None for the zeros that stand for none."""
    if _ZEROS.fullmatch(word):
        return None
    if not _ID.fullmatch(word):
        raise BrokenLine
    return word.decode()
