"""Text for people at a terminal and in CI logs: one line per finding, the verdict last.

A finding about a key of the inventory has a second line, which says what is known of the key.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from antkey_reports.escape import terminal as inert
from antkey_reports.verdict import (
    about_keys,
    about_requests,
    by_severity,
    incomplete,
    not_judged,
    open_ones,
    verdict,
    worst_first,
)
from antkey_reports.wording import (
    accepted,
    contents,
    decoded,
    duration,
    exposed,
    history,
    judged_keys,
    judged_requests,
    place,
    plural,
    rate,
    size,
)
from antkey_scanner.model import Finding, Result, Rule, Skip

_SKIPS_SHOWN = 20
_ROWS_SHOWN = 40
_WIDTH = 80
_NARROWEST = 40

_BOLD, _DIM = "1", "2"
_OF_TONE = {"pass": "1;32", "warn": "1;33", "fail": "1;31", "undecided": "1;35"}
_OF_SEVERITY = {"critical": "1;31", "high": "31", "medium": "33", "low": "36", "info": "2"}


def render(result: Result, color: bool, width: int) -> str:
    """The whole report. Colour adds nothing that the words do not say."""
    page = _Page(color, width)
    parts = [
        *page.blocks(result.findings),
        page.remedies(result.findings),
        page.since(result),
        page.coverage(result),
        page.not_judged(result),
        page.attested(result),
        page.skipped(result),
        page.closing(result),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


class _Page:
    """Knows the terminal, so that not every function has to be told."""

    def __init__(self, color: bool, width: int) -> None:
        self._color = color
        self._columns = max(width, _NARROWEST) if width else None
        self._prose = self._columns or _WIDTH

    def blocks(self, findings: tuple[Finding, ...]) -> Iterator[list[str]]:
        """One per file; files with a single line each share one, or half the screen is empty."""
        singles: list[str] = []
        for _, group in groupby(findings, key=lambda finding: finding.location.path):
            lines = self._file(list(group))
            if len(lines) == 1:
                singles += lines
                continue
            yield singles
            yield lines
            singles = []
        yield singles

    def _file(self, findings: list[Finding]) -> list[str]:
        places = [inert(place(finding.location)) for finding in findings]
        longest_id = max(len(inert(finding.rule.id)) for finding in findings)
        details = [_detail(finding, longest_id) for finding in findings]
        padding = max(map(len, places))
        longest = padding + 2 + max(map(len, details))
        if self._columns is not None and longest > self._columns:
            return [
                line
                for where, what, finding in zip(places, details, findings, strict=True)
                for line in self._broken(where, what, finding)
            ]
        return [
            line
            for where, what, finding in zip(places, details, findings, strict=True)
            for line in (
                f"{self._paint(_BOLD, where.ljust(padding))}  {self._severity(what, finding)}",
                *self._key(finding),
            )
        ]

    def _broken(self, where: str, what: str, finding: Finding) -> Iterator[str]:
        yield self._paint(_BOLD, where)
        first, *rest = _wrapped(what, self._prose, "    ")
        yield "    " + self._severity(first.lstrip(" "), finding)
        yield from rest
        yield from self._key(finding)

    def _key(self, finding: Finding) -> Iterator[str]:
        """What is known of the key that a finding is about, on a terminal in lines of its width."""
        if finding.key is None:
            return
        from antkey_reports.keys import about

        known = about(finding)
        if known is None:
            return
        if self._columns is None:
            yield "    " + inert(known)
        else:
            yield from _wrapped(inert(known), self._columns, "    ")

    def _severity(self, detail: str, finding: Finding) -> str:
        name = finding.rule.severity.value
        return self._paint(_OF_SEVERITY[name], name) + detail[len(name) :]

    def remedies(self, findings: tuple[Finding, ...]) -> list[str]:
        rules = {finding.rule.id: finding.rule for finding in open_ones(findings)}
        worst_first = sorted(rules.values(), key=lambda rule: (-rule.severity.rank, rule.id))
        lines = [line for rule in worst_first for line in self._remedy(rule)]
        return [self._paint(_BOLD, "What to do"), *lines] if lines else []

    def _remedy(self, rule: Rule) -> Iterator[str]:
        # Joined before it is escaped, here and below: a name ":" and our own colon make a command.
        yield "  " + inert(f"{rule.id}: {rule.title}")
        yield from _wrapped(inert(" ".join(rule.remedy.split())), self._prose, "    ")

    def not_judged(self, result: Result) -> list[str]:
        """Controls without an outcome, once for each reason."""
        by_reason: dict[str, list[str]] = {}
        for one in worst_first(not_judged(result)):
            by_reason.setdefault(one.evidence, []).append(one.control.id)
        lines = [
            line
            for reason, ids in by_reason.items()
            for line in _wrapped(inert(f"{', '.join(ids)}: {reason}"), self._prose, "  ")
        ]
        title = f"Not judged: {plural(len(not_judged(result)), 'control')}"
        return [self._paint(_OF_TONE["undecided"], title), *lines] if lines else []

    def since(self, result: Result) -> list[str]:
        """What is new and what is fixed, where the result is compared with an earlier one."""
        if result.comparison is None:
            return []
        from antkey_reports.comparing import compared, named, summary, unproven

        groups = compared(result)
        if groups is None:
            return []
        lines = [self._paint(_BOLD, inert(summary(groups)))]
        for word, some in (("new", groups.new), ("fixed", groups.fixed)):
            for one in some[:_SKIPS_SHOWN]:
                lines += self._item(f"{word:<5}", inert(named(one)))
            lines += _more(len(some) - _SKIPS_SHOWN)
        why = unproven(result)
        return lines + ([f"  {inert(why)}"] if why else [])

    def _item(self, word: str, text: str) -> Iterator[str]:
        """A word and what it is about, on a terminal in lines of its width."""
        if self._columns is None:
            yield f"  {word}  {text}"
            return
        first, *rest = _wrapped(text, self._columns - len(word), "    ")
        yield f"  {word}  {first.lstrip(' ')}"
        yield from (" " * len(word) + line for line in rest)

    def attested(self, result: Result) -> list[str]:
        """The controls that rest on somebody's word."""
        if not any(one.attestation for one in result.assessments):
            return []
        from antkey_reports.surroundings import attested, vouched

        given = attested(result)
        lines = [
            line
            for one, word in given
            for line in _wrapped(inert(f"{one.control.id}: {vouched(word)}"), self._prose, "  ")
        ]
        title = f"On somebody's word: {plural(len(given), 'control')}"
        return [self._paint(_BOLD, title), *lines]

    def coverage(self, result: Result) -> list[str]:
        """Whose key the requests of each tenant and surface were on."""
        if not result.coverage:
            return []
        from antkey_reports.coverage import matrix
        from antkey_reports.coveragetable import lines

        seen = matrix(result.coverage, _ROWS_SHOWN)
        if seen is None:
            return []
        return [self._paint(_BOLD, "Coverage"), *lines(seen, self._columns)]

    def skipped(self, result: Result) -> list[str]:
        read = about_keys(result) or about_requests(result)
        in_scope = [skip for skip in result.skips if skip.counts]
        lines = []
        if in_scope:
            what = "Not read" if read else "Not scanned"
            title = f"{what}: {plural(len(in_scope), 'place')} in scope"
            lines.append(self._paint(_OF_TONE["warn"], title))
            lines += _named(in_scope)
        left_out = [skip for skip in result.skips if not skip.counts]
        if left_out and read:
            lines.append(self._paint(_DIM, f"Left out: {plural(len(left_out), 'place')}"))
            lines += _named(left_out)
        elif left_out:
            what = (
                f"Left out by design: {len(left_out):,} (links, special files, accepted omissions)"
            )
            lines += [self._paint(_DIM, line) for line in _wrapped(what, self._prose, "")]
        return lines

    def closing(self, result: Result) -> list[str]:
        judged = verdict(result)
        tone = _OF_TONE[judged.tone]
        lines = list(_wrapped(f"{judged.word}  {_counted(result)}", self._prose, ""))
        lines[0] = lines[0].replace(judged.word, self._paint(tone, judged.word), 1)
        if judged.word != "INCOMPLETE" and incomplete(result):
            warning = self._paint(_OF_TONE["warn"], "INCOMPLETE")
            lines.append(f"{warning}  not everything in scope was read")
        for said in (_read(result), *_around(result)):
            lines += [self._paint(_DIM, line) for line in _wrapped(said, self._prose, "")]
        reason = f"exit {result.run.exit_code}: {inert(judged.reason)}"
        return [*lines, *_wrapped(reason, self._prose, "")]

    def _paint(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._color else text


def _detail(finding: Finding, longest_id: int) -> str:
    secret = exposed(finding)
    fields = [
        f"{finding.rule.severity.value:<8}",
        inert(finding.rule.id).ljust(longest_id),
        inert(secret.hint if secret else finding.message),
    ]
    if finding.location.decoded:
        fields.append(inert(decoded(finding.location)))
    fields += map(inert, history(finding.location))
    why = accepted(finding)
    fields += [inert(f"[{text}]") for text in (why, finding.note) if text]
    return "  ".join(fields)


def _named(skips: list[Skip]) -> Iterator[str]:
    for skip in skips[:_SKIPS_SHOWN]:
        yield "  " + inert(f"{skip.path}: {skip.reason}")
    yield from _more(len(skips) - _SKIPS_SHOWN)


def _more(count: int) -> list[str]:
    return [f"  … and {count:,} more; the json report has all of them"] if count > 0 else []


def _around(result: Result) -> Iterator[str]:
    """What was in scope, and what earlier runs say."""
    if result.repositories or result.hosts or result.trend is not None:
        from antkey_reports.surroundings import scope, trend

        in_scope = list(scope(result))
        yield from map(inert, in_scope[:_SKIPS_SHOWN])
        yield from _more(len(in_scope) - _SKIPS_SHOWN)
        if result.trend is not None:
            yield inert(f"history: {trend(result.trend)}")


def _counted(result: Result) -> str:
    still_open = open_ones(result.findings)
    where = " in what was read" if incomplete(result) else ""
    if still_open:
        counts = ", ".join(f"{count:,} {name}" for name, count in by_severity(still_open) if count)
        text = f"{plural(len(still_open), 'finding')}{where}: {counts}"
    else:
        text = f"no findings{where}"
    more = len(result.findings) - len(still_open)
    return text + (f" ({more:,} more accepted)" if more else "")


def _read(result: Result) -> str:
    stats = result.stats
    if about_keys(result):
        missing = len(not_judged(result))
        gaps = f", {plural(missing, 'control')} not judged" if missing else ""
        return f"{judged_keys(stats)}{gaps}; {len(result.skips):,} skipped"
    if about_requests(result) and not stats.files:
        return judged_requests(stats)
    what = judged_requests(stats) if about_requests(result) else contents(stats)
    text = f"{what}, {size(stats.bytes)}"
    speed = rate(stats, result.run)
    if speed is not None:
        text += f" in {duration(result.run.seconds)} ({speed})"
    return f"{text}; {len(result.skips):,} skipped"


def _wrapped(text: str, width: int, indent: str) -> Iterator[str]:
    # textwrap costs a millisecond to import, and would cut a long path in two.
    line = indent
    for word in text.split(" "):
        if len(line) + len(word) > width and line.strip():
            yield line.rstrip()
            line = indent
        line += word + " "
    yield line.rstrip()
