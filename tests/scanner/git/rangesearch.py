"""What is found to be new in a range of commits."""

from __future__ import annotations

from tests.scanner.git.conftest import Git

from antkey_scanner.git.enclosing import enclosing
from antkey_scanner.git.ranges import New, NewFile, new, new_files
from antkey_scanner.git.repository import Repository
from antkey_scanner.git.revisions import parse_range
from antkey_scanner.git.store import ObjectStore
from antkey_scanner.model import Skip


def opened(git: Git) -> tuple[Repository, ObjectStore]:
    repository = enclosing(str(git.path), {})
    assert repository is not None
    return repository, ObjectStore(repository.objects, repository.hash_size)


def search(git: Git, text: str) -> tuple[New, list[NewFile], list[Skip]]:
    repository, store = opened(git)
    include, exclude = parse_range(repository, store, text)
    found = new(store, include, exclude)
    each = list(new_files(store, found))
    skips = [*found.skips, *(one for one in each if isinstance(one, Skip))]
    assert all(skip.counts for skip in skips)
    return found, [one for one in each if isinstance(one, NewFile)], skips


def files(git: Git, text: str) -> list[tuple[str, str]]:
    """Paths and contents that are new in a range, in the order in which they came."""
    _, found, skips = search(git, text)
    assert skips == []
    _, store = opened(git)
    return [(one.path.decode(), store.get(one.oid).data.decode()) for one in found]
