"""Tells what of a repository's history is not there, or not as it was: shallow, partial, rewritten."""

from __future__ import annotations

import os
from collections.abc import Iterator

from antkey_scanner import system
from antkey_scanner.git import settings, smallfile
from antkey_scanner.git.repository import Repository
from antkey_scanner.model import Skip


def limits(repository: Repository) -> Iterator[Skip]:
    """One skip, which counts, for each reason why a scan of the history cannot be complete."""
    shown = system.show(repository.shown).rstrip("/") or "."
    for reason in _reasons(repository):
        yield Skip(shown, reason)


def _reasons(repository: Repository) -> Iterator[str]:
    common_dir = repository.common_dir
    if _lines(os.path.join(common_dir, "shallow")):
        yield "a shallow clone: older history is not here; git fetch --unshallow brings it"
    if _partial(repository):
        yield "a partial clone: git would fetch objects that are not here; clone without --filter"
    if _lines(os.path.join(common_dir, "info", "grafts")):
        yield "grafts (info/grafts) stand in for its history; the history was read as it is stored"
    if _replaced(common_dir):
        yield "refs/replace stand in for objects; both were read as they are stored"


def _lines(path: str) -> list[bytes]:
    """The lines of a file but comments; a file that cannot be read has one, so that it counts."""
    try:
        text = smallfile.read_if_there(path)
    except OSError as error:
        return [smallfile.reason(error).encode()]
    lines = (line.strip() for line in (text or b"").split(b"\n"))
    return [line for line in lines if line and not line.startswith(b"#")]


def _partial(repository: Repository) -> bool:
    try:
        data = smallfile.read_if_there(os.path.join(repository.common_dir, "config"))
    except OSError:
        data = None  # reported where the repository was found
    for entry in settings.parse(data or b"").entries:
        if entry.section == "extensions" and entry.key == "partialclone":
            return True
        if entry.section != "remote":
            continue
        if entry.key == "partialclonefilter":
            return True
        if entry.key == "promisor" and (entry.value is None or settings.is_true(entry.value)):
            return True
    return any(_has_promisor_pack(folder) for folder in repository.objects)


def _has_promisor_pack(objects: str) -> bool:
    try:
        names = os.listdir(os.path.join(objects, "pack"))
    except OSError:
        return False
    return any(name.endswith(".promisor") for name in names)


def _replaced(common_dir: str) -> bool:
    try:
        with os.scandir(os.path.join(common_dir, "refs", "replace")) as entries:
            if any(not entry.is_dir(follow_symlinks=False) for entry in entries):
                return True
    except OSError:
        pass
    try:
        packed = smallfile.mapped(os.path.join(common_dir, "packed-refs"))
    except OSError:
        return False  # reported where refs are read
    return packed.find(b" refs/replace/") >= 0
