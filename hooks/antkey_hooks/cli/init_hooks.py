"""`antkey init --git-hooks`: says what became of each hook."""

from __future__ import annotations

import os

from antkey_hooks.cli import output
from antkey_hooks.githooks.install import Done, install, uninstall
from antkey_reports.escape import terminal
from antkey_scanner.errors import PolicyError
from antkey_scanner.system import show


def set_up(folder: str, hooks_dir: str | None, *, away: bool, quiet: bool) -> list[str]:
    """Install or take away; one line for each hook.

    Raises PolicyError with those that are not as they should be, when the others have been told.
    """
    done = (uninstall if away else install)(folder, hooks_dir)
    well = [_line(each) for each in done if each.well]
    if len(well) == len(done):
        return well
    if not quiet:
        output.write_out("".join(f"{terminal(line)}\n" for line in well))
    raise PolicyError(*(_line(each) for each in done if not each.well))


def _line(done: Done) -> str:
    path = min(done.path, os.path.relpath(done.path), key=len)
    return f"{show(path)}: {done.said}"
