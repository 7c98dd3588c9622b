"""The options as data: one table for both parsers, the help and the completion.

Which options exist is written here and nowhere else; which command takes which, in `commands`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from antkey_hooks.cli import values
from antkey_scanner.model import Severity
from antkey_scanner.named import NamedTuple


class Option(NamedTuple):
    """One option.

    name: what commands take it by; field: its field in `Options` where that is another; flags: how it is
    written; metavar: what stands for its value, None for one without; kind: what a repetition does, `last`
    wins, `many` collects, `count` counts; convert: makes the value, raises ValueError with
    `problem; cure`; section: its heading in the help.
    """

    name: str
    flags: tuple[str, ...]
    section: str
    help: str
    metavar: str | None = None
    kind: Literal["flag", "count", "last", "many"] = "last"
    convert: Callable[[str], object] = values.any_text
    completes: Literal[
        "",
        "file",
        "format",
        "table",
        "calendar",
        "level",
        "scenario",
        "verdicts",
        "profile",
        "service",
    ] = ""
    field: str = ""


class Options(NamedTuple):
    """The values of all options of all commands, with their defaults."""

    exclude: tuple[str, ...] = ()
    follow_gitignore: bool = False
    max_file_size: int | None = None
    depth: int = 16
    rules: tuple[str, ...] = ()
    history: bool = False
    staged: bool = False
    range: tuple[str, ...] = ()
    no_cache: bool = False
    no_config: bool = False
    policy: str | None = None
    baseline: str | None = None
    results: tuple[str, ...] = ()
    now: float | None = None
    fail_on: Severity | None = None
    exit_zero: bool = False
    allow_incomplete: str | None = None
    format: str = "text"
    report: tuple[tuple[str, str], ...] = ()
    jobs: int | None = None
    quiet: bool = False
    verbose: int = 0
    no_color: bool = False
    no_progress: bool = False
    detect_secrets: bool = False
    git_hooks: bool = False
    hooks_dir: str | None = None
    uninstall: bool = False
    profile: str | None = None
    ci: str | None = None
    dry_run: bool = False
    schema: bool = False
    leaks: tuple[str, ...] = ()
    output: str | None = None
    usage: int | None = None
    admin_key_fd: int | None = None
    sort: str | None = None
    environment: tuple[str, ...] = ()
    tenant: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    days: int | None = None
    scenario: tuple[str, ...] = ()
    evidence: str | None = None
    isolate: bool = False
    resolve: bool = False
    report_dir: str | None = None
    compare: str | None = None
    only_new: bool = False
    no_history: bool = False
    attest: str | None = None
    attest_key_fd: int | None = None
    commit: str | None = None
    policy_sha256: str | None = None
    max_age: int | None = None
    requirements: bool = False
    frameworks: bool = False
    profiles: bool = False


_INPUT = "What is scanned"
_VERDICT = "The verdict"
_OUTPUT = "Output"
_SET_UP = "What is set up"
_CHOICE = "Which keys"
_SOURCE = "Where they come from"
_PLAYED = "What is played"
_COMPARED = "What it is compared with"
_LISTED = "What is listed"

OPTIONS = (
    Option(
        "exclude",
        ("--exclude",),
        _INPUT,
        "Leave out what matches, as in .gitignore; may be repeated, adds to the policy's.",
        "GLOB",
        "many",
    ),
    Option(
        "follow_gitignore",
        ("--follow-gitignore",),
        _INPUT,
        "Leave out what .gitignore names. Off, because that is where keys lie.",
        kind="flag",
    ),
    Option(
        "max_file_size",
        ("--max-file-size",),
        _INPUT,
        "Report larger files as not scanned, for example 500k, 10MB or 1GiB (default: no limit).",
        "SIZE",
        convert=values.size,
    ),
    Option(
        "depth",
        ("--depth",),
        _INPUT,
        "Open this many archives inside each other (default: 16).",
        "N",
        convert=values.depth,
    ),
    Option(
        "rules",
        ("--rules",),
        _INPUT,
        "Add rules from a YAML file or a folder of them; may be repeated.",
        "FILE|FOLDER",
        "many",
        completes="file",
    ),
    Option(
        "history",
        ("--history",),
        _INPUT,
        "Also search every object of each git repository found at PATH: all that was ever committed,"
        " stashed or staged, also when no branch reaches it any more.",
        kind="flag",
    ),
    Option(
        "staged",
        ("--staged",),
        _INPUT,
        "Search what is staged for the next commit, and the staged content of PATH.",
        kind="flag",
    ),
    Option(
        "range",
        ("--range",),
        _INPUT,
        "Search what is new in a range of commits, such as origin/main..HEAD; may be repeated. In CI:"
        " auto, for the files and what the push or pull request brings.",
        "A..B",
        "many",
    ),
    Option(
        "no_cache",
        ("--no-cache",),
        _INPUT,
        "Forget which git objects were searched before.",
        kind="flag",
    ),
    Option(
        "no_config",
        ("--no-config",),
        _INPUT,
        "Trust nothing in the scanned tree: read no policy but that of --policy.",
        kind="flag",
    ),
    Option(
        "policy",
        ("--policy",),
        _VERDICT,
        "The policy (default: antkey.toml, else [tool.antkey] in pyproject.toml, from the working"
        " folder up to the repository's root).",
        "FILE",
        completes="file",
    ),
    Option(
        "baseline",
        ("--baseline",),
        _VERDICT,
        "Findings accepted before: shown, not counted (default: .antkey-baseline.json, from the"
        " working folder up to the repository's root, else beside the policy).",
        "FILE",
        completes="file",
    ),
    Option(
        "baseline_named",
        ("--baseline",),
        _VERDICT,
        "Findings accepted before: shown, not counted.",
        "FILE",
        completes="file",
        field="baseline",
    ),
    Option(
        "fail_on",
        ("--fail-on",),
        _VERDICT,
        "Lowest severity that fails: critical, high, medium or low (default: low).",
        "LEVEL",
        convert=values.level,
        completes="level",
    ),
    Option(
        "exit_zero",
        ("--exit-zero",),
        _VERDICT,
        "Do not fail because of findings; errors still do.",
        kind="flag",
    ),
    Option(
        "allow_incomplete",
        ("--allow-incomplete",),
        _VERDICT,
        "Do not fail because something could not be read; the reason is in the report.",
        "REASON",
    ),
    Option(
        "now",
        ("--now",),
        _VERDICT,
        "Judge ages at this time, such as 2026-11-20T12:00:00Z (default: the clock).",
        "TIME",
        convert=values.moment,
    ),
    Option(
        "format",
        ("-f", "--format"),
        _OUTPUT,
        "What goes to standard output: {formats} (default: text).",
        "NAME",
        convert=values.format_name,
        completes="format",
    ),
    Option(
        "report",
        ("--report",),
        _OUTPUT,
        "Write a format to a file as well; may be repeated.",
        "NAME=FILE",
        "many",
        values.report_file,
    ),
    Option(
        "jobs",
        ("-j", "--jobs"),
        _OUTPUT,
        "Workers (default: one for each core).",
        "N",
        convert=values.jobs,
    ),
    Option(
        "quiet",
        ("-q", "--quiet"),
        _OUTPUT,
        "Print nothing when there is nothing to say.",
        kind="flag",
    ),
    Option(
        "verbose",
        ("-v", "--verbose"),
        _OUTPUT,
        "Say on standard error what is done and with what.",
        kind="count",
    ),
    Option(
        "no_color",
        ("--no-color",),
        _OUTPUT,
        "No colours (also with NO_COLOR in the environment).",
        kind="flag",
    ),
    Option("no_progress", ("--no-progress",), _OUTPUT, "No progress bar.", kind="flag"),
    Option(
        "detect_secrets",
        ("--detect-secrets",),
        _SET_UP,
        "Teach detect-secrets about Anthropic's keys: write a plugin, and its path into the"
        " .secrets.baseline that is there.",
        kind="flag",
    ),
    Option(
        "git_hooks",
        ("--git-hooks",),
        _SET_UP,
        "Have git start antkey before each commit and push (pre-commit, commit-msg, pre-push; in a bare"
        " repository pre-receive). Hooks that stand there are kept and run first.",
        kind="flag",
    ),
    Option(
        "hooks_dir",
        ("--hooks-dir",),
        _SET_UP,
        "Where the hooks go (default: where git looks for them, if that is in this repository).",
        "DIR",
        completes="file",
    ),
    Option(
        "uninstall",
        ("--uninstall",),
        _SET_UP,
        "With --git-hooks: take them away, and put back what stood there before.",
        kind="flag",
    ),
    Option(
        "profile",
        ("--profile",),
        _SET_UP,
        "What the policy promises: strict-byok, optional-byok, managed-or-byo or key-hygiene (default).",
        "NAME",
        convert=values.profile,
        completes="profile",
    ),
    Option(
        "ci",
        ("--ci",),
        _SET_UP,
        "For which service the CI job is: github, gitlab or none (default: what is found here).",
        "NAME",
        convert=values.ci_service,
        completes="service",
    ),
    Option(
        "dry_run",
        ("--dry-run",),
        _SET_UP,
        "Write nothing; print what would be written.",
        kind="flag",
    ),
    Option(
        "schema",
        ("--schema",),
        _SET_UP,
        "Only print the JSON Schema of the policy, for editors.",
        kind="flag",
    ),
    Option(
        "table_format",
        ("-f", "--format"),
        _OUTPUT,
        "What goes to standard output: text, csv or json (default: text).",
        "NAME",
        convert=values.table_format,
        completes="table",
        field="format",
    ),
    Option(
        "calendar_format",
        ("-f", "--format"),
        _OUTPUT,
        "What goes to standard output: text, ics or json (default: text).",
        "NAME",
        convert=values.calendar_format,
        completes="calendar",
        field="format",
    ),
    Option(
        "verdict_format",
        ("-f", "--format"),
        _OUTPUT,
        "What goes to standard output: text or json (default: text).",
        "NAME",
        convert=values.verdict_format,
        completes="verdicts",
        field="format",
    ),
    Option(
        "resolve",
        ("--resolve",),
        _VERDICT,
        "Also resolve the names: every address has to be public. Shows which addresses a client must"
        " connect to; exit code 4 when a name cannot be resolved.",
        kind="flag",
    ),
    Option(
        "leaks",
        ("--leaks",),
        _SOURCE,
        "Saved results of a scan: which of the keys leaked, and since when; may be repeated.",
        "RESULTS.json",
        "many",
        completes="file",
    ),
    Option(
        "results",
        ("--results",),
        _SOURCE,
        "Scan nothing: accept what these saved results tell, such as those of `antkey keys audit -f json`;"
        " may be repeated.",
        "RESULTS.json",
        "many",
        completes="file",
    ),
    Option(
        "output",
        ("--output",),
        _OUTPUT,
        "Where to write; the ending chooses the format: .json, .toml, .yaml or .csv (default:"
        " antkey-keys.json beside the policy).",
        "FILE",
        completes="file",
    ),
    Option(
        "usage",
        ("--usage",),
        _SOURCE,
        "Also read the usage of the last N days: when each key was last used.",
        "N",
        convert=values.days,
    ),
    Option(
        "admin_key_fd",
        ("--admin-key-fd",),
        _SOURCE,
        "Read the admin key from this file descriptor (default: from ANTHROPIC_ADMIN_KEY).",
        "N",
        convert=values.descriptor,
    ),
    Option(
        "sort",
        ("--sort",),
        _OUTPUT,
        "Order by this column, -COLUMN for the reverse (default: due).",
        "COLUMN",
    ),
    Option(
        "environment",
        ("--environment",),
        _CHOICE,
        "Only keys of this environment; may be repeated.",
        "NAME",
        "many",
    ),
    Option(
        "tenant",
        ("--tenant",),
        _CHOICE,
        "Only keys of this tenant; may be repeated.",
        "NAME",
        "many",
    ),
    Option(
        "status",
        ("--status",),
        _CHOICE,
        "Only keys that are active, inactive, archived or expired; may be repeated.",
        "STATUS",
        "many",
    ),
    Option(
        "days",
        ("--days",),
        _CHOICE,
        "Only what is due in the next N days; what is overdue is always shown.",
        "N",
        convert=values.days,
    ),
    Option(
        "for_tenant",
        ("--tenant",),
        _PLAYED,
        "A tenant that gets a key of its own, in ANTKEY_TENANT_KEY_<NAME>; may be repeated (default: one,"
        " named tenant).",
        "NAME",
        "many",
        field="tenant",
    ),
    Option(
        "scenario",
        ("--scenario",),
        _PLAYED,
        "Run the command once for each: ok, no-key, 401, 403, 429, 529, timeout, cut-stream or rotate"
        " (default: ok).",
        "NAME",
        "many",
        completes="scenario",
    ),
    Option(
        "isolate",
        ("--isolate",),
        _PLAYED,
        "Run the command in a network of its own in which there is nothing but the interceptor (Linux).",
        kind="flag",
    ),
    Option(
        "evidence",
        ("--evidence",),
        _OUTPUT,
        "Append one JSON line for each request, which antkey egress replay and check read.",
        "FILE",
        completes="file",
    ),
    Option(
        "compare",
        ("--compare",),
        _COMPARED,
        "Earlier results: show what is new since then, what is still open and what is fixed.",
        "BEFORE.json",
        completes="file",
    ),
    Option(
        "only_new",
        ("--only-new",),
        _VERDICT,
        "With --compare: only findings that are new fail.",
        kind="flag",
    ),
    Option(
        "no_history",
        ("--no-history",),
        _OUTPUT,
        "Neither read nor write the history of runs (.antkey/history.sqlite beside the policy).",
        kind="flag",
    ),
    Option(
        "report_dir",
        ("--report-dir",),
        _OUTPUT,
        "The folder of the reports (default: antkey-report).",
        "DIR",
        completes="file",
    ),
    Option(
        "attest",
        ("--attest",),
        _OUTPUT,
        "Sign the verdict on the commit that is checked out, for antkey verify; the key comes from"
        " ANTKEY_ATTEST_KEY.",
        "FILE",
        completes="file",
    ),
    Option(
        "attest_key_fd",
        ("--attest-key-fd",),
        _SOURCE,
        "Read the key of attestations from this file descriptor (default: from ANTKEY_ATTEST_KEY).",
        "N",
        convert=values.descriptor,
    ),
    Option(
        "commit",
        ("--commit",),
        _VERDICT,
        "The commit that has to be attested, its whole id; required.",
        "SHA",
        convert=values.commit,
    ),
    Option(
        "policy_sha256",
        ("--policy-sha256",),
        _VERDICT,
        "The policy that has to have been judged by, as the SHA-256 of its file.",
        "HASH",
        convert=values.sha256,
    ),
    Option(
        "max_age",
        ("--max-age",),
        _VERDICT,
        "How old an attestation may be, such as 90m, 12h or 7d (default: 24h).",
        "TIME",
        convert=values.duration,
    ),
    Option(
        "attested_profile",
        ("--profile",),
        _VERDICT,
        "The profile that has to have been judged by.",
        "NAME",
        convert=values.profile,
        completes="profile",
        field="profile",
    ),
    Option(
        "attested_level",
        ("--fail-on",),
        _VERDICT,
        "Lowest severity that may have been left to fail: an attestation by a higher --fail-on is no"
        " evidence (default: low).",
        "LEVEL",
        convert=values.level,
        completes="level",
        field="fail_on",
    ),
    Option(
        "requirements",
        ("--requirements",),
        _LISTED,
        "The promises that are made checkable, and by which controls.",
        kind="flag",
    ),
    Option(
        "frameworks",
        ("--frameworks",),
        _LISTED,
        "The frameworks that controls are evidence for, what they show of each entry and what they do not.",
        kind="flag",
    ),
    Option(
        "profiles",
        ("--profiles",),
        _LISTED,
        "The profiles of a policy, and which controls each requires.",
        kind="flag",
    ),
)
