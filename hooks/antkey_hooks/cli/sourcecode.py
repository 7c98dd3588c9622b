"""The rules about source code in a scan, as its policy wants them. Loaded when a first file needs them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from antkey_rules.configuration import (
    load_code_parts,
    load_file_rule,
    load_file_rules,
    settings_parts,
)
from antkey_scanner.code.rule import CodeRule
from antkey_scanner.model import Finding, Rule, Severity, Skip
from antkey_scanner.policy.anchor import root_below
from antkey_scanner.settings.rule import SettingsRule
from antkey_scanner.suppress import accept_skips, weigh_findings

if TYPE_CHECKING:
    from antkey_scanner.engine import Scanned
    from antkey_scanner.policy import Policy


_VERIFY = (
    "The policy lets tenants without a key run on the platform's. Verify that no tenant with a key gets here,"
    " not on an error and not while its key changes: antkey egress run --scenario ok --scenario no-key"
    " --scenario 401 --scenario 429 --scenario rotate -- COMMAND."
)
"""What is to be done about code that is allowed on a condition, which no code can show to hold."""


def about_source() -> tuple[CodeRule, ...]:
    """What all source code is judged by."""
    return load_code_parts()


def as_they_are() -> tuple[CodeRule, ...]:
    """What source code is judged by that speaks of a tenant's key and of the platform's, for policies under
    which no tenant's request may run on the latter."""
    from antkey_rules.code import load_code_rules

    return load_code_rules()


def for_information() -> tuple[CodeRule, ...]:
    """The same for policies under which a tenant without a key may: whether that holds is for `egress` to
    show."""
    return tuple(map(_informing, as_they_are()))


def _informing(rule: CodeRule) -> CodeRule:
    if not rule.conditional:
        return rule
    return rule._replace(rule=rule.rule._replace(severity=Severity.INFO, remedy=_VERIFY))


def rule_of(identity: str, *, informs: bool) -> Rule:
    """Any of these rules, by its id, as it is or `for_information`: what is found may need one of them."""
    from antkey_rules.code import load_code_rule

    rule = load_code_rule(identity)
    if rule is None:
        return load_file_rule(identity)
    return (_informing(rule) if informs else rule).rule


def about_settings() -> tuple[SettingsRule, ...]:
    """What configuration and other files that are no source code are judged by."""
    return settings_parts(load_file_rules())


def in_place(
    scanned: Scanned, policy: Policy, repositories: Sequence[str], targets: Sequence[str]
) -> Scanned:
    """A scan's result with what only several files show together, or what git knows of one.

    repositories: folders whose environment files are compared with what git knows.
    """
    from antkey_scanner.settings.environments import SHARED, shared

    more = list(shared(scanned.findings, load_file_rule(SHARED)))
    skips: list[Skip] = []
    for one in _tracked(repositories, single=len(targets) == 1):
        if isinstance(one, Skip):
            skips.append(one)
        else:
            more.append(one)
    below = root_below(policy.folder, targets)
    return scanned._replace(
        findings=(*scanned.findings, *weigh_findings(more, policy, below)),
        skips=(*scanned.skips, *accept_skips(skips, policy.scan.accept, below)),
    )


def _tracked(folders: Sequence[str], *, single: bool) -> Iterator[Finding | Skip]:
    """single: paths are told from the one folder that is scanned, else from the working folder."""
    if not folders:
        return
    from antkey_scanner.git.discover import repositories
    from antkey_scanner.git.repository import Repository
    from antkey_scanner.settings.tracked import findings

    roots = [(folder, "" if single else f"{folder}/") for folder in folders]
    found = [one for one in repositories(roots) if isinstance(one, Repository)]
    yield from findings(found, load_file_rule)
