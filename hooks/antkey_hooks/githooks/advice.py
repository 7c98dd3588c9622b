"""What a refused commit or push says at its end: what to do next, at this stage."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from antkey_scanner.errors import ExitCode
from antkey_scanner.model import Finding, Result, Status

_FILES_NAMED = 3
_COLUMN = 18
_REFUSED = {
    "pre-commit": "The commit was refused; nothing is lost.",
    "commit-msg": "The commit was refused; nothing is lost.",
    "pre-push": "The push was refused; nothing has left this machine.",
    "pre-receive": "The push was refused; nothing was stored.",
}


def advice(stage: str, result: Result, *, undo: str = "", top: str = "", file: str = "") -> str:
    """What to do after a hook has refused, "" when it has not.

    undo: what takes a file out of the index, if anything is to be taken out; top: what precedes the
    path of a file where the user is; file: in which the commit's message is.
    """
    match result.run.exit_code:
        case ExitCode.VIOLATIONS:
            found = [each for each in result.findings if each.status is Status.OPEN]
            rows = _after_findings(stage, found, undo, top, file)
        case ExitCode.INCOMPLETE:
            rows = _after_gaps()
        case _:
            return ""
    lines = [_REFUSED[stage], *(f"  {what:<{_COLUMN}}{how}".rstrip() for what, how in rows)]
    return "\n" + "\n".join(lines) + "\n"


def _after_findings(
    stage: str, found: Sequence[Finding], undo: str, top: str, file: str
) -> Iterator[tuple[str, str]]:
    rule = found[0].rule.id if found else "RULE"
    match stage:
        case "pre-commit":
            if undo:
                yield "take it out", "edit the file and git add it again, or leave the file out:"
                yield "", f"{undo} -- {_files(found, top)}"
            else:
                yield "take it out", "edit the file, and commit again"
            yield "rotate the key", "if it was ever pushed, sent or shared: see above"
        case "commit-msg":
            yield "write it anew", f"git commit -e -F {shlex.quote(file)}"
            yield "rotate the key", "if it was ever pushed, sent or shared: see above"
        case _:
            yield "take it out", "of the commits named above: git commit --amend for the last one,"
            yield (
                "",
                "git rebase -i COMMIT^ for older ones; removing it in a new commit is not enough",
            )
            if stage == "pre-push":
                yield "rotate the key", "if it was ever pushed, sent or shared: see above"
            else:
                yield "rotate the key", "it has left your machine: see above"
    if stage != "commit-msg":
        yield "a false alarm", f"write beside it: antkey: ignore[{rule}] REASON"
    if stage == "pre-commit":
        yield "known for long", "accept what lies here today: antkey baseline create"


def _after_gaps() -> Iterator[tuple[str, str]]:
    yield "what was not read", "stands above; mend it, or accept it with a reason in antkey.toml:"
    yield "", '[[scan.accept]]  path = "…"  reason = "…"'


def _files(found: Sequence[Finding], top: str) -> str:
    paths = dict.fromkeys(each.location.path.partition("!/")[0] for each in found)
    named = [shlex.quote(top + path) for path in paths][:_FILES_NAMED]
    return " ".join(named) + (" …" if len(paths) > _FILES_NAMED else "")
