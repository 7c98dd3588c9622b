"""What policies are read by: profiles, controls and how bad rules are, each loaded when a policy asks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from antkey_rules.load import load_files
from antkey_scanner.model import Severity
from antkey_scanner.policy import Catalogue


def _profile_values(name: str) -> Mapping[str, Any]:
    from antkey_rules.profile import load_profile

    return load_profile(name).values


def _control_ids() -> frozenset[str]:
    from antkey_rules.known import load_known

    return frozenset(known.control.id for known in load_known())


def _attestable_ids() -> frozenset[str]:
    from antkey_rules.known import load_known

    return frozenset(known.control.id for known in load_known() if known.attestable)


def _severities(wanted: Collection[str]) -> Mapping[str, Severity]:
    from antkey_rules.severities import severities

    return severities(wanted)


CATALOGUE = Catalogue(_profile_values, _control_ids, _attestable_ids, _severities)
"""What policies are read by; nothing of it is loaded before a policy needs it."""


def catalogue_with(files: Sequence[str]) -> Catalogue:
    """What policies are read by where these are all rules of the user's own, files or folders."""

    def severities(wanted: Collection[str]) -> Mapping[str, Severity]:
        own = {each.rule.id: each.rule.severity for each in load_files(files)}
        return {**_severities(wanted), **own}

    return CATALOGUE._replace(severities=severities, is_whole=True)
