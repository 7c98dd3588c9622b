"""The rules about files: the modules of `builtin/exposure`, `builtin/config` and `builtin/url`."""

from __future__ import annotations

from collections.abc import Sequence

from antkey_rules.pyrules import is_in, module_of, modules, placed, rule_in
from antkey_scanner.code.rule import CodeRule
from antkey_scanner.model import Rule
from antkey_scanner.settings.rule import FileRule, SettingsRule

_FAMILIES = ("config", "exposure", "url")


def load_exposure_rules() -> tuple[FileRule, ...]:
    """The rules about keys that leave the server, by id. Raises RuleError for a module without one, or
    with another's name; so do the others."""
    return _family("exposure")


def load_config_rules() -> tuple[FileRule, ...]:
    """The rules about configuration, by id."""
    return _family("config")


def load_url_rules() -> tuple[FileRule, ...]:
    """The rules about URLs that keys are sent to, by id."""
    return _family("url")


def load_file_rules() -> tuple[FileRule, ...]:
    """All of them."""
    return (*load_config_rules(), *load_exposure_rules(), *load_url_rules())


def code_parts(rules: Sequence[FileRule]) -> tuple[CodeRule, ...]:
    """What source code is judged by."""
    return tuple(part for rule in rules if (part := rule.code_rule) is not None)


def load_code_parts() -> tuple[CodeRule, ...]:
    """What source code is judged by. The rules about configuration have no such part, and are not loaded."""
    return code_parts((*load_exposure_rules(), *load_url_rules()))


def settings_parts(rules: Sequence[FileRule]) -> tuple[SettingsRule, ...]:
    """What all other files are judged by."""
    return tuple(part for rule in rules if (part := rule.settings_rule) is not None)


def load_file_rule(identity: str) -> Rule:
    """The rule about files of an id. Raises RuleError for an id of none."""
    family = next((one for one in _FAMILIES if is_in(one, identity)), _FAMILIES[0])
    return _load(family, module_of(identity)).rule


def _family(family: str) -> tuple[FileRule, ...]:
    return tuple(_load(family, name) for name in modules(family))


def _load(family: str, name: str) -> FileRule:
    found = rule_in(family, name, FileRule)
    return found._replace(rule=placed(found.rule, name))
