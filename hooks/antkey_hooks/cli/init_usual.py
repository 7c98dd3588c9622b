"""`antkey init` without a part named: the policy, the hooks' entry and the CI job, from what is there.

It asks nothing, writes over nothing and follows no link; run again, it changes nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from antkey_hooks.cli import init_ci, init_policy, init_precommit, output
from antkey_hooks.cli.clock import Clock
from antkey_hooks.cli.init_place import Place, Step
from antkey_hooks.cli.init_source import Source, source
from antkey_reports.escape import terminal
from antkey_scanner.errors import ExitCode, PolicyError
from antkey_scanner.policy import DEFAULT_PROFILE, from_folder_to_root
from antkey_scanner.system import show

if TYPE_CHECKING:
    from antkey_hooks.cli.options import Options


FOLDER = "antkey-report"
"""Where `antkey check` writes by itself."""


def run(folder: str, options: Options) -> ExitCode:
    """Set up the repository around a folder, or the folder where there is none. Raises PolicyError when
    something has to be done by hand, after all else is done and told."""
    top = list(from_folder_to_root(folder))[-1]
    place = Place(top, options.dry_run)
    if not place.has(".git") and place.is_bare():
        raise PolicyError(
            f"{show(top)}: is a bare repository, and git's own files are no place for a policy; run this in"
            " a clone, or have pushes judged here: antkey init --git-hooks"
        )
    steps = []
    for step in _steps(place, options):
        steps.append(step)
        if not options.quiet and step.well:
            output.write_out(_told(step, options.dry_run))
    left = [step for step in steps if not step.well]
    if left:
        raise PolicyError(*(line for step in left for line in _by_hand(step)))
    return ExitCode.OK


def _steps(place: Place, options: Options) -> Iterator[Step]:
    git = place.has(".git")
    clock = Clock(options.now, os.environ)
    yield from init_policy.set_up(place, options.profile or DEFAULT_PROFILE, git, clock.judged)
    origin = source()
    if git:
        yield from _hooks(place, origin)
    else:
        yield Step(place.top, "is no git repository; no hooks")
    yield from init_ci.set_up(place, origin, options.ci, _git_configuration(place))
    if git:
        yield from _reports(place)
    yield Step("next", "read antkey.toml, then run: antkey check")


def _hooks(place: Place, origin: Source) -> Iterator[Step]:
    hook = place.read(".git/hooks/pre-commit")
    if hook is not None and "antkey hook" in hook:
        yield Step(".git/hooks/pre-commit", "runs antkey already; left as it is")
    else:
        yield from init_precommit.set_up(place, origin)


def _reports(place: Place) -> Iterator[Step]:
    """Keep what a check writes out of git, where the repository says such things."""
    text = place.read(".gitignore")
    line = f"{FOLDER}/"
    if text is None:
        yield Step(line, "is what antkey check writes; keep it out of git")
    elif all(each.strip().strip("/") != FOLDER for each in text.splitlines()):
        gap = "" if text.endswith("\n") or not text else "\n"
        said = f"{line}, which antkey check writes"
        yield place.replace(".gitignore", f"{text}{gap}{line}\n", said, f"{line}\n")


def _git_configuration(place: Place) -> str:
    """Read as text: nothing in it is obeyed."""
    return place.read(".git/config") or ""


def _told(step: Step, dry: bool) -> str:
    shown = step.add if dry or not step.said.startswith(("wrote", "added")) else ""
    return f"{terminal(step.path)}: {terminal(step.said)}\n" + "".join(
        f"    {terminal(line)}".rstrip() + "\n" for line in shown.splitlines()
    )


def _by_hand(step: Step) -> Iterator[str]:
    """What somebody has to do; each line is a message of its own, or it would be shown as one."""
    yield f"{step.path}: {step.said}"
    yield from (f"    {line}" for line in step.add.splitlines())
