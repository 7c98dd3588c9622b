"""Tells what is new in a push, from what git or a framework says to the hook, as a value of `--range`.

One range for all refs: their histories overlap, and each commit is looked at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

_ZEROS = re.compile(rb"0+")
_ID = re.compile(rb"[0-9a-f]{40}|[0-9a-f]{64}")
Present = Callable[[Sequence[str]], Sequence[str]]
"""Which commits of these are here."""

_REMOTE = re.compile(r"[A-Za-z0-9_][\w.-]*(?:/[\w.-]+)*", re.ASCII)


class BrokenLine(Exception):
    """A line that git does not write."""


def pushed(lines: Iterable[bytes], remote: str | None, present: Present) -> str | None:
    """The range of a pre-push hook, of `<local ref> <local id> <remote ref> <remote id>` lines; None
    when refs are only deleted.

    remote: its name or, when it has none, its address. Raises BrokenLine.
    """
    new, old = [], []
    for line in lines:
        words = line.split()
        if len(words) < 4:
            raise BrokenLine
        # The local ref may be an expression with spaces.
        new.append(_oid(words[-3]))
        old.append(_oid(words[-1]))
    return sent(new, old, remote, present)


def received(lines: Iterable[bytes]) -> str | None:
    """The range of a pre-receive hook, of `<old id> <new id> <ref>` lines; None when refs are only
    deleted. Raises BrokenLine."""
    new = []
    for line in lines:
        words = line.split(b" ", 2)
        if len(words) < 3:
            raise BrokenLine
        _oid(words[0])
        new.append(_oid(words[1]))
    tips = _known(new)
    return f"{' '.join(tips)} --not --all" if tips else None


def announced(
    environment: Mapping[str, str], resolve: Callable[[str], str | None], present: Present
) -> str | None:
    """The range that pre-commit and prek put into the environment; None when there is none.

    On the first push of a whole history they name the local branch only. resolve: the id of what a
    revision names.
    """
    local = environment.get("PRE_COMMIT_LOCAL_BRANCH")
    named = environment.get("PRE_COMMIT_TO_REF")
    new = (resolve(named) or named) if named else resolve(local) if local else None
    old = environment.get("PRE_COMMIT_FROM_REF")
    remote = environment.get("PRE_COMMIT_REMOTE_NAME")
    return sent([new], [resolve(old) if old else None], remote, present)


def sent(
    new: Iterable[str | None],
    old: Iterable[str | None],
    remote: str | None,
    present: Present,
) -> str | None:
    """What a remote does not have yet: not what it had in these refs, nor in others as far as is known.

    Only its own branches count: what another remote has may be a secret from this one.
    """
    tips = _known(new)
    if not tips:
        return None
    words = [*tips, "--not", *present(_known(old))]  # what others forced there may not be here
    if remote is None:
        words.append("--remotes")
    elif _REMOTE.fullmatch(remote):
        words.append(f"--remotes={remote}")
    return " ".join(words)


def _known(oids: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(oid for oid in oids if oid is not None))


def _oid(word: bytes) -> str | None:
    """An id, None for the zeros that stand for none."""
    if _ZEROS.fullmatch(word):
        return None
    if not _ID.fullmatch(word):
        raise BrokenLine
    return word.decode()
