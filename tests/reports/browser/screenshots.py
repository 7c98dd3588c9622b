"""Makes the pictures of the documentation from a report: `python -m tests.reports.browser.screenshots`.

The report is that of the example company, which `make run` writes. Look at each picture before it is
committed: nothing but made-up names may be on it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from tests.reports.browser.chromium import Chromium, installed

WIDTH = 1120
PARTS = {
    "report": ("body", ".halves", False),
    "report-dark": ("body", ".halves", True),
    "report-controls": ("#controls", "#controls ~ * tbody tr:nth-child(5)", False),
    "report-rotation": ("#rotation", "#rotation ~ .timeline", False),
    "report-coverage": ("#coverage", "#coverage ~ .scroll", False),
    "report-findings": ("#findings", "#findings ~ .rule", False),
    "report-plan": (".plan", ".plan", False),
}
"""By name: where a picture begins, the last of what is on it, and whether it is dark."""

_BOX = """(() => {
  const rect = (one) => document.querySelector(one).getBoundingClientRect();
  const [from, to] = [rect(%r), rect(%r)];
  return [Math.max(from.top - 16, 0) + scrollY, to.bottom + 16 + scrollY];
})()"""


def main() -> None:
    """Write a PNG for each part of the page that is there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("report", type=Path)
    parser.add_argument("folder", type=Path)
    asked = parser.parse_args()
    program = installed()
    if program is None:
        raise SystemExit("no browser is installed")
    browser = Chromium(program)
    for name, (begin, end, dark) in PARTS.items():
        browser.media(dark=dark)
        browser.size(WIDTH, 900)
        browser.open(asked.report.resolve().as_uri())
        there = f"[{begin!r}, {end!r}].every(one => document.querySelector(one))"
        if browser.run(there):
            top, bottom = browser.run(_BOX % (begin, end))
            picture = browser.picture(0, top, WIDTH, bottom - top)
            (asked.folder / f"{name}.png").write_bytes(picture)
    browser.close()


if __name__ == "__main__":
    main()
