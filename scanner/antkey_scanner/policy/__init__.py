"""The policy of a run: where it is found, and what it says to `scan`.

This module is imported by every run, so it only looks for a file; reading and checking one is
`policy.read`, imported when there is one (tomllib alone costs 5 ms).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal

from antkey_scanner.model import Attestation, PolicyRef, Severity
from antkey_scanner.named import NamedTuple

if TYPE_CHECKING:
    from antkey_scanner.policy.egress import EgressPolicy
    from antkey_scanner.policy.keys import KeysPolicy

FILE_NAME = "antkey.toml"
PROJECT_FILE_NAME = "pyproject.toml"
BASELINE_FILE_NAME = ".antkey-baseline.json"

DEFAULT_PROFILE = "key-hygiene"
"""The profile that asks for nothing but that keys are kept well: no tenants, no fallback rules."""

PROFILES = ("strict-byok", "optional-byok", "managed-or-byo", "key-hygiene")

Level = Literal["required", "optional", "off"]
LEVELS: tuple[Level, ...] = ("required", "optional", "off")

VISIBLE_KEY_CHARACTERS = 7
"""How much of a key's random part Anthropic's Console shows: three characters and the last four."""


class Accept(NamedTuple):
    """An omission that everybody knows about. `path` is a glob over the paths of skips."""

    path: str
    reason: str


class Waiver(NamedTuple):
    """Findings that are tolerated until the end of a day (UTC).

    path (a glob), key (a hint, a SHA-256 with or without `sha256:`, a name in the inventory) or both
    are set; expires: `YYYY-MM-DD`.
    """

    rule: str
    reason: str
    expires: str
    path: str | None = None
    key: str | None = None
    owner: str | None = None


class Demand(NamedTuple):
    """What the policy itself says of a control, whatever its profile says."""

    level: Level
    reason: str | None = None
    owner: str | None = None


class Grade(NamedTuple):
    """What the policy says of a rule: how bad what it finds is, and why."""

    severity: Severity
    reason: str | None = None


class Catalogue(NamedTuple):
    """What ships beside the scanner that a policy is read by. Each is asked only where a policy needs it.

    values: of a profile, as tables of a policy; controls: all ids; attestable: ids of those that pass by
    somebody's word; severities: of rules by their ids, at least of the given ones that there are; is_whole:
    whether there can be no other rules.
    """

    values: Callable[[str], Mapping[str, Any]]
    controls: Callable[[], Collection[str]]
    attestable: Callable[[], Collection[str]]
    severities: Callable[[Collection[str]], Mapping[str, Severity]] = lambda _: {}
    is_whole: bool = False


class ScanPolicy(NamedTuple):
    """The `[scan]` table.

    providers: whether other providers' keys are looked for; detect_secrets: whether detect-secrets'
    detectors run too, and which if not the usual ones or its baseline's.

    paths: relative to the policy's folder; history: whether git's is searched; None: the command decides;
    inline_ignores: whether
    `antkey: ignore` marks count; accept_marks: other scanners whose marks count too; code: whether source
    code is judged; tenant_names, platform_names: words by which its names tell whose a key is.
    """

    paths: tuple[str, ...] | None = None
    exclude: tuple[str, ...] = ()
    history: bool | None = None
    accept: tuple[Accept, ...] = ()
    visible_key_characters: int = VISIBLE_KEY_CHARACTERS
    providers: bool = False
    detect_secrets: bool = False
    detect_secrets_plugins: tuple[str, ...] | None = None
    inline_ignores: bool = True
    accept_marks: tuple[str, ...] = ()
    code: bool = True
    tenant_names: tuple[str, ...] = ()
    platform_names: tuple[str, ...] = ()


class Policy(NamedTuple):
    """What a run is judged by. `folder`: where the policy file lies, None for the defaults; keys: what
    the inventory is judged by, egress: what requests are; None where there is no policy file. controls,
    attestations: by the ids of controls; grades: by those of rules."""

    ref: PolicyRef = PolicyRef(path=None, sha256=None, profile=DEFAULT_PROFILE)
    folder: str | None = None
    scan: ScanPolicy = ScanPolicy()
    waivers: tuple[Waiver, ...] = ()
    keys: KeysPolicy | None = None
    egress: EgressPolicy | None = None
    controls: Mapping[str, Demand] = {}
    grades: Mapping[str, Grade] = {}
    attestations: Mapping[str, Attestation] = {}


def load_policy(
    explicit: str | None, folder: str, now: float, catalogue: Catalogue | None = None
) -> Policy:
    """The policy in the file `explicit`, else the one found from `folder` up, else the defaults.

    now: seconds since 1970, against which waivers and attestations expire; catalogue: None leaves out what
    the profile sets. Raises PolicyError.
    """
    if explicit is not None:
        from antkey_scanner.policy.read import read_policy

        return read_policy(explicit, now, catalogue)
    for place in from_folder_to_root(folder):
        own = os.path.join(place, FILE_NAME)
        if os.path.lexists(own):
            from antkey_scanner.policy.read import read_policy

            return read_policy(own, now, catalogue)
        project = os.path.join(place, PROJECT_FILE_NAME)
        if _mentions_antkey(project):
            from antkey_scanner.policy.read import read_project

            found = read_project(project, now, catalogue)
            if found is not None:
                return found
    return Policy()


def find_baseline(policy: Policy, folder: str) -> str | None:
    """The baseline that lies nearest from `folder` up, else beside the policy."""
    for place in (*from_folder_to_root(folder), policy.folder):
        if place is not None and os.path.lexists(path := os.path.join(place, BASELINE_FILE_NAME)):
            return path
    return None


def from_folder_to_root(folder: str) -> Iterator[str]:
    """The folder and those above it up to the repository's root; alone where there is none.

    Above a repository's root, or outside of any, other people's files lie (`/tmp`).
    """
    folders = [folder]
    while not os.path.lexists(os.path.join(folders[-1], ".git")):
        parent = os.path.dirname(folders[-1])
        if parent == folders[-1]:
            return iter([folder])
        folders.append(parent)
    return iter(folders)


def _mentions_antkey(path: str) -> bool:
    """Whether a project file can hold a policy. What cannot be read is for `read_project` to say."""
    if not os.path.isfile(path):
        return False
    try:
        with open(path, "rb") as file:
            return b"antkey" in file.read()
    except OSError:
        return True
