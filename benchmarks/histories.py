"""Makes the repository whose whole history is scanned: a copy of a real one, or a generated one."""

from __future__ import annotations

import hashlib
import random
import re
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import IO

from benchmarks import corpora
from benchmarks.corpora import Corpus, Made, Unavailable
from benchmarks.gitcalls import WHO, environment, git, last_line
from benchmarks.planting import PLACES, plant

COMMITS = 2_500
"""Of the generated repository: with ten changed files each they make more than 100,000 objects."""

_CHANGED_FILES = 10
_LARGEST_CHANGED = 40_000
_MOST_MISSING = 1_000
"""A copy that lacks more files is not a history."""
_GENERATED_SIZE = 900_000_000
"""Bytes on the disk while it is made."""
_RECIPE = "2"
_PLAIN_PATH = re.compile(r"[A-Za-z0-9_./+-]+")
_LEFT_OUT = ("*.promisor", "*.keep", "*.lock", "tmp_*", "commit-graph*", "multi-pack-index*")


def history(cache: Path, own: str | None, commits: int = COMMITS) -> Corpus:
    """A bare repository with a key in each of `PLACES`. `own` is never written to."""
    if own is None:
        make = partial(_generated, cache, commits)
        return corpora.kept(cache / "git", f"{_RECIPE} generated {commits}", _GENERATED_SIZE, make)
    source = _git_folder(Path(own).resolve())
    state = _state(source)
    need = 2 * corpora.extent(source)[1]
    return corpora.kept(
        cache / "git", f"{_RECIPE} {source} {state}", need, partial(_copied, source)
    )


def _state(source: Path) -> str:
    """Another one when there are other packs or refs."""
    packs = [(path.name, path.stat().st_size) for path in sorted(source.glob("objects/pack/*"))]
    files = [source / "HEAD", source / "packed-refs", *sorted(source.glob("refs/**/*"))]
    refs = [(str(path), path.read_bytes()) for path in files if path.is_file()]
    return hashlib.sha256(repr((packs, refs)).encode()).hexdigest()


def _copied(source: Path, folder: Path) -> Made:
    repository = copy(source, folder / "repository")
    replaced = complete(repository)
    lacking = f"; {replaced} files that it lacks are replaced by a line of text" if replaced else ""
    return _planted(repository, f"a real repository{_newest(repository)}{lacking}")


def _generated(cache: Path, commits: int, folder: Path) -> Made:
    tree = corpora.source_tree(cache, None).path
    repository = generate(folder / "repository", contents(tree), commits)
    return _planted(
        repository, f"generated: {commits:,} commits that edit lines of unpacked packages"
    )


def _planted(repository: Path, origin: str) -> Made:
    keys = plant(repository)
    kinds, size = objects(repository)
    loose = git(repository, "count-objects").split()[0].decode()
    count = sum(kinds.values())
    about = (
        f"{count:,} objects ({loose} of them loose): {kinds['commit']:,} commits, "
        f"{kinds['blob']:,} blobs with {size:,} bytes, {len(PLACES)} planted keys; {origin}."
    )
    return Made(repository, kinds["blob"], size, keys, about)


def objects(repository: Path) -> tuple[Counter[str], int]:
    """How many objects of each kind there are, and the bytes of all blobs."""
    kinds: Counter[str] = Counter()
    size = 0
    form = "--batch-check=%(objecttype) %(objectsize)"
    listing = git(repository, "cat-file", "--batch-all-objects", "--unordered", form)
    for line in listing.decode().splitlines():
        kind, _, length = line.partition(" ")
        kinds[kind] += 1
        size += int(length) if kind == "blob" else 0
    return kinds, size


def _newest(repository: Path) -> str:
    """How a reader tells which repository it is, without its place on this machine."""
    found = git(
        repository,
        "for-each-ref",
        "--count=1",
        "--sort=-creatordate",
        "--format=%(creatordate:short)",
    )
    return f" with commits until {found.decode().strip()}" if found else ""


def _git_folder(named: Path) -> Path:
    """Where objects and refs of a normal or bare clone are. Raises Unavailable for other kinds."""
    folder = named / ".git" if (named / ".git").is_dir() else named
    if not (folder / "objects").is_dir():
        raise Unavailable(f"BENCH_REPO={named} is no clone; name a normal or bare one")
    for file, problem in (
        ("shallow", "is shallow; unshallow it"),
        ("objects/info/alternates", "borrows objects; clone it without --shared or --reference"),
        ("reftable", "keeps its refs in tables; clone it with --ref-format=files"),
    ):
        if (folder / file).exists():
            raise Unavailable(f"BENCH_REPO={named} {problem}")
    return folder


