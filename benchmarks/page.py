"""How large the HTML report of 10,000 findings is, and how fast Chromium opens and filters it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks.corpora import Unavailable, megabytes
from benchmarks.keys import make_key
from benchmarks.measure import run
from benchmarks.race import Stand
from benchmarks.table import NONE, row, seconds

FINDINGS, KEYS = 10_000, 4_000
"""How many files hold a key, and how many keys there are."""

OPENED, SIZE = 1.0, 3_000_000
"""Bounds: seconds until all is loaded; bytes."""

_RUNS = 7
_LIMIT = 120.0
_FILES_IN_FOLDER = 20
_VIOLATIONS = 1

_LOADED = "performance.getEntriesByType('navigation')[0].loadEventEnd"
_PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1"
_FILTERED = """new Promise((done) => {
  const form = document.querySelector("#filters");
  const shown = form.elements.shown;
  new MutationObserver(() => done([performance.now() - start, shown.value])).observe(
    shown, {childList: true, characterData: true, subtree: true});
  form.elements.path.value = "team-7/";
  const start = performance.now();
  form.dispatchEvent(new Event("input"));
})"""


class Opened(NamedTuple):
    """What a page took. rendered: seconds of processor time of `antkey report`; loaded, painted, filtered:
    seconds in the browser, each of one run; shown: how many findings the page has; size: in bytes."""

    rendered: tuple[float, ...]
    loaded: tuple[float, ...]
    painted: tuple[float, ...]
    filtered: tuple[float, ...]
    shown: int
    size: int
    browser: str


def opened(folder: Path, stand: Stand, say: Callable[[str], None]) -> Opened:
    """Check a tree with that many findings, and open the page of it. folder: where it is made.

    Raises Unavailable without a browser.
    """
    # The browser is driven as the tests do it; they come with the checkout, as this does.
    from tests.reports.browser.chromium import Chromium, installed

    program = installed()
    if program is None:
        raise Unavailable("no Chromium here")
    results, page = _checked(folder, stand)
    say(f"page: {megabytes(page.stat().st_size)}")
    antkey = stand.tools["antkey"].path
    again = [antkey, "report", str(results), "--report", f"html={page}", "-q", "--exit-zero"]
    rendered = [run(again, folder, stand.environment, _LIMIT).cpu for _ in range(3)]
    browser = Chromium(program)
    try:
        version = f"Chromium {browser.version}"
        told = list(_told(browser, page))
        shown = browser.run("document.querySelectorAll('[id^=finding-]').length")
    finally:
        browser.close()
    loaded, painted, filtered = zip(*told[1:], strict=True)
    return Opened(
        tuple(rendered), loaded, painted, filtered, int(shown), page.stat().st_size, version
    )


def bounds(one: Opened) -> list[str]:
    """Rows of the bounds' table."""
    fault = "" if one.shown == FINDINGS else f": shows {one.shown:,} findings"
    loaded, size = median(one.loaded), one.size
    title = f"page of {FINDINGS:,} findings"
    return [
        row(
            title,
            "loaded",
            seconds(OPENED),
            NONE,
            seconds(loaded),
            _verdict(loaded <= OPENED, fault),
        ),
        row(title, "size", megabytes(SIZE), NONE, megabytes(size), _verdict(size <= SIZE, fault)),
    ]


def table(one: Opened) -> list[str]:
    """All figures."""
    figures = (
        ("`antkey report` to HTML, processor", one.rendered),
        ("first content painted", one.painted),
        ("all loaded", one.loaded),
        ("a filter typed, and its answer (0.12 s of it are a pause)", one.filtered),
    )
    return [
        f"The page of `antkey check` on {FINDINGS:,} files that hold {KEYS:,} keys, {one.size:,} bytes, with"
        f" {one.shown:,} findings on it; {one.browser}, a new page each time, after one to warm up.",
        "",
        "| | median | range | runs |",
        "|---|--:|--:|--:|",
        *(
            row(
                what,
                seconds(median(taken)),
                f"{seconds(min(taken))} to {seconds(max(taken))}",
                str(len(taken)),
            )
            for what, taken in figures
        ),
    ]


def _verdict(is_met: bool, fault: str) -> str:
    return "met" if is_met and not fault else f"**not met**{fault}"


def _told(browser: object, page: Path) -> Iterator[tuple[float, float, float]]:
    """Seconds until all was loaded, until something was painted, and of a filter; the first to warm up."""
    from tests.reports.browser.chromium import Chromium

    assert isinstance(browser, Chromium)
    for _ in range(_RUNS + 1):
        browser.open("about:blank")
        browser.open(page.as_uri())
        loaded = float(browser.run(_LOADED))
        painted = float(browser.run(_PAINTED))
        filtered = float(browser.run(_FILTERED)[0])
        yield loaded / 1000, painted / 1000, filtered / 1000


def _checked(folder: Path, stand: Stand) -> tuple[Path, Path]:
    """The results of a check, and its page. Raises Unavailable when it did not find what was planted."""
    shutil.rmtree(folder, ignore_errors=True)
    tree = folder / "tree"
    keys = [make_key() for _ in range(KEYS)]
    for number in range(FINDINGS):
        team = number // _FILES_IN_FOLDER
        file = tree / f"services/team-{team}/production/api-{number}.env"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"ANTHROPIC_API_KEY=" + keys[number % KEYS] + b"\n")
    (tree / "antkey.toml").write_text('profile = "key-hygiene"\n[scan]\ncode = false\n')
    argv = [stand.tools["antkey"].path, "check", "-q", "--no-history", "--report-dir", str(folder)]
    done = run(argv, tree, stand.environment, _LIMIT)
    if done.code != _VIOLATIONS:
        raise Unavailable(f"antkey check ended with exit code {done.code}")
    shutil.rmtree(tree)
    return folder / "results.json", folder / "index.html"
