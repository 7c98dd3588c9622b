"""What is agreed between the process that runs a scan and the workers that run the detectors."""

from __future__ import annotations

from typing import NamedTuple

from antkey_scanner.bridge.baseline import Baseline
from antkey_scanner.bridge.detectors import Chosen
from antkey_scanner.model import PatternRule

ACCEPTED = "accepted/"
"""Stands before the id of a rule in a row that says: the baseline accepts this finding."""


class Plan(NamedTuple):
    """What the workers of one run do.

    places: the paths of git objects, by their ids, and top: the folder that they are relative to;
    rules: antkey's own, whose findings go before those of detect-secrets; marks, visible, size: as in
    the scan's settings; seconds: processor time for one file.
    """

    detectors: tuple[Chosen, ...]
    rules: tuple[PatternRule, ...] = ()
    baseline: Baseline | None = None
    marks: tuple[str, ...] = ()
    visible: int = 7
    max_file_size: int | None = None
    seconds: float = 10.0
    places: tuple[tuple[bytes, tuple[str, ...]], ...] = ()
    top: str = ""
