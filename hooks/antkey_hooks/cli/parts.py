"""The parts of a check: the scan, the inventory, the recorded requests. One that fails takes none of the
others with it."""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from antkey_hooks.cli import scan
from antkey_hooks.cli.clock import Clock
from antkey_hooks.cli.inventory import Opened, opened
from antkey_scanner.errors import AntkeyError, EvidenceError, ExitCode, PolicyError, SourceError
from antkey_scanner.inventory.load import Loaded, shown
from antkey_scanner.inventory.records import Inventory
from antkey_scanner.model import Finding, Result
from antkey_scanner.policy import Policy
from antkey_scanner.sources.files import Own

if TYPE_CHECKING:
    from antkey_hooks.cli.options import Options
    from antkey_rules.known import Family

_EMPTY = Loaded(Inventory(()), ())

_FAULTS = (PolicyError, SourceError, EvidenceError)


class Fault(NamedTuple):
    """Why a part came to nothing. is_missing: what it needs is not there yet, rather than broken."""

    lines: tuple[str, ...]
    code: ExitCode
    is_missing: bool


class Parts(NamedTuple):
    """What the parts of a check found. by_family: those that came to a result, the scan first, by what
    they judge controls in; faults: those that did not."""

    by_family: Mapping[Family, Result]
    faults: Mapping[Family, Fault]

    @property
    def results(self) -> Iterator[Result]:
        """Each part's result once."""
        return iter(self.by_family.values())


def looked_at(
    operands: Sequence[str],
    options: Options,
    policy: Policy,
    recordings: Sequence[str],
    own: Own = (),
) -> Parts:
    """Run every part that the policy gives something to do. own: files that are not judged. Raises
    PolicyError where there is nothing to scan or the request is wrong."""
    found: dict[Family, Result] = {}
    faults: dict[Family, Fault] = {}
    inventory = _inventory(options, policy)
    if isinstance(inventory, Fault):
        faults["inventory"] = inventory
    read = inventory if isinstance(inventory, Opened) else None
    found["files"] = scan.judged(
        operands, options, read, compare=read is not None, thorough=True, own=own
    )
    if read is not None:
        _try("inventory", found, faults, lambda: _audited(read, options, found["files"].findings))
    if recordings:
        # Evidence says itself whose its keys were; of other recordings only an inventory tells.
        loaded = _EMPTY if read is None else read.loaded
        _try("egress", found, faults, lambda: _replayed(recordings, options, loaded))
        if "egress" in faults and isinstance(inventory, Fault):
            faults["egress"] = inventory
    return Parts(found, faults)


def recordings_of(policy: Policy) -> tuple[str, ...]:
    """The recordings that the policy names, as they are printed; what fits no file is none."""
    if policy.egress is None:
        return ()
    folder = policy.folder or os.curdir
    found: list[str] = []
    for pattern in policy.egress.evidence:
        files = sorted(glob.glob(os.path.join(glob.escape(folder), pattern), recursive=True))
        found += [path for path in files if os.path.isfile(path) and path not in found]
    return tuple(map(shown, found))


def _inventory(options: Options, policy: Policy) -> Opened | Fault | None:
    if policy.keys is None or not (policy.keys.files or policy.keys.source):
        return None
    try:
        return opened((), options, Clock(options.now, os.environ))
    except _FAULTS as error:
        return _fault(error)


def _audited(read: Opened, options: Options, leaked: Sequence[Finding]) -> Result:
    from antkey_hooks.cli import keys_audit

    return keys_audit.judged((), options, leaked, read)


def _replayed(recordings: Sequence[str], options: Options, loaded: Loaded) -> Result:
    from antkey_hooks.cli import egress_replay

    return egress_replay.judged(recordings, options, loaded, ages=True)


def _try(
    family: Family,
    found: dict[Family, Result],
    faults: dict[Family, Fault],
    judge: Callable[[], Result],
) -> None:
    try:
        found[family] = judge()
    except _FAULTS as error:
        faults[family] = _fault(error)


def _fault(error: AntkeyError) -> Fault:
    return Fault(tuple(map(str, error.args)), error.exit_code, isinstance(error, EvidenceError))
