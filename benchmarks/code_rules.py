"""Measures the rules about source code on real snippets: `python -m benchmarks.code_rules [--misses HALF]`.

HALF is `tune`, `report`, `fresh` or `all`; `CODE-RULES.md` says what they are, and holds the tables.

The repository holds where each snippet is and what it is (`code-rules/snippets.tsv`), never the code. That
is read from the folder that ANTKEY_CODE_SNIPPETS names: bare git repositories `OWNER+NAME/repo` for those of
GitHub, and files `stored/ID.ENDING` for those of a text index, cut to the function that the pointer is in.
A snippet is found where any rule about tenants' keys has a finding in its lines.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from antkey_rules.code import load_code_rules
from antkey_scanner.code.languages import LANGUAGES
from antkey_scanner.code.search import search
from antkey_scanner.code.words import Vocabulary

TABLE = Path(__file__).parent / "code-rules" / "snippets.tsv"
ENDINGS = {language.name: language.endings[0] for language in LANGUAGES}


class Snippet(NamedTuple):
    """Where a snippet is, and what it is by reading. place: its lines, or @ and an offset."""

    source: str
    path: str
    place: str
    language: str
    label: str
    shape: str
    half: str
    note: str


def snippets() -> list[Snippet]:
    """All pointers."""
    rows = TABLE.read_text(encoding="utf-8").splitlines()[1:]
    return [Snippet(*row.split("\t")) for row in rows]


def code_of(snippet: Snippet, folder: Path) -> tuple[bytes, range] | None:
    """A snippet's file and its lines in it; None where it is not there."""
    kind, _, name = snippet.source.partition(":")
    if kind == "stored":
        file = folder / "stored" / f"{name}{ENDINGS[snippet.language]}"
        return (file.read_bytes(), range(1, 1 << 30)) if file.is_file() else None
    repository, _, commit = name.partition("@")
    git = folder / repository.replace("/", "+") / "repo"
    if not git.is_dir():
        return None
    shown = subprocess.run(
        ["git", "-C", str(git), "show", f"{commit}:{snippet.path}"],
        capture_output=True,
        check=False,
    )
    first, _, last = snippet.place.partition("-")
    return (shown.stdout, range(int(first), int(last) + 1)) if shown.returncode == 0 else None


def found_in(snippet: Snippet, folder: Path) -> list[str] | None:
    """The rules that find something in a snippet."""
    code = code_of(snippet, folder)
    if code is None:
        return None
    data, lines = code
    path = snippet.path or f"snippet{ENDINGS[snippet.language]}"
    found = search(path, data, load_code_rules(), Vocabulary())
    return [f"{one.rule}:{one.line}" for one in found if one.line in lines]


def measure(folder: Path, half: str) -> Iterator[tuple[Snippet, list[str]]]:
    """Each snippet of a half that is there, with what was found."""
    for snippet in snippets():
        found = found_in(snippet, folder) if half in (snippet.half, "all") else None
        if found is not None:
            yield snippet, found


def table(folder: Path, half: str) -> str:
    """Recall and precision by language, as a table in Markdown."""
    counts: Counter[tuple[str, str]] = Counter()
    for snippet, found in measure(folder, half):
        language = snippet.language.replace(" JSX", "")
        kind = ("tp" if found else "fn") if snippet.label == "bad" else ("fp" if found else "tn")
        for name in (language, "all"):
            counts[name, kind] += 1
    lines = [
        "| language | snippets | bad | found | good | wrongly found | recall | precision |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name in [*sorted({name for name, _ in counts} - {"all"}), "all"]:
        tp, fn, fp, tn = (counts[name, kind] for kind in ("tp", "fn", "fp", "tn"))
        recall = f"{tp / (tp + fn):.2f}" if tp + fn else "-"
        precision = f"{tp / (tp + fp):.2f}" if tp + fp else "-"
        lines.append(
            f"| {name} | {tp + fn + fp + tn} | {tp + fn} | {tp} | {fp + tn} | {fp} | {recall} | {precision} |"
        )
    return "\n".join(lines)


def main() -> int:
    """Print the tables, or what was wrong in one half."""
    place = os.environ.get("ANTKEY_CODE_SNIPPETS")
    if not place:
        print("set ANTKEY_CODE_SNIPPETS to the folder with the snippets", file=sys.stderr)
        return 2
    if sys.argv[1:2] == ["--misses"]:
        for snippet, found in measure(Path(place), sys.argv[2]):
            if bool(found) != (snippet.label == "bad"):
                print(
                    snippet.label, snippet.shape, snippet.source, snippet.path, snippet.place, found
                )
        return 0
    for half in ("report", "tune", "fresh", "all"):
        print(f"{half}\n\n{table(Path(place), half)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
