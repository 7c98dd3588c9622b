"""The central types: frozen values without I/O, understood by every layer (docs/adr/002).

No type here can hold the plain text of a key.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from antkey_scanner.named import NamedTuple

if TYPE_CHECKING:
    from antkey_scanner.trend import Trend


class Severity(StrEnum):
    """How bad a finding is. `rank` orders: 0 (info) to 4 (critical)."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        return _SEVERITIES.index(self)


_SEVERITIES = tuple(Severity)


class Confidence(StrEnum):
    """How sure a rule is that what it reports is what it says."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Status(StrEnum):
    """Whether a finding counts: `open` does, `baseline` and `waived` are shown only."""

    OPEN = "open"
    BASELINE = "baseline"
    WAIVED = "waived"


class Outcome(StrEnum):
    """What became of a control. *Not seen* is `not-assessed`, never `pass`."""

    PASS = "pass"
    FAIL = "fail"
    WAIVED = "waived"
    NOT_ASSESSED = "not-assessed"
    ERROR = "error"


class SecretRef(NamedTuple):
    """A key without its text. kind: the family, such as `api03`; hint: prefix, three characters, `…`,
    four characters, as Anthropic's Console shows a key; sha256: 64 hex digits over the key's bytes; pieces:
    by what pieces of it in names are told (see `antkey_scanner.secret`), in the run that found it: no
    report writes it."""

    kind: str
    hint: str
    sha256: str
    pieces: bytes = b""


class Location(NamedTuple):
    """Where something is.

    path: relative to the scanned root, `/` between parts, `OUTER!/INNER` in containers, bytes that
    are no UTF-8 as `\\xNN`; line and column: 1-based, the column in Unicode code points, None where
    a place has no lines; decoded: the encodings that were undone, outermost first.

    In git: commit: the earliest that holds it, and first_seen: when its author wrote it; blob: the object
    that it was found in; refs: names that still reach the commit, none when it dangles, None where
    that was not asked. Line and column are those of the file as it is now, if the key still stands in it.
    """

    path: str
    line: int | None = None
    column: int | None = None
    decoded: tuple[str, ...] = ()
    commit: str | None = None
    blob: str | None = None
    first_seen: str | None = None
    refs: tuple[str, ...] | None = None


class Example(NamedTuple):
    """A rule's example. `text` is a template: `{93}` stands for 93 random base64url characters."""

    text: str
    matches: bool


class Rule(NamedTuple):
    """What is checked and why. `source` is the file it was read from, for messages."""

    id: str
    title: str
    family: str
    severity: Severity
    confidence: Confidence
    why: str
    remedy: str
    requirements: tuple[str, ...] = ()
    frameworks: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()
    source: str = ""


class PatternRule(NamedTuple):
    """A rule that is data: a regular expression over bytes that is tried where `anchor` stands.

    kind: goes into `SecretRef.kind`, may name a group of the pattern as `{group}`; pattern: `re`
    syntax in verbose mode, its group `secret` the key where more than that is matched; anchor: the
    literal a match starts with; filters: names of the checks that throw a match away (see
    `antkey_scanner.plausible`); also: other literals a match may start with.
    """

    rule: Rule
    kind: str
    anchor: bytes
    pattern: bytes
    filters: tuple[str, ...] = ()
    also: tuple[bytes, ...] = ()

    @property
    def anchors(self) -> tuple[bytes, ...]:
        """All literals that a match may start with."""
        return (self.anchor, *self.also)


class Accepted(NamedTuple):
    """Why a finding does not count. by: `inline` for a mark beside it, `baseline`, `policy` for a
    waiver; expires: `YYYY-MM-DD`."""

    by: Literal["inline", "baseline", "policy"]
    reason: str | None = None
    owner: str | None = None
    expires: str | None = None


class KeyRef(NamedTuple):
    """A key of the inventory, as findings and tables name it. Times are RFC 3339 in UTC.

    match: how a leaked key was recognised, `exact` by its SHA-256 or `probable` by its hint, "" where
    nothing had to be; id: the key's at Anthropic or in its store; sha256: 64 hex digits over the key's
    bytes; age_days: whole days, None where nothing tells the age; age_from: what tells it;
    due_at: when it is past its rotation age, None for keys that are not active; replaces: the name or id
    of the key that it was made to replace; revoked_at: when it stopped working, None where that is not
    known.
    """

    name: str
    environment: str | None = None
    service: str | None = None
    tenant: str | None = None
    owner: str | None = None
    status: str = "active"
    role: str = "tenant"
    created_at: str | None = None
    age_days: int | None = None
    age_from: str | None = None
    due_at: str | None = None
    hint: str | None = None
    match: Literal["", "exact", "probable"] = ""
    id: str | None = None
    sha256: str | None = None
    replaces: str | None = None
    revoked_at: str | None = None


