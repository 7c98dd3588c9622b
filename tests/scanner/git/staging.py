"""What is found to be staged in a repository."""

from __future__ import annotations

from pathlib import Path

from tests.scanner.git.conftest import Git

from antkey_scanner.git.enclosing import enclosing, index_path
from antkey_scanner.git.repository import Repository
from antkey_scanner.git.staged import staged_files
from antkey_scanner.git.store import ObjectStore
from antkey_scanner.git.trees import File
from antkey_scanner.model import Skip


def around(path: Path, env: dict[str, str] | None = None) -> Repository:
    found = enclosing(str(path), env or {})
    assert found is not None
    return found


def look(path: Path, env: dict[str, str] | None = None, *names: bytes) -> list[File | Skip]:
    repository = around(path, env)
    store = ObjectStore(repository.objects, repository.hash_size)
    return list(
        staged_files(repository, store, index_path(repository, str(path), env or {}), names)
    )


def files(git: Git, env: dict[str, str] | None = None, *names: bytes) -> dict[str, bytes]:
    """What is staged: paths with contents."""
    repository = around(git.path, env)
    store = ObjectStore(repository.objects, repository.hash_size)
    found = look(git.path, env, *names)
    assert not [each for each in found if isinstance(each, Skip)]
    return {
        each.path.decode(): store.get(each.oid).data for each in found if isinstance(each, File)
    }
