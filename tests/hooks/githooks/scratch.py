"""Scratch repositories whose commits and pushes go through real hooks."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

LEFT_OUT = ("NO_COLOR", "CI", "SKIP", "TERM", "COLUMNS", "EDITOR", "VISUAL", "PYTHONPATH")
PERSON = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Ann Other"), ("EMAIL", "ann@example.com"))
}
ANTKEY = [sys.executable, "-P", "-m", "antkey_hooks.cli"]


def environment() -> dict[str, str]:
    """The tester's own, without what would reach git, the frameworks or antkey."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in LEFT_OUT and not name.startswith(("GIT_", "PRE_COMMIT", "PREK_"))
    }
    tools = str(Path(sys.executable).parent)
    return kept | {
        "PATH": f"{tools}{os.pathsep}{kept.get('PATH', '')}",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_EDITOR": "true",
        "LC_ALL": "C.UTF-8",
        **PERSON,
    }


class Done:
    """How a command ended. text: both outputs, as in a terminal."""

    def __init__(self, done: subprocess.CompletedProcess[bytes]) -> None:
        self.code = done.returncode
        self.text = done.stdout.decode("utf-8", "backslashreplace")


def run(argv: list[str | Path], folder: Path, stdin: bytes = b"", **extra: str) -> Done:
    """Run a command to its end, in `environment()` and more of it."""
    return Done(
        subprocess.run(
            list(map(os.fspath, argv)),
            cwd=folder,
            env={**environment(), **extra},
            input=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=300,
            check=False,
        )
    )


class Scratch:
    """A repository at `path`; `extra` goes into the environment of all that is run in it."""

    def __init__(self, path: Path, **extra: str) -> None:
        self.path = path
        self.extra = extra

    def init(self, *arguments: str) -> Scratch:
        self.path.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main", *arguments)
        return self

    def try_git(self, *arguments: str | Path, stdin: bytes = b"", **extra: str) -> Done:
        return run(["git", *arguments], self.path, stdin, **{**self.extra, **extra})

    def git(self, *arguments: str | Path, stdin: bytes = b"", **extra: str) -> str:
        """What a git command says that has to succeed."""
        done = self.try_git(*arguments, stdin=stdin, **extra)
        assert done.code == 0, done.text
        return done.text.strip()

    def antkey(self, *arguments: str | Path, **extra: str) -> Done:
        return run([*ANTKEY, *arguments], self.path, **{**self.extra, **extra})

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def add(self, name: str, content: str | bytes) -> None:
        """Write a file and stage it."""
        self.write(name, content)
        self.git("add", "--force", "--", f":(literal){name}")

    def past_hooks(self, message: str = "anyway") -> str:
        """Commit what is staged, hooks or not; the commit's id."""
        self.git("commit", "-q", "--no-verify", "--allow-empty", "-m", message)
        return self.head()

    def head(self) -> str:
        done = self.try_git("rev-parse", "--quiet", "--verify", "HEAD")
        return done.text.strip() if done.code == 0 else ""

    def refuses(self, *arguments: str | Path, **extra: str) -> str:
        """What is said when a git command is refused, and HEAD is as it was."""
        before = self.head()
        done = self.try_git(*arguments, **extra)
        assert done.code != 0, done.text
        assert self.head() == before
        return done.text

    def hook(self, name: str) -> Path:
        return self.path / ".git" / "hooks" / name

    def add_hook(self, name: str, text: str, folder: Path | None = None) -> Path:
        """A hook of somebody else's."""
        path = (folder or self.path / ".git" / "hooks") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)
        return path


MakeKey = Callable[..., str]
