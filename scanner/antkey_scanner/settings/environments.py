"""Finds one key in files of two environments. Works on what the rules for keys have found, by hash alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from antkey_scanner.model import Finding, Rule
from antkey_scanner.settings.places import environment_of, is_example, is_test

SHARED = "config-key-in-two-environments"
"""The rule that this judges by."""


def shared(found: Iterable[Finding], rule: Rule) -> Iterator[Finding]:
    """A finding for each key and each environment but the first that it stands in.

    found: findings of one scan; those without a key, and those whose path is of no environment, of tests
    or of examples, are passed over. The order of `found` does not matter.
    """
    places: dict[str, dict[str, Finding]] = {}
    for finding in sorted(
        (one for one in found if one.secret is not None),
        key=lambda one: (one.location.path, one.location.line or 0),
    ):
        path = finding.location.path
        environment = environment_of(path)
        if (
            finding.secret is None
            or environment in (None, "test")
            or is_example(path)
            or is_test(path)
        ):
            continue
        places.setdefault(finding.secret.sha256, {}).setdefault(environment or "", finding)
    for of_key in places.values():
        (first, where), *others = of_key.items()
        for environment, finding in others:
            message = (
                f"the key for {environment} is also the one for {first}, in {where.location.path}"
            )
            yield finding._replace(rule=rule, message=message, note=None)