class Finding(NamedTuple):
    """One violation. `anchor` is what it is about (a key's hash, a key's id), never line or message.

    accepted: set unless the status is `open`; note: what else a reader should know of this place; key: the
    key of the inventory that it is about; also: the names of other keys that it is about; tenants: those
    that it is about, but for the key's; detected: when a run first told of it, as a history remembers.
    """

    rule: Rule
    location: Location
    message: str
    anchor: str
    secret: SecretRef | None = None
    status: Status = Status.OPEN
    accepted: Accepted | None = None
    note: str | None = None
    key: KeyRef | None = None
    also: tuple[str, ...] = ()
    tenants: tuple[str, ...] = ()
    detected: str | None = None


class Skip(NamedTuple):
    """Something that was not read to its end. counts: True for content in scope (the run is incomplete),
    False for what has no content of its own and for omissions that the policy accepts."""

    path: str
    reason: str
    counts: bool = True


class Stats(NamedTuple):
    """What was looked at. `files`: paths opened; `blobs`: files, container members and git objects;
    `bytes`: read; `objects`: all that is stored in the histories of repositories; `known`: of these,
    besides, what an earlier scan by the same rules found nothing in, and what was not read now."""

    files: int = 0
    blobs: int = 0
    bytes: int = 0
    commits: int = 0
    requests: int = 0
    keys: int = 0
    objects: int = 0
    known: int = 0


class Control(NamedTuple):
    """A promise that can be checked. `rules`: ids of the rules whose findings break it."""

    id: str
    title: str
    severity: Severity
    rules: tuple[str, ...]
    requirements: tuple[str, ...] = ()
    frameworks: tuple[str, ...] = ()


class Attestation(NamedTuple):
    """What somebody vouches for, since no machine can see it. on, expires: `YYYY-MM-DD`."""

    statement: str
    owner: str
    on: str
    expires: str


class Assessment(NamedTuple):
    """A control with its outcome. `findings`: how many open ones; `evidence`: one sentence; attestation:
    whose word it is where it is nobody's measurement; required: None where nobody decided that."""

    control: Control
    outcome: Outcome
    findings: int
    evidence: str
    attestation: Attestation | None = None
    required: bool | None = None


class PolicyRef(NamedTuple):
    """Which policy a run was judged by. path: None for the built-in defaults; sha256 of its bytes."""

    path: str | None
    sha256: str | None
    profile: str


class Run(NamedTuple):
    """The circumstances of a result.

    Times are RFC 3339 in UTC; seconds: wall time, 0.0 when the clock was fixed by `--now`;
    allow_incomplete: the reason given for tolerating an incomplete run; undecided: evidence is missing,
    also where the exit code tells of something worse.
    """

    command: str
    targets: tuple[str, ...]
    policy: PolicyRef
    started_at: str
    finished_at: str
    seconds: float
    version: str
    fail_on: Severity
    exit_code: int
    complete: bool
    allow_incomplete: str | None = None
    undecided: bool = False


class Cell(NamedTuple):
    """What the requests for a tenant from a surface in a scenario showed, None where nothing told one.

    outcome: `proven`, on the tenant's key (with no requests: there had to be none); `platform`, on the
    platform's as the policy allows; `failed`, something was wrong with one of them; `undecided`, not all
    could be judged; requests: how many there were.
    """

    tenant: str | None
    surface: str | None
    scenario: str | None
    outcome: Literal["proven", "platform", "failed", "not-seen", "undecided"]
    requests: int


class Repository(NamedTuple):
    """A git repository that was scanned. path: below the scanned root, `.` for the root itself; commit:
    the object id that HEAD led to, None before the first commit; ref: the branch, None when detached."""

    path: str
    commit: str | None
    ref: str | None = None


class Comparison(NamedTuple):
    """A result against an earlier one. before: when that one started; new: fingerprints of findings that
    it did not have; fixed: its open findings that are gone."""

    before: str
    new: tuple[str, ...]
    fixed: tuple[Finding, ...]


class Result(NamedTuple):
    """All that a reporter gets. keys: those of the inventory that are due first, with `stats.keys` of
    them in all; coverage: what was seen of outgoing requests; repositories, hosts: what was in scope;
    trend: None without a history of runs; comparison: None unless one was asked for."""

    run: Run
    findings: tuple[Finding, ...]
    assessments: tuple[Assessment, ...]
    skips: tuple[Skip, ...]
    stats: Stats
    keys: tuple[KeyRef, ...] = ()
    coverage: tuple[Cell, ...] = ()
    repositories: tuple[Repository, ...] = ()
    hosts: tuple[str, ...] = ()
    trend: Trend | None = None
    comparison: Comparison | None = None
