"""Repositories to scan, and what a scan of them says."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.scanner.git.conftest import Git

Document = dict[str, Any]


class Report:
    """What one process printed as JSON."""

    def __init__(self, done: subprocess.CompletedProcess[bytes]) -> None:
        assert done.stdout.startswith(b"{"), done.stderr.decode()
        self.document: Document = json.loads(done.stdout)
        self.code = done.returncode
        assert self.code == self.document["exit_code"]
        self.findings: list[Document] = self.document["findings"]
        self.stats: Document = self.document["stats"]

    def of(self, key: str) -> list[Document]:
        """The findings of one key outside of git's own files, in the order of their paths."""
        digest = hashlib.sha256(key.encode()).hexdigest()
        return [
            found
            for found in self.findings
            if found["secret"]["sha256"] == digest
            and ".git/" not in found["location"]["path"]
            and not found["location"]["path"].startswith(("logs/", "hooks/"))
        ]

    def place(self, key: str) -> Document:
        """Where the only finding of a key is."""
        found = self.of(key)
        assert len(found) == 1, [each["location"] for each in found]
        location: Document = found[0]["location"]
        return location

    @property
    def missed(self) -> dict[str, str]:
        """What was in scope and not read, with the reason."""
        return {skip["path"]: skip["reason"] for skip in self.document["skipped"] if skip["counts"]}


def date(git: Git, revision: str) -> str:
    """When the author wrote a commit, as reports say it."""
    written = git("log", "-1", "--format=%at", revision)
    return datetime.fromtimestamp(int(written), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def head(git: Git, revision: str = "HEAD") -> str:
    return git.oid(revision).hex()


def forget(git: Git) -> None:
    """No reflog leads anywhere any more."""
    git("reflog", "expire", "--expire=now", "--expire-unreachable=now", "--all")


def damage(path: Path, at: int, data: bytes) -> None:
    """Overwrite bytes of a file that git made read-only."""
    os.chmod(path, 0o644)
    with path.open("r+b") as file:
        file.seek(at if at >= 0 else path.stat().st_size + at)
        file.write(data)


def zipped(name: str, content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()


def held_and_removed(git: Git, name: str, content: bytes) -> str:
    """A file that one commit brings and the next one takes away; the first one's id."""
    git.commit("first", readme="nothing here\n")
    git.write(name, content)
    commit = git.commit("brought").hex()
    (git.path / name).unlink()
    git.commit("removed")
    return commit


def incomplete(report: Report, *words: str) -> None:
    """Nothing was found, and what was not read is named."""
    assert (report.code, report.findings) == (3, [])
    assert not report.document["complete"]
    text = " | ".join(f"{path}: {reason}" for path, reason in report.missed.items())
    for word in words:
        assert word in text, text


def packed(git: Git) -> Path:
    """A repository of some versions in one pack; the pack."""
    text = [f"line {number}: text, {number * 7919}\n" for number in range(300)]
    for number in range(8):
        text[number * 30] = f"changed: {number}\n"
        git.commit(f"version {number}", **{"a.txt": "".join(text), f"b{number}": f"{number}\n"})
    git("repack", "-adfq")
    (pack,) = (git.path / ".git" / "objects" / "pack").glob("*.pack")
    return pack


Maker = Callable[..., str]
Scan = Callable[..., Report]
