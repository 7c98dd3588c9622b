"""The git objects that `--staged`, `--range` and `--history` ask for."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from antkey_scanner.errors import PolicyError

if TYPE_CHECKING:
    from antkey_hooks.cli.options import Options
    from antkey_scanner.sources.objects import Source


def source_of(operands: Sequence[str], options: Options, folder: str) -> tuple[Source, str | None]:
    """The objects, and the repository's top when files are not to be searched besides.

    Raises PolicyError and SourceError when there is no repository, or not one that can be read.
    """
    chosen = [
        flag
        for flag, given in (
            ("--staged", options.staged),
            ("--range", options.range),
            ("--history", options.history),
        )
        if given
    ]
    if len(chosen) > 1:
        raise PolicyError(f"{' and '.join(chosen)} do not go together; choose one")
    if options.staged:
        from antkey_scanner.sources.staged import Staged

        staged = Staged(folder, os.environ, operands)
        return staged, staged.top
    if options.history:
        from antkey_scanner.sources.history import History

        kinds=int(os.environ.get("KINDS","26"))
        return History([(os.path.realpath(each), "") for each in operands],kinds), None
    raise PolicyError(f"{chosen[0]}: not yet")
