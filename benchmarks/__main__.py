"""`python -m benchmarks`: prepares, measures, writes the table."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from benchmarks import (
    code_scan,
    corpora,
    doubling,
    egress,
    histories,
    hostile,
    inventories,
    machine,
    page,
    peers,
    replay,
    staged,
    startup,
)
from benchmarks.corpora import Corpus, Unavailable, megabytes
from benchmarks.gitrows import GIT_WORKS
from benchmarks.logs import MIXED, TEXT
from benchmarks.race import Stand, race
from benchmarks.rows import HOSTILE_MEMORY, WORKS, Work, literals
from benchmarks.table import BOUNDS_HEAD, NONE, bound_line, row, runs_table

_ALL_WORKS = (*WORKS, *GIT_WORKS)
_EXTRAS = ("code", "hostile", "startup", "egress", "keys", "page", "doubling")
_PARTS = (*(work.name for work in _ALL_WORKS), *_EXTRAS)
_RESULTS = Path(__file__).with_name("RESULTS.md")
_INTRODUCTION = (
    "# Results",
    "",
    "Written by `make bench`; [README.md](README.md) says what is measured and how. Whole processes, in",
    "turn (A B C A B C …) after one warm-up round, so all files are in the page cache; medians, and ratios",
    "of medians of this one run. A scanner that shows fewer keys than were planted, or that looked at",
    "fewer bytes than there are, has that in bold: its time is for less work.",
)


def main() -> None:
    """Measure what was asked for. Writes RESULTS.md only for a whole run at full scale."""
    options = _options()
    cache = _cache()
    if options.clean:
        _clean(cache)
        return
    chosen = options.only.split(",") if options.only else list(_PARTS)
    unknown = sorted(set(chosen) - set(_PARTS))
    if unknown:
        sys.exit(f"--only: no {', '.join(unknown)}; there are {', '.join(_PARTS)}")
    size = int(corpora.LOG_SIZE * options.scale)
    disk = corpora.disk_need(size) if {"tree", "log", "text", "gzip", "code"} & set(chosen) else 0
    free = shutil.disk_usage(cache).free
    say(
        f"up to {megabytes(disk)} are kept in the cache folder ({megabytes(free)} free); --clean removes"
    )
    stand = _stand(cache)
    description = machine.description(stand.tools, options.scale)
    sections = list(_measure(chosen, cache, options.scale, options.runs, stand))
    bounds = [line for lines, _ in sections for line in lines]
    details = [line for _, lines in sections for line in lines]
    text = "\n".join(
        [*_INTRODUCTION, "", *description, "", "## Bounds", "", *BOUNDS_HEAD, *bounds, *details, ""]
    )
    whole = not options.only and options.scale == 1 and options.runs is None
    target = options.output or (_RESULTS if whole else None)
    if target is None:
        print(text)
    else:
        target.write_text(text, encoding="utf-8")
        say(f"wrote {target}")


def say(what: str) -> None:
    """Tell how far it is."""
    print(f"bench: {what}", file=sys.stderr, flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make bench ARGS=…",
        description="Measure antkey beside other scanners and write benchmarks/RESULTS.md.",
        epilog="BENCH_TREE=folder scans a tree of yours, BENCH_REPO=folder the history of a copy of your "
        "clone (nothing is written into either); BENCH_CACHE=folder "
        "keeps corpora and environments elsewhere than in ~/.cache/antkey-bench.",
    )
    parser.add_argument("--only", metavar="PART,…", help=f"some of {', '.join(_PARTS)}")
    parser.add_argument(
        "--scale",
        type=float,
        default=1,
        help="logs of so much of 2 GiB, a generated history of so many commits; 0.05 for a quick look",
    )
    parser.add_argument("--runs", type=int, help="at most so many rounds")
    parser.add_argument("--output", type=Path, help="where the table goes instead")
    parser.add_argument("--clean", action="store_true", help="remove the cache and end")
    return parser.parse_args()


def _cache() -> Path:
    """The folder for corpora and environments. Never below the checkout: the log holds keys, and peers
    look at a repository's settings."""
    named = os.environ.get("BENCH_CACHE")
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    cache = Path(named).resolve() if named else Path(base).resolve() / "antkey-bench"
    if cache.is_relative_to(peers.CHECKOUT):
        sys.exit("BENCH_CACHE lies in the repository; choose a folder outside")
    cache.mkdir(parents=True, exist_ok=True)
    return cache


def _clean(cache: Path) -> None:
    """Only what this program makes, in case the folder is somebody's home."""
    for name in ("tree", "log", "text", "gzip", "git", "hook", "code", "codehook"):
        (cache / f"{name}.json").unlink(missing_ok=True)
    for name in ("literals", "code-on.toml", "code-off.toml"):
        (cache / name).unlink(missing_ok=True)
    for name in (
        "tree",
        "log",
        "text",
        "gzip",
        "small",
        "git",
        "hook",
        "code",
        "codehook",
        "remembered",
        "hostile",
        "doubling",
        "keys",
        "page",
        "downloads",
        "venv",
        "home",
        "work",
    ):
        shutil.rmtree(cache / name, ignore_errors=True)
    if not any(cache.iterdir()):
        cache.rmdir()


def _stand(cache: Path) -> Stand:
    file = cache / "literals"
    file.write_bytes(b"".join(literal + b"\n" for literal in literals()))
    folder = cache / "work"
    folder.mkdir(exist_ok=True)
    try:
        tools = peers.tools(cache, say)
    except RuntimeError as error:
        sys.exit(str(error))
    return Stand(tools, folder, peers.environment(cache), file)


