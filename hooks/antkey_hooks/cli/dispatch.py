"""From a command line to the command that carries it out, importing nothing of the others."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from antkey_hooks.cli.commands import Invocation
from antkey_hooks.cli.parse import parse
from antkey_scanner.errors import ExitCode

if TYPE_CHECKING:
    from antkey_hooks.cli.options import Options

_COMPLETION = "_ANTKEY_COMPLETE"


def dispatch(arguments: Sequence[str]) -> ExitCode:
    """Carry out a command line. Raises AntkeyError."""
    if os.environ.get(_COMPLETION):
        from antkey_hooks.cli.click_app import complete

        return ExitCode(complete(os.environ[_COMPLETION]))
    if list(arguments[:2]) == ["hook", "pre-commit"]:
        from antkey_hooks.githooks.words import told_apart

        arguments = [*arguments[:2], *told_apart("hook pre-commit", arguments[2:])]
    invocation = parse(arguments)
    if invocation is None:
        from antkey_hooks.cli.click_app import understand

        answer = understand(arguments)
        if isinstance(answer, ExitCode):
            return answer
        invocation = answer
    return _carry_out(invocation)


def _carry_out(invocation: Invocation) -> ExitCode:
    operands, options = invocation.operands, invocation.options
    match invocation.command:
        case "scan":
            from antkey_hooks.cli import scan

            return scan.run(operands, options)
        case "check":
            from antkey_hooks.cli import check

            return check.run(operands, options)
        case "verify":
            from antkey_hooks.cli import verify

            return verify.run(operands[0], options)
        case "report":
            from antkey_hooks.cli import report

            return report.run(operands, options)
        case "baseline create" | "baseline prune" as command:
            from antkey_hooks.cli import baseline

            change = baseline.create if command.endswith("create") else baseline.prune
            return change(operands, options)
        case "hook pre-commit" | "hook commit-msg" | "hook pre-push" | "hook pre-receive":
            from antkey_hooks.githooks import stages

            return stages.run(invocation.command.removeprefix("hook "), operands, options)
        case "init":
            from antkey_hooks.cli import init

            return init.run(options)
        case "keys audit" | "keys list" | "keys calendar" | "keys sync":
            from antkey_hooks.cli import keys

            return keys.run(invocation.command, operands, options)
        case "egress run" | "egress replay" as command:
            return _egress(command, operands, options)
        case "url":
            from antkey_hooks.cli import url

            return url.run(operands, options)
        case "rules list" | "rules show" | "rules test" as command:
            return _rules(command, operands, options)
        case unknown:
            raise AssertionError(f"{unknown} stands in the table of commands only")


def _egress(command: str, operands: Sequence[str], options: Options) -> ExitCode:
    if command == "egress run":
        from antkey_hooks.egress import run

        return run.run(operands, options)
    from antkey_hooks.cli import egress_replay

    return egress_replay.run(operands, options)


def _rules(command: str, operands: Sequence[str], options: Options) -> ExitCode:
    from antkey_hooks.cli import rules

    match command:
        case "rules list":
            return rules.list_rules(options)
        case "rules show":
            return rules.show_rule(operands[0], options)
        case _:
            return rules.run_examples(options)
