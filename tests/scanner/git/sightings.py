"""Where content of a repository is found to stand."""

from __future__ import annotations

from tests.scanner.git.conftest import Git

from antkey_scanner.git.discover import repositories
from antkey_scanner.git.provenance import Provenance, Seen, provenance
from antkey_scanner.git.repository import Repository
from antkey_scanner.git.store import ObjectStore


def look(git: Git, *hits: bytes) -> Provenance:
    found = [r for r in repositories([(str(git.path), "")]) if isinstance(r, Repository)]
    repository = next(each for each in found if each.git_dir.startswith(str(git.path)))
    store = ObjectStore(repository.objects, repository.hash_size)
    return provenance(repository, store, hits)


def seen(git: Git, hit: bytes) -> tuple[Seen, ...]:
    found = look(git, hit)
    assert found.skips == ()
    return found.seen[hit]


def one(git: Git, hit: bytes) -> Seen:
    (found,) = seen(git, hit)
    return found