def _measure(
    chosen: list[str], cache: Path, scale: float, runs: int | None, stand: Stand
) -> Iterator[tuple[list[str], list[str]]]:
    """(lines of the bounds' table, lines of a section) for each part."""
    size, commits = int(corpora.LOG_SIZE * scale), int(histories.COMMITS * scale)
    makers: dict[str, Callable[[], Corpus]] = {
        "tree": partial(corpora.source_tree, cache, os.environ.get("BENCH_TREE")),
        "log": partial(corpora.log, cache, "log", MIXED, size),
        "text": partial(corpora.log, cache, "text", TEXT, size),
        "gzip": partial(corpora.gzip_logs, cache, size),
        "small": partial(corpora.small_file, cache),
        "git": partial(histories.history, cache, os.environ.get("BENCH_REPO"), commits),
        "hook": partial(staged.staged, cache),
    }
    for work in _ALL_WORKS:
        if work.name in chosen:
            yield _work(work, makers[work.name], runs, stand)
    if "code" in chosen:
        yield _code(cache, makers["tree"], stand)
    if "hostile" in chosen:
        yield _hostile(cache, stand)
    if "startup" in chosen:
        yield [], ["", "## Imports at start-up", *_imports(cache, stand)]
    if "egress" in chosen:
        yield _egress(stand)
    if "keys" in chosen:
        found = list(inventories.taken(cache / "keys", stand, say))
        yield inventories.bounds(found), ["", "## Keys", "", *inventories.table(found)]
    if "page" in chosen:
        yield _page(cache, stand)
    if "doubling" in chosen:
        table = doubling.growth_table(list(doubling.growths(cache / "doubling", stand, say)))
        yield [], ["", "## Hostile text, doubled", "", *_DOUBLING, "", *table]


_DOUBLING = (
    "Processor time of one worker above that for an empty file, for an input and the same kind twice and",
    f"four times as long. Linear is 2; above {doubling.SUSPICIOUS} is marked; “short” is under 50 ms.",
)


def _imports(cache: Path, stand: Stand) -> Iterator[str]:
    file = corpora.small_file(cache).path
    starts = [("a scan of one small file", ["scan", str(file)], file.parent)]
    try:
        repository = staged.staged(cache).path
    except Unavailable as reason:
        say(f"startup: no hook: {reason}")
    else:
        hook = ["hook", "pre-commit", *staged.STAGED]
        starts.append(("the hook before a commit of ten small files", hook, repository))
    for what, arguments, folder in starts:
        yield ""
        yield from startup.startup_table(startup.startup(what, arguments, folder, stand))


def _work(
    work: Work, make: Callable[[], Corpus], runs: int | None, stand: Stand
) -> tuple[list[str], list[str]]:
    try:
        corpus = make()
    except Unavailable as reason:
        say(f"{work.name}: skipped: {reason}")
        skipped = [row(work.title, "all", NONE, NONE, NONE, f"not measured: {reason}")]
        return skipped, []
    say(f"{work.name}: {corpus.files:,} files, {megabytes(corpus.bytes)}, {len(corpus.keys)} keys")
    measured = race(work, corpus, stand, min(work.runs, runs or work.runs), say)
    by_name = {each.contender.name: each for each in measured}
    title = f"## {work.title[0].upper()}{work.title[1:]}"
    files = "1 file" if corpus.files == 1 else f"{corpus.files:,} files"
    what = corpus.about or f"{files}, {corpus.bytes:,} bytes, {len(corpus.keys)} planted keys."
    return (
        [bound_line(work, bound, by_name) for bound in work.bounds],
        ["", title, "", what, "", *runs_table(measured)],
    )


def _code(cache: Path, tree: Callable[[], Corpus], stand: Stand) -> tuple[list[str], list[str]]:
    try:
        told = code_scan.measured(cache, tree(), stand, say)
    except Unavailable as reason:
        say(f"code: skipped: {reason}")
        return [row("code rules", "all", NONE, NONE, NONE, f"not measured: {reason}")], []
    return code_scan.bounds(told), ["", "## Source code", "", *code_scan.table(told)]


def _hostile(cache: Path, stand: Stand) -> tuple[list[str], list[str]]:
    all_endured = list(hostile.endured(cache / "hostile", stand, say))
    worst = max(all_endured, key=lambda each: each.memory)
    verdict = "met" if all(map(hostile.is_met, all_endured)) else "**not met**"
    at_most = megabytes(HOSTILE_MEMORY)
    bound = row("hostile archives", "memory", at_most, NONE, megabytes(worst.memory), verdict)
    return [bound], ["", "## Hostile archives", "", *hostile.hostile_table(all_endured)]


def _page(cache: Path, stand: Stand) -> tuple[list[str], list[str]]:
    try:
        found = page.opened(cache / "page", stand, say)
    except Unavailable as reason:
        say(f"page: skipped: {reason}")
        return [row("page", "all", NONE, NONE, NONE, f"not measured: {reason}")], []
    return page.bounds(found), ["", "## Page", "", *page.table(found)]


def _egress(stand: Stand) -> tuple[list[str], list[str]]:
    if sys.platform != "linux":  # what a process costs is read from /proc
        say("egress: skipped: not Linux")
        return [], []
    started, loads = egress.start(stand), list(egress.borne(stand, say))
    replayed = list(replay.judged(stand, say))
    section = ["", "## Egress", "", *egress.load_table(started, loads), "", *replay.table(replayed)]
    return [*egress.bounds(started, loads), *replay.bounds(replayed)], section


if __name__ == "__main__":
    main()
