"""The words and numbers that formats for people share: places, sizes, rates, plurals. Not escaped."""

from __future__ import annotations

from antkey_scanner.model import Accepted, Finding, Location, Run, SecretRef, Stats, Status

DANGLING = "dangling"
"""What no ref reaches: git may delete it one day, and until then hands it to whoever knows its id."""

_UNITS = ("B", "kB", "MB", "GB", "TB", "PB")


def place(location: Location) -> str:
    """`path:line:column`, as far as there are lines."""
    text = location.path
    if location.line is not None:
        text += f":{location.line}"
        if location.column is not None:
            text += f":{location.column}"
    return text


def placed(finding: Finding) -> str:
    """Where a finding is, and of merged results which of them it is from."""
    note = finding.note or ""
    origin = f" ({note.partition('; ')[0]})" if note.startswith("from ") else ""
    return place(finding.location) + origin


def history(location: Location) -> tuple[str, ...]:
    """`commit 548de2e1628f`, `2026-11-20`, `refs/heads/main, …` or `dangling`: what is known of these."""
    fields = []
    if location.commit:
        fields.append(f"commit {location.commit[:12]}")
    if location.first_seen:
        fields.append(location.first_seen.partition("T")[0])
    if location.refs is not None:
        more = ", …" if len(location.refs) > 1 else ""
        fields.append(location.refs[0] + more if location.refs else DANGLING)
    return tuple(fields)


def decoded(location: Location) -> str:
    """`gzip \u203a base64`: what was undone, outermost first; empty for plain text."""
    return " \u203a ".join(location.decoded)


def accepted(finding: Finding) -> str | None:
    """`waived: sample of the docs (owner, until 2026-12-31)`, or `baseline`; None for what is open."""
    if finding.status is Status.OPEN:
        return None
    why = finding.accepted or Accepted("policy")
    until = f"until {why.expires}" if why.expires else None
    details = ", ".join(detail for detail in (why.owner, until) if detail)
    reason = " ".join(part for part in (why.reason, f"({details})" if details else None) if part)
    return f"{finding.status.value}: {reason}" if reason else finding.status.value


def size(count: int) -> str:
    """Bytes in decimal units: `999 B`, `12.3 MB`."""
    value = float(count)
    unit = 0
    while value >= 999.95 and unit < len(_UNITS) - 1:
        value /= 1000
        unit += 1
    return f"{count} B" if unit == 0 else f"{value:.1f} {_UNITS[unit]}"


def contents(stats: Stats) -> str:
    """`3 files, 76,352 git objects (76,360 with members), 18,346 commits`: what was looked at."""
    parts = []
    if stats.files or not (stats.objects or stats.known):
        parts.append(plural(stats.files, "file"))
    if stats.objects:
        parts.append(plural(stats.objects, "git object"))
    if stats.blobs > stats.files + stats.objects:
        parts[-1] += f" ({stats.blobs:,} with members)"
    if stats.known:
        parts.append(f"{plural(stats.known, 'git object')} known from an earlier scan")
    if stats.commits:
        parts.append(plural(stats.commits, "commit"))
    if stats.requests:
        parts.append(plural(stats.requests, "request"))
    if stats.keys:
        parts.append(plural(stats.keys, "key"))
    return ", ".join(parts)


def judged_keys(stats: Stats) -> str:
    """`1,204 keys judged in 2 inventory files`: what an audit of the inventory looked at."""
    files = f"in {plural(stats.files, 'inventory file')}"
    return f"{plural(stats.keys, 'key')} judged {files}" if stats.keys else f"no key {files}"


def judged_requests(stats: Stats) -> str:
    """`1,204 requests judged in 2 recordings`; of a wrapped command there are no recordings."""
    recordings = f" in {plural(stats.files, 'recording')}" if stats.files else ""
    return f"{plural(stats.requests, 'request')} judged{recordings}"


def exposed(finding: Finding) -> SecretRef | None:
    """The key that lies open in a place. What a finding about a request says of one is in its message."""
    return None if finding.rule.family == "egress" else finding.secret


def rate(stats: Stats, run: Run) -> str | None:
    """Megabytes per second; None when the clock was fixed or stood still."""
    if run.seconds <= 0:
        return None
    speed = stats.bytes / 1e6 / run.seconds
    if speed < 0.05:
        return "under 0.1 MB/s"
    return f"{speed:.1f} MB/s" if speed < 100 else f"{speed:,.0f} MB/s"


def duration(seconds: float) -> str:
    """`0.42 s`, `12.3 s`, `3 min 20 s`."""
    if seconds < 10:
        return f"{seconds:.2f} s"
    if seconds < 120:
        return f"{seconds:.1f} s"
    return f"{int(seconds) // 60} min {int(seconds) % 60} s"


def plural(count: int, singular: str, several: str | None = None) -> str:
    """`1 file`, `1,234 files`."""
    return f"{count:,} {singular if count == 1 else several or singular + 's'}"
