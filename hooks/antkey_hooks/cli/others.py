"""Secrets of other kinds than Anthropic's: what of it the policy turns on. Imported only then."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from antkey_rules.load import load_providers
from antkey_scanner import engine
from antkey_scanner.bridge import baseline, detectors
from antkey_scanner.bridge.plan import Plan
from antkey_scanner.bridge.run import add_detect_secrets
from antkey_scanner.model import Control, PatternRule, Skip
from antkey_scanner.policy import ScanPolicy

if TYPE_CHECKING:
    from antkey_scanner.sources.objects import Source

_HISTORY = Skip(
    ".git",
    "the history is not searched by detect-secrets, which takes a second for some megabytes;"
    " antkey's own rules were tried on it",
    counts=False,
)


def provider_rules() -> tuple[PatternRule, ...]:
    """The rules for other providers' keys."""
    rules, _ = load_providers()
    return rules


def controls(policy: ScanPolicy) -> tuple[Control, ...]:
    """What is checked beyond the built-in controls."""
    _, found = load_providers()
    return (*found, detectors.control()) if policy.detect_secrets else found


def plan(
    policy: ScanPolicy, rules: Sequence[PatternRule], folder: str, *, trusted: bool
) -> Plan | None:
    """What detect-secrets shall do, None when it is off.

    folder: the working folder, from which its baseline is looked for if it is trusted. Raises
    PolicyError when the baseline is broken.
    """
    if not policy.detect_secrets:
        return None
    path = baseline.find_baseline(folder) if trusted else None
    found = None if path is None else baseline.read_baseline(path)
    chosen = detectors.usual()
    if policy.detect_secrets_plugins is not None:
        chosen = tuple(map(detectors.Chosen, policy.detect_secrets_plugins))
    elif found is not None and found.detectors is not None:
        chosen = found.detectors
    return Plan(chosen, tuple(rules), found)


def search(
    scanned: engine.Scanned,
    targets: Sequence[str],
    settings: engine.Settings,
    wanted: Plan,
    *,
    jobs: int,
    source: Source | None,
    alone: bool,
) -> engine.Scanned:
    """The scan's result with what detect-secrets finds in the same files, or in git objects alone, and
    then `targets` is the top of their repository."""
    wanted = wanted._replace(
        marks=settings.marks,
        visible=settings.visible_key_characters,
        max_file_size=settings.max_file_size,
        top=os.path.realpath(targets[0]),
    )
    if alone:
        return add_detect_secrets(scanned, (), settings, wanted, jobs=jobs, source=source)
    scanned = add_detect_secrets(scanned, targets, settings, wanted, jobs=jobs)
    return scanned if source is None else scanned._replace(skips=(*scanned.skips, _HISTORY))


def explanation(wanted: Plan) -> str:
    """One line on what detect-secrets does."""
    accepted = "no baseline"
    if wanted.baseline is not None:
        folder = os.path.relpath(wanted.baseline.folder)
        accepted = f"{len(wanted.baseline.accepted)} accepted by the baseline in {folder}"
    return f"detect-secrets: {len(wanted.detectors)} detectors, {accepted}"
