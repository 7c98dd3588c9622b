"""docs/comparison.md: the tables are those that `make bench` has written into benchmarks/RESULTS.md.

`python -m tests.docs.references` writes them anew, between the page's marks; no figure is typed by hand.
"""

from __future__ import annotations

import re
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
_RESULTS = CHECKOUT / "benchmarks/RESULTS.md"

_RACES = (
    ("Source tree", "A source tree"),
    ("Whole git history", "The whole history of a repository"),
    ("Log with JSON, requests and digests", "A log of 2 GB, JSON lines with digests"),
    ("16 gzip files", "16 gzip files, 2 GB unpacked"),
    ("One small file, the whole process", "One small file, the whole process"),
    ("Hook before a commit of ten small files, the whole process", "A hook before a commit"),
)
"""Sections of the results, and what they are called here."""

_PEERS = ("antkey", "kingfisher", "gitleaks", "detect-secrets")


_PAGE = CHECKOUT / "docs/comparison.md"


def comparison_page() -> str:
    """The page as it is, with the figures of today between its marks."""
    results = _RESULTS.read_text(encoding="utf-8")
    text = _PAGE.read_text(encoding="utf-8")
    races = "\n".join(_race(results, name, title) for name, title in _RACES)
    parts = {"about": _about(results), "races": races.rstrip("\n"), "missed": _missed(results)}
    for name, part in parts.items():
        start, end = f"<!-- {name} -->", f"<!-- /{name} -->"
        head, _, rest = text.partition(start)
        text = f"{head}{start}\n{part}\n{end}{rest.partition(end)[2]}"
    return text


def _about(results: str) -> str:
    (day,) = re.findall(r"^\* Date: (\S+)", results, re.MULTILINE)
    (machine,) = re.findall(r"^\* Machine: (.+)$", results, re.MULTILINE)
    versions = re.findall(r"(kingfisher|gitleaks|detect-secrets) (\d[\d.]+)", results)
    (commit,) = re.findall(r"^\* antkey: commit (\w+)$", results, re.MULTILINE)
    others = ", ".join(f"{name} {version}" for name, version in dict(versions).items())
    return f"{day}; {machine}; antkey of commit {commit}, {others}."


def _race(results: str, name: str, title: str) -> str:
    """One table with the rows of scanners: time, ratio, memory, keys, bytes."""
    section = _section(results, name)
    about = section.strip().partition("\n\n")[0].partition(" Before the race")[0]
    lines = [
        f"## {title}",
        "",
        about,
        "",
        "| | time | antkey ÷ this | memory | keys found | bytes |",
    ]
    lines.append("|---|--:|--:|--:|--:|--:|")
    for row in re.findall(r"^\| (.+) \|$", section, re.MULTILINE):
        cells = [cell.strip() for cell in row.split(" | ")]
        if len(cells) == 9 and cells[0].startswith(_PEERS):
            who, wall, _, ratio, _, memory, keys, read, _ = cells
            lines.append(f"| {who} | {wall} | {ratio} | {memory} | {keys} | {read} |")
    return "\n".join([*lines, ""])


def _missed(results: str) -> str:
    lines = [
        f"* {title[0].lower()}{title[1:]}: {who}, {ratio} times as fast"
        for name, title in _RACES
        for who, ratio in _faster(_section(results, name))
    ]
    rows = re.findall(r"^\| (.+) \| \*\*not met\*\*(.*) \|$", results, re.MULTILINE)
    for row, note in rows:
        work, measure, bound, _, measured = (cell.strip() for cell in row.split(" | "))
        lines.append(f"* bound not met: {work}, {measure}: {measured}, bound {bound}{note}")
    return "\n".join(lines)


def _faster(section: str) -> list[tuple[str, str]]:
    """Other scanners that took less time, and by what factor."""
    rows = re.findall(r"^\| ([^|]+) \| [^|]+ \| [^|]+ \| ([\d.]+) \|", section, re.MULTILINE)
    return [(who, ratio) for who, ratio in rows if who.startswith(_PEERS[1:]) and float(ratio) > 1]


def _section(results: str, name: str) -> str:
    return results.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
