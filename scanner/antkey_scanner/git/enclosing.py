"""Finds the repository that a folder lies in, as git does for the developer who works there.

For `--staged` and `--range` only: this repository is the developer's own, so linked worktrees,
submodules, alternates and git's environment variables are followed wherever they lead. What its
configuration would have git run is not obeyed here either.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from antkey_scanner import system
from antkey_scanner.errors import SourceError
from antkey_scanner.git import smallfile
from antkey_scanner.git.repository import Refused, Repository, layout, pointed_git_dir


def enclosing(folder: str, environment: Mapping[str, str]) -> Repository | None:
    """The repository around a folder, None when there is none.

    environment: of the process; git sets GIT_DIR and others for its hooks. Raises SourceError when
    there is a repository and it cannot be read.
    """
    folder = os.path.realpath(folder)
    named = environment.get("GIT_DIR")
    try:
        if named:
            found = _named(os.path.join(folder, named))
            work_tree = _work_tree_beside(found, folder, environment)
        else:
            around = _upward(folder)
            if around is None:
                return None
            found, work_tree = around
        return _repository(found, work_tree, folder, environment)
    except OSError as error:
        raise SourceError(f"{system.show(folder)}: .git: {smallfile.reason(error)}") from None
    except Refused as refused:
        raise SourceError(f"{system.show(folder)}: its git folder {refused}") from None


def index_path(repository: Repository, folder: str, environment: Mapping[str, str]) -> str:
    """Where the index is: `git commit -a`, `-p` and `git commit PATH` show hooks one of their own."""
    named = environment.get("GIT_INDEX_FILE")
    if named:
        return os.path.join(os.path.realpath(folder), named)
    return os.path.join(repository.git_dir, "index")


def lies_inside(folder: str) -> bool:
    """Whether there is a repository around a folder; nothing of it is read."""
    while True:
        if os.path.lexists(os.path.join(folder, ".git")) or _is_git_dir(folder):
            return True
        parent = os.path.dirname(folder)
        if parent == folder:
            return False
        folder = parent


def _named(git_dir: str) -> str:
    if os.path.isfile(git_dir):
        return _pointed(git_dir)
    return os.path.realpath(git_dir)


def _pointed(path: str) -> str:
    git_dir = pointed_git_dir(path)
    if git_dir is None:
        raise Refused("is a file that leads to no git folder")
    return git_dir


def _upward(folder: str) -> tuple[str, str | None] | None:
    while True:
        place = os.path.join(folder, ".git")
        if os.path.isfile(place):
            return _pointed(os.path.realpath(place)), folder
        if os.path.isdir(place):
            return os.path.realpath(place), folder
        if _is_git_dir(folder):
            return folder, None
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent


def _is_git_dir(folder: str) -> bool:
    return os.path.lexists(os.path.join(folder, "HEAD")) and (
        os.path.lexists(os.path.join(folder, "commondir"))
        or (
            os.path.isdir(os.path.join(folder, "objects"))
            and os.path.isdir(os.path.join(folder, "refs"))
        )
    )


def _work_tree_beside(git_dir: str, folder: str, environment: Mapping[str, str]) -> str | None:
    """The work tree when GIT_DIR names the git folder: git takes the folder it was started in."""
    named = environment.get("GIT_WORK_TREE")
    if named:
        return os.path.realpath(os.path.join(folder, named))
    if os.path.join(folder, "").startswith(os.path.join(git_dir, "")):
        return None
    return folder


def _repository(
    git_dir: str, work_tree: str | None, folder: str, environment: Mapping[str, str]
) -> Repository:
    found = layout(git_dir, lambda _: True, problems_matter=False)
    objects = list(found.objects)
    own = environment.get("GIT_OBJECT_DIRECTORY")
    if own:  # before pre-receive accepts a push, its objects lie in a folder of their own
        objects.insert(0, os.path.realpath(os.path.join(folder, own)))
    for more in _paths(environment.get("GIT_ALTERNATE_OBJECT_DIRECTORIES", "")):
        objects.append(os.path.realpath(os.path.join(folder, more)))
    return Repository(
        shown="",
        work_tree=work_tree,
        git_dir=git_dir,
        common_dir=found.common_dir,
        objects=tuple(dict.fromkeys(objects)),
        hash_size=found.hash_size,
        lfs=found.lfs,
        git_dirs=tuple(dict.fromkeys((git_dir, found.common_dir))),
        reftable=found.reftable,
    )


def _paths(text: str) -> list[str]:
    """The folders in a variable of git's; one with a separator in its name is quoted as in C."""
    paths = []
    while text:
        if text.startswith('"'):
            end = 1
            while end < len(text) and text[end] != '"':
                end += 2 if text[end] == "\\" else 1
            from antkey_scanner.git.alternates import unquoted

            paths.append(os.fsdecode(unquoted(os.fsencode(text[: end + 1]))))
            text = text[end + 1 :].removeprefix(os.pathsep)
        else:
            path, _, text = text.partition(os.pathsep)
            paths.append(path)
    return [path for path in paths if path]


def path_in(repository: Repository, folder: str, name: str) -> bytes | None:
    """A file's path in the repository, as the index has it; None when it lies outside.

    name: relative to `folder` or absolute. Links on the way to the file are followed, it itself is
    not, since a link is content of its own.
    """
    if repository.work_tree is None:
        return None
    path = os.path.normpath(os.path.join(folder, name))
    path = os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path))
    top = os.path.join(os.path.realpath(repository.work_tree), "")
    if not os.path.join(path, "").startswith(top):
        return None
    inner = path[len(top) :]
    return os.fsencode(inner if os.sep == "/" else inner.replace(os.sep, "/"))
