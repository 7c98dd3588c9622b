"""Plants sixteen keys in a repository's history, each in another kind of place."""

from __future__ import annotations

import io
import zipfile
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path

from benchmarks.gitcalls import WHO, git
from benchmarks.keys import make_key

PLACES = (
    "a file that a later commit deletes",
    "one of four versions of a text file with 2,000 lines, stored as deltas",
    "a stash",
    "the message of an annotated tag",
    "a dangling blob",
    "a commit that nothing reaches",
    "a merge that says what neither parent says",
    "a file in UTF-16",
    "a member of a zip archive",
    "a line in base64",
    "a second parent whose side lost the merge",
    "a note",
    "the message of a commit",
    "a binary file that is marked -diff",
    "a commit that only refs/pull reaches",
    "a file of the newest commit",
)
"""Where keys are, in their order. The fifth and sixth stay loose; all others are packed."""

_FOLDER = "antkey-bench"
_SIDES = ("refs/antkey-bench/side", "refs/antkey-bench/other")
_LINES = 2000

_Change = tuple[str, bytes | None]
"""A path, and its new content or None when it goes."""


def plant(repository: Path) -> list[bytes]:
    """Add commits to the current branch and elsewhere, and pack all; the keys, as `PLACES` has them."""
    keys = [make_key() for _ in PLACES]
    branch = _branch(repository)
    git(repository, "fast-import", "--quiet", "--force", data=_stream(repository, branch, keys))
    for side in _SIDES:
        git(repository, "update-ref", "-d", side)
    git(repository, "repack", "-a", "-d", "-k", "-q")
    git(repository, "pack-refs", "--all")  # as in a clone
    _leave_loose(repository, keys[4], keys[5])
    return keys


def _branch(repository: Path) -> str:
    """What HEAD points to, which may not exist yet."""
    head = git(repository, "rev-parse", "--symbolic-full-name", "HEAD").decode().strip()
    if head.startswith("refs/heads/"):
        return head
    git(repository, "symbolic-ref", "HEAD", f"refs/heads/{_FOLDER}")
    return f"refs/heads/{_FOLDER}"


def _stream(repository: Path, branch: str, keys: Sequence[bytes]) -> bytes:
    """All but what stays loose, as git fast-import reads it. Marks are 1 to 11."""
    manual = _manual()
    first = [
        ("old.env", _env(keys[0])),
        ("manual.txt", _text(manual)),
        ("windows.reg", _env(keys[7]).decode().encode("utf-16")),
        ("backup.zip", _zip(keys[8])),
        ("settings.yaml", b"credentials: " + b64encode(_env(keys[9])) + b"\n"),
        ("state.bin", bytes(range(256)) + b'"%b"' % keys[13] + bytes(range(256))),
        (".gitattributes", b"*.bin -diff\n"),
        ("merged.ini", b"[service]\nretries = 3\n"),
    ]
    leaking = [*manual[:999], b'the key = "%b"' % keys[1], *manual[1000:]]
    shorter = [*manual[:500], *manual[520:]]
    known = git(repository, "for-each-ref", "--format=%(objectname)", branch).decode().strip()
    say = b"Rotate the key that was %b\n" % keys[12]
    side, other = _SIDES
    return b"".join(
        (
            _commit(1, branch, known, first),
            _commit(2, branch, ":1", [("old.env", None), ("manual.txt", _text(shorter))]),
            _commit(3, branch, ":2", [("manual.txt", _text(leaking))]),
            _commit(4, branch, ":3", [("manual.txt", _text(manual[:-7]))], message=say),
            _commit(5, side, ":1", [("side.env", _env(keys[10]))]),
            _commit(6, branch, ":4", [], merge=":5"),
            _commit(7, other, ":1", [("other.txt", b"another file\n")]),
            _commit(
                8,
                branch,
                ":6",
                [("other.txt", b"another file\n"), ("merged.ini", _env(keys[6]))],
                merge=":7",
            ),
            _commit(9, branch, ":8", [("current.env", _env(keys[15]))]),
            _commit(10, "refs/antkey-bench/other", ":9", []),
            _commit(11, "refs/stash", ":9", [("stashed.env", _env(keys[2]))], merge=":10"),
            _commit(12, "refs/pull/1000000001/head", "", [("fork.env", _env(keys[14]))]),
            _tag(keys[3]),
            _note(keys[11]),
        )
    )


def _commit(
    mark: int,
    ref: str,
    parent: str,
    changes: Sequence[_Change],
    *,
    merge: str = "",
    message: bytes = b"Change the manual and what belongs to it\n",
) -> bytes:
    head = f"reset {ref}\n" if not parent else ""
    head += f"commit {ref}\nmark :{mark}\nauthor {WHO}\ncommitter {WHO}\n"
    parts = [head.encode(), _data(message)]
    parts += [f"from {parent}\n".encode()] if parent else []
    parts += [f"merge {merge}\n".encode()] if merge else []
    for name, content in changes:
        path = f"{_FOLDER}/{name}"
        if content is None:
            parts.append(f"D {path}\n".encode())
        else:
            parts += [f"M 100644 inline {path}\n".encode(), _data(content)]
    return b"".join((*parts, b"\n"))


def _tag(key: bytes) -> bytes:
    head = f"tag {_FOLDER}-1.0\nfrom :9\ntagger {WHO}\n"
    return head.encode() + _data(b"Released with %b\n" % key)


def _note(key: bytes) -> bytes:
    head = f"commit refs/notes/{_FOLDER}\ncommitter {WHO}\n"
    note = b"N inline :9\n" + _data(b"Deployed by hand:\n" + _env(key))
    return head.encode() + _data(b"Notes added\n") + note + b"\n"


def _data(content: bytes) -> bytes:
    return b"data %d\n%b\n" % (len(content), content)


def _leave_loose(repository: Path, dangling: bytes, unreached: bytes) -> None:
    """A blob and a commit that no ref reaches."""
    git(repository, "hash-object", "-w", "--stdin", data=_env(dangling))
    blob = git(repository, "hash-object", "-w", "--stdin", data=_env(unreached)).decode().strip()
    entry = f"100644 blob {blob}\tamended.env\n".encode()
    tree = git(repository, "mktree", data=entry).decode().strip()
    git(repository, "commit-tree", "-m", "Amended later", tree)


def _env(key: bytes) -> bytes:
    return b"ANTHROPIC_API_KEY=%b\nREGION=eu-west-1\n" % key


def _zip(key: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("deploy/app.env", _env(key))
    return packed.getvalue()


def _manual() -> list[bytes]:
    """Lines that do not resemble each other too much."""
    return [
        b"%d. Turn the valve %x by %d degrees" % (line, line * 2654435761 % 2**32, line % 360)
        for line in range(_LINES)
    ]


def _text(lines: Sequence[bytes]) -> bytes:
    return b"\n".join(lines) + b"\n"
