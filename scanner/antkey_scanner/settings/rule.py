"""What a rule about files is that are read as settings, as source code, or as both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from antkey_scanner.code.rule import CodeRule, Hit, Source
from antkey_scanner.model import Rule
from antkey_scanner.settings.read import Settings, read


class SettingsRule(NamedTuple):
    """A rule about files that are no source code."""

    rule: Rule
    check: Callable[[Settings], Iterator[Hit]]


class FileRule(NamedTuple):
    """A rule about files. in_settings, in_code: how each sort is judged, None where it is not."""

    rule: Rule
    in_settings: Callable[[Settings], Iterator[Hit]] | None = None
    in_code: Callable[[Source], Iterator[Hit]] | None = None

    @property
    def code_rule(self) -> CodeRule | None:
        """The part for source code."""
        if self.in_code is None:
            return None
        return CodeRule(self.rule, self.in_code, conditional=False, needs_both=False)

    @property
    def settings_rule(self) -> SettingsRule | None:
        """The part for all else."""
        return None if self.in_settings is None else SettingsRule(self.rule, self.in_settings)


def as_text(check: Callable[[Settings], Iterator[Hit]]) -> Callable[[Source], Iterator[Hit]]:
    """A judgement of settings, for source code that is read as they are."""

    def judged(source: Source) -> Iterator[Hit]:
        yield from check(source.once("settings", lambda: read(source.path, source.text)))

    return judged