def copy(source: Path, target: Path) -> Path:
    """A bare repository of the same objects and refs, made with plain file copies.

    Its configuration is a new one, and no file says that objects could be fetched.
    """
    sha256 = (source / "config").is_file() and re.search(
        rb"(?i)objectformat\s*=\s*sha256", (source / "config").read_bytes()
    )
    target.mkdir(parents=True)
    git(target, "init", "--bare", "--quiet", f"--object-format={'sha256' if sha256 else 'sha1'}")
    for name in ("objects", "refs"):
        ignored = shutil.ignore_patterns(*_LEFT_OUT)
        shutil.copytree(source / name, target / name, ignore=ignored, dirs_exist_ok=True)
    for name in ("packed-refs", "HEAD"):
        if (source / name).is_file():
            shutil.copyfile(source / name, target / name)
    return target


def complete(repository: Path) -> int:
    """Give a partial clone a short file for each that it lacks, so that it counts as a full one.

    The trees and commits above are written anew; all else stays as it was packed. The number of files.
    """
    absent = _absent(repository)
    if not absent:
        return 0
    if len(absent) > _MOST_MISSING:
        raise Unavailable(f"BENCH_REPO lacks {len(absent):,} files; name a full clone")
    content = b"A large file was here: %b\n"
    known = {
        name: git(repository, "hash-object", "-w", "--stdin", data=content % name).strip()
        for name in absent
    }
    _rewrite(repository, known)
    git(repository, "repack", "-a", "-d", "-q")
    git(repository, "pack-refs", "--all")
    git(repository, "prune", "--expire=now")
    left = _absent(repository)
    if left:
        raise Unavailable(f"BENCH_REPO lacks {len(left):,} files that cannot be replaced")
    return len(absent)


def _absent(repository: Path) -> list[bytes]:
    listing = git(
        repository, "rev-list", "--objects", "--all", "--missing=print", "--no-object-names"
    )
    return [line[1:] for line in listing.splitlines() if line.startswith(b"?")]


def _rewrite(repository: Path, known: Mapping[bytes, bytes]) -> None:
    """Export and import all refs with other ids for some blobs, whose content stays where it is."""
    options = ("--all", "--no-data", "--reencode=no", "--signed-tags=strip")
    with tempfile.TemporaryFile() as said:
        with (
            _started(repository, ["fast-export", *options], said) as source,
            _started(repository, ["fast-import", "--force", "--quiet"], said) as sink,
        ):
            assert source.stdout is not None
            assert sink.stdin is not None
            for line in source.stdout:
                # A message that looks like this keeps its length: ids are as long as ids.
                kind, *rest = line.split(b" ", 3)
                if kind == b"M" and len(rest) == 3 and rest[1] in known:
                    line = b" ".join((kind, rest[0], known[rest[1]], rest[2]))
                sink.stdin.write(line)
        if source.returncode or sink.returncode:
            said.seek(0)
            raise Unavailable(f"BENCH_REPO cannot be completed: {last_line(said.read())}")


def _started(repository: Path, arguments: list[str], said: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        ["git", *arguments],
        cwd=repository,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=said,
    )


def contents(tree: Path) -> dict[str, bytes]:
    """The files of the tree, but those with a planted key."""
    return {
        path.relative_to(tree).as_posix(): path.read_bytes()
        for path in sorted(tree.rglob("*"))
        if path.is_file() and not path.match("deploy-*.env")
    }


def generate(target: Path, files: dict[str, bytes], commits: int) -> Path:
    """A repository that begins with these files; each further commit edits a line in some of them."""
    files = {path: content for path, content in files.items() if _PLAIN_PATH.fullmatch(path)}
    target.mkdir(parents=True)
    git(target, "init", "--bare", "--quiet", "--initial-branch=main")
    with tempfile.TemporaryFile() as stream:
        for part in _commits(files, commits):
            stream.write(part)
        stream.seek(0)
        _import(target, stream)
    git(target, "repack", "-a", "-d", "-f", "-q")
    return target


def _import(target: Path, stream: IO[bytes]) -> None:
    done = subprocess.run(
        ["git", "fast-import", "--quiet"],
        cwd=target,
        env=environment(),
        stdin=stream,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise Unavailable(f"git fast-import failed: {last_line(done.stderr)}")


def _commits(files: dict[str, bytes], commits: int) -> Iterator[bytes]:
    """The history as git fast-import reads it."""
    chance = random.Random(1)
    edited = sorted(path for path, content in files.items() if 0 < len(content) <= _LARGEST_CHANGED)
    yield _head(0)
    yield from (_file(path, content) for path, content in files.items())
    for number in range(1, commits + 1):
        yield _head(number)
        for path in chance.sample(edited, min(_CHANGED_FILES, len(edited))):
            lines = files[path].splitlines(keepends=True)
            at = chance.randrange(len(lines))
            lines[at] = b"revision %d, %08x\n" % (number, chance.getrandbits(32))
            files[path] = b"".join(lines)
            yield _file(path, files[path])


def _head(number: int) -> bytes:
    message = b"Revise some lines, step %d" % number
    head = f"commit refs/heads/main\nauthor {WHO}\ncommitter {WHO}\ndata {len(message)}\n"
    return head.encode() + message + b"\n"


def _file(path: str, content: bytes) -> bytes:
    return b"M 100644 inline %b\ndata %d\n%b\n" % (path.encode(), len(content), content)
