"""What a git folder is made of: its object store, its worktrees, its format.

Everything is told by reading. A path that leads out of where one may look is refused, not followed.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from antkey_scanner import system
from antkey_scanner.git import smallfile
from antkey_scanner.named import NamedTuple

Within = Callable[[str], bool]
"""Whether a real path lies where one may look."""

_HASH_SIZES = {"sha1": 20, "sha256": 32}
_KNOWN_EXTENSIONS = {
    "compatobjectformat",
    "noop",
    "noop-v1",
    "objectformat",
    "partialclone",
    "preciousobjects",
    "refstorage",
    "relativeworktrees",
    "submodulepathconfig",
    "worktreeconfig",
}


class Repository(NamedTuple):
    """One object store and all that leads into it.

    shown: what precedes a path of the repository when it is printed, `""` or ending in a separator;
    work_tree: None for bare repositories; git_dir: of that work tree; common_dir: what linked
    worktrees share (`git_dir` itself without them); objects: the folders of objects, its own first,
    then alternates; hash_size: bytes of an object id; lfs: the folder of LFS objects, None when there
    is none; git_dirs: `git_dir` and those of the other worktrees, each with a HEAD and an index;
    reftable: whether refs are kept in tables instead of files. All paths are real and absolute.
    """

    shown: str
    work_tree: str | None
    git_dir: str
    common_dir: str
    objects: tuple[str, ...]
    hash_size: int
    lfs: str | None
    git_dirs: tuple[str, ...]
    reftable: bool = False


class Layout(NamedTuple):
    """What a git folder says of itself. problems: what makes reading it incomplete."""

    common_dir: str
    objects: tuple[str, ...]
    hash_size: int
    lfs: str | None
    reftable: bool
    problems: tuple[str, ...]


class Refused(Exception):
    """A git folder that is none, or leads where one may not look; the text is for a `Skip`."""


def layout(git_dir: str, within: Within, *, problems_matter: bool = True) -> Layout:
    """Look at a git folder by its real path. Raises Refused.

    problems_matter: False for the hook, in a repository that git itself has just worked in.
    """
    common_dir = _common_dir(git_dir, within)
    objects = os.path.join(common_dir, "objects")
    if os.path.islink(objects):
        objects = os.path.realpath(objects)
        if not within(objects):
            raise Refused("its objects are a link that leads out of what is scanned; not followed")
    if not os.path.isdir(objects):
        raise Refused("a git folder without objects")
    problems: list[str] = []
    if not os.path.lexists(os.path.join(git_dir, "HEAD")):
        problems.append("its HEAD is missing")
    if not os.path.isdir(os.path.join(common_dir, "refs")):
        problems.append("its folder refs is missing")
    hash_size, reftable = _format(common_dir, problems, problems_matter=problems_matter)
    more: list[str] = []
    if problems_matter or os.path.lexists(os.path.join(objects, "info", "alternates")):
        from antkey_scanner.git.alternates import alternates

        more, refused = alternates(objects, within)
        problems += refused
    lfs = os.path.join(common_dir, "lfs", "objects")
    return Layout(
        common_dir,
        (objects, *more),
        hash_size,
        lfs if os.path.isdir(lfs) and within(os.path.realpath(lfs)) else None,
        reftable,
        tuple(problems),
    )


def pointed_git_dir(path: str) -> str | None:
    """Where a `.git` file leads, as a real path; None when it is none. Raises OSError."""
    text = smallfile.read(path, 1 << 16)
    if not text.startswith(b"gitdir:"):
        return None
    target = os.fsdecode(text[len(b"gitdir:") :].strip(b" \r\n"))
    if not target or "\0" in target:
        return None
    return os.path.realpath(os.path.join(os.path.dirname(path), target))


def worktree_git_dirs(common_dir: str) -> list[str]:
    """The git folders of linked worktrees, in the order of their names."""
    folder = os.path.join(common_dir, "worktrees")
    try:
        with system.Folder.open(folder) as opened:
            names = [e.name for e in opened.listing() if e.is_dir(follow_symlinks=False)]
    except OSError:
        return []
    return [os.path.join(folder, name) for name in sorted(names)]


def _common_dir(git_dir: str, within: Within) -> str:
    try:
        text = smallfile.read_if_there(os.path.join(git_dir, "commondir"), 1 << 16)
    except OSError as error:
        raise Refused(f"commondir: {smallfile.reason(error)}") from None
    if text is None:
        return git_dir
    target = os.fsdecode(text.strip(b"\r\n"))
    if not target or "\0" in target:
        raise Refused("its commondir names no folder")
    common_dir = os.path.realpath(os.path.join(git_dir, target))
    if not within(common_dir):
        raise Refused("belongs to a repository outside of what is scanned; not followed")
    return common_dir


def _format(common_dir: str, problems: list[str], *, problems_matter: bool) -> tuple[int, bool]:
    """Size of ids, whether refs are in tables. What git would not read goes to `problems`."""
    try:
        data = smallfile.read_if_there(os.path.join(common_dir, "config"))
    except OSError as error:
        problems.append(f"config: {smallfile.reason(error)}")
        return 20, False
    if not problems_matter and b"extensions" not in (data or b"").lower():
        return 20, False
    from antkey_scanner.git import settings

    found = settings.parse(data or b"")
    if found.problem is not None:
        problems.append(f"config: {found.problem}")
    version = found.last("core", "repositoryformatversion") or "0"
    if version not in {"0", "1"}:
        problems.append(f"its format is of the unknown version {system.show(version)}")
    if version != "0":
        problems += [
            f"its format has the unknown extension {system.show(entry.key)}"
            for entry in found.entries
            if entry.section == "extensions"
            and entry.subsection is None
            and entry.key not in _KNOWN_EXTENSIONS
        ]
    name = (found.last("extensions", "objectformat") or "sha1").lower()
    if name not in _HASH_SIZES:
        raise Refused(f"its objects are named by the unknown hash {system.show(name)}")
    storage = (found.last("extensions", "refstorage") or "files").partition(":")[0].lower()
    if storage not in {"files", "reftable"}:
        problems.append(f"its refs are stored in the unknown form {system.show(storage)}")
    return _HASH_SIZES[name], storage == "reftable"
