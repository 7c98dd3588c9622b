"""The git objects that `--staged`, `--range` and `--history` ask for."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from antkey_hooks.cli import output
from antkey_scanner import system
from antkey_scanner.errors import PolicyError

if TYPE_CHECKING:
    from antkey_hooks.cli.options import Options
    from antkey_scanner.engine import Settings
    from antkey_scanner.model import PatternRule
    from antkey_scanner.sources.cache import Cache
    from antkey_scanner.sources.history import History
    from antkey_scanner.sources.objects import Source


def source_of(operands: Sequence[str], options: Options, folder: str) -> tuple[Source, str]:
    """What is staged or new in ranges, and the top of that repository.

    operands: what the command line names. Raises PolicyError and SourceError when there is no
    repository, or not one that can be read.
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
    from antkey_scanner.sources.revisions import Revisions

    if len(operands) > 1:
        raise PolicyError("--range takes one repository; name one folder, or none")
    revisions = Revisions(operands[0] if operands else folder, os.environ, options.range)
    return revisions, revisions.top


def history_of(targets: Sequence[str], *, asked: bool, narrowed: bool = False) -> History | None:
    """The histories of all repositories at and below the targets; None where no folder is among those.

    asked: by the command line; then it is wrong to have none. Raises PolicyError. Where the policy asks,
    a folder without one is a skip; it counts unless narrowed: the command line names other paths than the
    policy.
    """
    from antkey_scanner.git.discover import INSIDE
    from antkey_scanner.model import Skip
    from antkey_scanner.sources.history import History

    folders = _folders(targets)
    if not folders and not asked:
        return None
    history = History(folders)
    if not history.repositories and not any(skip.counts for skip in history.skips):
        shown = ", ".join(map(system.show, targets))
        if asked:
            raise PolicyError(
                f"{shown}: no git repository at or below it; name one, or leave out --history"
            )
        reason = "no git repository at or below it, and the policy asks for its history"
        history.skips.append(Skip(shown, reason, counts=not narrowed))
    if narrowed and not asked:
        history.skips = [
            skip._replace(counts=False) if skip.reason == INSIDE else skip for skip in history.skips
        ]
    return history


def histories_there(targets: Sequence[str]) -> History | None:
    """The histories of the repositories at and below the targets; None where there is none.

    Nobody asked for them by name, so that a folder without one, or inside of a repository, is no omission
    that counts.
    """
    from antkey_scanner.git.discover import INSIDE
    from antkey_scanner.sources.history import History

    history = History(_folders(targets))
    history.skips = [
        skip._replace(counts=False) if skip.reason == INSIDE else skip for skip in history.skips
    ]
    has_some = history.repositories or any(skip.counts for skip in history.skips)
    return history if has_some else None


def _folders(targets: Sequence[str]) -> list[tuple[str, str]]:
    """The folders among the targets, each with what precedes paths in it when printed."""
    from antkey_scanner.sources import files

    return [
        (each.folder, each.shown)
        for each in files.targets([target for target in targets if target != "-"])
        if isinstance(each, files.Target) and each.name is None
    ]


def remember(
    source: Source, rules: Sequence[PatternRule], settings: Settings, options: Options
) -> Cache | None:
    """Leave out of a history what an earlier scan searched by the same rules; with `--no-cache` forget
    that scan."""
    from antkey_scanner.sources.history import History

    folder = system.cache_folder(os.environ)
    if folder is None or not isinstance(source, History):
        return None
    from antkey_scanner.sources.cache import Cache
    from antkey_scanner.sources.cachekey import rules_key
    from antkey_scanner.sources.recall import Memory

    now = time.time_ns()
    cache = Cache(folder, rules_key(rules, settings), now // 1_000_000_000)
    memory = Memory(cache, now)
    if options.no_cache:
        for repository in source.repositories:
            memory.forget(repository)
    else:
        source.remember(memory)
    return cache


def tell(cache: Cache, options: Options) -> None:
    """Say what is wrong with the cache: always, when it costs the user time once; else when asked."""
    for trouble in dict.fromkeys(cache.troubles):
        if options.verbose or (trouble.damaged and not options.quiet):
            output.say(trouble.text)
