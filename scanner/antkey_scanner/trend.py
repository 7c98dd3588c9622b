"""What became of findings over time, as the history of runs tells it. Not imported by a plain scan."""

from __future__ import annotations

from antkey_scanner.named import NamedTuple


class Past(NamedTuple):
    """An earlier run, as the history store keeps it.

    at: when it started, RFC 3339 in UTC; open: how many open findings it had by severity, critical
    first, info last; new, fixed: against the run before it.
    """

    at: str
    exit_code: int
    complete: bool
    open: tuple[int, int, int, int, int]
    new: int
    fixed: int


class Trend(NamedTuple):
    """What became of findings over time. runs: oldest first, this one last; days_to_fix: the mean from
    the run that first saw a finding to the first that did not, None where none was fixed yet."""

    runs: tuple[Past, ...]
    days_to_fix: float | None
