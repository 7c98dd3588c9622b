"""`antkey init`: sets antkey up in a repository, one part for each option; without one, what everybody needs.

A part is a function that writes its files and gives one line for each thing it did, or found as it
should be. To add one: its option in `options`, its function in `_PARTS`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from antkey_hooks.cli import output
from antkey_reports.escape import terminal
from antkey_scanner.errors import ExitCode, PolicyError

if TYPE_CHECKING:
    from antkey_hooks.cli.options import Options


def run(options: Options) -> ExitCode:
    """Do what the options ask for. Raises PolicyError."""
    parts = [part for name, part in _PARTS.items() if getattr(options, name)]
    if not options.git_hooks and (options.hooks_dir is not None or options.uninstall):
        raise PolicyError("--hooks-dir, --uninstall: say where hooks go; add --git-hooks")
    if options.schema:
        from antkey_hooks.cli.init_policy import schema_text

        output.write_out(schema_text())
        return ExitCode.OK
    if not parts:
        from antkey_hooks.cli import init_usual

        return init_usual.run(os.getcwd(), options)
    lines = [line for part in parts for line in part(os.getcwd(), options)]
    if not options.quiet:
        output.write_out("".join(f"{terminal(line)}\n" for line in lines))
    return ExitCode.OK


def _detect_secrets(folder: str, _: Options) -> list[str]:
    from antkey_hooks.cli.init_detect_secrets import set_up

    return set_up(folder)


def _git_hooks(folder: str, options: Options) -> list[str]:
    from antkey_hooks.cli.init_hooks import set_up

    return set_up(folder, options.hooks_dir, away=options.uninstall, quiet=options.quiet)


_PARTS: dict[str, Callable[[str, Options], list[str]]] = {
    "git_hooks": _git_hooks,
    "detect_secrets": _detect_secrets,
}
"""What sets each part up from the working folder, by the name of its option."""
