"""Makes what is scanned: a source tree, a log, the log as gzip files, a small file.

Everything lies in the cache folder and is used again by the next run. Keys are made at run time;
beside each corpus a manifest keeps only their digests.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.keys import Planted, make_key, planted
from benchmarks.logs import MIXED, PARTS, Mix, write_log, write_log_parts

LOG_SIZE = 2 << 30
"""Bytes of the log at scale 1."""

_PACKAGES = (
    "ansible-core==2.18.1",
    "Django==5.1.4",
    "Faker==33.1.0",
    "jupyterlab==4.3.3",
    "networkx==3.4.2",
    "sphinx==8.1.3",
    "sympy==1.13.3",
    "Twisted==24.11.0",
)
"""Wheels without native code: 133 MB of Python, JavaScript, catalogues and data in 9,800 files."""
_TREE_SIZE = 350_000_000
"""Bytes on the disk, the downloads among them."""
_GZIP_SHARE = 0.3
_ENVIRONMENTS = 500_000_000
_PLANTED = 16

_SMALL = """\
\"\"\"Settings of the billing service.\"\"\"

import os

DEBUG = os.environ.get("DEBUG", "") == "1"
DATABASE = {
    "host": os.environ.get("DATABASE_HOST", "localhost"),
    "port": int(os.environ.get("DATABASE_PORT", "5432")),
    "name": "billing",
}
ALLOWED_HOSTS = ["billing.example.com", "localhost"]
CACHE_SECONDS = 300
"""


class Corpus(NamedTuple):
    """Something to scan. bytes: after unpacking; files: what a listing shows; about: what a reader
    is told instead of these numbers, or nothing."""

    path: Path
    files: int
    bytes: int
    keys: tuple[Planted, ...]
    about: str = ""


class Made(NamedTuple):
    """A new corpus with its plain keys. size: its bytes."""

    path: Path
    files: int
    size: int
    keys: list[bytes]
    about: str = ""


class Unavailable(Exception):
    """A corpus cannot be made; the text says why and what helps."""


def source_tree(cache: Path, own: str | None) -> Corpus:
    """The folder that the caller names, as it is, or unpacked packages with planted keys."""
    if own is not None:
        path = Path(own).resolve()
        if not path.is_dir():
            raise Unavailable(f"BENCH_TREE={own} is not a folder; name one")
        return Corpus(path, *extent(path), ())
    return kept(cache / "tree", ",".join(_PACKAGES), _TREE_SIZE, _unpack_packages)


def log(cache: Path, name: str, mix: Mix, size: int) -> Corpus:
    """One log file of about `size` bytes."""

    def make(folder: Path) -> Made:
        keys = [make_key() for _ in range(PARTS)]
        file = folder / "application.log"
        return Made(file, 1, write_log(file, size, keys, mix), keys)

    return kept(cache / name, f"{mix} {size}", size, make)


def gzip_logs(cache: Path, size: int) -> Corpus:
    """The same kind of log, cut into gzip files."""

    def make(folder: Path) -> Made:
        keys = [make_key() for _ in range(PARTS)]
        return Made(folder, PARTS, write_log_parts(folder, size, keys), keys)

    return kept(cache / "gzip", f"{MIXED} {size}", int(size * _GZIP_SHARE), make)


def small_file(cache: Path) -> Corpus:
    """A settings file without a key: what a pre-commit hook sees most."""
    file = cache / "small" / "settings.py"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(_SMALL, encoding="utf-8")
    return Corpus(file, 1, file.stat().st_size, ())


def disk_need(size: int) -> int:
    """Bytes that all corpora and environments take with logs of `size` bytes."""
    return _TREE_SIZE + int(size * (2 + _GZIP_SHARE)) + _ENVIRONMENTS


def megabytes(size: int) -> str:
    """A size for readers: 2.1 GB, 133 MB, 12 kB, 7 B (decimal units)."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= factor:
            value = size / factor
            return f"{value:.0f} {unit}" if value >= 10 else f"{value:.1f} {unit}"
    return f"{size} B"


def kept(
    folder: Path,
    recipe: str,
    disk: int,
    make: Callable[[Path], Made],
) -> Corpus:
    """The corpus in `folder`, made when it is not there or was made by another recipe."""
    manifest = folder.with_suffix(".json")
    if folder.is_dir() and manifest.is_file():
        known = json.loads(manifest.read_bytes())
        if known["recipe"] == recipe:
            keys = tuple(Planted(*key) for key in known["keys"])
            path, about = folder / known["path"], known.get("about", "")
            return Corpus(path, known["files"], known["bytes"], keys, about)
    manifest.unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    _need(folder.parent, disk)
    print(f"  making {folder.name}: {megabytes(disk)} on the disk", file=sys.stderr, flush=True)
    folder.mkdir(parents=True)
    made = make(folder)
    keys = tuple(map(planted, made.keys))
    manifest.write_text(
        json.dumps(
            {
                "recipe": recipe,
                "path": made.path.relative_to(folder).as_posix(),
                "files": made.files,
                "bytes": made.size,
                "keys": keys,
                "about": made.about,
            }
        )
    )
    return Corpus(made.path, made.files, made.size, keys, made.about)


def _need(folder: Path, size: int) -> None:
    """Raise Unavailable unless the disk holds `size` bytes and a tenth of its free space more."""
    free = shutil.disk_usage(folder).free
    if size > 0.9 * free:
        raise Unavailable(
            f"needs {megabytes(size)} and the disk has {megabytes(free)}; "
            "free some, choose another disk with BENCH_CACHE, or use --scale"
        )


def _unpack_packages(folder: Path) -> Made:
    downloads = folder.parent / "downloads"
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--only-binary=:all:", "--dest", str(downloads), *_PACKAGES]
    if subprocess.run(command, check=False).returncode:
        raise Unavailable(
            "pip could not download its packages; BENCH_TREE=folder uses a tree of yours"
        )
    for wheel in sorted(downloads.glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder / wheel.name.partition("-")[0])
    shutil.rmtree(downloads)
    keys = [make_key() for _ in range(_PLANTED)]
    folders = sorted(path for path in folder.rglob("*") if path.is_dir())
    for number, (key, place) in enumerate(
        zip(keys, random.Random(1).sample(folders, _PLANTED), strict=True)
    ):
        line = b"export ANTHROPIC_API_KEY=%b\nexport REGION=eu-west-1\n" % key
        (place / f"deploy-{number:02}.env").write_bytes(line)
    return Made(folder, *extent(folder), keys)


def extent(folder: Path) -> tuple[int, int]:
    """Number and bytes of the regular files below a folder."""
    sizes = list(_sizes(folder))
    return len(sizes), sum(sizes)


def _sizes(folder: Path) -> Iterator[int]:
    waiting = [str(folder)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    elif entry.is_file(follow_symlinks=False):
                        yield entry.stat(follow_symlinks=False).st_size
        except OSError:  # not for us to read; neither is it for any scanner
            continue
