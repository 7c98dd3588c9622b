"""Tells file names from options where a framework hands over both: a name may look like an option."""

from __future__ import annotations

import os
from collections.abc import Sequence

from antkey_hooks.cli.options import OPTIONS
from antkey_hooks.cli.parse import parse
from antkey_scanner.errors import PolicyError
from antkey_scanner.system import show


def told_apart(command: str, words: Sequence[str]) -> list[str]:
    """The words of a command with `--` before the file names among them.

    pre-commit and prek append the names of changed files to what the user wrote, whatever they look
    like: a file that is called `--exit-zero` must not switch anything off. Raises PolicyError for a
    name that could be meant as an option.
    """
    if "--" in words or not any(word.startswith("-") for word in words):
        return list(words)
    options, names = [], []
    for word in words:
        if not word.startswith("-") or word == "-" or not os.path.lexists(word):
            options.append(word)
        elif _could_be_an_option(command, word):
            raise PolicyError(
                f"{show(word)}: is an option and the name of a file in this repository; rename the"
                " file, or write -- behind the options"
            )
        else:
            names.append(word)
    return [*options, "--", *names] if names else list(words)


def _could_be_an_option(command: str, word: str) -> bool:
    flags = {flag for option in OPTIONS for flag in option.flags}
    return word.partition("=")[0] in flags or parse([*command.split(" "), word]) is not None
