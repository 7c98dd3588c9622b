"""Runs one stage: what it is about, the scan, and what to do next when it refuses."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from antkey_hooks.cli import output, scan
from antkey_hooks.cli.render import deliver
from antkey_scanner.errors import ExitCode, PolicyError
from antkey_scanner.model import Result

if TYPE_CHECKING:
    from antkey_hooks.cli.options import Options

_STANDARD_INPUT = 0
_NO_EDITOR = ":"
"""What git says the editor is when it opens none."""


def run(stage: str, operands: Sequence[str], options: Options) -> ExitCode:
    """Judge a commit or a push at one of its stages; all codes but OK refuse. Raises AntkeyError."""
    options = options._replace(quiet=options.quiet or not options.verbose)
    match stage:
        case "pre-commit":
            return _pre_commit(operands, options)
        case "commit-msg":
            return _commit_msg(operands[0], options)
        case "pre-push":
            return _push(stage, _pushed(operands), options)
        case "pre-receive":
            return _push(stage, _received(), options)
        case unknown:
            raise AssertionError(f"{unknown} stands in the table of commands only")


def _pre_commit(names: Sequence[str], options: Options) -> ExitCode:
    result = scan.judged(names, options._replace(staged=True))
    return _tell("pre-commit", result, options)


def _commit_msg(file: str, options: Options) -> ExitCode:
    from antkey_hooks.githooks.message import kept

    try:
        with open(file, "rb") as opened:
            message = opened.read()
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise PolicyError(f"{file}: {reason}; name the file that holds the message") from None
    _become_input(kept(message, edited=os.environ.get("GIT_EDITOR") != _NO_EDITOR))
    result = _renamed(scan.judged(["-"], options), file)
    return _tell("commit-msg", result, options, file)


def _become_input(data: bytes) -> None:
    """Let the scan read these bytes as standard input; never through a file of our own."""
    from threading import Thread

    reading, writing = os.pipe()
    os.dup2(reading, _STANDARD_INPUT)
    os.close(reading)

    def write() -> None:
        try:
            with open(writing, "wb", buffering=0) as pipe:
                pipe.write(data)
        except BrokenPipeError:
            pass  # the scan ended for another reason, and says which

    Thread(target=write, daemon=True).start()


def _renamed(result: Result, file: str) -> Result:
    """The result with the message's file where it says standard input."""
    from antkey_scanner.system import show

    shown = show(file)

    def placed(path: str) -> str:
        return shown + path.removeprefix("<stdin>") if path.startswith("<stdin>") else path

    return result._replace(
        findings=tuple(
            each._replace(location=each.location._replace(path=placed(each.location.path)))
            for each in result.findings
        ),
        skips=tuple(each._replace(path=placed(each.path)) for each in result.skips),
    )


def _pushed(operands: Sequence[str]) -> str | None:
    """What is new in a push: git gives the remote and lines, frameworks variables."""
    from antkey_hooks.githooks import git, pushed

    if not operands:
        found = pushed.announced(os.environ, git.resolve, git.present)
        if found is not None:
            return found
        if os.environ.get("PRE_COMMIT"):  # started by hand, `pre-commit run --hook-stage pre-push`
            return pushed.sent([git.resolve("HEAD")], [], None, git.present)
    try:
        return pushed.pushed(_lines(), operands[0] if operands else None, git.present)
    except pushed.BrokenLine:
        raise PolicyError(_UNLIKE_GIT) from None


def _received() -> str | None:
    from antkey_hooks.githooks import pushed

    try:
        return pushed.received(_lines())
    except pushed.BrokenLine:
        raise PolicyError(_UNLIKE_GIT) from None


_UNLIKE_GIT = "standard input: holds no line as git writes them for this hook; let git start it"


def _lines() -> list[bytes]:
    if sys.stdin is None or sys.stdin.isatty():
        raise PolicyError(_UNLIKE_GIT)
    return sys.stdin.buffer.read().splitlines()


def _push(stage: str, new: str | None, options: Options) -> ExitCode:
    if new is None:  # refs are only deleted
        return ExitCode.OK
    result = scan.judged([], options._replace(range=(new,)))
    return _tell(stage, result, options)


def _tell(stage: str, result: Result, options: Options, file: str = "") -> ExitCode:
    code = deliver(result, options)
    if code is ExitCode.OK or options.format != "text":
        return code
    from antkey_hooks.githooks.advice import advice
    from antkey_reports.escape import terminal
    from antkey_reports.mask import mask

    below = bool(
        os.environ.get("GIT_PREFIX")
    )  # the user is in a folder of the work tree, we at its top
    undo = _undo() if stage == "pre-commit" else ""
    text = advice(
        stage,
        result,
        undo=undo,
        top=":/" if below else "",
        file=os.path.abspath(file) if below else file,
    )
    output.write_out("".join(f"{terminal(mask(line))}\n" for line in text.splitlines()))
    return code


def _undo() -> str:
    """What takes a file out of the index. `git commit -a`, `-p` and `git commit FILE` have put nothing
    in: they show hooks an index that is gone afterwards."""
    if os.environ.get("GIT_INDEX_FILE", "").endswith(".lock"):
        return ""
    from antkey_hooks.githooks.git import has_history

    return "git restore --staged" if has_history() else "git rm --cached"
