"""The commands as data: one table for both parsers, the help and the completion.

Which commands exist and what they take is written here and nowhere else.
"""

from __future__ import annotations

from antkey_hooks.cli.options import Options
from antkey_scanner.named import NamedTuple


class Command(NamedTuple):
    """One command. operand: the metavar of what may follow, None for nothing; least: how many must."""

    name: str
    summary: str
    options: tuple[str, ...]
    operand: str | None = None
    least: int = 0
    most: int | None = None
    about: str = ""


class Invocation(NamedTuple):
    """A command line that has been understood."""

    command: str
    operands: tuple[str, ...]
    options: Options


_SOUGHT = (
    *("exclude", "follow_gitignore", "max_file_size", "depth"),
    *("history", "staged", "range", "no_cache", "rules", "no_config"),
)
_SHOWN = ("quiet", "verbose", "no_color", "no_progress")
_JUDGED = ("fail_on", "exit_zero", "allow_incomplete")
_RENDERED = ("format", "report")
_HOOKED = (
    *("exclude", "max_file_size", "depth", "no_cache", "rules", "no_config"),
    *("policy", "baseline", *_JUDGED, *_RENDERED, "jobs", *_SHOWN),
)

COMMANDS = (
    Command(
        "check",
        "Check every control that the policy turns on: one verdict, one folder of reports.",
        (
            *_SOUGHT,
            "policy",
            "baseline",
            *_JUDGED,
            "now",
            *("report_dir", "no_history", "attest", "attest_key_fd"),
            *_RENDERED,
            "jobs",
            *_SHOWN,
        ),
        "[PATH]...",
        about="Scans PATH, judges the key inventory and the recorded evidence that the policy names, and"
        " writes index.html, results.json, results.sarif, junit.xml and summary.md. Exit code 4 when"
        " the profile promises something that nothing was seen of.",
    ),
    Command(
        "scan",
        "Find keys in files, folders, logs, archives and images.",
        (*_SOUGHT, "policy", "baseline", *_JUDGED, "now", *_RENDERED, "jobs", *_SHOWN),
        "[PATH]...",
        about="PATH is a file, a folder or - for standard input; without one, what the policy"
        " names, else the working folder. Archives, compressed files and container images are"
        " opened, and encoded keys are decoded.",
    ),
    Command(
        "verify",
        "Verify what antkey check --attest signed, before a commit is deployed.",
        (
            *("commit", "policy_sha256", "attested_profile", "attested_level", "max_age"),
            *("allow_incomplete", "attest_key_fd", "now", "verdict_format", *_SHOWN),
        ),
        "FILE",
        least=1,
        most=1,
        about="Exit code 0 only if the signature holds, the commit is that one, its verdict was a pass, and"
        " it is fresh. 1, 3 or 4 when that was its verdict; 4 also for an attestation of something else or"
        " an old one; 2 when it cannot be believed. The key comes from ANTKEY_ATTEST_KEY: the secret that it"
        " was signed with, or the public key in PEM.",
    ),
    Command(
        "report",
        "Render saved results again in any format, merge several, compare two.",
        ("compare", *_JUDGED, "only_new", *_RENDERED, *_SHOWN),
        "RESULTS.json...",
        least=1,
        about="RESULTS.json is what `-f json` or `--report json=FILE` wrote; - reads standard"
        " input. The exit code is that of the saved results, the most severe of several; with one of"
        " the options on the verdict they are judged again. Of several, each finding says which it is"
        " from: by NAME of NAME=RESULTS.json, else by what tells the files' names apart.",
    ),
    Command(
        "baseline create",
        "Accept what a scan finds today.",
        (*_SOUGHT, "results", "policy", "baseline", "allow_incomplete", "now", "jobs", *_SHOWN),
        "[PATH]...",
        about="Scans PATH as `antkey scan` does and adds what is open to the baseline; what stands in"
        " it stays. The file holds paths and hashes, no part of a key. Exit code 3 when something"
        " could not be read: what was found is written all the same. What other commands than scan find"
        " comes from their saved results.",
    ),
    Command(
        "baseline prune",
        "Take out of the baseline what is gone.",
        (*_SOUGHT, "policy", "baseline", "now", "jobs", *_SHOWN),
        "[PATH]...",
        about="Scans PATH as `antkey scan` does. Only what lies there is taken out, and nothing when"
        " something could not be read (exit code 3).",
    ),
    Command(
        "init",
        "Set antkey up in this repository.",
        (
            *("profile", "ci", "dry_run", "git_hooks", "hooks_dir", "uninstall", "detect_secrets"),
            *("schema", "now", *_SHOWN),
        ),
        about="Writes antkey.toml with every key explained, an entry for pre-commit or prek and a job for"
        " CI, as fits what lies here; with --git-hooks or --detect-secrets, that alone. Files that"
        " somebody else wrote are never overwritten; run again, it changes nothing that is as it should"
        " be.",
    ),
    Command(
        "hook pre-commit",
        "Refuse a commit when what is staged holds a key.",
        _HOOKED,
        "[FILE]...",
        about="The whole content of changed files is judged, as it is in the index; FILE adds more.",
    ),
    Command(
        "hook commit-msg",
        "Refuse a commit when its message holds a key.",
        _HOOKED,
        "FILE",
        least=1,
        most=1,
    ),
    Command(
        "hook pre-push",
        "Refuse a push when what is new in it holds a key.",
        _HOOKED,
        "[REMOTE [URL]]",
        most=2,
        about="Reads what git writes to the hook's standard input, or the variables that pre-commit and"
        " prek set.",
    ),
    Command(
        "hook pre-receive",
        "On a server: refuse a push when what is new in it holds a key.",
        _HOOKED,
        about="Reads what git writes to the hook's standard input.",
    ),
    Command(
        "keys audit",
        "Judge the key inventory: age, owners, names, overlap, limits, leaks.",
        ("leaks", "policy", "baseline_named", *_JUDGED, "now", *_RENDERED, "jobs", *_SHOWN),
        "[FILE]...",
        about="FILE is an inventory (TOML, YAML, JSON or CSV), what `antkey keys sync` wrote, or a secret"
        " store's own export; - reads standard input. Without one, what the policy names.",
    ),
    Command(
        "keys list",
        "List the keys of the inventory.",
        ("environment", "tenant", "status", "sort", "policy", "now", "table_format", *_SHOWN),
        "[FILE]...",
    ),
    Command(
        "keys calendar",
        "Show what is due when, also as iCalendar.",
        ("environment", "tenant", "status", "days", "policy", "now", "calendar_format", *_SHOWN),
        "[FILE]...",
    ),
    Command(
        "keys sync",
        "Read the keys of an organisation from Anthropic's Admin API into a file.",
        ("usage", "admin_key_fd", "output", "policy", "now", *_SHOWN),
        about="The admin key comes from ANTHROPIC_ADMIN_KEY or a file descriptor. The file holds no"
        " secret and may be committed. When Anthropic cannot be read it stays as it was (exit code 4).",
    ),
    Command(
        "egress run",
        "Run a test command, prove whose key each of its requests carries.",
        (
            *("for_tenant", "scenario", "isolate", "evidence", "policy", "baseline_named"),
            *(*_JUDGED, "now", *_RENDERED, "jobs", *_SHOWN),
        ),
        "-- COMMAND...",
        least=1,
        about="COMMAND runs once for each scenario. Its tenants' keys are in ANTKEY_TENANT_KEY and"
        " ANTKEY_TENANT_KEY_<NAME>, made up and each of its own; so are those of the platform, in"
        " ANTHROPIC_API_KEY and the like. Requests to Anthropic are answered on this machine, nothing"
        " leaves it. COMMAND's output goes to standard error.",
    ),
    Command(
        "egress replay",
        "Judge recorded traffic by the keys that were in force.",
        ("policy", "baseline_named", *_JUDGED, "now", *_RENDERED, "jobs", *_SHOWN),
        "FILE...",
        least=1,
        about="FILE is a HAR, evidence, JSON lines of a gateway, a vcrpy cassette, an access log or OTLP"
        " JSON; - reads standard input. Whose key it was comes from the inventory that the policy"
        " names.",
    ),
    Command(
        "url",
        "Judge base URLs of providers: may a key be sent there?",
        ("resolve", "verdict_format", *_SHOWN),
        "URL...",
        least=1,
        about="URL is a base URL or that of the Messages endpoint; - reads one from each line of standard"
        " input. It has to be HTTPS on port 443 and a public name. What passes is shown in its normal"
        " form. Exit code 1 when one is refused.",
    ),
    Command(
        "rules list",
        "List what is checked.",
        ("requirements", "frameworks", "profiles", "rules", "verdict_format", *_SHOWN),
    ),
    Command(
        "rules show",
        "Show what a rule finds, why, and how to mend it.",
        ("rules", "verdict_format", *_SHOWN),
        "ID",
        least=1,
        most=1,
    ),
    Command(
        "rules test",
        "Run the examples of the rules.",
        ("rules", *_SHOWN),
        about="With --rules only those are tested. Exit code 2 when an example of yours fails.",
    ),
)

GROUPS = {
    "baseline": "Accept today's findings, drop what is gone.",
    "egress": "Whose key requests carry: in a test run, in recorded traffic.",
    "hook": "What git starts before a commit or push; `antkey init --git-hooks` installs them.",
    "keys": "The key inventory: which keys exist, how old they are, what is due.",
    "rules": "What is checked, why, and how to mend it.",
}
"""Commands that only hold other commands."""
