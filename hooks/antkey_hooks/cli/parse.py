"""Understands command lines that are right, without importing click (30 ms, as much as a whole scan).

Everything else (a mistake, `--help`, `--version`, completion) is None, and `click_app` takes over. Both
parsers are made from `options`; a test feeds them the same command lines. GNU style: options and operands
in any order, `--` ends options, short flags cluster, no abbreviations.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from antkey_hooks.cli.commands import COMMANDS, Command, Invocation
from antkey_hooks.cli.options import OPTIONS, Option, Options


def parse(arguments: Sequence[str]) -> Invocation | None:
    """The command line, None when it is not plainly right."""
    for command in COMMANDS:
        words = command.name.split(" ")
        if list(arguments[: len(words)]) == words:
            return _Line(command, arguments[len(words) :]).invocation()
    return None


def make_options(texts: Iterable[tuple[Option, list[str]]]) -> Options:
    """The options from what was written for each. Raises ValueError when a text has no value."""
    made: dict[str, object] = {}
    for option, written in texts:
        field = option.field or option.name
        match option.kind:
            case "flag":
                made[field] = True
            case "count":
                made[field] = len(written)
            case "last":
                made[field] = option.convert(written[-1])
            case "many":
                made[field] = tuple(map(option.convert, written))
    return Options(**made)  # type: ignore[arg-type]  # a test compares both tables' types


class _Refused(Exception):
    """The line is not plainly right."""


class _Line:
    """The words behind a command's name."""

    def __init__(self, command: Command, words: Sequence[str]) -> None:
        self._command = command
        self._words = list(reversed(words))
        self._operands: list[str] = []
        self._texts: dict[str, tuple[Option, list[str]]] = {}
        self._flags = {
            flag: option
            for option in OPTIONS
            if option.name in command.options
            for flag in option.flags
        }

    def invocation(self) -> Invocation | None:
        try:
            self._read()
            options = make_options(self._texts.values())
        except (_Refused, ValueError):
            return None
        count = len(self._operands)
        most = self._most()
        if count < self._command.least or (most is not None and count > most):
            return None
        return Invocation(self._command.name, tuple(self._operands), options)

    def _most(self) -> int | None:
        return self._command.most if self._command.operand else 0

    def _read(self) -> None:
        while self._words:
            word = self._words.pop()
            if word == "--":
                self._operands.extend(reversed(self._words))
                return
            if word.startswith("--"):
                self._long(word)
            elif word.startswith("-") and word != "-":
                self._short(word[1:])
            else:
                self._operands.append(word)

    def _long(self, word: str) -> None:
        flag, equals, text = word.partition("=")
        option = self._option(flag)
        if option.metavar is None:
            if equals:
                raise _Refused
            self._write(option, "")
        else:
            self._write(option, text if equals else self._next())

    def _short(self, letters: str) -> None:
        for position, letter in enumerate(letters, 1):
            option = self._option(f"-{letter}")
            if option.metavar is not None:
                self._write(option, letters[position:] or self._next())
                return
            self._write(option, "")

    def _option(self, flag: str) -> Option:
        option = self._flags.get(flag)
        if option is None:
            raise _Refused
        return option

    def _next(self) -> str:
        if not self._words:
            raise _Refused
        return self._words.pop()

    def _write(self, option: Option, text: str) -> None:
        self._texts.setdefault(option.name, (option, []))[1].append(text)
