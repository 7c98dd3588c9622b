"""The key inventory that a command line and the policy ask for."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from antkey_hooks.cli import output
from antkey_hooks.cli.clock import Clock
from antkey_rules.catalogue import CATALOGUE
from antkey_scanner.errors import EvidenceError, PolicyError
from antkey_scanner.inventory.load import File, Loaded, load, shown
from antkey_scanner.inventory.times import SECOND, Micros
from antkey_scanner.policy import Policy, load_policy
from antkey_scanner.policy.keys import KeysPolicy
from antkey_scanner.system import show

if TYPE_CHECKING:
    from antkey_hooks.cli.options import Options

SNAPSHOT_NAME = "antkey-keys.json"
"""What `antkey keys sync` writes beside the policy."""

_NO_INVENTORY = (
    "no inventory to read; name a file, or write `files` under [inventory] in the policy"
)


class Opened(NamedTuple):
    """An inventory with what it is judged by. now: against which ages are judged."""

    policy: Policy
    keys_policy: KeysPolicy
    files: tuple[File, ...]
    loaded: Loaded
    now: Micros


def opened(operands: Sequence[str], options: Options, clock: Clock) -> Opened:
    """Read the inventory. Raises PolicyError with all that is wrong, EvidenceError when Anthropic was to
    be asked and was not yet."""
    policy = load_policy(options.policy, working_folder(), clock.judged, CATALOGUE)
    keys_policy = policy.keys or KeysPolicy()
    files = tuple(map(_operand, operands)) or _of_policy(policy, keys_policy)
    if not files:
        raise PolicyError(_NO_INVENTORY)
    if options.verbose:
        origin = policy.ref.path or "none found, the defaults hold"
        output.say(
            f"policy: {origin} (profile {policy.ref.profile})",
            f"inventory: {', '.join(show(file.shown) for file in files)}",
        )
    now = now_of(clock)
    loaded = load(files, keys_policy, now, sys.stdin.buffer.read)
    return Opened(policy, keys_policy, files, loaded, now)


def inventory_of(policy: Policy, now: Micros) -> tuple[KeysPolicy, Loaded]:
    """The inventory that a policy names. Raises as `opened` does."""
    keys_policy = policy.keys or KeysPolicy()
    return keys_policy, load(_of_policy(policy, keys_policy), keys_policy, now)


def now_of(clock: Clock) -> Micros:
    """The time that ages are judged by."""
    return round(clock.judged * SECOND)


def _operand(path: str) -> File:
    return File(path, "<stdin>" if path == "-" else shown(path))


def _of_policy(policy: Policy, keys_policy: KeysPolicy) -> tuple[File, ...]:
    """The files that the policy names, and the snapshot when it names Anthropic as the source."""
    folder = policy.folder or os.curdir
    paths = [os.path.normpath(os.path.join(folder, path)) for path in keys_policy.files]
    if keys_policy.source == "anthropic":
        snapshot = os.path.normpath(os.path.join(folder, SNAPSHOT_NAME))
        if os.path.lexists(snapshot):
            paths += [snapshot] if snapshot not in paths else []
        elif not any(map(os.path.lexists, paths)):
            raise EvidenceError(
                f"{shown(snapshot)}: is not there, so nothing is known of the keys at Anthropic; run"
                " antkey keys sync"
            )
    return tuple(File(path, shown(path)) for path in paths)


def working_folder() -> str:
    """The folder that the command was started in."""
    try:
        return os.getcwd()
    except OSError:  # it is gone: nothing can be found from it
        return os.curdir
