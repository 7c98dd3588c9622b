"""Puts the plugin together when a run asks for it."""

from __future__ import annotations

import os
import secrets
import time

import pytest

from antkey_hooks.egress.evidence import Evidence
from antkey_hooks.observe.patching import Patches
from antkey_hooks.observe.points import POINTS
from antkey_hooks.observe.watch import Watch
from antkey_hooks.pytest_plugin.acting import World
from antkey_hooks.pytest_plugin.callsite import call_site
from antkey_hooks.pytest_plugin.environment import Environment
from antkey_hooks.pytest_plugin.keyring import Keyring
from antkey_hooks.pytest_plugin.session import EgressPlugin
from antkey_rules.catalogue import CATALOGUE
from antkey_rules.egress import NOT_SEEN, load_egress_rule, load_egress_rules
from antkey_scanner.errors import AntkeyError
from antkey_scanner.inventory.times import Micros
from antkey_scanner.policy import load_policy
from antkey_scanner.policy.egress import EgressPolicy

_UNEXPECTED = "egress-request-without-tenant-key"


def started(config: pytest.Config) -> EgressPlugin:
    """The plugin for this process. Raises pytest's UsageError when the policy or an option is wrong."""
    folder = str(config.rootpath)
    try:
        policy = load_policy(None, folder, time.time(), CATALOGUE).egress or EgressPolicy()
        evidence = Evidence(_evidence_path(config))
        rules = load_egress_rules()
        not_seen, unexpected = (load_egress_rule(each).rule for each in (NOT_SEEN, _UNEXPECTED))
    except AntkeyError as error:
        raise pytest.UsageError(f"antkey: {error}") from None
    seed: str = getattr(config, "workerinput", {}).get("antkey_seed") or secrets.token_hex(32)
    control_url = os.environ.get("ANTKEY_CONTROL_URL") or None
    ring = Keyring(
        bytes.fromhex(seed), policy.platform_env, os.environ, is_wrapped=control_url is not None
    )
    scenario = os.environ.get("ANTKEY_SCENARIO") or None
    watch = Watch()
    return EgressPlugin(
        World(ring, rules, policy, scenario, folder, _now, call_site),
        watch,
        Patches(watch, POINTS),
        Environment(dict(ring.environ())),
        evidence,
        seed,
        control_url,
        not_seen,
        unexpected,
    )


def _evidence_path(config: pytest.Config) -> str | None:
    path: str | None = config.getoption("antkey_evidence")
    if path is None:
        return None
    # pytest-xdist hands the options on to its processes, whose folder may be another.
    config.option.antkey_evidence = os.path.join(str(config.invocation_params.dir), path)
    return str(config.option.antkey_evidence)


def _now() -> Micros:
    return time.time_ns() // 1000
