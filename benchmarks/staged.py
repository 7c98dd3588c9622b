"""Makes repositories with a commit of ten small files staged: two without a key, one with."""

from __future__ import annotations

import random
from functools import partial
from pathlib import Path

from benchmarks import corpora
from benchmarks.corpora import Corpus, Made
from benchmarks.gitcalls import git
from benchmarks.keys import make_key

STAGED = tuple(f"service_{number:02}/settings.py" for number in range(10))
"""The files of the commit."""

WITH_KEY = "with-key"
"""The folder of the repository with a staged key, beside the first."""

WRITABLE = "writable"
"""The folder of a copy of the first: kingfisher commits what is staged to look at it."""

_FOLDERS = 100
_MODULES = 40
_DISK = 75_000_000
_RECIPE = "2"


def staged(cache: Path, folders: int = _FOLDERS) -> Corpus:
    """A normal repository with 40 files in each of some folders, and its ten staged ones."""
    make = partial(_made, folders)
    return corpora.kept(cache / "hook", f"{_RECIPE} {folders}", _DISK, make)


def _made(folders: int, folder: Path) -> Made:
    clean = _repository(folder / "clean", folders)
    _stage(clean, b"")
    _stage(_repository(folder / WRITABLE, folders), b"")
    leaking = _repository(folder / WITH_KEY, folders)
    _stage(leaking, b'ANTHROPIC_API_KEY = "%b"\n' % make_key())
    size = sum((clean / name).stat().st_size for name in STAGED)
    about = (
        f"A repository of {folders * _MODULES + len(STAGED):,} files, {len(STAGED)} of them staged with "
        f"{size:,} bytes and no key. Before the race each scanner is run on the same with one staged key; "
        "the column “keys” says whether it refuses that commit by its exit code."
    )
    return Made(clean, len(STAGED), size, [], about)


def _repository(folder: Path, folders: int) -> Path:
    """One commit, a tag and a clean work tree."""
    chance = random.Random(1)
    for number in range(folders):
        place = folder / f"package_{number:03}"
        place.mkdir(parents=True)
        for module in range(_MODULES):
            lines = (f"value_{line} = {chance.getrandbits(64)}\n" for line in range(40))
            (place / f"module_{module:02}.py").write_text("".join(lines))
    for name in STAGED:
        (folder / name).parent.mkdir()
        (folder / name).write_bytes(_settings(0))
    git(folder, "init", "--quiet", "--initial-branch=main")
    # Without a committer kingfisher looks at nothing and says that all is well.
    git(folder, "config", "user.name", "Bench")
    git(folder, "config", "user.email", "bench@example.com")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "-m", "Begin")
    git(folder, "repack", "-a", "-d", "-q")
    return folder


def _stage(repository: Path, extra: bytes) -> None:
    for number, name in enumerate(STAGED):
        more = extra if number == len(STAGED) // 2 else b""
        (repository / name).write_bytes(_settings(number + 1) + more)
    git(repository, "add", "--", *STAGED)


def _settings(number: int) -> bytes:
    return b'DEBUG = False\nCACHE_SECONDS = %d\nHOSTS = ["billing.example.com"]\n' % (300 + number)
