"""What git and what the walk find in the same repository, in a form that can be compared."""

from __future__ import annotations

import hashlib
import marshal
import random
from collections.abc import Sequence
from pathlib import Path

from tests.scanner.git.conftest import Git

from antkey_scanner.git.objects import NAMES, CorruptObject, Object, Problem
from antkey_scanner.git.walk import ALL, Walk

Found = dict[bytes, tuple[int, str]]
KINDS = {name.decode(): kind for kind, name in NAMES.items()}


def objects_folder(git: Git) -> str:
    inner = git.path / ".git"
    return str((inner if inner.exists() else git.path) / "objects")


def by_git(git: Git) -> Found:
    """Kind and hash of the content of every object, as git reads them."""
    output = git("cat-file", "--batch-all-objects", "--batch", "--unordered") + b"\n"
    found = {}
    at = 0
    while at < len(output) - 1:
        end = output.index(b"\n", at)
        oid, kind, size = output[at:end].decode().split()
        data = output[end + 1 : end + 1 + int(size)]
        found[bytes.fromhex(oid)] = (KINDS[kind], hashlib.sha256(data).hexdigest())
        at = end + int(size) + 2
    return found


def by_walk(
    folders: Sequence[str | Path],
    hash_size: int = 20,
    *,
    kinds: int = ALL,
    known: bytes = b"",
    planned: bool = True,
) -> tuple[Found, list[Problem]]:
    """The same by the walk, with what it could not read. planned: whether the worker has the plan."""
    names = [str(folder) for folder in folders]
    parent = Walk(names, hash_size, kinds=kinds, known=known)
    plan = parent.plan()
    problems = list(plan.problems)
    worker = parent if planned else Walk(names, hash_size, kinds=kinds)
    found: Found = {}
    for piece in marshal.loads(marshal.dumps(plan.pieces)):  # noqa: S302 - our own
        for item in worker.run(piece):
            if isinstance(item, Problem):
                problems.append(item)
                continue
            try:
                data = item.data if isinstance(item, Object) else item.read()
            except CorruptObject as error:
                problems.append(Problem("stream", str(error), item.oid))
                continue
            assert item.oid not in found or not planned, "an object came twice"
            found[item.oid] = (item.kind, hashlib.sha256(data).hexdigest())
    return found, problems


def fill(git: Git, seed: int = 1, commits: int = 12) -> None:
    """Give a repository objects of all kinds and sizes, of which packs make chains of deltas.

    The new ones are loose, on top of what the branch `main` has.
    """
    generator = random.Random(seed)
    lines = [f"line {number} of {seed}: {generator.random()}" for number in range(400)]
    start = b"from refs/heads/main^0\n" if git("branch") else b""
    stream = []
    for number in range(commits):
        lines[generator.randrange(400)] = f"changed in {number}"
        lines.insert(generator.randrange(400), f"new in {number}")
        files = {
            "text.txt": "\n".join(lines).encode(),
            f"folder/{number}.txt": "\n".join(lines[number : number + 30]).encode(),
            "empty": b"",
            f"data{number % 3}.bin": generator.randbytes(5000 + number * 700),
        }
        person = f"Ann Other <ann@example.com> {1_770_000_000 + seed * 1000 + number} +0200"
        stream.append(f"commit refs/heads/main\ncommitter {person}\n".encode())
        stream.append(_data(f"commit {number} of {seed}".encode()) + start)
        start = b""
        for name, content in files.items():
            stream.append(f"M 100644 inline {name}\n".encode() + _data(content))
        if number % 5 == 0:
            stream.append(f"tag v{seed}.{number}\nfrom refs/heads/main\ntagger {person}\n".encode())
            stream.append(_data(b"tagged"))
    git("-c", "fastimport.unpackLimit=1000", "fast-import", "--quiet", stdin=b"".join(stream))
    git.blob(f"nothing refers to this of {seed}")


def _data(content: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(content), content)
