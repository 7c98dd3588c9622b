"""The one tree of errors, each with its exit code. Messages say the thing, the problem, the cure."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of every command (docs/adr/003-exit-codes.md)."""

    OK = 0
    VIOLATIONS = 1
    USAGE = 2
    INCOMPLETE = 3
    UNDECIDED = 4
    INTERNAL = 70
    INTERRUPTED = 130
    TERMINATED = 143


class AntkeyError(Exception):
    """Base of all errors that antkey raises on purpose; caught in the command line only."""

    exit_code = ExitCode.INTERNAL


class PolicyError(AntkeyError):
    """The policy, a rule file, a baseline or an option is wrong, or there is nothing to scan."""

    exit_code = ExitCode.USAGE


class SourceError(AntkeyError):
    """Something in scope cannot be read at all."""

    exit_code = ExitCode.INCOMPLETE


class EvidenceError(AntkeyError):
    """The evidence for a decision is missing."""

    exit_code = ExitCode.UNDECIDED


class RuleError(AntkeyError):
    """A rule that ships with antkey is broken: our own fault."""

    exit_code = ExitCode.INTERNAL
