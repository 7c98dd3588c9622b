"""`antkey keys sync`: from Anthropic's Admin API to a file that the other commands read.

The file is written when everything has been read, and not touched when anything has not.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from antkey_hooks.cli import output
from antkey_hooks.cli.clock import Clock
from antkey_hooks.cli.inventory import SNAPSHOT_NAME, now_of, working_folder
from antkey_hooks.cli.progress import wants_progress
from antkey_reports.escape import terminal
from antkey_reports.mask import mask
from antkey_reports.wording import plural
from antkey_rules.catalogue import CATALOGUE
from antkey_scanner.errors import EvidenceError, ExitCode, PolicyError
from antkey_scanner.inventory.anthropic import BASE_URL
from antkey_scanner.inventory.anthropic.credential import AdminKey, read_admin_key
from antkey_scanner.inventory.anthropic.retry import Patience
from antkey_scanner.inventory.load import shown
from antkey_scanner.inventory.records import Sheet
from antkey_scanner.inventory.times import SECOND, Micros
from antkey_scanner.inventory.write import FORMATS, head_of, text_of
from antkey_scanner.policy import Policy, load_policy
from antkey_scanner.policy.keys import KeysPolicy
from antkey_scanner.system import show
from antkey_scanner.urlpolicy import Root, root_of

if TYPE_CHECKING:
    from antkey_scanner.inventory.anthropic.snapshot import Period, Snapshot

_SCHEMA = 1


class Options(Protocol):
    """What this command reads of the options."""

    @property
    def output(self) -> str | None: ...
    @property
    def usage(self) -> int | None: ...
    @property
    def admin_key_fd(self) -> int | None: ...
    @property
    def policy(self) -> str | None: ...
    @property
    def now(self) -> float | None: ...
    @property
    def quiet(self) -> bool: ...
    @property
    def verbose(self) -> int: ...
    @property
    def no_progress(self) -> bool: ...


def run(options: Options, patience: Patience | None = None) -> ExitCode:
    """Write the file anew. Raises PolicyError before anything is sent, EvidenceError when not all could
    be read; the file is then as it was."""
    clock = Clock(options.now, os.environ)
    policy = load_policy(options.policy, working_folder(), clock.judged, CATALOGUE)
    keys_policy = policy.keys or KeysPolicy()
    path, form = _place(policy, options.output)
    root = _root(keys_policy.base_url, policy)
    key = read_admin_key(os.environ, options.admin_key_fd)
    now = now_of(clock)
    found = _read(root, key, _period(options.usage, keys_policy, now), path, options, patience)
    _write(path, _text(found, form, root, now))
    _tell(path, form, found, root, options)
    return ExitCode.OK


def _place(policy: Policy, wanted: str | None) -> tuple[str, str]:
    """Where the file goes, and its format."""
    path = wanted
    if path is None:
        path = shown(os.path.normpath(os.path.join(policy.folder or os.curdir, SNAPSHOT_NAME)))
    form = FORMATS.get(os.path.splitext(path)[1].lower())
    if os.path.isdir(path):
        raise PolicyError(f"{show(path)}: is a folder; name a file in it")
    if form is None:
        endings = ", ".join(FORMATS)
        raise PolicyError(f"{show(path)}: its ending names no format; use one of {endings}")
    _check_writable(path)
    if wanted is not None:
        from antkey_hooks.cli.destinations import refuse_no_inventory

        refuse_no_inventory(path)
    return path, form


def _check_writable(path: str) -> None:
    """Refuse before the work what could not be written after it."""
    folder = ""
    try:
        target = os.path.realpath(path)
        if os.path.lexists(target) and not os.path.isfile(target):
            raise PolicyError(f"{show(path)}: is no regular file; name another")
        folder = os.path.dirname(target)
        while not os.path.lexists(folder):
            folder = os.path.dirname(folder)
    except (OSError, ValueError):
        pass  # a working folder that is gone, a name that no file can have
    if not os.path.isdir(folder) or not os.access(folder, os.W_OK | os.X_OK):
        raise PolicyError(f"{show(path)}: its folder cannot be written to; name another")


def _root(base_url: str | None, policy: Policy) -> Root:
    """Where the API is. The URL is not repeated: a password may stand in it."""
    root = root_of(base_url or BASE_URL)
    if isinstance(root, str):
        where = policy.ref.path or "the policy"
        raise PolicyError(f"{where}: inventory.base_url {root}")
    return root


def _period(days: int | None, policy: KeysPolicy, now: Micros) -> Period | None:
    if days is None:
        return None
    from antkey_scanner.inventory.anthropic.snapshot import Period

    unused = policy.unused_days
    if unused is not None and days < unused:
        output.say(
            f"--usage {days}: is less than unused_days ({unused}) in the policy, so keys without use in"
            f" it stay undecided; use --usage {unused}"
        )
    return Period(days, now, telling=unused is not None and days >= unused)


def _read(
    root: Root,
    key: AdminKey,
    period: Period | None,
    path: str,
    options: Options,
    patience: Patience | None,
) -> Snapshot:
    from antkey_scanner.inventory.anthropic.snapshot import read
    from antkey_scanner.inventory.anthropic.wire import connected

    problem: tuple[object, ...]
    try:
        with _progress(options) as seen, connected(root, key) as wire:
            return read(wire, root, key, period, seen, patience or Patience())
    except EvidenceError as error:
        problem = error.args
    left = "is as it was" if os.path.lexists(path) else "was not written"
    raise EvidenceError(*problem, f"{show(path)}: {left}")


def _text(found: Snapshot, form: str, root: Root, now: Micros) -> str:
    identity, name = found.organization
    source = {
        "kind": "anthropic",
        "api_version": found.api_version,
        "organization": identity,
        "organization_name": name,
        "base_url": None if root.url == BASE_URL else root.url,
    }
    return text_of(found.sheet, form, head_of(_SCHEMA, source, now // SECOND * SECOND))


def _write(path: str, text: str) -> None:
    try:
        output.replace_file(os.path.realpath(path), text.encode(), durable=True)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise PolicyError(
            f"{show(path)}: cannot be written ({reason}); name another place by --output"
        ) from None


def _tell(path: str, form: str, found: Snapshot, root: Root, options: Options) -> None:
    sheet = found.sheet
    if options.verbose:
        output.say(
            f"{root.url}: API version {found.api_version}, {plural(found.requests, 'request')}"
        )
    undecided = found.of_unknown_accounts
    if undecided:
        output.say(
            f"{plural(undecided, 'key')} of service accounts: whether these still exist stays undecided;"
            " Anthropic lists them only to OAuth tokens with the scope org:admin"
        )
    if form == "csv":
        output.say(
            f"{show(path)}: CSV holds no members, so owners cannot be judged by it; use .json, .toml or"
            " .yaml"
        )
    if not options.quiet:
        line = f"{show(path)}: {_counts(sheet)} of {found.organization[1] or found.organization[0]}"
        output.write_out(terminal(mask(line)) + "\n")


def _counts(sheet: Sheet) -> str:
    active = sum(key.is_active for key in sheet.keys)
    members = sheet.members or ()
    accounts = sum(member.kind == "service_account" for member in members)
    also = f", {plural(accounts, 'service account')}" if accounts else ""
    people = plural(len(members) - accounts, "member")
    return f"{plural(len(sheet.keys), 'key')} ({active:,} active), {people}{also}"


class _Counter:
    """One line on a terminal, if there is one: what is being read, and how much of it so far."""

    def __init__(self, shown: bool) -> None:
        self._shown = shown
        self._drawn = 0

    def __call__(self, path: str, count: int) -> None:
        if self._shown:
            self._draw(f"Reading {path.rpartition('/')[2].replace('_', ' ')}  {count:,}")

    def erase(self) -> None:
        if self._drawn:
            self._draw("")
            self._draw("")

    def _draw(self, line: str) -> None:
        padded = line.ljust(self._drawn)
        self._drawn = len(line)
        try:
            sys.stderr.write(f"\r{padded}")
            sys.stderr.flush()
        except (OSError, ValueError):
            self._shown, self._drawn = False, 0  # the terminal is gone


@contextmanager
def _progress(options: Options) -> Iterator[_Counter]:
    wanted = not (options.quiet or options.no_progress)
    drawn = _Counter(wanted and wants_progress(sys.stderr, os.environ))
    try:
        yield drawn
    finally:
        drawn.erase()
