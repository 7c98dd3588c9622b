"""Finds out which objects a revision or a range means, by git's rules for their names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from antkey_scanner import system
from antkey_scanner.errors import PolicyError, SourceError
from antkey_scanner.git import commits, refs
from antkey_scanner.git.objects import COMMIT, NAMES, MissingObject, ObjectError
from antkey_scanner.git.prefixes import with_prefix

if TYPE_CHECKING:
    from antkey_scanner.git.repository import Repository
    from antkey_scanner.git.store import ObjectStore

_PLACES = (b"%s", b"refs/%s", b"refs/tags/%s", b"refs/heads/%s", b"refs/remotes/%s")
_STEP = re.compile(
    r"\^\{(?P<kind>[a-z/]*)\} | \^(?P<parent>[0-9]*) | ~(?P<back>[0-9]*)", re.VERBOSE
)
_FULL = {20: re.compile(r"[0-9a-fA-F]{40}"), 32: re.compile(r"[0-9a-fA-F]{64}")}
_SHORT = re.compile(r"[0-9a-fA-F]{4,64}")
_DESCRIBED = re.compile(r".+-g(?P<id>[0-9a-f]{4,64})")
_GROUPS = {
    "--all": b"refs/",
    "--branches": b"refs/heads/",
    "--remotes": b"refs/remotes/",
    "--tags": b"refs/tags/",
}
_CURE = "name where it begins, A..B, or what is known, B --not --remotes"


class Range(NamedTuple):
    """Ids of objects: new is what is reachable from `include` and not from `exclude`."""

    include: tuple[bytes, ...]
    exclude: tuple[bytes, ...]


def parse_range(
    repository: Repository, store: ObjectStore, text: str, missing: list[str] | None = None
) -> Range:
    """The meaning of a range.

    `A..B`, `A..` and `..B` (HEAD stands for what is left out); `A...B`, what is new on B's side since
    both parted, which is the same; or a list as for `git rev-list`: `B ^A`, `B --not --remotes`, with
    `--all`, `--branches`, `--tags`, `--remotes=NAME`. An id of zeros is git's for no commit: as B it
    means that nothing is new, as A that nothing is known.

    missing: gets what is said of commits that are not here and that the range would leave out, so that
    more is new, never less. Raises PolicyError for what is no range or no revision, SourceError for a
    commit that is not here.
    """
    include: list[bytes] = []
    exclude: list[bytes] = []
    negative = bounded = False
    for word in text.split():
        if word == "--not":
            negative = not negative
            bounded = True
            continue
        if word.startswith("-"):
            group = _group(repository, word)
            (exclude if negative else include).extend(group)
            continue
        first, dots, last = word.partition("...")
        if not dots:
            first, dots, last = word.partition("..")
        if dots:
            bounded = True
            sides = [(first or "HEAD", not negative), (last or "HEAD", negative)]
        else:
            bounded = bounded or word.startswith("^")
            sides = [(word.removeprefix("^"), word.startswith("^") != negative)]
        for name, away in sides:
            try:
                oid = resolve(repository, store, name)
            except SourceError as error:
                if not away or missing is None:
                    raise
                missing.append(str(error))
                continue
            if oid is not None:
                (exclude if away else include).append(oid)
    if not bounded:
        raise PolicyError(f"--range {system.show(text)}: is no range; {_CURE}")
    return Range(tuple(dict.fromkeys(include)), tuple(dict.fromkeys(exclude)))


def resolve(repository: Repository, store: ObjectStore, text: str) -> bytes | None:
    """The id of the object that a revision names; None for git's id of zeros.

    Raises PolicyError for what is no revision here, SourceError for a commit that is not here.
    """
    steps = re.search(r"[\^~]|@\{|:", text)
    base = text if steps is None else text[: steps.start()]
    rest = text[len(base) :]
    if rest.startswith((":", "@{")) or "@{" in rest or ":" in rest:
        raise _unknown(text, "reflogs, upstreams, dates and paths are not resolved; name a commit")
    oid = _named(repository, store, base or "HEAD")
    if oid is None:
        raise _unknown(
            text, "it is no branch, tag or commit here; is it spelled right, and fetched?"
        )
    if not any(oid):
        return None
    at = 0
    try:
        if oid not in store:
            raise MissingObject("")
        while at < len(rest):
            step = _STEP.match(rest, at)
            if step is None:
                raise _unknown(text, "what follows the name is not understood")
            at = step.end()
            oid = _stepped(store, oid, step, text)
        _, kind, _ = commits.peel(store, oid)
    except MissingObject:
        raise SourceError(
            f"{system.show(text)}: this commit is not here; after a force push or in a shallow clone"
            f" fetch it (git fetch origin {oid.hex()}; in CI a fetch depth of 0)"
        ) from None
    except ObjectError as error:
        raise SourceError(f"{system.show(text)}: {oid.hex()} {error}") from None
    if kind != COMMIT and not _FULL[repository.hash_size].fullmatch(
        text
    ):  # hooks get ids of any kind
        raise _unknown(text, f"it is a {NAMES[kind].decode()}; name a commit")
    return oid


def tips(repository: Repository, prefix: bytes) -> list[bytes]:
    """What the refs below a prefix such as `refs/remotes/` stand at, each id once."""
    found = (each for each in refs.refs(repository) if isinstance(each, refs.Ref))
    return list(dict.fromkeys(ref.oid for ref in found if ref.name.startswith(prefix)))


def _group(repository: Repository, word: str) -> list[bytes]:
    name, equals, inner = word.partition("=")
    prefix = _GROUPS.get(name)
    if prefix is None or (equals and not inner):
        known = ", ".join(_GROUPS)
        raise PolicyError(f"--range: {system.show(word)} is not known; known are --not, {known}")
    if inner:
        prefix += inner.encode("utf-8", "surrogateescape").rstrip(b"/*") + b"/"
    return tips(repository, prefix)


def _unknown(text: str, why: str) -> PolicyError:
    return PolicyError(f"{system.show(text)}: is no revision: {why}")


def _named(repository: Repository, store: ObjectStore, name: str) -> bytes | None:
    if _FULL[repository.hash_size].fullmatch(name):
        return bytes.fromhex(name)
    if re.fullmatch("0{7,}", name):
        return bytes(repository.hash_size)
    raw = b"HEAD" if name == "@" else name.encode("utf-8", "surrogateescape")
    for full in _candidates(raw):
        try:
            oid = refs.lookup(repository, full)
        except refs.BrokenRef as error:
            raise SourceError(f"{system.show(name)}: {error}") from None
        if oid is not None:
            return oid
    described = _DESCRIBED.fullmatch(name)
    digits = described["id"] if described is not None else name
    if not _SHORT.fullmatch(digits) or len(digits) > 2 * repository.hash_size:
        return None
    return _abbreviated(repository, store, digits.lower(), name)


def _candidates(raw: bytes) -> Iterator[bytes]:
    for place in (*_PLACES, b"refs/remotes/%s/HEAD"):
        full = place % raw
        if refs.is_safe(full):
            yield full


def _abbreviated(
    repository: Repository, store: ObjectStore, digits: str, name: str
) -> bytes | None:
    found = with_prefix(repository.objects, repository.hash_size, digits)
    if len(found) > 1:
        found = [oid for oid in found if _is_commit(store, oid)] or found
    if len(found) > 1:
        raise _unknown(name, f"{len(found)} objects begin with it; write more of the id")
    return found[0] if found else None


def _is_commit(store: ObjectStore, oid: bytes) -> bool:
    try:
        return commits.peel(store, oid)[1] == COMMIT
    except ObjectError:
        return False


def _stepped(store: ObjectStore, oid: bytes, step: re.Match[str], text: str) -> bytes:
    """One step of `^{kind}`, `^N` or `~N`. Raises ObjectError and PolicyError."""
    kind = step["kind"]
    if kind is not None:
        return _peeled(store, oid, kind, text)
    oid, _, _ = commits.peel(store, oid)
    if step["parent"] is not None:
        number = int(step["parent"] or 1)
        return _parent(store, oid, number, text) if number else oid
    for _ in range(int(step["back"] or 1)):
        oid = _parent(store, oid, 1, text)
    return oid


def _parent(store: ObjectStore, oid: bytes, number: int, text: str) -> bytes:
    parents = commits.read(store, oid).parents
    if number > len(parents):
        raise _unknown(text, f"{oid.hex()} has {len(parents)} parents")
    return parents[number - 1]


def _peeled(store: ObjectStore, oid: bytes, kind: str, text: str) -> bytes:
    if kind == "object":
        return oid
    last, found, tags = commits.peel(store, oid)
    if kind == "tag" and tags:
        return oid
    if kind == "" or kind.encode() == NAMES[found]:
        return last
    if kind == "tree" and found == COMMIT:
        return commits.read(store, last).tree
    raise _unknown(text, f"it is no {kind}")
