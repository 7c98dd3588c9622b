"""The rules about source code in a scan, as its policy wants them. Loaded when a first file needs them."""

from __future__ import annotations

from antkey_rules.configuration import code_parts, load_file_rules, settings_parts
from antkey_scanner.code.rule import CodeRule
from antkey_scanner.model import Severity
from antkey_scanner.settings.rule import SettingsRule


def as_they_are() -> tuple[CodeRule, ...]:
    """For policies under which no tenant's request may run on the platform's key."""
    from antkey_rules.code import load_code_rules  # brings along what parses source code

    return (*load_code_rules(), *code_parts(load_file_rules()))


def for_information() -> tuple[CodeRule, ...]:
    """For policies under which a tenant without a key may: whether that holds is for `egress` to show."""
    return tuple(
        rule._replace(rule=rule.rule._replace(severity=Severity.INFO)) if rule.conditional else rule
        for rule in as_they_are()
    )


def about_settings() -> tuple[SettingsRule, ...]:
    """What configuration and other files that are no source code are judged by."""
    return settings_parts(load_file_rules())
